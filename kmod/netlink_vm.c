// SPDX-License-Identifier: GPL-2.0-only
/* Requests on VMs. */
#include <linux/ctype.h>
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "core.h"
#include "netlink_priv.h"

bool rsse_nl_name_valid(const char *name)
{
	const char *c;

	if (!isascii(*name) || !isalnum(*name))
		return false;
	for (c = name; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("._:@-", *c)))
			return false;
	return true;
}

static const char *vm_name(struct genl_info *info, unsigned int attr)
{
	const char *name;

	if (!info->attrs[attr]) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
		NL_SET_ERR_MSG(info->extack, "no name of a VM is given");
		return ERR_PTR(-EINVAL);
	}
	name = nla_data(info->attrs[attr]);
	if (!rsse_nl_name_valid(name)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "a name is of letters, digits and ._:@-, the first a letter or a digit");
		return ERR_PTR(-EINVAL);
	}
	return name;
}

/* Under RTNL. */
static struct rsse_vm *nl_vm(struct genl_info *info, unsigned int attr)
{
	const char *name = vm_name(info, attr);
	struct rsse_vm *vm;

	if (IS_ERR(name))
		return ERR_CAST(name);
	vm = rsse_vm_find(name);
	if (!vm) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "no VM of this name");
		return ERR_PTR(-ENOENT);
	}
	return vm;
}

static int parse_filter(const struct nlattr *nest, struct rsse_filter *filter,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RSS_ENGINE_A_FILTER_LEARNT + 1];
	int err;

	err = nla_parse_nested(tb, RSS_ENGINE_A_FILTER_LEARNT, nest,
			       rss_engine_filter_nl_policy, extack);
	if (err)
		return err;
	if (!tb[RSS_ENGINE_A_FILTER_MAC]) {
		NL_SET_ERR_ATTR_MISS(extack, nest, RSS_ENGINE_A_FILTER_MAC);
		NL_SET_ERR_MSG(extack, "a filter without a MAC");
		return -EINVAL;
	}
	nla_memcpy(filter->mac, tb[RSS_ENGINE_A_FILTER_MAC], ETH_ALEN);
	if (!is_valid_ether_addr(filter->mac)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, tb[RSS_ENGINE_A_FILTER_MAC],
					"%pM is no unicast MAC", filter->mac);
		return -EINVAL;
	}
	filter->learnt = nla_get_flag(tb[RSS_ENGINE_A_FILTER_LEARNT]);
	filter->vlan = RSSE_VLAN_ANY;
	if (tb[RSS_ENGINE_A_FILTER_VLAN])
		filter->vlan = nla_get_u32(tb[RSS_ENGINE_A_FILTER_VLAN]);
	return 0;
}

static int parse_filters(const struct nlattr *nest, struct rsse_vnic_spec *vnic,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem, err;

	nla_for_each_nested_type(attr, RSS_ENGINE_A_VNIC_FILTER, nest, rem) {
		if (vnic->nr_filters == RSSE_FILTERS_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
						"%s has more than %u filters",
						vnic->ifname, RSSE_FILTERS_MAX);
			return -E2BIG;
		}
		err = parse_filter(attr, &vnic->filters[vnic->nr_filters], extack);
		if (err)
			return err;
		vnic->nr_filters++;
	}
	return 0;
}

static bool has_worker(const struct rsse_vnic_spec *vnic, u32 pid)
{
	unsigned int i;

	for (i = 0; i < vnic->nr_workers; i++)
		if (vnic->workers[i] == pid)
			return true;
	return false;
}

static int parse_workers(const struct nlattr *nest, struct rsse_vnic_spec *vnic,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem;
	u32 pid;

	nla_for_each_nested_type(attr, RSS_ENGINE_A_VNIC_WORKER, nest, rem) {
		pid = nla_get_u32(attr);
		if (!pid || pid > INT_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "no thread has this id");
			return -EINVAL;
		}
		if (has_worker(vnic, pid)) {
			NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
						"worker %u is given twice", pid);
			return -EINVAL;
		}
		if (vnic->nr_workers == RSSE_WORKERS_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
						"%s has more than %u workers",
						vnic->ifname, RSSE_WORKERS_MAX);
			return -E2BIG;
		}
		vnic->workers[vnic->nr_workers++] = pid;
	}
	return 0;
}

