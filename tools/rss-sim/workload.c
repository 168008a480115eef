// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>

#include "../../kmod/simnic/toeplitz.h"
#include "trace.h"
#include "util.h"
#include "workload.h"

/*
 * Bursts: Pareto with this shape, measured at single hosts by Willinger, Taqqu,
 * Sherman and Wilson, Self-similarity through high-variability (1997): 1 to 2 for
 * bursts. Means are of our choice.
 */
#define BURST_ALPHA	1.4
#define BURST_NS	(400.0 * SIM_MS)
#define PAUSE_NS	(400.0 * SIM_MS)

/*
 * Lengths of flows: Crovella and Bestavros, Self-similarity in World Wide Web
 * traffic (1997), 1.2 for the sizes of transfers.
 */
#define FLOW_ALPHA	1.2
#define FLOW_NS		(500.0 * SIM_MS)
#define FLOW_PAUSE_NS	(500.0 * SIM_MS)

/*
 * Shares of the flows of a VM: Zipf with this exponent. Sarrar, Uhlig, Feldmann,
 * Sherwood and Huang, Leveraging Zipf's law for traffic offloading (2012).
 */
#define FLOW_SKEW	1.0

/* A day, compressed, and how far loads swing about their mean. */
#define DAY_NS		(20 * SIM_SEC)
#define SWING		0.8

/* How often a load that changes all the time is brought up to date. */
#define GLIDE_NS	(50 * SIM_MS)

/**
 * struct source - what is on and off: a VM, or a flow of one
 * @on: it sends
 * @next: when that changes
 */
struct source {
	bool on;
	uint64_t next;
};

/**
 * struct workload - the loads of a run
 * @scenario: what they follow
 * @sim: whose VMs they are of
 * @rnd: their own
 * @mean: of each VM, CPUs; by a trace: its load
 * @next_step: of the trace
 * @sources: of each VM, or of each flow
 * @length: how long sources are on
 * @scripted: see workload_scripted()
 * @changed: see workload_changed()
 * @in_event: number of the event that a VM is in, plus 1
 * @known: load of each VM at its last change, CPUs
 * @changes: number of changes of each VM's load
 */
struct workload {
	const struct scenario *scenario;
	struct sim *sim;
	struct rnd rnd;
	double *mean;
	uint32_t next_step;
	struct source *sources;
	struct pareto length;
	uint64_t scripted;
	uint64_t changed;
	uint32_t *in_event;
	double *known;
	uint32_t *changes;
};

/* Flows and hashes */

/* The key of "Verifying the RSS Hash Calculation", which most drivers have used. */
static const uint8_t hash_key[40] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
	0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
	0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

/* TCP over IPv4 to port 80 of 10.0.VM. */
uint32_t workload_hash(uint32_t source, uint16_t port, uint32_t vm)
{
	const uint8_t tuple[12] = {
		source >> 24, source >> 16, source >> 8, source,
		10, 0, vm >> 8, vm,
		port >> 8, port, 0, 80,
	};

	return simnic_toeplitz(hash_key, tuple, sizeof(tuple)) % SIM_ENTRIES;
}

static void new_peer(struct workload *load, struct flow *flow)
{
	flow->entry = workload_hash(rnd_u64(&load->rnd), rnd_u64(&load->rnd), flow->vm);
}

static double zipf(uint32_t rank, double skew)
{
	return pow(rank + 1, -skew);
}

static void make_flows(struct workload *load, uint32_t vm, uint32_t nr)
{
	struct vm *v = &load->sim->vms[vm];
	double sum = 0;
	uint32_t i;

	v->flows = zalloc(nr * sizeof(*v->flows));
	v->nr_flows = nr;
	for (i = 0; i < nr; i++) {
		v->flows[i].vm = vm;
		v->flows[i].share = zipf(i, FLOW_SKEW);
		sum += v->flows[i].share;
		new_peer(load, &v->flows[i]);
	}
	for (i = 0; i < nr; i++)
		v->flows[i].share /= sum;
}

/* Packets of a flood look all alike. */
static void level_flows(struct vm *vm)
{
	uint32_t i;

	for (i = 0; i < vm->nr_flows; i++)
		vm->flows[i].share = 1.0 / vm->nr_flows;
}

static uint32_t flows_of(const struct scenario *scenario, uint32_t vm)
{
	uint32_t i, nr = scenario->flows;

	for (i = 0; i < SCENARIO_EVENTS; i++) {
		const struct event *event = &scenario->events[i];

		if (vm - event->first < event->nr && event->flows)
			nr = event->flows;
	}
	return nr;
}

