// SPDX-License-Identifier: GPL-2.0-only
#include "metrics.h"
#include "util.h"

struct metrics *metrics_new(const struct sim *sim, uint64_t length)
{
	struct metrics *metrics = zalloc(sizeof(*metrics));

	metrics->nr_slots = length / METRICS_SLOT + 1;
	metrics->hurt = zalloc(metrics->nr_slots * sizeof(*metrics->hurt));
	metrics->last_served = zalloc(sim->nr_cpus * sizeof(*metrics->last_served));
	return metrics;
}

void metrics_free(struct metrics *metrics)
{
	free(metrics->last_served);
	free(metrics->hurt);
	free(metrics);
}

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

static void settled_window(struct metrics *metrics, const struct sim *sim)
{
	double busiest = bound_busiest(sim);

	metrics->settled++;
	metrics->busiest += busiest;
	metrics->over_nic += busiest > 0 ? busiest / bound_nic(sim) : 1;
	metrics->over_engines += busiest > 0 ? busiest / bound_engines(sim) : 1;
}

void metrics_window(struct metrics *metrics, const struct sim *sim, uint64_t changed)
{
	bool hot = false;
	uint32_t i;

	for (i = 0; i < sim->nr_cpus; i++) {
		uint64_t served = sim->cpus[i].served - metrics->last_served[i];
		double busy = (double)(served * SIM_PACKET_NS) / METRICS_WINDOW;

		hot |= busy > METRICS_HOT;
		metrics->used += busy > METRICS_USED;
		metrics->last_served[i] = sim->cpus[i].served;
	}
	metrics->hot_ns += hot ? METRICS_WINDOW : 0;
	metrics->windows++;
	if (sim->now >= changed + METRICS_SETTLE)
		settled_window(metrics, sim);
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
