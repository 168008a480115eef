// SPDX-License-Identifier: GPL-2.0-only
/* rssctl replay: what the policy would have done */
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "cmd.h"
#include "replay.h"

/**
 * struct replay - a replay
 * @app: the run
 * @path: the record
 * @save: file for the policy's memory at the end, or NULL
 * @set: keys that are not the record's
 * @changed: some are
 * @reader: the record
 * @config: in force; all 0 before the first line of it
 * @pnics: list of struct replayed
 * @counts: so far
 */
struct replay {
	const struct app *app;
	const char *path;
	const char *save;
	struct config set;
	bool changed;
	struct reader reader;
	struct rsse_config config;
	struct list pnics;
	struct counts counts;
};

/* PNICs */

static struct replayed *pnic_of(struct replay *replay, __u32 ifindex, const char *ifname)
{
	struct replayed *pnic = NULL;

	for_each(p, &replay->pnics, struct replayed)
		if (p->ifindex == ifindex)
			pnic = p;
	if (!pnic) {
		pnic = list_push(&replay->pnics, sizeof(*pnic));
		pnic->ifindex = ifindex;
		memory_init(&pnic->state);
	}
	if (!pnic->ifname || strcmp(pnic->ifname, ifname)) {
		free(pnic->ifname);
		pnic->ifname = xstrdup(ifname);
	}
	return pnic;
}

static void planned_clear(struct planned *planned)
{
	list_clear(&policy_move_schema, &planned->moves);
	list_clear(&policy_shift_schema, &planned->shifts);
}

/* From here on everything is where the record has it. */
static void begin_anew(struct replayed *pnic)
{
	free(pnic->places.v);
	memset(&pnic->places, 0, sizeof(pnic->places));
	planned_clear(&pnic->planned);
	planned_clear(&pnic->recorded);
	pnic->projected = false;
	pnic->next_engine = PROJECTED_ENGINE;
	pnic->known = true;
}

static void pnic_clear(struct replayed *pnic)
{
	memory_free(&pnic->state);
	free(pnic->ifname);
	free(pnic->places.v);
	free(pnic->engines.v);
	free(pnic->queues.v);
	planned_clear(&pnic->planned);
	planned_clear(&pnic->recorded);
}

/* Comparing */

/* Before anything went another way, and with the record's configuration. */
static void compare(struct replay *replay, const struct replayed *pnic,
		    const struct scene *scene, const struct sample *sample)
{
	struct counts *counts = &replay->counts;
	const struct rsse_pol_decision *decision = scene->decisions;

	if (replay->changed || pnic->projected)
		return;
	for_each(vm, &sample->vm, struct sample_vm) {
		counts->decisions++;
		if (!same_decision(decision, &vm->decision)) {
			counts->differing_decisions++;
			show_decision(replay->app->json, pnic, vm, decision);
		}
		decision++;
	}
	counts->differing_plans += !same_plan(&scene->plan, sample);
}

static bool is_new(const struct planned *before, const struct rsse_pol_move *move)
{
	return !find_move(before->moves.v, before->moves.n, move);
}

static bool is_new_shift(const struct planned *before, const struct rsse_pol_shift *shift)
{
	return !has_shift(before->shifts.v, before->shifts.n, shift);
}

static void tell(struct replay *replay, const struct replayed *pnic,
		 const struct sample *sample, const struct rsse_pol_move *move, enum side side)
{
	replay->counts.moves[side]++;
	replay->counts.projected += pnic->projected && side != SIDE_RECORD;
	show_move(replay->app->json, pnic, sample, move, side);
}

static void tell_shift(struct replay *replay, const struct replayed *pnic,
		       const struct sample *sample, const struct rsse_pol_shift *shift,
		       enum side side)
{
	replay->counts.shifts[side]++;
	replay->counts.projected_shifts += pnic->projected && side != SIDE_RECORD;
	show_shift(replay->app->json, pnic, sample, shift, side);
}

/* As moves are told. */
static void tell_shifts(struct replay *replay, const struct replayed *pnic,
			const struct scene *scene, const struct sample *sample)
{
	const struct rsse_pol_plan *plan = &scene->plan;

	for (__u32 i = 0; i < plan->nr_shifts; i++) {
		const struct rsse_pol_shift *shift = &plan->shifts[i];
		bool both = has_shift(sample->shift.v, sample->shift.n, shift) &&
			    is_new_shift(&pnic->recorded, shift);

		if (is_new_shift(&pnic->planned, shift))
			tell_shift(replay, pnic, sample, shift, both ? SIDE_BOTH : SIDE_REPLAY);
	}
	for_each(shift, &sample->shift, struct rsse_pol_shift) {
		bool both = has_shift(plan->shifts, plan->nr_shifts, shift) &&
			    is_new_shift(&pnic->planned, shift);

		if (is_new_shift(&pnic->recorded, shift) && !both)
			tell_shift(replay, pnic, sample, shift, SIDE_RECORD);
	}
}

