// SPDX-License-Identifier: GPL-2.0-only
/*
 * The receive path of the NIC end. The sender's CPU does what hardware does:
 * MAC filter, rules, hash, ring. An interrupt on the queue's own CPU then
 * starts NAPI, and stays masked until NAPI has completed.
 */
#include <linux/delay.h>
#include <linux/if_vlan.h>
#include <linux/sched/clock.h>
#include <net/netdev_queues.h>

#include "rsse_hrtimer.h"
#include "simnic.h"

static void simnic_irq_handler(void *data)
{
	struct simnic_rxq *q = data;

	napi_schedule(&q->napi);
	clear_bit_unlock(SIMNIC_RXQ_IRQ, &q->flags);
}

static void simnic_irq_send(struct simnic_rxq *q)
{
	/* the CPU may be offline by now: then this one has to do */
	if (smp_call_function_single_async(READ_ONCE(q->cpu), &q->irq))
		simnic_irq_handler(q);
}

static enum hrtimer_restart simnic_irq_delayed(struct hrtimer *delay)
{
	simnic_irq_send(container_of(delay, struct simnic_rxq, delay));
	return HRTIMER_NORESTART;
}

static void simnic_irq_raise(struct simnic_rxq *q)
{
	u32 usecs = READ_ONCE(q->nic->rx_usecs);

	if (test_and_set_bit(SIMNIC_RXQ_MASKED, &q->flags))
		return;
	set_bit(SIMNIC_RXQ_IRQ, &q->flags);
	if (usecs)
		hrtimer_start(&q->delay, ns_to_ktime(usecs * NSEC_PER_USEC), HRTIMER_MODE_REL);
	else
		simnic_irq_send(q);
}

static void simnic_enqueue(struct simnic_rxq *q, struct sk_buff *skb)
{
	struct sk_buff_head *ring = &q->ring;
	bool queued = false;

	if (!test_bit(SIMNIC_RXQ_UP, &q->flags)) {
		atomic64_inc(&q->drops);
		kfree_skb(skb);
		return;
	}
	spin_lock(&ring->lock);
	if (skb_queue_len(ring) < READ_ONCE(q->nic->ring_size)) {
		__skb_queue_tail(ring, skb);
		queued = true;
	}
	spin_unlock(&ring->lock);
	if (!queued) {
		atomic64_inc(&q->drops);
		kfree_skb(skb);
	}
	simnic_irq_raise(q);
}

static bool simnic_length_ok(const struct simnic *nic, const struct sk_buff *skb)
{
	return skb->len <= READ_ONCE(nic->dev->mtu) + ETH_HLEN + 2 * VLAN_HLEN;
}

/* Sets @queue and @hash, or returns false where a rule discards the packet */
static bool simnic_classify(struct simnic *nic, const struct sk_buff *skb,
			    unsigned int *queue, struct simnic_hash *hash)
{
	struct simnic_verdict verdict = { SIMNIC_TO_CONTEXT, 0 };
	struct simnic_key key;

	simnic_flow_parse(skb, &key);
	if (nic->dev->features & NETIF_F_NTUPLE)
		simnic_ntuple_lookup(&nic->ntuple, &key, &verdict);
	if (verdict.action == SIMNIC_DISCARD)
		return false;
	*queue = simnic_rss_queue(nic, verdict.action == SIMNIC_TO_CONTEXT ?
				  verdict.target : 0, &key, hash);
	if (verdict.action == SIMNIC_TO_QUEUE)
		*queue = verdict.target;
	return true;
}

static void simnic_drop(struct simnic *nic, struct sk_buff *skb, enum simnic_drop why)
{
	simnic_count_drop(nic, why);
	kfree_skb(skb);
}

/**
 * simnic_receive() - a packet arrives from the wire
 * @nic: NIC
 * @skb: packet with its Ethernet header at skb->data, consumed
 *
 * Context: BHs off, inside an RCU read-side section.
 */
void simnic_receive(struct simnic *nic, struct sk_buff *skb)
{
	struct net_device *dev = nic->dev;
	struct simnic_hash hash;
	unsigned int queue;

	if (unlikely(!simnic_length_ok(nic, skb)))
		return simnic_drop(nic, skb, SIMNIC_DROP_LENGTH);
	if (!simnic_filter_pass(nic, eth_hdr(skb)->h_dest))
		return simnic_drop(nic, skb, SIMNIC_DROP_FILTER);
	if (!simnic_classify(nic, skb, &queue, &hash))
		return simnic_drop(nic, skb, SIMNIC_DROP_RULE);

	if (dev->features & NETIF_F_RXHASH)
		skb_set_hash(skb, hash.value, hash.type);
	else
		skb_clear_hash(skb);
	skb_record_rx_queue(skb, queue);
	simnic_enqueue(&nic->rxq[queue], skb);
}

static u64 simnic_spin(u32 ns)
{
	u64 begin = local_clock(), spun;

	/* no cpu_relax(): what is simulated is work, and gives nothing away */
	do {
		spun = local_clock() - begin;
	} while (spun < ns);
	return spun;
}

static struct sk_buff *simnic_dequeue(struct simnic_rxq *q)
{
	struct sk_buff *skb;

	spin_lock(&q->ring.lock);
	skb = __skb_dequeue(&q->ring);
	spin_unlock(&q->ring.lock);
	return skb;
}

