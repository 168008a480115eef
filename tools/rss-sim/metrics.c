// SPDX-License-Identifier: GPL-2.0-only
#include "metrics.h"
#include "util.h"

static uint64_t *served_now(const struct sim *sim)
{
	uint64_t *served = zalloc(sim->nr_cpus * sizeof(*served));
	uint32_t i;

	for (i = 0; i < sim->nr_cpus; i++)
		served[i] = sim->cpus[i].served;
	return served;
}

struct metrics *metrics_new(const struct sim *sim, uint64_t end)
{
	struct metrics *metrics = zalloc(sizeof(*metrics));

	metrics->nr_slots = end / METRICS_SLOT + 1;
	metrics->hurt = zalloc(metrics->nr_slots * sizeof(*metrics->hurt));
	metrics->hot_run = zalloc(sim->nr_cpus * sizeof(*metrics->hot_run));
	metrics->slot_served = served_now(sim);
	metrics->window_served = served_now(sim);
	metrics->busy_awake = sim->nr_cpus;
	return metrics;
}

void metrics_free(struct metrics *metrics)
{
	free(metrics->window_served);
	free(metrics->slot_served);
	free(metrics->hot_run);
	free(metrics->hurt);
	free(metrics);
}

/* Packets */

static void hurt(struct metrics *metrics, uint64_t when)
{
	uint64_t slot = when / METRICS_SLOT;

	if (slot < metrics->nr_slots)
		metrics->hurt[slot] = true;
}

void metrics_wait(struct metrics *metrics, const struct vm *vm, uint64_t arrival, uint64_t wait)
{
	hist_add(&metrics->all, wait);
	if (vm->aggressor)
		return;
	hist_add(&metrics->victims, wait);
	if (wait > METRICS_HURT)
		hurt(metrics, arrival);
}

void metrics_drop(struct metrics *metrics, const struct vm *vm, uint64_t when)
{
	metrics->drops++;
	if (vm->aggressor)
		return;
	metrics->victim_drops++;
	hurt(metrics, when);
}

/* Loads */

/* Busy share of a CPU since @served, which is brought up to date. */
static double busy_since(const struct sim *sim, uint32_t cpu, uint64_t *served, uint64_t time)
{
	uint64_t packets = sim->cpus[cpu].served - *served;

	*served = sim->cpus[cpu].served;
	return (double)(packets * SIM_PACKET_NS) / time;
}

void metrics_slot(struct metrics *metrics, const struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->nr_cpus; i++) {
		double busy = busy_since(sim, i, &metrics->slot_served[i], METRICS_SLOT);

		metrics->hot_run[i] = busy > METRICS_HOT ? metrics->hot_run[i] + METRICS_SLOT : 0;
		if (metrics->hot_run[i] > metrics->hot_longest)
			metrics->hot_longest = metrics->hot_run[i];
	}
}

static void add(struct mean *mean, double value)
{
	mean->sum += value;
	mean->nr++;
}

static void compare_with_nic(struct metrics *metrics, const struct sim *sim)
{
	double busiest = bound_busiest(sim);

	add(&metrics->busiest, busiest);
	add(&metrics->over_nic, busiest > 0 ? busiest / bound_nic(sim) : 1);
}

static void compare_with_partition(struct metrics *metrics, const struct sim *sim)
{
	struct bound_group groups[SIM_QUEUES];
	uint32_t i, nr = bound_groups(sim, groups);
	double busiest = 0, bound = 0;

	for (i = 0; i < nr; i++) {
		if (groups[i].busiest < METRICS_BUSIEST_LOW || groups[i].bound > METRICS_BOUND_HIGH)
			continue;
		if (groups[i].busiest > busiest)
			busiest = groups[i].busiest;
		if (groups[i].bound > bound)
			bound = groups[i].bound;
	}
	if (bound > 0)
		add(&metrics->over_part, busiest / bound);
}

void metrics_window(struct metrics *metrics, const struct sim *sim, uint64_t scripted,
		    uint64_t changed)
{
	uint32_t i, used = 0;
	bool hot = false;

	for (i = 0; i < sim->nr_cpus; i++) {
		double busy = busy_since(sim, i, &metrics->window_served[i], METRICS_WINDOW);

		hot |= busy > METRICS_HOT;
		used += busy > METRICS_USED;
	}
	metrics->hot_ns += hot ? METRICS_WINDOW : 0;
	add(&metrics->used, used);
	if (sim->now >= scripted + METRICS_SETTLE_NIC)
		compare_with_nic(metrics, sim);
	if (sim->now >= scripted + METRICS_SETTLE && sim->now >= changed + METRICS_SETTLE)
		compare_with_partition(metrics, sim);
}

/* Phases */

void metrics_phase_end(struct metrics *metrics)
{
	const struct phase *phase = &metrics->phase;

	if (!phase->awake)
		return;
	if (!phase->quiet && phase->awake < metrics->busy_awake)
		metrics->busy_awake = phase->awake;
	if (phase->quiet && phase->awake > metrics->quiet_awake)
		metrics->quiet_awake = phase->awake;
	if (phase->quiet && phase->reached > metrics->quiet_ns)
		metrics->quiet_ns = phase->reached;
}

void metrics_phase(struct metrics *metrics, const struct sim *sim, bool quiet)
{
	struct phase *phase = &metrics->phase;
	uint32_t awake = bound_awake(sim);

	if (!phase->awake || phase->quiet != quiet) {
		metrics_phase_end(metrics);
		*phase = (struct phase){ .quiet = quiet, .since = sim->now - METRICS_WINDOW };
	}
	if (awake == phase->awake)
		return;
	phase->awake = awake;
	phase->reached = sim->now - phase->since;
}

uint64_t metrics_recovery(const struct metrics *metrics, uint64_t start, uint64_t end)
{
	uint64_t calm = METRICS_CALM / METRICS_SLOT, slot = start / METRICS_SLOT, quiet = 0;

	for (; slot * METRICS_SLOT < end && slot < metrics->nr_slots; slot++) {
		quiet = metrics->hurt[slot] ? 0 : quiet + 1;
		if (quiet == calm)
			return (slot + 1 - calm) * METRICS_SLOT - start;
	}
	return METRICS_NEVER;
}
