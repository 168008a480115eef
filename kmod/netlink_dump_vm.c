// SPDX-License-Identifier: GPL-2.0-only
/* Dumps of VMs and of placements. */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <net/genetlink.h>

#include "netlink_dump.h"

/* VMs */

static int put_filter(struct sk_buff *skb, const struct rsse_filter *filter)
{
	struct nlattr *nest = nla_nest_start(skb, RSS_ENGINE_A_VNIC_FILTER);

	if (!nest ||
	    nla_put(skb, RSS_ENGINE_A_FILTER_MAC, ETH_ALEN, filter->mac) ||
	    (filter->vlan != RSSE_VLAN_ANY &&
	     nla_put_u32(skb, RSS_ENGINE_A_FILTER_VLAN, filter->vlan)) ||
	    (filter->learnt && nla_put_flag(skb, RSS_ENGINE_A_FILTER_LEARNT)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_vnic(struct sk_buff *skb, const struct rsse_vnic *vnic, bool pids)
{
	struct nlattr *nest = nla_nest_start(skb, RSS_ENGINE_A_VM_VNIC);
	const struct rsse_worker *worker;
	unsigned int i;

	if (!nest ||
	    nla_put_string(skb, RSS_ENGINE_A_VNIC_IFNAME, vnic->ifname) ||
	    (vnic->dev && nla_put_u32(skb, RSS_ENGINE_A_VNIC_IFINDEX,
				      vnic->dev->ifindex)))
		return -EMSGSIZE;
	for (i = 0; i < vnic->nr_filters; i++)
		if (put_filter(skb, &vnic->filters[i]))
			return -EMSGSIZE;
	if (pids)
		list_for_each_entry(worker, &vnic->workers, list)
			if (nla_put_u32(skb, RSS_ENGINE_A_VNIC_WORKER,
					worker->pid))
				return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_vm(struct sk_buff *skb, const struct rsse_vm *vm, bool pids)
{
	const struct rsse_vnic *vnic;
	unsigned int i;

	if (nla_put_string(skb, RSS_ENGINE_A_VM_NAME, vm->name))
		return -EMSGSIZE;
	list_for_each_entry(vnic, &vm->vnics, list)
		if (put_vnic(skb, vnic, pids))
			return -EMSGSIZE;
	for (i = 0; i < vm->nr_pnics; i++)
		if (nla_put_u32(skb, RSS_ENGINE_A_VM_PNIC, vm->pnics[i]))
			return -EMSGSIZE;
	return nla_put_s32(skb, RSS_ENGINE_A_VM_PRIORITY, vm->priority) ||
	       nla_put_u32(skb, RSS_ENGINE_A_VM_PIN, vm->pin) ||
	       nla_put_u32(skb, RSS_ENGINE_A_VM_STATE, vm->state) ||
	       nla_put_u32(skb, RSS_ENGINE_A_VM_RX_LOAD, vm->rx_load) ||
	       nla_put_u32(skb, RSS_ENGINE_A_VM_VNIC_BUSY, vm->vnic_busy) ||
	       nla_put_u32(skb, RSS_ENGINE_A_VM_VNIC_TOTAL, vm->vnic_total) ||
	       nla_put_u32(skb, RSS_ENGINE_A_VM_HOTTEST_WORKER,
			   vm->hottest_worker) ||
	       rsse_nl_put_rules(skb, &vm->rules);
}

static int dump_vm(struct sk_buff *skb, struct netlink_callback *cb,
		   const struct rsse_vm *vm, bool pids)
{
	void *hdr = rsse_dump_begin(skb, cb, RSS_ENGINE_CMD_VM_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_vm(skb, vm, pids)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int rss_engine_nl_vm_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	bool pids = netlink_net_capable(cb->skb, CAP_NET_ADMIN);
	struct rsse_dump *dump;
	const struct rsse_vm *vm;
	unsigned int i = 0;
	int err = 0;

	mutex_lock(&rsse_lock);
	dump = rsse_dump_resume(cb);
	list_for_each_entry(vm, &rsse_vms, list) {
		if (i++ < dump->object)
			continue;
		err = dump_vm(skb, cb, vm, pids);
		if (err)
			break;
		dump->object++;
	}
	mutex_unlock(&rsse_lock);
	return err;
}

/* Placements */

static u64 ns_to_ms(u64 ns)
{
	return div_u64(ns, NSEC_PER_MSEC);
}

static int put_decision(struct sk_buff *skb,
			const struct rsse_pol_decision *decision)
{
	if (nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_REASON, decision->reason) ||
	    nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_VALUE, decision->value) ||
	    nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_THRESHOLD,
			decision->threshold) ||
	    rsse_nl_put_u64(skb, RSS_ENGINE_A_PLACEMENT_WAIT_MS,
			    ns_to_ms(decision->wait_ns)))
		return -EMSGSIZE;
	if (!decision->moves)
		return 0;
	return nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_TO_STATE,
			   decision->to_state) ||
	       (decision->to_engine < RSSE_ENGINE_SPARE &&
		nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_TO_ENGINE,
			    decision->to_engine)) ||
	       nla_put_s32(skb, RSS_ENGINE_A_PLACEMENT_GAIN, decision->gain);
}

