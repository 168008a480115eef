// SPDX-License-Identifier: GPL-2.0-only
/* What our policy does, a line each; the names are those of rssctl. */
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "ours.h"

/* Negative before the run counts. */
static void begin_line(const struct sim *sim)
{
	fprintf(sim->log, "%11.3f s  ", ((double)sim->now - sim->begin) / SIM_SEC);
}

static void print_engine(const struct sim *sim, uint32_t id)
{
	if (id == RSSE_ENGINE_NEW)
		fputs("none", sim->log);
	else
		fprintf(sim->log, "%u", id);
}

static void print_why(const struct sim *sim, const struct why *why)
{
	fprintf(sim->log, "  %s  value %u  threshold %u", names_get(&reason_names, why->reason),
		why->value, why->threshold);
}

static void end_line(const struct sim *sim, int error)
{
	if (error)
		fprintf(sim->log, "  error %s", strerror(error));
	fputc('\n', sim->log);
}

void ours_log_move(const struct sim *sim, const struct rsse_pol_move *move, uint32_t to, int error)
{
	const struct why why = { move->reason, move->value, move->threshold };

	if (!sim->log)
		return;
	begin_line(sim);
	if (sim->names)
		fprintf(sim->log, "%s", sim->names[move->id - 1]);
	else
		fprintf(sim->log, "vm%u", move->id - 1);
	fprintf(sim->log, "  %s (engine %u) -> %s (engine ",
		names_get(&state_names, move->from_state), move->from_engine,
		names_get(&state_names, move->to_state));
	print_engine(sim, to);
	fputc(')', sim->log);
	print_why(sim, &why);
	fprintf(sim->log, "  gain %d", move->gain);
	end_line(sim, error);
}

/* The queues that go the same way as @first; @done marks them. */
static void log_way(const struct ours *ours, const struct sim *sim, const uint32_t *to,
		    uint32_t first, bool *done)
{
	uint32_t i;

	fputs("queue", sim->log);
	for (i = first; i < sim->nr_queues; i++) {
		if (ours->owner[i] != ours->owner[first] || to[i] != to[first])
			continue;
		fprintf(sim->log, " %u", i);
		done[i] = true;
	}
	fputs("  engine ", sim->log);
	print_engine(sim, ours->owner[first]);
	fputs(" -> ", sim->log);
	print_engine(sim, to[first]);
}

void ours_log_queues(const struct ours *ours, const struct sim *sim, const uint32_t *to,
		     const struct why *why, int error)
{
	bool done[SIM_QUEUES] = { false };
	uint32_t i;

	for (i = 0; sim->log && why && i < sim->nr_queues; i++) {
		if (done[i] || ours->owner[i] == to[i])
			continue;
		begin_line(sim);
		log_way(ours, sim, to, i, done);
		print_why(sim, why);
		end_line(sim, error);
	}
}

void ours_log_rewrite(const struct sim *sim, const struct rsse_pol_rewrite *rewrite)
{
	const struct why why = { rewrite->reason, rewrite->value, rewrite->threshold };
	uint32_t i;

	if (!sim->log)
		return;
	begin_line(sim);
	fprintf(sim->log, "engine %u  entry", rewrite->engine);
	for (i = 0; i < rewrite->nr; i++)
		fprintf(sim->log, " %u: %u -> %u%s", rewrite->changes[i].entry,
			rewrite->changes[i].from, rewrite->changes[i].to,
			i + 1 < rewrite->nr ? "," : "");
	print_why(sim, &why);
	fprintf(sim->log, "  gain %u", rewrite->gain);
	end_line(sim, 0);
}
