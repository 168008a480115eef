// SPDX-License-Identifier: GPL-2.0-only
/* The modes of a PNIC: engines on the NIC, in the books only, or none. */
#include <linux/bitmap.h>
#include <linux/slab.h>

#include "core.h"
#include "netlink.h"

static void engines_unmake(struct rsse_pnic *pnic, bool going)
{
	struct rsse_engine *engine, *next;
	unsigned int i;

	list_for_each_entry_safe_reverse(engine, next, &pnic->engines, list)
		rsse_engine_destroy(engine, going);
	for (i = 0; i < pnic->nr_queues; i++)
		WRITE_ONCE(pnic->queues[i]->home, RSSE_ENGINE_NEW);
}

/* The indices of the queues that nobody else uses. */
static u32 *usable_queues(const struct rsse_pnic *pnic, unsigned int *nr)
{
	u32 *usable = kvcalloc(pnic->nr_queues, sizeof(*usable), GFP_KERNEL);
	unsigned int i;

	*nr = 0;
	for (i = 0; usable && i < pnic->nr_queues; i++)
		if (!pnic->queues[i]->foreign)
			usable[(*nr)++] = i;
	return usable;
}

/* Whom the queues are due to; what is left is for dedicated engines. */
static void queues_set_home(struct rsse_pnic *pnic, const u32 *queues,
			    unsigned int nr, u32 home)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		WRITE_ONCE(pnic->queues[queues[i]]->home, home);
}

/*
 * Where queues follow the load, all serve the default engine until they are
 * needed. Where the PNIC is only observed they do so anyway.
 */
static int default_make(struct rsse_pnic *pnic, const u32 *usable, unsigned int nr,
			struct netlink_ext_ack *extack)
{
	bool all = !pnic->steer || rsse_config.scale == RSS_ENGINE_SCALE_SPREAD;
	const struct rsse_engine_spec spec = {
		.kind = RSS_ENGINE_ENGINE_KIND_DEFAULT,
		.queues = usable,
		.nr = all ? nr : pnic->layout.default_queues,
		.home = pnic->layout.default_queues,
	};

	queues_set_home(pnic, usable, spec.home, 0);
	return PTR_ERR_OR_ZERO(rsse_engine_create(pnic, &spec, extack));
}

static int shared_make(struct rsse_pnic *pnic, const u32 *queues,
		       struct netlink_ext_ack *extack)
{
	const struct rsse_engine_spec spec = {
		.kind = RSS_ENGINE_ENGINE_KIND_SHARED,
		.queues = queues,
		.nr = pnic->layout.shared_queues,
		.home = pnic->layout.shared_queues,
		.asleep = !pnic->steer || rsse_config.scale != RSS_ENGINE_SCALE_OFF,
	};
	struct rsse_engine *engine = rsse_engine_create(pnic, &spec, extack);

	if (IS_ERR(engine))
		return PTR_ERR(engine);
	queues_set_home(pnic, queues, spec.nr, engine->id);
	return 0;
}

static int engines_make(struct rsse_pnic *pnic, struct netlink_ext_ack *extack)
{
	const struct rsse_layout *layout = &pnic->layout;
	unsigned int nr, i;
	u32 *usable, *next;
	int err;

	usable = usable_queues(pnic, &nr);
	if (!usable)
		return -ENOMEM;
	err = rsse_layout_check(layout, nr, extack);
	if (err)
		goto free;
	err = default_make(pnic, usable, nr, extack);
	next = usable + layout->default_queues;
	for (i = 0; !err && i < layout->shared_engines; i++) {
		err = shared_make(pnic, next, extack);
		next += layout->shared_queues;
	}
	if (err)
		engines_unmake(pnic, false);
free:
	kvfree(usable);
	return err;
}

/* Every placement on the default engine; from now on it is sampled. */
static void placements_enter(struct rsse_pnic *pnic)
{
	struct rsse_placement *placement;

	mutex_lock(&rsse_lock);
	list_for_each_entry(placement, &pnic->placements, pnic_list) {
		placement->engine = pnic->default_engine;
		WRITE_ONCE(placement->engine_id, 0);
		pnic->default_engine->nr_placements++;
	}
	pnic->whole = true;
	mutex_unlock(&rsse_lock);
}

/* What others use by now: it may be long since the PNIC was added. */
static int survey(struct rsse_pnic *pnic, struct netlink_ext_ack *extack)
{
	unsigned long *foreign;
	unsigned int i;
	int err;

	if (rsse_steer_nr_queues(pnic->dev) != pnic->nr_queues) {
		NL_SET_ERR_MSG(extack,
			       "the channels have changed; delete the PNIC and add it again");
		return -ENXIO;
	}
	foreign = bitmap_zalloc(pnic->nr_queues, GFP_KERNEL);
	if (!foreign)
		return -ENOMEM;
	err = rsse_steer_survey(pnic->dev, pnic->nr_queues, foreign, extack);
	if (!err)
		err = rsse_layout_check(&pnic->layout, pnic->nr_queues -
					bitmap_weight(foreign, pnic->nr_queues),
					extack);
	for (i = 0; !err && i < pnic->nr_queues; i++)
		pnic->queues[i]->foreign = test_bit(i, foreign);
	bitmap_free(foreign);
	return err;
}

