// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which shared engine a VM goes to.
 *
 * A VM without rules, on its own, takes the one with most room, from a heap. Where
 * rules narrow the choice, or many VMs come at once, the engines are ranked: by the
 * room that they had when the run began, and by what the rules prefer. VMs that are
 * alike are ranked for but once. They form a class, found by a hash over where a VM is,
 * its latency class, what it needs and the engines that its rules name; the best engines
 * of a class are kept sorted, and each of its VMs takes the best that still has room.
 * Room only shrinks while a plan is made, so an engine that has none for one VM of a
 * class has none for the next, and where all that were kept are full the ranking goes on
 * behind them.
 * So the result is what it would be were each VM ranked for by itself; classes only
 * make it cheaper. They are forgotten when the run ends.
 */
#include "policy_int.h"

/*
 * Those that exist before one that may be made, awake before asleep, those without the
 * wrong company first, the preferred foremost.
 */
#define RANK_EXISTS		0x0400000
#define RANK_AWAKE		0x0800000
#define RANK_COMPANY		0x1000000
#define RANK_PREFERRED		0x2000000

/* FNV-1a (Fowler, Noll, Vo), by words. */
#define HASH_SEED		2166136261U
#define HASH_PRIME		16777619U

static u32 hash(u32 seed, u32 word)
{
	return (seed ^ word) * HASH_PRIME;
}

static bool is_low(const struct rsse_pol_class *class)
{
	return class->latency == RSS_ENGINE_LATENCY_LOW;
}

/* How far an engine is filled with such VMs. */
static u32 limit(const struct rsse_pol_run *run, u32 latency)
{
	return latency == RSS_ENGINE_LATENCY_LOW ? min(run->limit, run->grow) : run->limit;
}

/* The VM's class, without the ranking. */
static void classify(const struct rsse_pol_run *run,
		     const struct rsse_pol_vm_state *st, struct rsse_pol_class *class)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);

	class->home = st->home;
	class->latency = vm->latency;
	class->need = rsse_pol_demand(run, st);
	class->require = vm->require;
	class->prefer = vm->prefer;
	class->hash = hash(hash(HASH_SEED, class->home), class->latency);
	class->hash = hash(class->hash, hash(HASH_SEED, class->need));
	class->hash = hash(class->hash, hash(hash(HASH_SEED, class->require),
					     class->prefer));
	class->first = RSSE_POL_NONE;
	class->nr = 0;
	class->next = 0;
	class->ended = false;
}

static bool is_same(const struct rsse_pol_class *a, const struct rsse_pol_class *b)
{
	return a->hash == b->hash && a->home == b->home && a->latency == b->latency &&
	       a->need == b->need && a->require == b->require && a->prefer == b->prefer;
}

/* Ranking */

/* A rule names the engine; one that is still to be made has no name. */
static bool is_named(const struct rsse_pol_engine_state *e, u32 id)
{
	return e->id == id && id != RSSE_ENGINE_SPARE;
}

static bool may_take(const struct rsse_pol_run *run, const struct rsse_pol_class *class,
		     u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	return rsse_pol_kind(run, index) == RSS_ENGINE_ENGINE_KIND_SHARED &&
	       index != class->home && !e->closing &&
	       (!class->require || is_named(e, class->require));
}

/* The higher the better; of equal ones the lower index is the better. */
static s32 score(const struct rsse_pol_run *run, const struct rsse_pol_class *class,
		 u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);
	s32 room = (s32)(limit(run, class->latency) * max(e->had, e->home)) - (s32)e->sum0;
	bool bulk = class->latency == RSS_ENGINE_LATENCY_BULK;
	bool wrong = bulk ? e->nr_low : is_low(class) && e->nr_bulk;
	s32 rank = bulk ? -room : room;

	if (e->id != RSSE_ENGINE_SPARE)
		rank += RANK_EXISTS;
	if (e->had)
		rank += RANK_AWAKE;
	if (!wrong)
		rank += RANK_COMPANY;
	if (is_named(e, class->prefer))
		rank += RANK_PREFERRED;
	return rank;
}

static bool is_better(s32 score_a, u32 a, s32 score_b, u32 b)
{
	return score_a != score_b ? score_a > score_b : a < b;
}

/* Insert into the sorted best; what falls out at the end is ranked again later. */
static void keep(struct rsse_pol_class *class, s32 points, u32 index)
{
	u32 i = class->nr;

	if (i == RSSE_POL_CLASS_BEST) {
		if (!is_better(points, index, class->best[i - 1].score,
			       class->best[i - 1].index))
			return;
		i--;
	} else {
		class->nr++;
	}
	for (; i && is_better(points, index, class->best[i - 1].score,
			      class->best[i - 1].index); i--)
		class->best[i] = class->best[i - 1];
	class->best[i].score = points;
	class->best[i].index = index;
}

