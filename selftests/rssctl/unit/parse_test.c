// SPDX-License-Identifier: GPL-2.0-only
/* Each kind of value: what is taken, what is refused, what the message names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "cm.h"
#include "fake.h"

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

/* The tool refuses @words as wrong usage, and says @message. */
static void usage_error(char **words, const char *message)
{
	struct result r = tool_run(words);

	if (r.rc != RC_USAGE || !strstr(r.err, message))
		print_error("exit %d, said: %s", r.rc, r.err);
	assert_int_equal(r.rc, RC_USAGE);
	assert_non_null(strstr(r.err, message));
	assert_non_null(strstr(r.err, "rssctl"));
	assert_string_equal(r.out, "");
	assert_null(fake.request);
	result_free(&r);
}

#define refused(message, ...) usage_error((char *[]){ __VA_ARGS__, NULL }, message)

static void numbers_are_decimal_and_in_range(void **state)
{
	static const char *const bad[] = {
		"", "-", "+1", " 1", "1 ", "0x10", "1e3", "1.5", "ten", "--1",
	};
	__s64 v;

	(void)state;
	assert_int_equal(parse_number("n", "10", 10, 20, &v), RC_OK);
	assert_int_equal(v, 10);
	assert_int_equal(parse_number("n", "20", 10, 20, &v), RC_OK);
	assert_int_equal(v, 20);
	assert_int_equal(parse_number("n", "-5", -10, 20, &v), RC_OK);
	assert_int_equal(v, -5);
	assert_int_equal(parse_number("n", "9", 10, 20, &v), RC_USAGE);
	assert_int_equal(parse_number("n", "21", 10, 20, &v), RC_USAGE);
	assert_int_equal(parse_number("n", "99999999999999999999", 0, INT64_MAX, &v), RC_USAGE);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(parse_number("n", bad[i], -10, 1000, &v), RC_USAGE);
}

static void macs_are_unicast(void **state)
{
	static const char *const bad[] = {
		"", "52:54:00:00:00", "52:54:00:00:00:0", "52:54:00:00:00:0g",
		"52-54-00-00-00-01", "52:54:00:00:00:01:02", "525400000001",
		"01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00",
	};
	static const __u8 want[] = { 0x52, 0x54, 0xab, 0xCD, 0x00, 0x01 };
	struct mac mac = {};

	(void)state;
	assert_int_equal(parse_mac("mac", "52:54:ab:CD:00:01", &mac), RC_OK);
	assert_true(mac.set);
	assert_memory_equal(mac.addr, want, MAC_LEN);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(parse_mac("mac", bad[i], &mac), RC_USAGE);
}

static void vm_names_are_plain(void **state)
{
	static const char *const good[] = { "a", "0", "web-1.example:2@x_y", "Z.." };
	static const char *const bad[] = { "", "-a", ".a", "_a", "a b", "a/b", "a\n", "\xc3\xa9" };
	char longest[65];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_int_equal(parse_name("NAME", good[i]), RC_OK);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(parse_name("NAME", bad[i]), RC_USAGE);
	memset(longest, 'a', 64);
	longest[64] = '\0';
	assert_int_equal(parse_name("NAME", longest), RC_USAGE);
	longest[63] = '\0';
	assert_int_equal(parse_name("NAME", longest), RC_OK);
}

static void dev_names_fit(void **state)
{
	static const char *const bad[] = { "", ".", "..", "a/b", "a b", "a:1", "a23456789012345x" };

	(void)state;
	assert_int_equal(parse_dev_name("dev", "a23456789012345"), RC_OK);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(parse_dev_name("dev", bad[i]), RC_USAGE);
}

static void words_that_nobody_knows(void **state)
{
	(void)state;
	refused("unknown object \"nic\"", "nic");
	refused("unknown command \"vm ad\"", "vm", "ad");
	refused("unknown word \"modes\"", "pnic", "add", "eth0", "modes", "auto");
	refused("unknown word \"default_queues\"", "pnic", "add", "eth0", "default_queues", "1");
	refused("unknown word \"default-queues\"", "pnic", "set", "eth0", "default-queues", "1");
	refused("unknown word \"node\"", "pnic", "del", "eth0", "node", "1");
	refused("unknown word \"mode\"", "limit", "add", "eth0", "mode", "auto");
	refused("unknown word \"2\"", "limit", "del", "eth0", "1", "2");
	refused("unknown command \"limit set\"", "limit", "set");
	refused("unknown word \"now\"", "pnic", "del", "eth0", "now");
	refused("unknown word \"pnic\"", "vm", "set", "a", "pnic", "eth0");
	refused("unknown word \"b\"", "vm", "show", "a", "b");
	refused("unknown word \"b\"", "vm", "del", "a", "b");
	refused("unknown word \"to\"", "vm", "move", "a", "none", "to", "eth0");
	refused("unknown word \"speed\"", "config", "set", "speed", "1");
	refused("unknown word \"x\"", "config", "show", "x");
	refused("unknown word \"x\"", "plan", "x");
	refused("unknown word \"x\"", "monitor", "x");
	refused("unknown word \"x\"", "engine", "show", "eth0", "x");
	refused("unknown word \"x\"", "help", "x");
}

