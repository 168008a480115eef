// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host: arrivals, queues and the CPUs that serve them.
 *
 * Between two steps the rates are constant and arrivals are a Poisson process,
 * so that it may be begun anew at each step. Every packet costs the same; a CPU
 * serves its queues in turns, up to a budget each, and is never idle while one
 * of them holds a packet. With one queue a CPU this is the Lindley recursion of
 * an M/D/1 queue with a bounded ring; nothing is approximated but the rounding
 * of an arrival to a ns.
 */
#include <string.h>

#include "metrics.h"
#include "sim.h"
#include "util.h"

struct sim *sim_new(uint32_t nr_vms, uint32_t nr_cpus, uint32_t queues_per_cpu, uint64_t seed)
{
	struct sim *sim = zalloc(sizeof(*sim));
	uint32_t i;

	rnd_seed(&sim->rng, seed);
	sim->nr_vms = nr_vms;
	sim->vms = zalloc(nr_vms * sizeof(*sim->vms));
	sim->vm_moves = zalloc(nr_vms * sizeof(*sim->vm_moves));
	sim->nr_cpus = nr_cpus;
	sim->cpus = zalloc(nr_cpus * sizeof(*sim->cpus));
	sim->nr_queues = nr_cpus * queues_per_cpu;
	sim->ring = SIM_RING / queues_per_cpu;
	sim->queues = zalloc(sim->nr_queues * sizeof(*sim->queues));
	sim->contexts = zalloc(SIM_CONTEXTS * sizeof(*sim->contexts));
	sim->contexts[0].used = true;
	for (i = 0; i < sim->nr_queues; i++) {
		struct cpu *cpu = &sim->cpus[i % nr_cpus];

		sim->queues[i].cpu = i % nr_cpus;
		cpu->queues[cpu->nr_queues++] = i;
	}
	sim->dirty = true;
	return sim;
}

void sim_free(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->nr_cpus; i++) {
		alias_free(&sim->cpus[i].draw);
		free(sim->cpus[i].flows);
	}
	free(sim->contexts);
	free(sim->queues);
	free(sim->cpus);
	free(sim->vm_moves);
	free(sim->vms);
	free(sim);
}

/* Steering */

void sim_context_set(struct sim *sim, uint32_t context, uint32_t entry, uint32_t queue)
{
	uint32_t *to = &sim->contexts[context].table[entry];

	if (*to == queue)
		return;
	*to = queue;
	sim->rewritten += sim->started;
	sim->dirty = true;
}

/* A table that is written as a whole is no rewriting of entries. */
void sim_context_deal(struct sim *sim, uint32_t context, const uint32_t *queues, uint32_t nr)
{
	uint32_t i;

	sim->contexts[context].used = true;
	for (i = 0; i < SIM_ENTRIES; i++)
		sim->contexts[context].table[i] = queues[i % nr];
	sim->dirty = true;
}

void sim_context_spread(struct sim *sim, uint32_t context, uint32_t first, uint32_t nr)
{
	uint32_t queues[SIM_QUEUES], i;

	for (i = 0; i < nr; i++)
		queues[i] = first + i;
	sim_context_deal(sim, context, queues, nr);
}

void sim_vm_move(struct sim *sim, uint32_t vm, uint32_t context)
{
	if (sim->vms[vm].context == context)
		return;
	sim->vms[vm].context = context;
	sim->moves += sim->started;
	sim->vm_moves[vm] += sim->started;
	sim->dirty = true;
}

static void cpu_forget(struct cpu *cpu, uint32_t queue)
{
	uint32_t i = 0;

	while (cpu->queues[i] != queue)
		i++;
	cpu->nr_queues--;
	memmove(&cpu->queues[i], &cpu->queues[i + 1],
		(cpu->nr_queues - i) * sizeof(*cpu->queues));
	cpu->turn = 0;
}

/* What waits in the queue goes with it, and is not served before now. */
void sim_queue_set_cpu(struct sim *sim, uint32_t queue, uint32_t cpu)
{
	struct queue *q = &sim->queues[queue];
	struct cpu *to = &sim->cpus[cpu];

	if (q->cpu == cpu)
		return;
	cpu_forget(&sim->cpus[q->cpu], queue);
	q->cpu = cpu;
	q->taken = 0;
	to->queues[to->nr_queues++] = queue;
	if (to->free_at < sim->now)
		to->free_at = sim->now;
	sim->moves += sim->started;
	sim->dirty = true;
}

/* Rates */

static void count_flows(struct sim *sim)
{
	uint32_t vm, i;

	for (i = 0; i < sim->nr_cpus; i++)
		sim->cpus[i].nr_flows = 0;
	for (vm = 0; vm < sim->nr_vms; vm++)
		for (i = 0; i < sim->vms[vm].nr_flows; i++)
			sim->cpus[sim->queues[sim_queue_of(sim,
				&sim->vms[vm].flows[i])].cpu].nr_flows++;
}

