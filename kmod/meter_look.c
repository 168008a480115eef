// SPDX-License-Identifier: GPL-2.0-only
/*
 * The look: a few milliseconds in which the packets of a PNIC are counted by
 * destination address, where the driver has handed them to the stack; and, when
 * that was asked for, those of one engine by indirection entry.
 *
 * A packet tap on the device sees each packet once, before a bridge or a rule
 * can take it, and packets of other devices, or between VMs, not at all. Unlike
 * a tracepoint it costs other devices nothing and patches no code, so it can
 * come and go several times a second.
 *
 * Taking the tap off waits for packets under way, so a thread of its own does
 * it; it runs before what it watches, else a flood would outlast its look.
 */
#include <linux/etherdevice.h>
#include <linux/hrtimer.h>
#include <linux/if_vlan.h>
#include <linux/jhash.h>
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "meter.h"
#include "meter_hash.h"
#include "meter_probe.h"
#include "rsse_kthread.h"
#include "vm.h"

#define NO_ENTRY	((u32)~0U)
/* No VLAN ID, and not RSSE_VLAN_ANY either. */
#define NOT_TAGGED	0xfffe

/**
 * struct look_entry - one address, while the look runs
 * @mac: ether_addr_to_u64()
 * @vlan: VLAN ID or RSSE_VLAN_ANY
 * @next: the next entry of the same bucket, or NO_ENTRY
 * @packets: packets counted, on several CPUs at once
 * @bytes: bytes counted likewise
 */
struct look_entry {
	u64 mac;
	u16 vlan;
	u32 next;
	atomic64_t packets;
	atomic64_t bytes;
};

/**
 * struct look_run - one look; what the tap sees
 * @tap: on the PNIC
 * @until_ns: packets count up to then, local_clock(); 0 while none do
 * @mask: number of buckets - 1
 * @buckets: first entry of each, or NO_ENTRY
 * @nr_queues: entries of @queues
 * @queues: packets by rx queue
 * @hashed: indirection entries to count, or NULL
 * @entries: as many as there are targets, in the same order
 */
struct look_run {
	struct packet_type tap;
	u64 until_ns;
	u32 mask;
	u32 *buckets;
	unsigned int nr_queues;
	atomic64_t *queues;
	struct rsse_look_entries *hashed;
	struct look_entry entries[];
};

enum look_state {
	LOOK_IDLE,	/* the sampler may start one */
	LOOK_RUNNING,	/* the thread has it */
	LOOK_READY,	/* the sampler has the result */
};

/**
 * struct rsse_look - the looks at one PNIC
 * @work: runs a look
 * @state: hands @run and @result to and fro
 * @run: the look that @work is to make
 * @result: of the latest look
 * @spent_ns: the looks so far use up the time until then, CLOCK_MONOTONIC
 * @dev: the PNIC
 * @nr_queues: its rx queues
 */
struct rsse_look {
	struct kthread_work work;
	enum look_state state;
	struct look_run *run;
	struct rsse_look_result result;
	u64 spent_ns;
	struct net_device *dev;
	unsigned int nr_queues;
};

static struct kthread_worker *look_thread;
/* PNICs that are looked at: they share the one percent. */
static atomic_t nr_looks = ATOMIC_INIT(0);

static enum look_state state_of(const struct rsse_look *look)
{
	/* Pairs with pass_to(): who gets the look sees what the other did. */
	return smp_load_acquire(&look->state);
}

static void pass_to(struct rsse_look *look, enum look_state state)
{
	/* Pairs with state_of(). */
	smp_store_release(&look->state, state);
}

static u32 mac_bucket(u64 mac, u32 mask)
{
	return jhash_2words((u32)mac, (u32)(mac >> 32), 0) & mask;
}

/* The stack has taken the tag out of the packet before a tap sees it. */
static u16 packet_vlan(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) ? skb_vlan_tag_get_id(skb) : NOT_TAGGED;
}

static struct look_entry *entry_find(struct look_run *run, u64 mac, u16 vlan)
{
	struct look_entry *entry, *any = NULL;
	u32 i = run->buckets[mac_bucket(mac, run->mask)];

	for (; i != NO_ENTRY; i = entry->next) {
		entry = &run->entries[i];
		if (entry->mac != mac)
			continue;
		if (entry->vlan == vlan)
			return entry;
		if (entry->vlan == RSSE_VLAN_ANY)
			any = entry;
	}
	return any;
}

/* The window ends in time even where the thread does not run in time. */
static bool window_open(const struct look_run *run)
{
	u64 until_ns = READ_ONCE(run->until_ns);

	return until_ns && local_clock() < until_ns;
}