static int put_loads(struct sk_buff *skb, const struct rsse_placement *placement)
{
	const struct rsse_vm *vm = placement->vm;

	return nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_RX_LOAD,
			   placement->rx_load) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_PNIC_BUSY,
			   placement->pnic_busy) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_VNIC_BUSY,
			   vm->vnic_busy) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_VNIC_TOTAL,
			   vm->vnic_total) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_HOTTEST_WORKER,
			   vm->hottest_worker) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_PLACEMENT_RX_PPS, vm->rx_pps) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_PLACEMENT_RX_BPS, vm->rx_bps) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_PLACEMENT_DROPS, vm->drops);
}

static int put_placement(struct sk_buff *skb,
			 const struct rsse_placement *placement)
{
	const struct rsse_pnic *pnic = placement->pnic;
	const struct rsse_vm *vm = placement->vm;

	return nla_put_string(skb, RSS_ENGINE_A_PLACEMENT_VM, vm->name) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_IFINDEX, pnic->ifindex) ||
	       rsse_nl_put_ifname(skb, RSS_ENGINE_A_PLACEMENT_IFNAME, pnic->dev) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_STATE, placement->state) ||
	       (placement->engine &&
		nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_ENGINE,
			    placement->engine->id)) ||
	       nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_PIN, vm->pin) ||
	       nla_put_s32(skb, RSS_ENGINE_A_PLACEMENT_PRIORITY, vm->priority) ||
	       put_loads(skb, placement) ||
	       put_decision(skb, &placement->decision) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_PLACEMENT_SINCE_MS,
			       ns_to_ms(ktime_get_ns() - placement->since_ns)) ||
	       rsse_nl_put_u64(skb, RSS_ENGINE_A_PLACEMENT_MOVES,
			       placement->moves) ||
	       (placement->moves &&
		nla_put_u32(skb, RSS_ENGINE_A_PLACEMENT_MOVED_REASON,
			    placement->moved_reason));
}

static int dump_placements(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct rsse_vm *vm, struct rsse_dump *dump)
{
	const struct rsse_placement *placement;
	unsigned int i = 0;
	void *hdr;

	list_for_each_entry(placement, &vm->placements, vm_list) {
		if (i++ < dump->item)
			continue;
		hdr = rsse_dump_begin(skb, cb, RSS_ENGINE_CMD_PLACEMENT_GET);
		if (!hdr)
			return -EMSGSIZE;
		if (put_placement(skb, placement)) {
			genlmsg_cancel(skb, hdr);
			return -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
		dump->item++;
	}
	return 0;
}

int rss_engine_nl_placement_get_dumpit(struct sk_buff *skb,
				       struct netlink_callback *cb)
{
	struct rsse_dump *dump;
	const struct rsse_vm *vm;
	unsigned int i = 0;
	int err = 0;

	mutex_lock(&rsse_lock);
	dump = rsse_dump_resume(cb);
	list_for_each_entry(vm, &rsse_vms, list) {
		if (i++ < dump->object)
			continue;
		err = dump_placements(skb, cb, vm, dump);
		if (err)
			break;
		dump->object++;
		dump->item = 0;
	}
	mutex_unlock(&rsse_lock);
	return err;
}