static int parse_vnic(const struct nlattr *nest, struct rsse_vnic_spec *vnic,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RSS_ENGINE_A_VNIC_WORKER + 1];
	int err;

	err = nla_parse_nested(tb, RSS_ENGINE_A_VNIC_WORKER, nest,
			       rss_engine_vnic_nl_policy, extack);
	if (err)
		return err;
	if (!tb[RSS_ENGINE_A_VNIC_IFNAME]) {
		NL_SET_ERR_ATTR_MISS(extack, nest, RSS_ENGINE_A_VNIC_IFNAME);
		NL_SET_ERR_MSG(extack, "a network device without a name");
		return -EINVAL;
	}
	if (tb[RSS_ENGINE_A_VNIC_IFINDEX]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[RSS_ENGINE_A_VNIC_IFINDEX],
				    "a VM's network device is given by name");
		return -EINVAL;
	}
	nla_strscpy(vnic->ifname, tb[RSS_ENGINE_A_VNIC_IFNAME], IFNAMSIZ);
	if (!dev_valid_name(vnic->ifname)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[RSS_ENGINE_A_VNIC_IFNAME],
				    "no network device can have this name");
		return -EINVAL;
	}
	err = parse_filters(nest, vnic, extack);
	if (err)
		return err;
	return parse_workers(nest, vnic, extack);
}

/* The first @nr filters of @b are looked at. */
static int check_filters(const struct rsse_vnic_spec *a,
			 const struct rsse_vnic_spec *b, unsigned int nr,
			 unsigned int filter, struct netlink_ext_ack *extack)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (rsse_filter_overlaps(&a->filters[filter], &b->filters[i])) {
			NL_SET_ERR_MSG_FMT(extack, "%pM is given twice",
					   a->filters[filter].mac);
			return -EINVAL;
		}
	return 0;
}

/* Test the last VNIC of @spec against itself and those before it. */
static int check_vnic(const struct rsse_vm_spec *spec,
		      struct netlink_ext_ack *extack)
{
	const struct rsse_vnic_spec *last = &spec->vnics[spec->nr_vnics - 1];
	const struct rsse_vnic_spec *vnic;
	unsigned int i;
	int err;

	for (vnic = spec->vnics; vnic <= last; vnic++) {
		if (vnic != last && !strcmp(vnic->ifname, last->ifname)) {
			NL_SET_ERR_MSG_FMT(extack, "%s is given twice",
					   last->ifname);
			return -EINVAL;
		}
		for (i = 0; i < last->nr_filters; i++) {
			err = check_filters(last, vnic,
					    vnic == last ? i : vnic->nr_filters,
					    i, extack);
			if (err)
				return err;
		}
	}
	return 0;
}

static int parse_vnics(struct genl_info *info, struct rsse_vm_spec *spec)
{
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr_type(attr, RSS_ENGINE_A_VM_VNIC, info->nlhdr, GENL_HDRLEN, rem) {
		if (spec->nr_vnics == RSSE_VNICS_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
						"a VM has at most %u network devices",
						RSSE_VNICS_MAX);
			return -E2BIG;
		}
		err = parse_vnic(attr, &spec->vnics[spec->nr_vnics], info->extack);
		if (err)
			return err;
		spec->nr_vnics++;
		err = check_vnic(spec, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int parse_pnic(const struct nlattr *attr, struct rsse_vm_spec *spec,
		      struct netlink_ext_ack *extack)
{
	u32 ifindex = nla_get_u32(attr);
	unsigned int i;

	if (ifindex > INT_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "no such device");
		return -ENODEV;
	}
	for (i = 0; i < spec->nr_pnics; i++)
		if (spec->pnics[i] == ifindex) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a PNIC is given twice");
			return -EINVAL;
		}
	if (spec->nr_pnics == RSSE_VM_PNICS_MAX) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"a VM is bound to at most %u PNICs",
					RSSE_VM_PNICS_MAX);
		return -E2BIG;
	}
	spec->pnics[spec->nr_pnics++] = ifindex;
	return 0;
}