static void deal_flows(struct sim *sim)
{
	uint32_t vm, i;

	for (i = 0; i < sim->nr_cpus; i++) {
		struct cpu *cpu = &sim->cpus[i];

		free(cpu->flows);
		cpu->flows = zalloc((cpu->nr_flows + 1) * sizeof(*cpu->flows));
		cpu->nr_flows = 0;
	}
	for (vm = 0; vm < sim->nr_vms; vm++) {
		for (i = 0; i < sim->vms[vm].nr_flows; i++) {
			struct flow *flow = &sim->vms[vm].flows[i];
			struct cpu *cpu = &sim->cpus[sim->queues[sim_queue_of(sim, flow)].cpu];

			if (sim_flow_rate(sim, flow) > 0)
				cpu->flows[cpu->nr_flows++] = flow;
		}
	}
}

static void make_draw(const struct sim *sim, struct cpu *cpu)
{
	double *weights = zalloc((cpu->nr_flows + 1) * sizeof(*weights));
	uint32_t i;

	cpu->rate = 0;
	for (i = 0; i < cpu->nr_flows; i++) {
		weights[i] = sim_flow_rate(sim, cpu->flows[i]);
		cpu->rate += weights[i];
	}
	if (cpu->nr_flows)
		alias_make(&cpu->draw, weights, cpu->nr_flows);
	free(weights);
}

static void make_draws(struct sim *sim)
{
	uint32_t i;

	count_flows(sim);
	deal_flows(sim);
	for (i = 0; i < sim->nr_cpus; i++)
		make_draw(sim, &sim->cpus[i]);
	sim->dirty = false;
}

/* Service */

static void end_poll(struct cpu *cpu, struct queue *queue, bool full)
{
	queue->polls++;
	queue->full_polls += full;
	queue->taken = 0;
	cpu->turn = (cpu->turn + 1) % cpu->nr_queues;
}

/* The queue to serve next, or NULL when none holds a packet; ends polls. */
static struct queue *next_queue(struct sim *sim, struct cpu *cpu)
{
	uint32_t i;

	for (i = 0; i <= cpu->nr_queues && cpu->nr_queues; i++) {
		struct queue *queue = &sim->queues[cpu->queues[cpu->turn]];

		if (queue->nr && queue->taken < SIM_BUDGET)
			return queue;
		if (queue->taken)
			end_poll(cpu, queue, queue->taken == SIM_BUDGET);
		else
			cpu->turn = (cpu->turn + 1) % cpu->nr_queues;
	}
	return NULL;
}

static void serve_one(struct sim *sim, struct cpu *cpu, struct queue *queue)
{
	const struct packet *packet = &queue->ring[queue->head];
	const struct flow *flow = packet->flow;
	struct vm *vm = &sim->vms[flow->vm];

	if (cpu->free_at < packet->arrival)
		cpu->free_at = packet->arrival;
	if (sim->metrics)
		metrics_wait(sim->metrics, vm, packet->arrival, cpu->free_at - packet->arrival);
	cpu->free_at += SIM_PACKET_NS;
	cpu->served++;
	queue->head = (queue->head + 1) % SIM_RING;
	queue->nr--;
	queue->taken++;
	queue->served++;
	queue->entry_served[flow->entry]++;
	vm->served++;
}

/* Serve whatever can be begun before @until. */
static void serve(struct sim *sim, struct cpu *cpu, uint64_t until)
{
	while (cpu->free_at < until) {
		struct queue *queue = next_queue(sim, cpu);

		if (!queue)
			return;
		serve_one(sim, cpu, queue);
	}
}

static void arrive(struct sim *sim, struct flow *flow, uint64_t when)
{
	struct queue *queue = &sim->queues[sim_queue_of(sim, flow)];

	queue->offered++;
	if (queue->nr == sim->ring) {
		queue->dropped++;
		if (sim->metrics)
			metrics_drop(sim->metrics, &sim->vms[flow->vm], when);
		return;
	}
	queue->ring[(queue->head + queue->nr++) % SIM_RING] = (struct packet){ when, flow };
}

static void run_cpu(struct sim *sim, struct cpu *cpu, uint64_t end)
{
	double when = sim->now, gap = cpu->rate > 0 ? SIM_SEC / cpu->rate : 0;

	while (cpu->rate > 0) {
		when += rnd_exp(&sim->rng, gap);
		if (when >= end)
			break;
		serve(sim, cpu, when);
		arrive(sim, cpu->flows[alias_draw(&cpu->draw, &sim->rng)], when);
	}
	serve(sim, cpu, end);
}

/* What the workers' rings cannot hold is dropped before it costs them anything. */
static void run_workers(struct vm *vm, uint64_t served)
{
	uint64_t can = SIM_STEP * vm->workers;
	uint64_t most = can + vm->workers * SIM_RING * vm->worker_ns;
	uint64_t work = vm->backlog_ns + served * vm->worker_ns;

	if (work > most)
		work = most;
	vm->backlog_ns = work > can ? work - can : 0;
	vm->worker_busy_ns += work - vm->backlog_ns;
}

void sim_step(struct sim *sim)
{
	uint64_t end = sim->now + SIM_STEP;
	uint32_t i;

	if (sim->dirty)
		make_draws(sim);
	for (i = 0; i < sim->nr_vms; i++)
		sim->vms[i].step_served = sim->vms[i].served;
	for (i = 0; i < sim->nr_cpus; i++)
		run_cpu(sim, &sim->cpus[i], end);
	for (i = 0; i < sim->nr_vms; i++)
		run_workers(&sim->vms[i], sim->vms[i].served - sim->vms[i].step_served);
	sim->now = end;
}
