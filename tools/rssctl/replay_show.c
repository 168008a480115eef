// SPDX-License-Identifier: GPL-2.0-only
/* What a replay prints. */
#include <stdlib.h>
#include <string.h>

#include <json-c/json_object.h>

#include "explain.h"
#include "out.h"
#include "replay.h"

static const char *const side_words[] = {
	[SIDE_BOTH] = "both",
	[SIDE_REPLAY] = "replay",
	[SIDE_RECORD] = "record",
};

static const char *name_of(const struct sample *sample, __u32 id)
{
	for_each(vm, &sample->vm, struct sample_vm)
		if (vm->seen.id == id)
			return vm->name;
	return "?";
}

/* An engine that is to be made, or that only the projection has, has no number. */
static struct opt engine_opt(__u32 engine)
{
	return (struct opt){ .set = engine < PROJECTED_ENGINE, .v = engine };
}

static char *place_words(__u32 state, __u32 engine)
{
	struct opt s = { .set = true, .v = state };
	struct opt e = engine_opt(engine);

	return place_text(&s, &e, "");
}

static bool is_projection(const struct replayed *pnic, enum side side)
{
	return pnic->projected && side != SIDE_RECORD;
}

static void print_move(const struct replayed *pnic, const struct sample *sample,
		       const struct rsse_pol_move *move, enum side side)
{
	char *from = place_words(move->from_state, move->from_engine);
	char *to = place_words(move->to_state, move->to_engine);
	__u64 us = sample->now_ns / 1000;

	printf("%-6s  %6llu.%06llu  #%llu  %s  on %s  %s -> %s  %s  value %u  threshold %u"
	       "  gain %d  crossed %llu%s\n",
	       side_words[side], us / 1000000, us % 1000000, sample->sample,
	       name_of(sample, move->id), pnic->ifname, from, to,
	       names_get(&reason_names, move->reason), move->value, move->threshold,
	       move->gain, move->crossed_seq, is_projection(pnic, side) ? "  projection" : "");
	free(from);
	free(to);
}

static struct json_object *enum_json(const struct names *names, __u32 value)
{
	return json_object_new_string(names_get(names, value));
}

static struct json_object *engine_json(__u32 engine)
{
	struct opt opt = engine_opt(engine);

	return json_opt(&opt);
}

/* @name: of a VM, or NULL */
static struct json_object *head_json(const char *by, const struct replayed *pnic,
				     const char *name)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "by", json_object_new_string(by));
	json_object_object_add(json, "name", name ? json_object_new_string(name) : NULL);
	json_object_object_add(json, "pnic", json_object_new_string(pnic->ifname));
	return json;
}

static void move_json(const struct replayed *pnic, const struct sample *sample,
		      const struct rsse_pol_move *move, enum side side)
{
	struct json_object *json = head_json(side_words[side], pnic, name_of(sample, move->id));
	bool projection = is_projection(pnic, side);

	json_object_object_add(json, "sample", json_object_new_uint64(sample->sample));
	json_object_object_add(json, "time_ns", json_object_new_uint64(sample->now_ns));
	json_object_object_add(json, "from_state", enum_json(&state_names, move->from_state));
	json_object_object_add(json, "from_engine", engine_json(move->from_engine));
	json_object_object_add(json, "to_state", enum_json(&state_names, move->to_state));
	json_object_object_add(json, "to_engine", engine_json(move->to_engine));
	json_object_object_add(json, "reason", enum_json(&reason_names, move->reason));
	json_object_object_add(json, "value", json_object_new_int64(move->value));
	json_object_object_add(json, "threshold", json_object_new_int64(move->threshold));
	json_object_object_add(json, "gain", json_object_new_int64(move->gain));
	json_object_object_add(json, "crossed_sample", json_object_new_uint64(move->crossed_seq));
	json_object_object_add(json, "projection", json_object_new_boolean(projection));
	print_json_line(json);
}