static void count_queue(struct look_run *run, const struct sk_buff *skb,
			unsigned int packets)
{
	unsigned int queue;

	if (!skb_rx_queue_recorded(skb))
		return;
	queue = skb_get_rx_queue(skb);
	if (queue >= run->nr_queues)
		return;
	atomic64_add(packets, &run->queues[queue]);
	if (run->hashed)
		rsse_hash_count(run->hashed, skb, queue, packets);
}

/* What GRO has merged counts as the packets that it was. */
static void count_packet(struct look_run *run, const struct sk_buff *skb)
{
	unsigned int packets = max_t(u16, skb_shinfo(skb)->gso_segs, 1);
	struct look_entry *entry;

	count_queue(run, skb, packets);
	entry = entry_find(run, ether_addr_to_u64(eth_hdr(skb)->h_dest),
			   packet_vlan(skb));
	if (!entry)
		return;
	atomic64_add(packets, &entry->packets);
	atomic64_add(skb->len + (skb->data - skb_mac_header(skb)),
		     &entry->bytes);
}

static int packet_seen(struct sk_buff *skb, struct net_device *dev,
		       struct packet_type *tap, struct net_device *orig_dev)
{
	struct look_run *run = container_of(tap, struct look_run, tap);

	if (window_open(run) && skb_mac_header_was_set(skb))
		count_packet(run, skb);
	consume_skb(skb);
	return NET_RX_SUCCESS;
}

static void run_free(struct look_run *run)
{
	if (!run)
		return;
	kvfree(run->buckets);
	kvfree(run->queues);
	kvfree(run->hashed);
	kvfree(run);
}

static struct look_run *run_create(const struct rsse_look *look,
				   const struct rsse_look_target *targets,
				   unsigned int nr,
				   const struct rsse_look_entries *entries)
{
	u32 i, bucket, nr_buckets = roundup_pow_of_two(max(nr, 1U));
	struct look_run *run;

	run = kvzalloc(struct_size(run, entries, nr), GFP_KERNEL);
	if (!run)
		return NULL;
	run->tap.type = htons(ETH_P_ALL);
	run->tap.dev = look->dev;
	run->tap.func = packet_seen;
	run->tap.ignore_outgoing = true;
	run->mask = nr_buckets - 1;
	run->nr_queues = look->nr_queues;
	run->buckets = kvmalloc_array(nr_buckets, sizeof(u32), GFP_KERNEL);
	run->queues = kvcalloc(max(run->nr_queues, 1U), sizeof(*run->queues),
			       GFP_KERNEL);
	if (entries)
		run->hashed = kvmemdup(entries, rsse_hash_size(entries->nr),
				       GFP_KERNEL);
	if (!run->buckets || !run->queues || (entries && !run->hashed)) {
		run_free(run);
		return NULL;
	}
	memset32(run->buckets, NO_ENTRY, nr_buckets);
	for (i = 0; i < nr; i++) {
		struct look_entry *entry = &run->entries[i];

		entry->mac = ether_addr_to_u64(targets[i].mac);
		entry->vlan = targets[i].vlan;
		bucket = mac_bucket(entry->mac, run->mask);
		entry->next = run->buckets[bucket];
		run->buckets[bucket] = i;
	}
	return run;
}

static void wait_window(struct look_run *run, struct rsse_look_result *result)
{
	ktime_t window = ms_to_ktime(RSSE_LOOK_MS);

	result->begun_ns = ktime_get_ns();
	WRITE_ONCE(run->until_ns, local_clock() + ktime_to_ns(window));
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_hrtimeout(&window, HRTIMER_MODE_REL);
	WRITE_ONCE(run->until_ns, 0);
	result->ended_ns = min_t(u64, ktime_get_ns(),
				 result->begun_ns + ktime_to_ns(window));
}

static void fill_result(const struct look_run *run,
			struct rsse_look_result *result)
{
	unsigned int i;

	for (i = 0; i < result->nr_targets; i++) {
		result->targets[i].packets =
			atomic64_read(&run->entries[i].packets);
		result->targets[i].bytes =
			atomic64_read(&run->entries[i].bytes);
	}
	for (i = 0; i < result->nr_queues; i++)
		result->queue_packets[i] = atomic64_read(&run->queues[i]);
	if (run->hashed)
		memcpy(result->entries, run->hashed,
		       rsse_hash_size(run->hashed->nr));
}

static void look_work(struct kthread_work *work)
{
	struct rsse_look *look = container_of(work, struct rsse_look, work);
	struct look_run *run = look->run;

	look->run = NULL;
	dev_add_pack(&run->tap);
	wait_window(run, &look->result);
	fill_result(run, &look->result);
	/* The result need not wait for the tap to be gone. */
	pass_to(look, LOOK_READY);
	dev_remove_pack(&run->tap);
	run_free(run);
}