static void make_vms(struct workload *load)
{
	const struct scenario *scenario = load->scenario;
	struct sim *sim = load->sim;
	uint32_t i;

	for (i = 0; i < sim->nr_vms; i++) {
		uint32_t flows = flows_of(scenario, i);

		sim->vms[i].worker_ns = scenario->worker_ns ? scenario->worker_ns : SIM_WORKER_NS;
		sim->vms[i].workers = scenario->workers ? scenario->workers : 4;
		make_flows(load, i, flows);
		if (flows != scenario->flows)
			level_flows(&sim->vms[i]);
	}
}

static void mark_aggressors(struct workload *load)
{
	uint32_t i, vm;

	for (i = 0; i < SCENARIO_EVENTS; i++) {
		const struct event *event = &load->scenario->events[i];

		for (vm = event->first; vm < event->first + event->nr; vm++)
			if (vm < load->sim->nr_vms)
				load->sim->vms[vm].aggressor |= !event->harmless;
	}
}

/* Means by Zipf's law, dealt to the VMs in random order. */
static void make_means(struct workload *load)
{
	const struct sim *sim = load->sim;
	double sum = 0, swap;
	uint32_t i, other;

	load->mean = zalloc(sim->nr_vms * sizeof(*load->mean));
	if (load->scenario->pattern == PATTERN_TRACE)
		return;
	for (i = 0; i < sim->nr_vms; i++) {
		load->mean[i] = zipf(i, load->scenario->skew);
		sum += load->mean[i];
	}
	for (i = 0; i < sim->nr_vms; i++)
		load->mean[i] *= load->scenario->load * sim->nr_cpus / sum;
	for (i = 0; i < sim->nr_vms; i++) {
		other = i + rnd_below(&load->rnd, sim->nr_vms - i);
		swap = load->mean[i];
		load->mean[i] = load->mean[other];
		load->mean[other] = swap;
	}
}

static void make_sources(struct workload *load)
{
	uint32_t i, nr = load->sim->nr_vms;

	load->length = pareto_make(BURST_ALPHA, BURST_NS);
	if (load->scenario->pattern == PATTERN_FLOWS) {
		load->length = pareto_make(FLOW_ALPHA, FLOW_NS);
		nr *= load->scenario->flows;
	}
	load->sources = zalloc(nr * sizeof(*load->sources));
	for (i = 0; i < nr; i++) {
		load->sources[i].on = rnd_u64(&load->rnd) & 1;
		load->sources[i].next = rnd_exp(&load->rnd, BURST_NS);
	}
}

struct workload *workload_new(const struct scenario *scenario, struct sim *sim, uint64_t seed)
{
	struct workload *load = zalloc(sizeof(*load));

	load->scenario = scenario;
	load->sim = sim;
	rnd_seed(&load->rnd, seed);
	if (scenario->trace)
		sim->names = (const char *const *)scenario->trace->names;
	make_vms(load);
	mark_aggressors(load);
	make_means(load);
	make_sources(load);
	load->in_event = zalloc(sim->nr_vms * sizeof(*load->in_event));
	load->known = zalloc(sim->nr_vms * sizeof(*load->known));
	load->changes = zalloc(sim->nr_vms * sizeof(*load->changes));
	workload_step(load);
	return load;
}

void workload_free(struct workload *load)
{
	uint32_t i;

	for (i = 0; i < load->sim->nr_vms; i++)
		free(load->sim->vms[i].flows);
	free(load->changes);
	free(load->known);
	free(load->in_event);
	free(load->sources);
	free(load->mean);
	free(load);
}

/* Time */

static void set_level(struct workload *load, uint32_t vm, double level)
{
	if (load->sim->vms[vm].level == level)
		return;
	load->sim->vms[vm].level = level;
	load->sim->dirty = true;
}

static bool turn(struct workload *load, struct source *source, const struct pareto *on, double off)
{
	if (load->sim->now < source->next)
		return false;
	source->on = !source->on;
	source->next = load->sim->now + (uint64_t)(source->on ?
		rnd_pareto(&load->rnd, on) : rnd_exp(&load->rnd, off));
	return true;
}

static double burst(struct workload *load, uint32_t vm)
{
	struct source *source = &load->sources[vm];

	turn(load, source, &load->length, PAUSE_NS);
	return source->on ? load->mean[vm] * (BURST_NS + PAUSE_NS) / BURST_NS : 0;
}