void show_move(bool json, const struct replayed *pnic, const struct sample *sample,
	       const struct rsse_pol_move *move, enum side side)
{
	if (json)
		move_json(pnic, sample, move, side);
	else
		print_move(pnic, sample, move, side);
}

/* "engine 1"; @engine may be none, or one that only the projection has */
static char *engine_words(__u32 engine)
{
	if (engine == RSSE_ENGINE_NEW)
		return xstrdup("nobody");
	if (engine >= PROJECTED_ENGINE)
		return xstrdup("a new engine");
	return xasprintf("engine %u", engine);
}

static void print_shift(const struct replayed *pnic, const struct sample *sample,
			const struct rsse_pol_shift *shift, enum side side)
{
	char *from = engine_words(shift->from), *to = engine_words(shift->to);
	__u64 us = sample->now_ns / 1000;

	printf("%-6s  %6llu.%06llu  #%llu  queue %u  on %s  %s -> %s  %s  value %u"
	       "  threshold %u  crossed %llu%s\n",
	       side_words[side], us / 1000000, us % 1000000, sample->sample, shift->queue,
	       pnic->ifname, from, to, names_get(&reason_names, shift->reason), shift->value,
	       shift->threshold, shift->crossed_seq,
	       is_projection(pnic, side) ? "  projection" : "");
	free(from);
	free(to);
}

static void shift_json(const struct replayed *pnic, const struct sample *sample,
		       const struct rsse_pol_shift *shift, enum side side)
{
	struct json_object *json = head_json(side_words[side], pnic, NULL);
	bool projection = is_projection(pnic, side);

	json_object_object_add(json, "queue", json_object_new_int64(shift->queue));
	json_object_object_add(json, "sample", json_object_new_uint64(sample->sample));
	json_object_object_add(json, "time_ns", json_object_new_uint64(sample->now_ns));
	json_object_object_add(json, "from_engine", engine_json(shift->from));
	json_object_object_add(json, "to_engine", engine_json(shift->to));
	json_object_object_add(json, "reason", enum_json(&reason_names, shift->reason));
	json_object_object_add(json, "value", json_object_new_int64(shift->value));
	json_object_object_add(json, "threshold", json_object_new_int64(shift->threshold));
	json_object_object_add(json, "crossed_sample", json_object_new_uint64(shift->crossed_seq));
	json_object_object_add(json, "projection", json_object_new_boolean(projection));
	print_json_line(json);
}

/* A queue that changes its engine. */
void show_shift(bool json, const struct replayed *pnic, const struct sample *sample,
		const struct rsse_pol_shift *shift, enum side side)
{
	if (json)
		shift_json(pnic, sample, shift, side);
	else
		print_shift(pnic, sample, shift, side);
}

static void print_decision(const char *who, const struct rsse_pol_decision *decision)
{
	printf("  %s: %s value %u threshold %u", who, names_get(&reason_names, decision->reason),
	       decision->value, decision->threshold);
	if (decision->moves)
		printf(" to %s gain %d", names_get(&state_names, decision->to_state),
		       decision->gain);
}

/* A decision that is not the record's. */
void show_decision(bool json, const struct replayed *pnic, const struct sample_vm *vm,
		   const struct rsse_pol_decision *replayed)
{
	struct json_object *line;

	if (!json) {
		printf("differs  #%llu  %s  on %s", pnic->sample, vm->name, pnic->ifname);
		print_decision("record", &vm->decision);
		print_decision("replay", replayed);
		putchar('\n');
		return;
	}
	line = head_json("differs", pnic, vm->name);
	json_object_object_add(line, "sample", json_object_new_uint64(pnic->sample));
	json_object_object_add(line, "recorded", enum_json(&reason_names, vm->decision.reason));
	json_object_object_add(line, "reason", enum_json(&reason_names, replayed->reason));
	json_object_object_add(line, "value", json_object_new_int64(replayed->value));
	print_json_line(line);
}

/* The model; in full in Documentation/record.rst. */
static const char model[] =
	"a VM stays where the replay put it, and a queue with the engine that the replay gave it "
	"to; moves and shifts succeed at once; a VM's loads are as measured and go with it; an "
	"engine's queues share its load evenly, 1000 at most; indirection entries stay";