/**
 * rsse_look_create() - prepare to look at a PNIC
 * @dev: the PNIC; stays while the look lives
 * @nr_queues: its rx queues; packets of others are not told apart
 *
 * Context: may sleep.
 * Return: to be given back to rsse_look_destroy(); NULL when there is no memory.
 */
struct rsse_look *rsse_look_create(struct net_device *dev,
				   unsigned int nr_queues)
{
	struct rsse_look *look = kzalloc(sizeof(*look), GFP_KERNEL);

	if (!look)
		return NULL;
	look->result.queue_packets = kvcalloc(max(nr_queues, 1U), sizeof(u64),
					      GFP_KERNEL);
	if (!look->result.queue_packets) {
		kfree(look);
		return NULL;
	}
	kthread_init_work(&look->work, look_work);
	look->dev = dev;
	look->nr_queues = nr_queues;
	look->result.nr_queues = nr_queues;
	atomic_inc(&nr_looks);
	return look;
}

/**
 * rsse_look_destroy() - end the looks at a PNIC
 * @look: gone afterwards
 *
 * Context: may sleep, for as long as a look takes; nobody else uses @look.
 */
void rsse_look_destroy(struct rsse_look *look)
{
	kthread_cancel_work_sync(&look->work);
	atomic_dec(&nr_looks);
	run_free(look->run);
	kvfree(look->result.targets);
	kvfree(look->result.entries);
	kvfree(look->result.queue_packets);
	kfree(look);
}

static u64 interval_ns(void)
{
	return RSSE_LOOK_INTERVAL_MS * NSEC_PER_MSEC * (u64)atomic_read(&nr_looks);
}

/* Of the looks that were not taken one can be made up for. */
static void spend(struct rsse_look *look)
{
	u64 now = ktime_get_ns(), interval = interval_ns();

	look->spent_ns = max(look->spent_ns + interval, now);
}

/**
 * rsse_look_ready() - could a look be started now?
 * @look: of the PNIC
 * @patient: leave the look that can be made up for to those in a hurry
 *
 * Context: see rsse_look_start(); does not sleep.
 */
bool rsse_look_ready(const struct rsse_look *look, bool patient)
{
	return state_of(look) == LOOK_IDLE &&
	       ktime_get_ns() >= look->spent_ns + patient * interval_ns();
}

/**
 * rsse_look_start() - have a look taken
 * @look: of the PNIC
 * @targets: kvmalloc'ed, unique in address and VLAN; taken over, also on error
 * @nr_targets: entries of @targets
 * @entries: indirection entries to count, kvmalloc'ed, taken over also on error;
 *	or NULL
 *
 * Context: one user at a time, together with rsse_look_collect() and
 * rsse_look_done(). Allocates, but waits for no look and no lock of ours.
 * Return: 0; -EBUSY when rsse_look_ready() says no, -ENOMEM.
 */
int rsse_look_start(struct rsse_look *look, struct rsse_look_target *targets,
		    unsigned int nr_targets, struct rsse_look_entries *entries)
{
	struct look_run *run = NULL;
	int err = -EBUSY;

	if (rsse_look_ready(look, false)) {
		run = run_create(look, targets, nr_targets, entries);
		err = run ? 0 : -ENOMEM;
	}
	if (err) {
		kvfree(targets);
		kvfree(entries);
		return err;
	}
	kvfree(look->result.targets);
	look->result.targets = targets;
	look->result.nr_targets = nr_targets;
	kvfree(look->result.entries);
	look->result.entries = entries;
	look->run = run;
	spend(look);
	pass_to(look, LOOK_RUNNING);
	/* The work may still be busy with the tap of the look before. */
	kthread_queue_work(look_thread, &look->work);
	return 0;
}

/**
 * rsse_look_collect() - what the latest look saw
 * @look: of the PNIC
 *
 * Context: see rsse_look_start(); does not sleep.
 * Return: the result, valid until rsse_look_done(); NULL when there is none.
 */
const struct rsse_look_result *rsse_look_collect(struct rsse_look *look)
{
	if (state_of(look) != LOOK_READY)
		return NULL;
	return &look->result;
}

/**
 * rsse_look_done() - the result is used up; the next look may be started
 * @look: of the PNIC; without a result nothing happens
 *
 * Context: see rsse_look_start(); does not sleep.
 */
void rsse_look_done(struct rsse_look *look)
{
	if (state_of(look) == LOOK_READY)
		pass_to(look, LOOK_IDLE);
}

int rsse_look_init(void)
{
	look_thread = kthread_run_worker(0, "rsse-look");
	if (IS_ERR(look_thread))
		return PTR_ERR(look_thread);
	sched_set_fifo_low(look_thread->task);
	return 0;
}

void rsse_look_exit(void)
{
	kthread_destroy_worker(look_thread);
}