static void simnic_deliver(struct simnic_rxq *q, struct sk_buff *skb)
{
	skb->protocol = eth_type_trans(skb, q->nic->dev);
	napi_gro_receive(&q->napi, skb);
}

static void simnic_rxq_account(struct simnic_rxq *q, unsigned int packets, u64 bytes,
			       u64 spun, unsigned int drops, bool full)
{
	struct simnic_rxq_stats *s = &q->stats;

	u64_stats_update_begin(&q->sync);
	u64_stats_add(&s->packets, packets);
	u64_stats_add(&s->bytes, bytes);
	u64_stats_add(&s->spun_ns, spun);
	u64_stats_add(&s->poll_drops, drops);
	u64_stats_inc(&s->polls);
	if (full)
		u64_stats_inc(&s->full_polls);
	u64_stats_update_end(&q->sync);
}

static int simnic_poll(struct napi_struct *napi, int budget)
{
	struct simnic_rxq *q = container_of(napi, struct simnic_rxq, napi);
	bool drop = READ_ONCE(q->nic->drop_after_napi);
	u32 cost = READ_ONCE(q->cost_ns);
	u64 bytes = 0, spun = 0;
	struct sk_buff *skb;
	int done = 0;

	while (done < budget && (skb = simnic_dequeue(q))) {
		done++;
		bytes += skb->len;
		if (cost)
			spun += simnic_spin(cost);
		if (drop)
			consume_skb(skb);
		else
			simnic_deliver(q, skb);
	}
	simnic_rxq_account(q, done, bytes, spun, drop ? done : 0, done == budget);

	if (done < budget && napi_complete_done(napi, done)) {
		clear_bit(SIMNIC_RXQ_MASKED, &q->flags);
		/* pairs with the enqueue before test_and_set_bit() */
		smp_mb__after_atomic();
		if (!skb_queue_empty_lockless(&q->ring))
			simnic_irq_raise(q);
	}
	return done;
}

/**
 * simnic_rxq_init() - set up a queue that is down
 * @q: zeroed queue
 * @nic: its NIC
 * @index: its number
 */
void simnic_rxq_init(struct simnic_rxq *q, struct simnic *nic, unsigned int index)
{
	q->nic = nic;
	q->index = index;
	q->cpu = cpumask_nth(index % num_online_cpus(), cpu_online_mask);
	skb_queue_head_init(&q->ring);
	INIT_CSD(&q->irq, simnic_irq_handler, q);
	hrtimer_setup(&q->delay, simnic_irq_delayed, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	u64_stats_init(&q->sync);
}

static void simnic_map_queue(struct simnic_rxq *q, struct napi_struct *napi)
{
	netif_queue_set_napi(q->nic->dev, q->index, NETDEV_QUEUE_TYPE_RX, napi);
	netif_queue_set_napi(q->nic->dev, q->index, NETDEV_QUEUE_TYPE_TX, napi);
}

/**
 * simnic_queues_up() - start queues [@from, @to)
 * @nic: NIC
 * @from: first queue
 * @to: the one after the last
 *
 * Context: RTNL.
 */
void simnic_queues_up(struct simnic *nic, unsigned int from, unsigned int to)
{
	unsigned int i;

	for (i = from; i < to; i++) {
		struct simnic_rxq *q = &nic->rxq[i];

		netif_napi_add(nic->dev, &q->napi, simnic_poll);
		simnic_map_queue(q, &q->napi);
		clear_bit(SIMNIC_RXQ_MASKED, &q->flags);
		napi_enable(&q->napi);
		set_bit(SIMNIC_RXQ_UP, &q->flags);
	}
}

/* What waits in the ring of a queue that is down is lost, but counted */
static void simnic_rxq_purge(struct simnic_rxq *q)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&q->ring))) {
		atomic64_inc(&q->drops);
		kfree_skb(skb);
	}
}

/**
 * simnic_queues_down() - stop queues [@from, @to), drop what they hold
 * @nic: NIC
 * @from: first queue
 * @to: the one after the last
 *
 * Senders see the queue down after the first grace period. The tail of a
 * poll, behind napi_complete_done(), may still unmask and raise an interrupt
 * while napi_disable() returns; it is over after the second one, and then no
 * interrupt can be raised any more, only arrive.
 *
 * Context: RTNL, sleeps.
 */
void simnic_queues_down(struct simnic *nic, unsigned int from, unsigned int to)
{
	unsigned int i;

	for (i = from; i < to; i++)
		clear_bit(SIMNIC_RXQ_UP, &nic->rxq[i].flags);
	synchronize_net();
	for (i = from; i < to; i++)
		napi_disable(&nic->rxq[i].napi);
	synchronize_net();
	for (i = from; i < to; i++) {
		struct simnic_rxq *q = &nic->rxq[i];

		if (hrtimer_cancel(&q->delay))
			clear_bit(SIMNIC_RXQ_IRQ, &q->flags);
		while (test_bit_acquire(SIMNIC_RXQ_IRQ, &q->flags))
			usleep_range(20, 100);
		simnic_rxq_purge(q);
		simnic_map_queue(q, NULL);
		__netif_napi_del(&q->napi);
	}
	synchronize_net();
}