/* What follows on this PNIC was not measured. */
void show_projection(bool json, const struct replayed *pnic)
{
	struct json_object *line;

	if (!json) {
		printf("projection  after #%llu on %s: %s\n", pnic->sample, pnic->ifname, model);
		return;
	}
	line = json_object_new_object();
	json_object_object_add(line, "by", json_object_new_string("projection"));
	json_object_object_add(line, "pnic", json_object_new_string(pnic->ifname));
	json_object_object_add(line, "sample", json_object_new_uint64(pnic->sample));
	json_object_object_add(line, "model", json_object_new_string(model));
	print_json_line(line);
}

void show_gap(bool json, __u64 lost)
{
	struct json_object *line;

	if (!json) {
		printf("gap  %llu messages were lost; from here on as recorded again\n", lost);
		return;
	}
	line = json_object_new_object();
	json_object_object_add(line, "by", json_object_new_string("gap"));
	json_object_object_add(line, "lost", json_object_new_uint64(lost));
	print_json_line(line);
}

static void print_counts(const struct counts *counts, bool changed)
{
	const __u64 *moves = counts->moves, *shifts = counts->shifts;

	printf("%llu samples, %llu gaps; moves: %llu in both, %llu in the replay only, "
	       "%llu in the record only\n", counts->samples, counts->gaps, moves[SIDE_BOTH],
	       moves[SIDE_REPLAY], moves[SIDE_RECORD]);
	printf("shifts of queues: %llu in both, %llu in the replay only, "
	       "%llu in the record only\n", shifts[SIDE_BOTH], shifts[SIDE_REPLAY],
	       shifts[SIDE_RECORD]);
	if (counts->projected || counts->projected_shifts)
		printf("%llu moves and %llu shifts of the replay rest on a projection\n",
		       counts->projected, counts->projected_shifts);
	if (!changed)
		printf("%llu decisions compared: %llu differ from the record; "
		       "%llu plans differ\n", counts->decisions, counts->differing_decisions,
		       counts->differing_plans);
}

static void counts_json(const struct counts *counts, bool changed)
{
	struct json_object *json = json_object_new_object();
	const __u64 *moves = counts->moves, *shifts = counts->shifts;

	json_object_object_add(json, "by", json_object_new_string("total"));
	json_object_object_add(json, "samples", json_object_new_uint64(counts->samples));
	json_object_object_add(json, "gaps", json_object_new_uint64(counts->gaps));
	json_object_object_add(json, "moves_both", json_object_new_uint64(moves[SIDE_BOTH]));
	json_object_object_add(json, "moves_replay", json_object_new_uint64(moves[SIDE_REPLAY]));
	json_object_object_add(json, "moves_record", json_object_new_uint64(moves[SIDE_RECORD]));
	json_object_object_add(json, "shifts_both", json_object_new_uint64(shifts[SIDE_BOTH]));
	json_object_object_add(json, "shifts_replay", json_object_new_uint64(shifts[SIDE_REPLAY]));
	json_object_object_add(json, "shifts_record", json_object_new_uint64(shifts[SIDE_RECORD]));
	json_object_object_add(json, "moves_projected", json_object_new_uint64(counts->projected));
	json_object_object_add(json, "shifts_projected",
			       json_object_new_uint64(counts->projected_shifts));
	if (!changed) {
		json_object_object_add(json, "decisions",
				       json_object_new_uint64(counts->decisions));
		json_object_object_add(json, "decisions_differ",
				       json_object_new_uint64(counts->differing_decisions));
		json_object_object_add(json, "plans_differ",
				       json_object_new_uint64(counts->differing_plans));
	}
	print_json_line(json);
}

/* @changed: the configuration is not the record's, so decisions differ anyway */
void show_counts(bool json, const struct counts *counts, bool changed)
{
	if (json)
		counts_json(counts, changed);
	else
		print_counts(counts, changed);
}