/* A plan is made anew until it is carried out: a move is told when it comes up. */
static void tell_moves(struct replay *replay, const struct replayed *pnic,
		       const struct scene *scene, const struct sample *sample)
{
	const struct rsse_pol_plan *plan = &scene->plan;

	for (__u32 i = 0; i < plan->nr_moves; i++) {
		const struct rsse_pol_move *move = &plan->moves[i];
		bool both = find_move(sample->move.v, sample->move.n, move) &&
			    is_new(&pnic->recorded, move);

		if (is_new(&pnic->planned, move))
			tell(replay, pnic, sample, move, both ? SIDE_BOTH : SIDE_REPLAY);
	}
	for_each(move, &sample->move, struct rsse_pol_move) {
		bool both = find_move(plan->moves, plan->nr_moves, move) &&
			    is_new(&pnic->planned, move);

		if (is_new(&pnic->recorded, move) && !both)
			tell(replay, pnic, sample, move, SIDE_RECORD);
	}
}

static void keep(struct list *to, const void *from, size_t n, size_t size)
{
	for (size_t i = 0; i < n; i++)
		memcpy(list_push(to, size), (const char *)from + i * size, size);
}

/* What both planned, so that it is not told again in the next sample. */
static void keep_planned(struct replayed *pnic, const struct rsse_pol_plan *plan,
			 const struct sample *sample)
{
	const size_t move = sizeof(struct rsse_pol_move), shift = sizeof(struct rsse_pol_shift);

	planned_clear(&pnic->planned);
	planned_clear(&pnic->recorded);
	keep(&pnic->planned.moves, plan->moves, plan->nr_moves, move);
	keep(&pnic->planned.shifts, plan->shifts, plan->nr_shifts, shift);
	keep(&pnic->recorded.moves, sample->move.v, sample->move.n, move);
	keep(&pnic->recorded.shifts, sample->shift.v, sample->shift.n, shift);
}

/* Lines */

/* The record's configuration, but for the keys that the user has set. */
static enum rc replay_config(struct replay *replay, const struct line *line)
{
	const char *wrong;

	replay->config = line->config;
	for (size_t i = 0; i < config_schema.n; i++) {
		const struct field *from = &config_schema.fields[i];
		const struct field *to = schema_attr(&policy_config_schema, from->attr);
		const struct opt *opt = field_ptr(from, &replay->set);

		if (opt->set)
			raw_set(to, field_ptr(to, &replay->config), opt->v);
	}
	wrong = rsse_config_check(&replay->config);
	return wrong ? line_error(&replay->reader, "with what is set, %s", wrong) : RC_OK;
}

static enum rc replay_state(struct replay *replay, const struct line *line)
{
	const struct policy_state *state = &line->state;
	struct replayed *pnic = pnic_of(replay, (__u32)state->ifindex.v, state->ifname);

	begin_anew(pnic);
	memory_load(&pnic->state, state);
	pnic->sample = state->sample;
	return RC_OK;
}

static enum rc replay_gap(struct replay *replay, const struct line *line)
{
	replay->counts.gaps++;
	show_gap(replay->app->json, line->lost);
	return RC_OK;
}

/* The sample must be that of the run after the one that is remembered. */
static enum rc find_place(struct replay *replay, struct replayed *pnic,
			  const struct sample *sample)
{
	if (!replay->config.period_ms)
		return line_error(&replay->reader, "no configuration stands before the sample");
	if (sample->run == 1) {
		memory_empty(&pnic->state);
		begin_anew(pnic);
		return RC_OK;
	}
	if (!pnic->known)
		return line_error(&replay->reader, "no state of %s stands before run %llu",
				  pnic->ifname, sample->run);
	if (sample->run != pnic->state.runs + 1)
		return line_error(&replay->reader, "run %llu of %s follows run %llu",
				  sample->run, pnic->ifname, pnic->state.runs);
	return RC_OK;
}

static enum rc replay_sample(struct replay *replay, const struct line *line)
{
	const struct sample *sample = &line->sample;
	struct replayed *pnic = pnic_of(replay, sample->ifindex, sample->ifname);
	struct scene scene = {};
	enum rc rc = find_place(replay, pnic, sample);
	bool projected;