/* Flows of one rate each; a flow that comes back is another one. */
static double flow_burst(struct workload *load, uint32_t vm)
{
	struct vm *v = &load->sim->vms[vm];
	double part = FLOW_NS / (FLOW_NS + FLOW_PAUSE_NS), sum = 0;
	uint32_t i, nr = load->scenario->flows;
	bool turned = false;

	for (i = 0; i < nr && i < v->nr_flows; i++) {
		struct source *source = &load->sources[vm * nr + i];

		if (turn(load, source, &load->length, FLOW_PAUSE_NS)) {
			turned = true;
			if (source->on)
				new_peer(load, &v->flows[i]);
		}
		v->flows[i].share = source->on ? zipf(i, FLOW_SKEW) : 0;
		sum += zipf(i, FLOW_SKEW) * part;
	}
	for (i = 0; i < v->nr_flows; i++)
		v->flows[i].share /= sum;
	load->sim->dirty |= turned;
	return load->mean[vm];
}

static double glide(const struct workload *load, uint32_t vm)
{
	uint64_t now = load->sim->now / GLIDE_NS * GLIDE_NS;
	double phase = 2 * M_PI * now / DAY_NS + (vm % 2 ? M_PI : 0);

	return load->mean[vm] * (1 + SWING * sin(phase));
}

static double usual_level(struct workload *load, uint32_t vm)
{
	switch (load->scenario->pattern) {
	case PATTERN_ONOFF:
		return burst(load, vm);
	case PATTERN_FLOWS:
		return flow_burst(load, vm);
	case PATTERN_DIURNAL:
		return glide(load, vm);
	default:
		return load->mean[vm];
	}
}

/* What happens before the scenario begins is what the trace begins with. */
static void follow_trace(struct workload *load)
{
	const struct trace *trace = load->scenario->trace;
	uint64_t now = load->sim->now, begin = load->scenario->begin;

	now = now > begin ? now - begin : 0;
	while (load->next_step < trace->nr_steps && trace->steps[load->next_step].time <= now) {
		const struct trace_step *next = &trace->steps[load->next_step++];

		load->mean[next->vm] = next->busy / 1000.0;
	}
}

/* The event that @vm is in, plus 1; the last one counts. */
static uint32_t event_of(const struct workload *load, uint32_t vm)
{
	uint32_t i, in = 0;

	for (i = 0; i < SCENARIO_EVENTS; i++) {
		const struct event *event = &load->scenario->events[i];
		uint32_t place = vm - event->first;

		if (place < event->nr && load->sim->now < event->end_ms * SIM_MS &&
		    load->sim->now >= (event->start_ms + place * event->stagger_ms) * SIM_MS)
			in = i + 1;
	}
	return in;
}

static double load_of(const struct workload *load, uint32_t vm)
{
	const struct vm *v = &load->sim->vms[vm];
	double shares = 0;
	uint32_t i;

	if (load->scenario->pattern != PATTERN_FLOWS)
		return v->level;
	for (i = 0; i < v->nr_flows; i++)
		shares += v->flows[i].share;
	return v->level * shares;
}

static void note_change(struct workload *load, uint32_t vm)
{
	double now = load_of(load, vm), before = load->known[vm];

	if (load->changes[vm] && (fabs(now - before) < WORKLOAD_CHANGE_MIN ||
				  (now < WORKLOAD_CHANGE * before &&
				   before < WORKLOAD_CHANGE * now)))
		return;
	load->changes[vm]++;
	load->known[vm] = now;
	load->changed = load->sim->now;
}

static double level_of(struct workload *load, uint32_t vm, uint32_t in, double usual)
{
	const struct event *event = &load->scenario->events[in - 1];

	if (!in)
		return usual;
	return event->times ? event->level * load->mean[vm] : event->level;
}

void workload_step(struct workload *load)
{
	uint32_t i;

	if (load->scenario->pattern == PATTERN_TRACE)
		follow_trace(load);
	for (i = 0; i < load->sim->nr_vms; i++) {
		uint32_t in = event_of(load, i);
		double usual = usual_level(load, i);

		if (in != load->in_event[i]) {
			load->scripted = load->sim->now;
			load->in_event[i] = in;
		}
		set_level(load, i, level_of(load, i, in, usual));
		note_change(load, i);
	}
}

uint64_t workload_scripted(const struct workload *load)
{
	return load->scripted;
}

bool workload_is_quiet(const struct workload *load)
{
	uint32_t i;

	for (i = 0; i < load->sim->nr_vms; i++)
		if (load->in_event[i])
			return false;
	return true;
}

uint64_t workload_changed(const struct workload *load)
{
	return load->changed;
}

uint32_t workload_changes(const struct workload *load, uint32_t vm)
{
	return load->changes[vm];
}
