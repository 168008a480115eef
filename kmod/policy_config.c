// SPDX-License-Identifier: GPL-2.0-only
/* The configuration of the policy: defaults, ranges and relations. */
#include "policy_int.h"

const struct rsse_config rsse_config_default = {
	.period_ms		= 20,
	.period_max_ms		= 1000,
	.share_above		= 200,
	.unshare_below		= 80,
	.engine_above		= 800,
	.return_margin		= 150,
	.release_below		= 300,
	.hold_up_ms		= 40,
	.hold_down_ms		= 2000,
	.dwell_ms		= 5000,
	.manual_hold_ms		= 60000,
	.gain_min		= 25,
	.moves_max		= 4,
	.vnic_bound_above	= 900,
	.select			= RSS_ENGINE_SELECT_LOAD,
	.scale			= RSS_ENGINE_SCALE_SPREAD,
	.grow_above		= 500,
	.pack_below		= 250,
	.starve_ms		= 60000,
	.cpu_above		= 500,
};

static bool within(u32 value, u32 low, u32 high)
{
	return value >= low && value <= high;
}

static const char *check_loads(const struct rsse_config *config)
{
	if (!within(config->share_above, 1, RSS_ENGINE_LOAD_MAX))
		return "share_above must be 1..10000";
	if (!within(config->unshare_below, 1, RSS_ENGINE_LOAD_MAX))
		return "unshare_below must be 1..10000";
	if (config->unshare_below >= config->share_above)
		return "unshare_below must be less than share_above";
	if (!within(config->engine_above, 1, RSSE_POL_CPU))
		return "engine_above must be 1..1000";
	if (!within(config->return_margin, 1, RSSE_POL_CPU))
		return "return_margin must be 1..1000";
	if (config->return_margin >= config->engine_above)
		return "return_margin must be less than engine_above";
	if (!within(config->release_below, 1, RSS_ENGINE_LOAD_MAX))
		return "release_below must be 1..10000";
	if (!within(config->vnic_bound_above, 1, RSSE_POL_CPU))
		return "vnic_bound_above must be 1..1000";
	if (!within(config->grow_above, 1, RSSE_POL_CPU))
		return "grow_above must be 1..1000";
	if (!within(config->pack_below, 1, RSSE_POL_CPU))
		return "pack_below must be 1..1000";
	if (!within(config->cpu_above, 1, RSSE_POL_CPU))
		return "cpu_above must be 1..1000";
	if (config->pack_below >= config->grow_above)
		return "pack_below must be less than grow_above";
	return NULL;
}

static const char *check_times(const struct rsse_config *config)
{
	if (!within(config->period_ms, RSS_ENGINE_PERIOD_MIN,
		    RSS_ENGINE_PERIOD_MAX))
		return "period_ms must be 10..10000";
	if (!within(config->period_max_ms, RSS_ENGINE_PERIOD_MIN,
		    RSS_ENGINE_PERIOD_MAX))
		return "period_max_ms must be 10..10000";
	if (config->period_max_ms < config->period_ms)
		return "period_max_ms must not be less than period_ms";
	if (config->hold_up_ms > RSS_ENGINE_HOLD_MAX)
		return "hold_up_ms must be 0..3600000";
	if (config->hold_down_ms > RSS_ENGINE_HOLD_MAX)
		return "hold_down_ms must be 0..3600000";
	if (config->dwell_ms > RSS_ENGINE_HOLD_MAX)
		return "dwell_ms must be 0..3600000";
	if (config->manual_hold_ms > RSS_ENGINE_HOLD_MAX)
		return "manual_hold_ms must be 0..3600000";
	if (config->starve_ms > RSS_ENGINE_HOLD_MAX)
		return "starve_ms must be 0..3600000";
	return NULL;
}

const char *rsse_config_check(const struct rsse_config *config)
{
	const char *wrong = check_loads(config);

	if (!wrong)
		wrong = check_times(config);
	if (wrong)
		return wrong;
	if (config->gain_min > 100)
		return "gain_min must be 0..100";
	if (!within(config->moves_max, 1, 1000))
		return "moves_max must be 1..1000";
	if (config->select > RSS_ENGINE_SELECT_STATIC)
		return "select must be load, fit or static";
	if (config->scale > RSS_ENGINE_SCALE_PACK)
		return "scale must be off, spread or pack";
	return NULL;
}
