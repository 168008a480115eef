// SPDX-License-Identifier: GPL-2.0-only
/* Limits of PNICs and the CPUs that serve them: how they are shown. */
#include <string.h>

#include <linux/rss_engine.h>

#include "shows.h"

#define KEYS "pnic index days from to utc_offset default_queues shared_engines " \
	"shared_queues dedicated_engines in_force"

static struct limit *add_limit(const char *dev, __s64 index)
{
	struct limit *limit = list_push(&fake.limits, sizeof(*limit));

	limit->ifname = xstrdup(dev);
	opt_set(&limit->index, index);
	opt_set(&limit->utc_offset, 60);
	opt_set(&limit->shared_queues, 2);
	return limit;
}

static struct pnic *add_pnic(void)
{
	struct pnic *pnic = list_push(&fake.books.pnics, sizeof(*pnic));

	opt_set(&pnic->ifindex, FAKE_ETH0);
	pnic->ifname = xstrdup("eth0");
	return pnic;
}

static void a_limit_that_always_holds(void **state)
{
	struct json_object *o;

	(void)state;
	add_limit("eth0", 0);
	o = JSON(KEYS, "limit", "show");
	assert_string_equal(get_str(o, "pnic"), "eth0");
	assert_int_equal(get_num(o, "index"), 0);
	assert_int_equal(get_num(o, "utc_offset"), 60);
	assert_int_equal(get_num(o, "shared_queues"), 2);
	assert_true(is_null(o, "days"));
	assert_true(is_null(o, "from"));
	assert_true(is_null(o, "to"));
	assert_true(is_null(o, "dedicated_engines"));
	assert_false(json_object_get_boolean(get(o, "in_force")));
	json_object_put(o);
}

static void a_limit_with_days_and_hours(void **state)
{
	struct limit *limit = add_limit("eth0", 1);
	struct json_object *o;

	(void)state;
	opt_set(&limit->days, 0x5f);
	opt_set(&limit->from, 22 * 60);
	opt_set(&limit->to, 6 * 60 + 5);
	opt_set(&limit->default_queues, 1);
	opt_set(&limit->shared_engines, 0);
	opt_set(&limit->in_force, 1);
	o = JSON(KEYS, "limit", "show", "eth0");
	assert_string_equal(get_str(o, "days"), "mon-fri,sun");
	assert_string_equal(get_str(o, "from"), "22:00");
	assert_string_equal(get_str(o, "to"), "06:05");
	assert_int_equal(get_num(o, "shared_engines"), 0);
	assert_true(json_object_get_boolean(get(o, "in_force")));
	json_object_put(o);
	TEXT("\neth0      1  mon-fri,sun  22:00  06:05          60               1", "limit");
	TEXT("  1               0              2                  -  yes\n", "limit");
}

static void days_are_put_together(void **state)
{
	static const struct {
		__s64 days;
		const char *text;
	} cases[] = {
		{ 0x01, "mon" }, { 0x40, "sun" }, { 0x03, "mon-tue" }, { 0x15, "mon,wed,fri" },
		{ 0x61, "mon,sat-sun" }, { 0x7e, "tue-sun" },
	};
	struct limit *limit = add_limit("eth0", 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct json_object *o;

		opt_set(&limit->days, cases[i].days);
		o = JSON(KEYS, "limit", "show");
		assert_string_equal(get_str(o, "days"), cases[i].text);
		json_object_put(o);
	}
}

static void limits_of_one_pnic(void **state)
{
	struct result r;

	(void)state;
	add_pnic();
	add_limit("eth1", 0);
	r = tool("-j", "limit", "show", "eth0");
	assert_int_equal(r.rc, RC_OK);
	assert_string_equal(r.out, "[\n]\n");
	result_free(&r);
	r = tool("limit", "show", "eth1");
	assert_non_null(strstr(r.out, "\neth1 "));
	result_free(&r);
}

static void nodes_and_cpus(void **state)
{
	struct pnic *pnic = add_pnic();

	(void)state;
	opt_set(&pnic->node, -2);
	TEXT("  node              nic\n  nic_node          -\n  exclude_cpus      -\n", "pnic");
	opt_set(&pnic->nic_node, 1);
	opt_set(&pnic->node, -1);
	pnic->exclude_cpus = xstrdup("0-3,8");
	TEXT("  node              any\n  nic_node          1\n  exclude_cpus      0-3,8\n", "pnic");
	opt_set(&pnic->node, 0);
	TEXT("\"node\": \"0\",\n    \"nic_node\": 1,\n    \"exclude_cpus\": \"0-3,8\",\n", "-j",
	     "pnic");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_limit_that_always_holds),
		CASE(a_limit_with_days_and_hours),
		CASE(days_are_put_together),
		CASE(limits_of_one_pnic),
		CASE(nodes_and_cpus),
	};

	return cmocka_run_group_tests_name("limit", tests, NULL, NULL);
}