	if (rc)
		return rc;
	projected = pnic->projected;
	scene_build(&scene, pnic, sample);
	rsse_policy_run(&scene.snap, &replay->config, &pnic->state, &scene.plan);
	pnic->sample = sample->sample;
	pnic->now_ns = sample->now_ns;
	replay->counts.samples++;
	compare(replay, pnic, &scene, sample);
	tell_shifts(replay, pnic, &scene, sample);
	tell_moves(replay, pnic, &scene, sample);
	scene_follow(&scene, pnic, sample);
	if (pnic->projected && !projected)
		show_projection(replay->app->json, pnic);
	keep_planned(pnic, &scene.plan, sample);
	scene_free(&scene);
	return RC_OK;
}

static enum rc replay_line(struct replay *replay, const struct line *line)
{
	switch (line->type) {
	case LINE_CONFIG:
		return replay_config(replay, line);
	case LINE_STATE:
		return replay_state(replay, line);
	case LINE_SAMPLE:
		return replay_sample(replay, line);
	case LINE_GAP:
		return replay_gap(replay, line);
	default:
		return RC_OK;
	}
}

static enum rc replay_lines(struct replay *replay)
{
	enum rc rc = reader_open(&replay->reader, replay->path);
	bool end = false;

	while (!rc && !end) {
		struct line line = {};

		rc = read_line(&replay->reader, &line, &end);
		if (!rc && !end)
			rc = replay_line(replay, &line);
		line_clear(&line);
	}
	reader_close(&replay->reader);
	return rc;
}

/* The memory at the end, as a record that others can be appended to */

static enum rc save_pnic(struct writer *writer, const struct replayed *pnic)
{
	struct policy_state state = { .sample = pnic->sample };
	enum rc rc;

	if (pnic->projected)
		return err(RC_FAILED, "%s is not saved: its state is a projection", pnic->ifname);
	opt_set(&state.ifindex, pnic->ifindex);
	state.ifname = xstrdup(pnic->ifname);
	memory_save(&pnic->state, &state);
	rc = writer_obj(writer, "state", &policy_state_schema, &state);
	obj_clear(&policy_state_schema, &state);
	return rc;
}

static enum rc save(const struct replay *replay)
{
	struct writer writer = {};
	enum rc rc = writer_open(&writer, replay->save, false);

	if (!rc)
		rc = writer_header(&writer, RSS_ENGINE_FAMILY_VERSION, NULL);
	if (!rc && replay->config.period_ms)
		rc = writer_obj(&writer, "config", &policy_config_schema, &replay->config);
	for_each(pnic, &replay->pnics, struct replayed)
		if (!rc && pnic->known)
			rc = save_pnic(&writer, pnic);
	if (writer_close(&writer) && !rc)
		rc = RC_FAILED;
	return rc;
}

/* The command line */

static enum rc set_key(struct replay *replay, const char *word)
{
	const char *value = strchr(word, '=');
	const struct field *field;
	char *key;
	enum rc rc;

	if (!value)
		return err(RC_USAGE, "--set: \"%s\" is no KEY=VALUE", word);
	key = xasprintf("%.*s", (int)(value - word), word);
	field = schema_name(&config_schema, key);
	rc = field ? parse_field(field, value + 1, &replay->set) : unknown_word(key);
	free(key);
	replay->changed = true;
	return rc;
}

static enum rc replay_word(struct replay *replay, struct args *args, const char *word)
{
	const char *value;
	enum rc rc;

	if (!strcmp(word, "--save-state"))
		return args_need(args, "FILE", &replay->save);
	if (strcmp(word, "--set"))
		return unknown_word(word);
	rc = args_need(args, "KEY=VALUE", &value);
	return rc ? rc : set_key(replay, value);
}

static enum rc replay_words(struct replay *replay, struct args *args)
{
	enum rc rc = args_need(args, "FILE", &replay->path);
	const char *word;

	while (!rc && (word = args_next(args)))
		rc = replay_word(replay, args, word);
	return rc;
}

static enum rc replay(struct app *app, struct args *args)
{
	struct replay replay = { .app = app };
	enum rc rc = replay_words(&replay, args);

	if (!rc)
		rc = replay_lines(&replay);
	if (!rc)
		show_counts(app->json, &replay.counts, replay.changed);
	if (!rc && replay.save)
		rc = save(&replay);
	for_each(pnic, &replay.pnics, struct replayed)
		pnic_clear(pnic);
	free(replay.pnics.v);
	return rc;
}

const struct cmd replay_cmds[] = {
	{ NULL, "FILE [--set KEY=VALUE]... [--save-state FILE]",
	  "run the policy over a record again, and show what differs", replay },
	{}
};
