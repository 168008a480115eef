// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads: from the meters' counts to permille. Everything here runs in the
 * sampler, under rsse_lock.
 */
#include <linux/cpumask.h>
#include <linux/if_link.h>
#include <linux/kernel_stat.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/tick.h>

#include "core.h"
#include "load_count.h"
#include "meter.h"

/*
 * Payload of a full TCP segment in a 1500 byte MTU. A packet that GRO has
 * merged counts for as many frames as it took on the wire, because that is
 * what it cost the rx queue.
 */
#define FRAME_BYTES		1448

/*
 * What a packet and a byte cost a vhost worker, in units of a received
 * packet's fixed cost / 1024. A byte is copied once in each direction: at some
 * 10 GB/s a full frame costs about an eighth of the packet's fixed work. A sent
 * packet runs through the host's stack in the worker itself, a received one
 * was brought to the tap by somebody else: it counts double.
 */
#define RX_PACKET_COST		1024
#define TX_PACKET_COST		2048
#define BYTE_COST_SHIFT		3

/**
 * struct vnic_window - what a VNIC carried in the window
 * @rx_packets: packets to the VM, drops included
 * @rx_bytes: bytes to the VM, drops included at the mean size
 * @tx_packets: packets from the VM
 * @tx_bytes: bytes from the VM
 * @drops: packets to the VM that were dropped
 * @busy_ns: CPU time of its workers
 */
struct vnic_window {
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_packets;
	u64 tx_bytes;
	u64 drops;
	u64 busy_ns;
};

/* Workers */

static u64 load_worker(struct rsse_worker *worker, u64 window)
{
	u64 busy = rsse_take_busy(rsse_task_meter_read(worker->meter),
				  &worker->last_ns, window);

	WRITE_ONCE(worker->busy, rsse_permille(busy, window));
	return busy;
}

static u64 load_workers(struct rsse_vnic *vnic, u64 window, u32 *hottest)
{
	struct rsse_worker *worker;
	u64 busy = 0;

	list_for_each_entry(worker, &vnic->workers, list) {
		busy += load_worker(worker, window);
		*hottest = max(*hottest, worker->busy);
		if (rsse_task_meter_dead(worker->meter))
			rsse_mover_rescan();
	}
	return busy;
}

/*
 * A tap or veth sends to the VM what the host hands it; a macvtap is the VM's
 * own device on the host, and receives it.
 */
static void turn(const struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	if (!netif_is_macvlan(dev))
		return;
	swap(stats->rx_packets, stats->tx_packets);
	swap(stats->rx_bytes, stats->tx_bytes);
	swap(stats->rx_dropped, stats->tx_dropped);
}

static void load_stats(struct rsse_vnic *vnic, struct vnic_window *win)
{
	const struct rtnl_link_stats64 *last = &vnic->last_stats;
	struct rtnl_link_stats64 now = {};

	dev_get_stats(vnic->dev, &now);
	turn(vnic->dev, &now);
	if (vnic->have_stats) {
		win->rx_packets = rsse_since(now.tx_packets, last->tx_packets);
		win->rx_bytes = rsse_since(now.tx_bytes, last->tx_bytes);
		win->tx_packets = rsse_since(now.rx_packets, last->rx_packets);
		win->tx_bytes = rsse_since(now.rx_bytes, last->rx_bytes);
		win->drops = rsse_since(now.tx_dropped, last->tx_dropped);
		if (win->rx_packets)
			win->rx_bytes += mul_u64_u64_div_u64(win->drops,
							     win->rx_bytes,
							     win->rx_packets);
		win->rx_packets += win->drops;
	}
	vnic->last_stats = now;
	vnic->have_stats = true;
}

static u64 rx_part(const struct vnic_window *win)
{
	u64 rx = win->rx_packets * RX_PACKET_COST +
		 (win->rx_bytes >> BYTE_COST_SHIFT);
	u64 tx = win->tx_packets * TX_PACKET_COST +
		 (win->tx_bytes >> BYTE_COST_SHIFT);

	if (!rx)
		return 0;
	return mul_u64_u64_div_u64(win->busy_ns, rx, rx + tx);
}

static u64 frames(const struct vnic_window *win)
{
	return max(win->rx_packets, div_u64(win->rx_bytes, FRAME_BYTES));
}

static u64 per_second(u64 count, u64 window)
{
	return window ? mul_u64_u64_div_u64(count, NSEC_PER_SEC, window) : 0;
}