/* From nothing to engines; @pnic->mode is set by the caller. */
static int bring_up(struct rsse_pnic *pnic, bool real,
		    struct netlink_ext_ack *extack)
{
	struct rsse_steer *steer = NULL;
	int err;

	if (real) {
		err = survey(pnic, extack);
		if (err)
			return err;
		steer = rsse_steer_attach(pnic->dev, extack);
		if (IS_ERR(steer))
			return PTR_ERR(steer);
	}
	pnic->steer = steer;
	WRITE_ONCE(pnic->dialect, steer ? rsse_steer_dialect(steer) : NULL);
	err = engines_make(pnic, extack);
	if (err)
		goto detach;
	placements_enter(pnic);
	return 0;

detach:
	pnic->steer = NULL;
	WRITE_ONCE(pnic->dialect, NULL);
	if (steer)
		rsse_steer_detach(steer, false);
	return err;
}

static void take_down(struct rsse_pnic *pnic, bool going)
{
	struct rsse_steer *steer = pnic->steer;

	mutex_lock(&rsse_lock);
	pnic->whole = false;
	mutex_unlock(&rsse_lock);
	rsse_entries_drop(pnic);
	rsse_migrate_evacuate(pnic, going);
	engines_unmake(pnic, going);
	pnic->steer = NULL;
	WRITE_ONCE(pnic->dialect, NULL);
	if (steer)
		rsse_steer_detach(steer, going);
}

/* Modes */

static void set_mode(struct rsse_pnic *pnic, u32 mode)
{
	mutex_lock(&rsse_lock);
	WRITE_ONCE(pnic->mode, mode);
	rsse_agenda_drop(pnic);
	rsse_generation++;
	mutex_unlock(&rsse_lock);
	rsse_sampler_wake();
}

int rsse_pnic_start(struct rsse_pnic *pnic, u32 mode,
		    struct netlink_ext_ack *extack)
{
	int err;

	err = rsse_pnic_meters_start(pnic);
	if (err) {
		NL_SET_ERR_MSG(extack, "the meters could not be started");
		return err;
	}
	err = bring_up(pnic, mode == RSS_ENGINE_MODE_AUTO, extack);
	if (err) {
		rsse_pnic_meters_stop(pnic);
		return err;
	}
	set_mode(pnic, mode);
	rsse_pnic_resolve(pnic);
	return 0;
}

static void post_mode(struct rsse_pnic *pnic)
{
	const struct rsse_event event = {
		.kind = RSS_ENGINE_EVENT_KIND_PNIC_MODE,
		.pnic = pnic,
	};

	rsse_event_post(&event);
}

/* From books only to engines on the NIC; back to the books if it says no. */
static int observe_to_auto(struct rsse_pnic *pnic,
			   struct netlink_ext_ack *extack)
{
	int err;

	if (!pnic->steer) {
		take_down(pnic, false);
		err = bring_up(pnic, true, extack);
		if (err) {
			if (bring_up(pnic, false, NULL)) {
				set_mode(pnic, RSS_ENGINE_MODE_OFF);
				rsse_pnic_meters_stop(pnic);
				post_mode(pnic);
			}
			return err;
		}
	}
	set_mode(pnic, RSS_ENGINE_MODE_AUTO);
	return 0;
}

void rsse_pnic_stop(struct rsse_pnic *pnic, bool going)
{
	if (pnic->mode == RSS_ENGINE_MODE_OFF)
		return;
	set_mode(pnic, RSS_ENGINE_MODE_OFF);
	take_down(pnic, going);
	rsse_pnic_meters_stop(pnic);
}

static int change_mode(struct rsse_pnic *pnic, u32 mode,
		       struct netlink_ext_ack *extack)
{
	if (pnic->mode == RSS_ENGINE_MODE_OFF)
		return rsse_pnic_start(pnic, mode, extack);
	if (mode == RSS_ENGINE_MODE_AUTO)
		return observe_to_auto(pnic, extack);
	if (mode == RSS_ENGINE_MODE_OFF)
		rsse_pnic_stop(pnic, false);
	else
		set_mode(pnic, mode);
	return 0;
}

int rsse_pnic_set_mode(struct rsse_pnic *pnic, u32 mode,
		       struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	if (mode == pnic->mode)
		return 0;
	err = change_mode(pnic, mode, extack);
	if (!err)
		post_mode(pnic);
	return err;
}