/* The best engines behind those that the class has been through. */
static void rank(const struct rsse_pol_run *run, struct rsse_pol_class *class)
{
	struct rsse_pol_candidate last = { 0 };
	bool behind = class->nr;
	u32 i;

	if (behind)
		last = class->best[class->nr - 1];
	class->nr = 0;
	class->next = 0;
	for (i = 1; i < run->nr_engines; i++) {
		s32 points;

		if (!may_take(run, class, i))
			continue;
		points = score(run, class, i);
		if (behind && !is_better(last.score, last.index, points, i))
			continue;
		keep(class, points, i);
	}
	class->ended = class->nr < RSSE_POL_CLASS_BEST;
	if (!behind && class->nr)
		class->first = class->best[0].index;
}

/* Rules about other VMs */

/*
 * The place of a pair in the hash table: of a number that keeps VMs apart and an
 * engine that has one of them, or of a number that keeps VMs together (@index 0).
 * NULL when there is no room for another one.
 */
static struct rsse_pol_pair *pair_of(const struct rsse_pol_run *run, u32 number,
				     u32 index)
{
	u32 mask = run->state->cap_pairs - 1, i = hash(hash(HASH_SEED, number), index);

	for (;; i++) {
		struct rsse_pol_pair *pair = &run->state->pairs[i & mask];

		if (pair->number == number && pair->index == index)
			return pair;
		if (!pair->number)
			return 4 * (run->nr_pairs + 1) <= 3 * run->state->cap_pairs ? pair : NULL;
	}
}

static void note_pair(struct rsse_pol_run *run, u32 number, u32 index, u32 engine)
{
	struct rsse_pol_pair *pair;

	if (!number || !run->state->cap_pairs)
		return;
	if (!run->nr_pairs)
		memset(run->state->pairs, 0,
		       run->state->cap_pairs * sizeof(*run->state->pairs));
	pair = pair_of(run, number, index);
	if (!pair)
		return;
	run->nr_pairs += !pair->number;
	*pair = (struct rsse_pol_pair){
		.number = number,
		.index = index,
		.engine = engine,
		.nr = pair->number && pair->engine == engine ? pair->nr + 1 : 1,
	};
}

/* NULL when there is no such pair. */
static const struct rsse_pol_pair *find_pair(const struct rsse_pol_run *run, u32 number,
					     u32 index)
{
	const struct rsse_pol_pair *pair;

	if (!number || !run->nr_pairs)
		return NULL;
	pair = pair_of(run, number, index);
	return pair && pair->number ? pair : NULL;
}

void rsse_pol_places_begin(struct rsse_pol_run *run)
{
	u32 i;

	run->nr_classes = 0;
	run->nr_pairs = 0;
	for (i = 0; i < run->state->cap_classes; i++)
		run->state->classes[i].used = false;
}

/* The VM is on this engine, or comes to it by this plan. */
void rsse_pol_join(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		   u32 index)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);

	if (index == RSSE_POL_NONE ||
	    rsse_pol_kind(run, index) != RSS_ENGINE_ENGINE_KIND_SHARED)
		return;
	note_pair(run, vm->apart, index, index);
	note_pair(run, vm->together, 0, index);
}

/* The VM is on this engine while the run begins. */
void rsse_pol_company(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);
	struct rsse_pol_engine_state *e = rsse_pol_engine(run, st->home);

	e->nr_low += vm->latency == RSS_ENGINE_LATENCY_LOW;
	e->nr_bulk += vm->latency == RSS_ENGINE_LATENCY_BULK;
	rsse_pol_join(run, st, st->home);
}

/* Choosing */

static bool has_room(const struct rsse_pol_run *run, const struct rsse_pol_class *class,
		     u32 index)
{
	return rsse_pol_is_open(run, index) &&
	       rsse_pol_engine_load_with(run, rsse_pol_engine(run, index),
					 class->need) <= limit(run, class->latency);
}

static bool is_apart(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		     u32 index)
{
	return !find_pair(run, rsse_pol_vm(run, st)->apart, index);
}

/* The first that takes the VM; those that are full for all of the class are dropped. */
static u32 take_kept(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		     struct rsse_pol_class *class)
{
	u32 i;

	for (i = class->next; i < class->nr; i++) {
		u32 index = class->best[i].index;

		if (!has_room(run, class, index))
			class->next += i == class->next;
		else if (is_apart(run, st, index))
			return index;
	}
	return RSSE_POL_NONE;
}