static void load_vm(struct rsse_vm *vm, u64 window)
{
	u64 packets = 0, bytes = 0, weight = 0, total = 0, rx = 0, drops = 0;
	struct rsse_vnic *vnic;
	u32 hottest = 0;

	list_for_each_entry(vnic, &vm->vnics, list) {
		struct vnic_window win = {};

		if (vnic->dev)
			load_stats(vnic, &win);
		win.busy_ns = load_workers(vnic, window, &hottest);
		packets += win.rx_packets;
		bytes += win.rx_bytes;
		drops += win.drops;
		weight += frames(&win);
		total += win.busy_ns;
		rx += rx_part(&win);
	}
	vm->weight = weight;
	WRITE_ONCE(vm->drops, vm->drops + drops);
	WRITE_ONCE(vm->rx_pps, per_second(packets, window));
	WRITE_ONCE(vm->rx_bps, 8 * per_second(bytes, window));
	WRITE_ONCE(vm->vnic_total, rsse_permille(total, window));
	WRITE_ONCE(vm->vnic_busy, rsse_permille(rx, window));
	WRITE_ONCE(vm->hottest_worker, hottest);
}

void rsse_load_vms(u64 window)
{
	struct rsse_vm *vm;

	list_for_each_entry(vm, &rsse_vms, list)
		load_vm(vm, window);
}

/* CPUs */

/**
 * struct cpu_load - how busy a CPU is; the sampler's own, under rsse_lock
 * @idle_us: its idle time so far
 * @busy: busy share in the latest window, permille
 */
struct cpu_load {
	u64 idle_us;
	u32 busy;
};

static DEFINE_PER_CPU(struct cpu_load, cpu_load);

/* Waiting for I/O is idle too. Without a tick that stops the kernel counts ticks. */
static u64 idle_us(int cpu)
{
	u64 idle = get_cpu_idle_time_us(cpu, NULL);
	u64 wait = get_cpu_iowait_time_us(cpu, NULL);

	if (idle != -1ULL && wait != -1ULL)
		return idle + wait;
	return div_u64(kcpustat_cpu(cpu).cpustat[CPUTIME_IDLE] +
		       kcpustat_cpu(cpu).cpustat[CPUTIME_IOWAIT], NSEC_PER_USEC);
}

void rsse_load_cpus(u64 window)
{
	int cpu;

	for_each_online_cpu(cpu) {
		struct cpu_load *load = per_cpu_ptr(&cpu_load, cpu);
		u64 now = idle_us(cpu);
		u64 idle_ns = rsse_since(now, load->idle_us) * NSEC_PER_USEC;
		u32 idle = rsse_permille(idle_ns, window);

		load->busy = 1000 - min(idle, 1000U);
		load->idle_us = now;
	}
}

/* In the latest window, permille; one that was never polled has no CPU. */
static u32 cpu_busy(int cpu)
{
	return cpu < 0 ? 0 : per_cpu_ptr(&cpu_load, cpu)->busy;
}

/* Queues and engines */

/*
 * Of windows of any length: each weighs as much of the average as it is long. When the
 * VMs, queues or entries of its engine change, the average begins anew; the window in
 * which they did is of both, and counts only until there is a better one.
 */
static void load_average(struct rsse_queue *queue, u64 window)
{
	bool changed = queue->engine && queue->engine->changed;
	u64 before = changed ? 0 : queue->avg_ns;
	u64 all = max(before + window, 1ULL);

	queue->avg = mul_u64_u64_div_u64(queue->avg, before, all) +
		     mul_u64_u64_div_u64((u64)queue->busy * 1000, window, all);
	queue->avg_ns = changed ? 0 : min(all, RSSE_POL_AVG_NS);
}

/* What its CPU does besides: a pause of others is no time that the queue could have. */
static void load_others(struct rsse_queue *queue, u64 window)
{
	u32 all = cpu_busy(queue->cpu);

	WRITE_ONCE(queue->others, rsse_peak(queue->others, 1000 * (all - min(all, queue->busy)),
					    window));
}