static void values_that_are_missing(void **state)
{
	(void)state;
	refused("DEV is missing", "pnic", "add");
	refused("mode is missing", "pnic", "add", "eth0", "mode");
	refused("nothing to change is given", "pnic", "set", "eth0");
	refused("node is missing", "pnic", "set", "eth0", "node");
	refused("exclude-cpus is missing", "pnic", "add", "eth0", "exclude-cpus");
	refused("NAME is missing", "vm", "add");
	refused("dev is missing", "vm", "add", "a");
	refused("dev is missing", "vm", "add", "a", "dev");
	refused("mac is missing", "vm", "add", "a", "dev", "tap0", "mac");
	refused("nothing to change is given", "vm", "set", "a");
	refused("apart is missing", "vm", "set", "a", "apart");
	refused("DEV is missing", "limit", "add");
	refused("DEV is missing", "limit", "del");
	refused("no maximum is given", "limit", "add", "eth0");
	refused("no maximum is given", "limit", "add", "eth0", "days", "mon");
	refused("to is missing", "limit", "add", "eth0", "from", "08:00", "shared-queues", "1");
	refused("from is missing", "limit", "add", "eth0", "to", "08:00", "shared-queues", "1");
	refused("days is missing", "limit", "add", "eth0", "days");
	refused("none, shared or dedicated is missing", "vm", "move", "a");
	refused("engine is missing", "vm", "move", "a", "none", "engine");
	refused("KEY is missing", "config", "set");
	refused("share_above is missing", "config", "set", "share_above");
	refused("count is missing", "monitor", "count");
}

static void values_out_of_range(void **state)
{
	(void)state;
	refused("\"0\" is not in the range 1..1024", "pnic", "add", "eth0", "default-queues", "0");
	refused("\"1025\"", "pnic", "add", "eth0", "shared-queues", "1025");
	refused("\"two\" is not a number", "pnic", "add", "eth0", "dedicated-queues", "two");
	refused("\"on\" is none of auto, observe, off", "pnic", "set", "eth0", "mode", "on");
	refused("\"0\"", "vm", "add", "a", "dev", "tap0", "vlan", "0");
	refused("\"4095\"", "vm", "add", "a", "dev", "tap0", "vlan", "4095");
	refused("\"0\"", "vm", "add", "a", "dev", "tap0", "worker", "0");
	refused("\"2147483648\"", "vm", "add", "a", "dev", "t", "priority", "2147483648");
	refused("\"up\" is none of off, none, shared, dedicated", "vm", "set", "a", "pin", "up");
	refused("\"off\" is none of", "vm", "move", "a", "off");
	refused("\"-1\"", "vm", "move", "a", "none", "engine", "-1");
	refused("node: \"-1\"", "pnic", "add", "eth0", "node", "-1");
	refused("node: \"near\" is not a number", "pnic", "set", "eth0", "node", "near");
	refused("exclude-cpus: a list has 1..1023", "pnic", "set", "eth0", "exclude-cpus", "");
	refused("min: \"off\" is none of none, shared, dedicated", "vm", "set", "a", "min", "off");
	refused("max: \"\" is none of none, shared, dedicated", "vm", "set", "a", "max", "");
	refused("latency: \"high\" is none of normal, low, bulk", "vm", "set", "a", "latency",
		"high");
	refused("need: \"1024001\" is not in the range 0..1024000", "vm", "set", "a", "need",
		"1024001");
	refused("engine: \"0\" is not in the range 1..4294967295", "vm", "set", "a", "engine", "0");
	refused("prefer: \"all\" is not a number", "vm", "set", "a", "prefer", "all");
	refused("apart: \"a b\": character 2 is not allowed", "vm", "set", "a", "apart", "a b");
	refused("together: \"\" is empty", "vm", "set", "a", "together", "");
	refused("reserve: \"yes\" is none of on, off", "vm", "set", "a", "reserve", "yes");
	refused("INDEX: \"16\" is not in the range 0..15", "limit", "del", "eth0", "16");
	refused("default-queues: \"0\"", "limit", "add", "eth0", "default-queues", "0");
	refused("\"1025\"", "limit", "add", "eth0", "dedicated-engines", "1025");
	refused("from and to are the same", "limit", "add", "eth0", "from", "08:00", "to", "08:00",
		"shared-queues", "1");
	refused("\"all\" is none of off, spread, pack", "config", "set", "scale", "all");
	refused("\"1001\"", "config", "set", "grow_above", "1001");
	refused("\"0\"", "config", "set", "pack_below", "0");
	refused("\"3600001\"", "config", "set", "starve_ms", "3600001");
	refused("\"1001\"", "config", "set", "cpu_above", "1001");
	refused("\"9\" is not in the range 10..10000", "config", "set", "period_ms", "9");
	refused("\"1001\"", "config", "set", "engine_above", "1001");
	refused("\"101\"", "config", "set", "gain_min", "101");
	refused("\"best\" is none of load, fit, static", "config", "set", "select", "best");
	refused("\"0\"", "monitor", "count", "0");
}