static int parse_pnics(struct genl_info *info, struct rsse_vm_spec *spec)
{
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr_type(attr, RSS_ENGINE_A_VM_PNIC, info->nlhdr, GENL_HDRLEN, rem) {
		err = parse_pnic(attr, spec, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int get_workers(struct rsse_vm_spec *spec, struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < spec->nr_vnics && !err; i++)
		err = rsse_vnic_get_workers(&spec->vnics[i], extack);
	return err;
}

static void spec_free(struct rsse_vm_spec *spec)
{
	unsigned int i;

	for (i = 0; i < spec->nr_vnics; i++)
		rsse_vnic_put_workers(&spec->vnics[i]);
	kvfree(spec->vnics);
	kfree(spec->pnics);
}

/* Whatever the result, spec_free() is due. */
static int spec_parse(struct genl_info *info, struct rsse_vm_spec *spec)
{
	struct nlattr **attrs = info->attrs;
	int err;

	memset(spec, 0, sizeof(*spec));
	spec->name = vm_name(info, RSS_ENGINE_A_VM_NAME);
	if (IS_ERR(spec->name))
		return PTR_ERR(spec->name);
	spec->vnics = kvcalloc(RSSE_VNICS_MAX, sizeof(*spec->vnics), GFP_KERNEL);
	spec->pnics = kcalloc(RSSE_VM_PNICS_MAX, sizeof(*spec->pnics), GFP_KERNEL);
	if (!spec->vnics || !spec->pnics)
		return -ENOMEM;
	if (attrs[RSS_ENGINE_A_VM_PRIORITY]) {
		spec->has_priority = true;
		spec->priority = nla_get_s32(attrs[RSS_ENGINE_A_VM_PRIORITY]);
	}
	if (attrs[RSS_ENGINE_A_VM_PIN]) {
		spec->has_pin = true;
		spec->pin = nla_get_u32(attrs[RSS_ENGINE_A_VM_PIN]);
	}
	err = parse_vnics(info, spec);
	if (err)
		return err;
	err = parse_pnics(info, spec);
	return err ?: get_workers(spec, info->extack);
}

int rss_engine_nl_vm_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsse_vm_spec spec;
	int err;

	err = spec_parse(info, &spec);
	if (!err && !spec.nr_vnics) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, RSS_ENGINE_A_VM_VNIC);
		NL_SET_ERR_MSG(info->extack, "a VM without a network device");
		err = -EINVAL;
	}
	if (!err)
		err = rsse_nl_parse_rules(info, &rsse_vm_rules_default, &spec);
	if (!err) {
		rtnl_lock();
		err = rsse_vm_add(&spec, info->extack);
		rtnl_unlock();
	}
	spec_free(&spec);
	return err;
}

/* Under RTNL. */
static int vm_set(struct genl_info *info, struct rsse_vm_spec *spec)
{
	struct rsse_vm *vm = nl_vm(info, RSS_ENGINE_A_VM_NAME);
	int err;

	if (IS_ERR(vm))
		return PTR_ERR(vm);
	err = rsse_nl_parse_rules(info, &vm->rules, spec);
	return err ?: rsse_vm_set(vm, spec, info->extack);
}

int rss_engine_nl_vm_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsse_vm_spec spec;
	int err;

	err = spec_parse(info, &spec);
	if (!err && !spec.nr_vnics && !spec.has_priority && !spec.has_pin &&
	    !rsse_nl_has_rules(info)) {
		NL_SET_ERR_MSG(info->extack, "nothing to change is given");
		err = -EINVAL;
	}
	if (!err) {
		rtnl_lock();
		err = vm_set(info, &spec);
		rtnl_unlock();
	}
	spec_free(&spec);
	return err;
}

int rss_engine_nl_vm_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsse_vm *vm;

	rtnl_lock();
	vm = nl_vm(info, RSS_ENGINE_A_VM_NAME);
	if (!IS_ERR(vm))
		rsse_vm_del(vm);
	rtnl_unlock();
	return PTR_ERR_OR_ZERO(vm);
}

/* Under RTNL. */
static int vm_move(struct genl_info *info, u32 to_state, u32 to_engine)
{
	struct rsse_pnic *pnic = NULL;
	struct rsse_vm *vm;

	vm = nl_vm(info, RSS_ENGINE_A_PLACEMENT_VM);
	if (IS_ERR(vm))
		return PTR_ERR(vm);
	if (info->attrs[RSS_ENGINE_A_PLACEMENT_IFINDEX]) {
		pnic = rsse_nl_pnic(info, RSS_ENGINE_A_PLACEMENT_IFINDEX);
		if (IS_ERR(pnic))
			return PTR_ERR(pnic);
	}
	return rsse_vm_move(vm, pnic, to_state, to_engine, info->extack);
}

int rss_engine_nl_vm_move_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *state = info->attrs[RSS_ENGINE_A_PLACEMENT_TO_STATE];
	const struct nlattr *engine = info->attrs[RSS_ENGINE_A_PLACEMENT_TO_ENGINE];
	int err;

	if (!state) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     RSS_ENGINE_A_PLACEMENT_TO_STATE);
		NL_SET_ERR_MSG(info->extack, "no state to move to is given");
		return -EINVAL;
	}
	rtnl_lock();
	err = vm_move(info, nla_get_u32(state),
		      engine ? nla_get_u32(engine) : RSSE_ENGINE_NEW);
	rtnl_unlock();
	return err;
}