static void load_queue(struct rsse_queue *queue, u64 window)
{
	struct rsse_napi_count now = { .cpu = -1 };

	if (queue->meter)
		rsse_napi_meter_read(queue->meter, &now);
	queue->window_busy_ns = rsse_take_busy(now.busy_ns,
					       &queue->last_busy_ns, window);
	queue->window_polls = rsse_since(now.polls, queue->last_polls);
	queue->window_full_polls = rsse_since(now.full_polls,
					      queue->last_full_polls);
	queue->window_packets = rsse_since(now.packets, queue->last_packets);
	queue->last_polls = now.polls;
	queue->last_full_polls = now.full_polls;
	queue->last_packets = now.packets;

	WRITE_ONCE(queue->busy_ns, queue->busy_ns + queue->window_busy_ns);
	WRITE_ONCE(queue->polls, queue->polls + queue->window_polls);
	WRITE_ONCE(queue->packets, queue->packets + queue->window_packets);
	WRITE_ONCE(queue->busy, rsse_permille(queue->window_busy_ns, window));
	WRITE_ONCE(queue->full_polls, rsse_permille(queue->window_full_polls,
						    queue->window_polls));
	WRITE_ONCE(queue->cpu, now.cpu);
	load_average(queue, window);
	load_others(queue, window);
}

/* One that exists in the books only, or is asleep, is idle. */
static void load_engine(struct rsse_engine *engine, u64 window)
{
	u32 hottest = 0, hottest_queue = RSSE_ENGINE_NEW, full_polls = 0;
	unsigned int i;

	engine->changed = false;
	engine->window_packets = 0;
	engine->window_busy_ns = 0;
	engine->window_weight = 0;
	for (i = 0; i < engine->nr_queues; i++) {
		const struct rsse_queue *queue =
			engine->pnic->queues[engine->queues[i]];

		engine->window_packets += queue->window_packets;
		engine->window_busy_ns += queue->window_busy_ns;
		if (queue->busy > hottest)
			hottest_queue = queue->index;
		hottest = max(hottest, queue->busy);
		full_polls = max(full_polls, queue->full_polls);
	}
	WRITE_ONCE(engine->load, engine->nr_queues ?
		   rsse_permille(engine->window_busy_ns, window * engine->nr_queues) : 0);
	WRITE_ONCE(engine->hottest, hottest);
	WRITE_ONCE(engine->hottest_queue, hottest_queue);
	WRITE_ONCE(engine->full_polls, full_polls);
}

/* Placements */

u64 rsse_load_weight(const struct rsse_placement *placement)
{
	return mul_u64_u64_div_u64(placement->vm->weight, placement->pnic_part,
				   RSSE_PART_ONE);
}

/*
 * A VM's part of its engine's busy time. What a shared or dedicated engine
 * polls is for its VMs, whatever their VNICs counted; the default queues also
 * carry what is for no VM.
 */
static void load_placement(struct rsse_placement *placement, u64 window)
{
	const struct rsse_engine *engine = placement->engine;
	u64 weight = rsse_load_weight(placement);
	u64 whole = engine->window_weight;
	u64 busy = 0;

	if (engine->kind == RSS_ENGINE_ENGINE_KIND_DEFAULT)
		whole = max(whole, engine->window_packets);
	if (whole)
		busy = mul_u64_u64_div_u64(engine->window_busy_ns, weight,
					   whole);
	WRITE_ONCE(placement->pnic_busy, rsse_permille(busy, window));
	WRITE_ONCE(placement->rx_load,
		   placement->pnic_busy + placement->vm->vnic_busy);
}

static u32 load_of_queues(const struct rsse_pnic *pnic)
{
	u32 load = 0;
	unsigned int i;

	for (i = 0; i < pnic->nr_queues; i++)
		load += pnic->queues[i]->busy;
	return load;
}

void rsse_load_pnic(struct rsse_pnic *pnic, u64 window)
{
	struct rsse_placement *placement;
	struct rsse_engine *engine;
	unsigned int i;
	u32 load;

	for (i = 0; i < pnic->nr_queues; i++)
		load_queue(pnic->queues[i], window);
	list_for_each_entry(engine, &pnic->engines, list)
		load_engine(engine, window);
	rsse_look_take_in(pnic);
	list_for_each_entry(placement, &pnic->placements, pnic_list)
		placement->engine->window_weight += rsse_load_weight(placement);

	load = load_of_queues(pnic);
	list_for_each_entry(placement, &pnic->placements, pnic_list) {
		load_placement(placement, window);
		load -= min(load, placement->pnic_busy);
	}
	WRITE_ONCE(pnic->host_load, load);
}

void rsse_load_sum_up(void)
{
	const struct rsse_placement *placement;
	struct rsse_vm *vm;
	u32 load;

	list_for_each_entry(vm, &rsse_vms, list) {
		load = vm->vnic_busy;
		list_for_each_entry(placement, &vm->placements, vm_list)
			load = max(load, placement->rx_load);
		WRITE_ONCE(vm->rx_load, load);
	}
}