/*
 * The best engine of the class that takes the VM. Engines that it has to keep away
 * from are open to the next one of its class: the search behind them is its own.
 */
static u32 take_best(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		     struct rsse_pol_class *class)
{
	struct rsse_pol_class own;
	u32 index;

	for (;;) {
		index = take_kept(run, st, class);
		if (index != RSSE_POL_NONE || class->ended)
			return index;
		if (class->next < class->nr && class != &own) {
			own = *class;
			class = &own;
		}
		rank(run, class);
	}
}

/* The VM's class in the hash table, new or not; @spare when there is no room left. */
static struct rsse_pol_class *find_class(struct rsse_pol_run *run,
					 struct rsse_pol_class *spare)
{
	u32 cap = run->state->cap_classes, i;

	for (i = 0; i < cap; i++) {
		struct rsse_pol_class *class =
			&run->state->classes[(spare->hash + i) % cap];

		if (class->used && is_same(class, spare))
			return class;
		if (class->used)
			continue;
		if (run->nr_classes > cap / 2)
			break;
		*class = *spare;
		class->used = true;
		run->nr_classes++;
		rank(run, class);
		return class;
	}
	rank(run, spare);
	return spare;
}

bool rsse_pol_has_rules(const struct rsse_pol_run *run,
			const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);

	return vm->latency != RSS_ENGINE_LATENCY_NORMAL || vm->require || vm->prefer ||
	       vm->apart || vm->together;
}

/*
 * True when those that it has to be together with leave no choice: it goes to @index
 * when that is an engine. Those on its own engine hold it there.
 */
static bool has_company(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
			const struct rsse_pol_class *class, u32 *index)
{
	const struct rsse_pol_pair *with = find_pair(run, rsse_pol_vm(run, st)->together, 0);

	*index = RSSE_POL_NONE;
	if (!with || (with->engine == st->home && with->nr < 2))
		return false;
	if (may_take(run, class, with->engine) && is_apart(run, st, with->engine))
		*index = with->engine;
	return true;
}

/* Nothing but room keeps the VM from the shared engine at @index. */
bool rsse_pol_admits(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		     u32 index)
{
	struct rsse_pol_class class;

	classify(run, st, &class);
	return may_take(run, &class, index) && rsse_pol_is_open(run, index) &&
	       is_apart(run, st, index);
}

/* Index of the shared engine with room that ranks first, RSSE_POL_NONE: none has. */
u32 rsse_pol_place(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	struct rsse_pol_class class;
	u32 with;

	classify(run, st, &class);
	if (!has_company(run, st, &class, &with))
		return take_best(run, st, find_class(run, &class));
	return with != RSSE_POL_NONE && has_room(run, &class, with) ? with : RSSE_POL_NONE;
}

/*
 * How long no engine is made that would have room for the VM, because that has failed just
 * now; 0: that is not why it has no place.
 */
u64 rsse_pol_making_wait(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	u32 index = rsse_pol_engine_find(run, RSSE_ENGINE_SPARE), with;
	const struct rsse_pol_engine_state *e;
	struct rsse_pol_class class;

	if (!run->shifts || index == RSSE_POL_NONE)
		return 0;
	e = rsse_pol_engine(run, index);
	classify(run, st, &class);
	if (!rsse_pol_is_barred(run, e) || has_company(run, st, &class, &with) ||
	    !may_take(run, &class, index) || !is_apart(run, st, index) ||
	    rsse_pol_engine_load_with(run, e, class.need) > limit(run, class.latency))
		return 0;
	return e->resize.until_ns - run->snap->now_ns;
}

/* The best that the VM may go to, with room or without, by a search of its own. */
static u32 search(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		  const struct rsse_pol_class *class)
{
	u32 i, best = RSSE_POL_NONE;
	s32 points, most = 0;

	for (i = 1; i < run->nr_engines; i++) {
		if (!may_take(run, class, i) || !rsse_pol_is_open(run, i) ||
		    !is_apart(run, st, i))
			continue;
		points = score(run, class, i);
		if (best != RSSE_POL_NONE && !is_better(points, i, most, best))
			continue;
		best = i;
		most = points;
	}
	return best;
}

/* The same, with room or without. */
u32 rsse_pol_place_anyway(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	struct rsse_pol_class class;
	u32 index;

	classify(run, st, &class);
	if (has_company(run, st, &class, &index))
		return index != RSSE_POL_NONE && rsse_pol_is_open(run, index) ?
		       index : RSSE_POL_NONE;
	index = find_class(run, &class)->first;
	if (index == RSSE_POL_NONE ||
	    (rsse_pol_is_open(run, index) && is_apart(run, st, index)))
		return index;
	return search(run, st, &class);
}
