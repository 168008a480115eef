// SPDX-License-Identifier: GPL-2.0-only
/* Defaults, ranges and relations of the configuration. */
#include <string.h>

#include "unit.h"

static void refuses(const struct rsse_config *config, const char *key)
{
	const char *wrong = rsse_config_check(config);

	assert_non_null(wrong);
	assert_non_null(strstr(wrong, key));
}

static void config_defaults(void **unused)
{
	const struct rsse_config *c = &rsse_config_default;

	(void)unused;
	assert_null(rsse_config_check(c));
	assert_int_equal(c->period_ms, 20);
	assert_int_equal(c->period_max_ms, 1000);
	assert_int_equal(c->share_above, 200);
	assert_int_equal(c->unshare_below, 80);
	assert_int_equal(c->engine_above, 800);
	assert_int_equal(c->return_margin, 150);
	assert_int_equal(c->release_below, 300);
	assert_int_equal(c->hold_up_ms, 40);
	assert_int_equal(c->hold_down_ms, 2000);
	assert_int_equal(c->dwell_ms, 5000);
	assert_int_equal(c->manual_hold_ms, 60000);
	assert_int_equal(c->gain_min, 25);
	assert_int_equal(c->moves_max, 4);
	assert_int_equal(c->vnic_bound_above, 900);
	assert_int_equal(c->select, RSS_ENGINE_SELECT_LOAD);
	assert_int_equal(c->scale, RSS_ENGINE_SCALE_SPREAD);
	assert_int_equal(c->grow_above, 500);
	assert_int_equal(c->pack_below, 250);
	assert_int_equal(c->starve_ms, 60000);
	assert_int_equal(c->cpu_above, 500);
}

/* Both ends of a range are in it, and one beyond either end is not. */
#define RANGE(key, low, high, base) do {				\
	struct rsse_config c = (base);					\
									\
	c.key = (low);							\
	assert_null(rsse_config_check(&c));				\
	c.key = (high);							\
	assert_null(rsse_config_check(&c));				\
	c.key = (high) + 1;						\
	refuses(&c, #key);						\
	c.key = UINT32_MAX;						\
	refuses(&c, #key);						\
	if (low) {							\
		c.key = (low) - 1;					\
		refuses(&c, #key);					\
	}								\
} while (0)

static void config_ranges(void **unused)
{
	struct rsse_config wide = rsse_config_default;

	(void)unused;
	wide.period_ms = 10;
	wide.period_max_ms = 10000;
	wide.unshare_below = 1;
	wide.share_above = 10000;
	wide.engine_above = 1000;
	wide.return_margin = 1;
	RANGE(period_ms, 10, 10000, wide);
	RANGE(period_max_ms, 10, 10000, wide);
	RANGE(share_above, 2, 10000, wide);
	RANGE(unshare_below, 1, 9999, wide);
	RANGE(engine_above, 2, 1000, wide);
	RANGE(return_margin, 1, 999, wide);
	RANGE(release_below, 1, 10000, wide);
	RANGE(hold_up_ms, 0, 3600000, wide);
	RANGE(hold_down_ms, 0, 3600000, wide);
	RANGE(dwell_ms, 0, 3600000, wide);
	RANGE(manual_hold_ms, 0, 3600000, wide);
	RANGE(gain_min, 0, 100, wide);
	RANGE(moves_max, 1, 1000, wide);
	RANGE(vnic_bound_above, 1, 1000, wide);
	RANGE(select, 0, 2, wide);
	RANGE(scale, 0, 2, wide);
	RANGE(starve_ms, 0, 3600000, wide);
	RANGE(cpu_above, 1, 1000, wide);
	wide.grow_above = 1000;
	RANGE(pack_below, 1, 999, wide);
	wide.pack_below = 1;
	RANGE(grow_above, 2, 1000, wide);
}

static void config_relations(void **unused)
{
	struct rsse_config c = rsse_config_default;

	(void)unused;
	c.unshare_below = c.share_above;
	refuses(&c, "unshare_below must be less");
	c = rsse_config_default;
	c.return_margin = c.engine_above;
	refuses(&c, "return_margin must be less");
	c = rsse_config_default;
	c.period_max_ms = c.period_ms - 1;
	refuses(&c, "period_max_ms must not be less");
	c = rsse_config_default;
	c.pack_below = c.grow_above;
	refuses(&c, "pack_below must be less");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_defaults),
		cmocka_unit_test(config_ranges),
		cmocka_unit_test(config_relations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