static void what_is_given_twice(void **state)
{
	(void)state;
	refused("mode is given twice", "pnic", "add", "eth0", "mode", "auto", "mode", "off");
	refused("twice", "config", "set", "gain_min", "1", "gain_min", "2");
	refused("node is given twice, again as \"any\"", "pnic", "set", "eth0", "node", "1", "node",
		"any");
	refused("exclude-cpus is given twice", "pnic", "set", "eth0", "exclude-cpus", "none",
		"exclude-cpus", "1");
	refused("max is given twice", "vm", "set", "a", "max", "none", "max", "shared");
	refused("prefer is given twice", "vm", "set", "a", "prefer", "any", "prefer", "2");
	refused("apart is given twice", "vm", "set", "a", "apart", "off", "apart", "x");
	refused("reserve is given twice", "vm", "set", "a", "reserve", "on", "reserve", "off");
	refused("days is given twice", "limit", "add", "eth0", "days", "mon", "days", "tue");
	refused("from is given twice", "limit", "add", "eth0", "from", "08:00", "from", "09:00");
	refused("\"tap0\" is given twice", "vm", "add", "a", "dev", "tap0", "dev", "tap0");
	refused("\"eth0\" is given twice", "vm", "add", "a", "dev", "t", "pnic", "eth0", "pnic",
		"eth0");
	refused("\"7\" is given twice", "vm", "add", "a", "dev", "t", "worker", "7", "worker", "7");
	refused("a second vlan, \"6\"", "vm", "add", "a", "dev", "t", "vlan", "5", "vlan", "6");
	refused("pnic is given twice", "vm", "move", "a", "none", "pnic", "eth0", "pnic", "eth1");
	refused("engine is given twice", "vm", "move", "a", "none", "engine", "1", "engine", "2");
}

static void what_needs_a_dev_before_it(void **state)
{
	(void)state;
	refused("mac \"52:54:00:00:00:01\" has no dev", "vm", "add", "a", "mac",
		"52:54:00:00:00:01", "dev", "tap0");
	refused("vlan \"5\" has no dev", "vm", "add", "a", "vlan", "5", "dev", "tap0");
	refused("worker \"5\" has no dev", "vm", "set", "a", "worker", "5");
}

static void days_and_times_are_plain(void **state)
{
	static char *const days[] = {
		"", ",", "mon,", ",mon", "monday", "MON", "mo", "mon-", "-mon", "mon--tue",
		"mon-tue-wed", "mon tue", "1", "mon;tue",
	};
	static char *const times[] = {
		"", "8:00", "08:0", "0800", "08.00", "24:00", "08:60", "-1:00", "08:00:00", "xx:yy",
		"08:+1", " 8:00",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(days); i++)
		refused("is no list of days as mon-fri,sun", "limit", "add", "eth0", "days",
			days[i], "shared-queues", "1");
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		refused("is no time of the day as 08:30", "limit", "add", "eth0", "from", times[i],
			"to", "09:00", "shared-queues", "1");
}

static void messages_hold_no_control_characters(void **state)
{
	struct result r = tool("vm", "add", "a\x1b[31m", "dev", "t");

	(void)state;
	assert_int_equal(r.rc, RC_USAGE);
	assert_null(strchr(r.err, '\x1b'));
	result_free(&r);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, reset, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(numbers_are_decimal_and_in_range),
		CASE(macs_are_unicast),
		CASE(vm_names_are_plain),
		CASE(dev_names_fit),
		CASE(words_that_nobody_knows),
		CASE(values_that_are_missing),
		CASE(values_out_of_range),
		CASE(what_is_given_twice),
		CASE(what_needs_a_dev_before_it),
		CASE(days_and_times_are_plain),
		CASE(messages_hold_no_control_characters),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
