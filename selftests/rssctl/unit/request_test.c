// SPDX-License-Identifier: GPL-2.0-only
/* Each command that changes something: the request that it makes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/rss_engine.h>

#include "cm.h"
#include "fake.h"

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

/* @words are taken, and sent as @cmd with @attrs; nothing is printed. */
static void sends(char **words, int cmd, const char *attrs)
{
	struct result r = tool_run(words);
	char *want = xasprintf("%d%s", cmd, attrs);

	if (r.rc)
		print_error("exit %d: %s", r.rc, r.err);
	assert_int_equal(r.rc, RC_OK);
	assert_non_null(fake.request);
	assert_string_equal(fake.request, want);
	assert_string_equal(r.out, "");
	assert_string_equal(r.err, "");
	free(want);
	result_free(&r);
}

#define SENDS(cmd, attrs, ...) \
	sends((char *[]){ __VA_ARGS__, NULL }, RSS_ENGINE_CMD_##cmd, attrs)

static void knows_mac(__u8 last)
{
	struct mac *mac = list_push(&fake.macs, sizeof(*mac));

	*mac = (struct mac){ .set = true, .addr = { 0x52, 0x54, 0, 0, 1, last } };
}

static void pnic_requests(void **state)
{
	(void)state;
	SENDS(PNIC_ADD, " ifindex=2", "pnic", "add", "eth0");
	SENDS(PNIC_ADD, " ifindex=3 mode=observe", "pnic", "add", "eth1", "mode", "observe");
	SENDS(PNIC_ADD, " ifindex=2 default-queues=3 shared-engines=0 shared-queues=2 "
	      "dedicated-queues=1",
	      "pnic", "add", "eth0", "dedicated-queues", "1", "shared-queues", "2",
	      "shared-engines", "0", "default-queues", "3");
	SENDS(PNIC_SET, " ifindex=2 mode=off", "pnic", "set", "eth0", "mode", "off");
	SENDS(PNIC_ADD, " ifindex=2 mode=auto node=1 exclude-cpus=0-3,8", "pnic", "add", "eth0",
	      "exclude-cpus", "0-3,8", "mode", "auto", "node", "1");
	SENDS(PNIC_SET, " ifindex=2 node=-1 exclude-cpus=", "pnic", "set", "eth0", "node", "any",
	      "exclude-cpus", "none");
	SENDS(PNIC_SET, " ifindex=2 node=-2", "pnic", "set", "eth0", "node", "nic");
	SENDS(PNIC_DEL, " ifindex=2", "pnic", "del", "eth0");
}

static void vm_add_requests(void **state)
{
	(void)state;
	SENDS(VM_ADD, " name=a vnic{ ifname=tap0 }", "vm", "add", "a", "dev", "tap0");
	SENDS(VM_ADD, " name=a vnic{ ifname=t filter{ mac=52:54:00:00:00:01 } }"
	      " pnic=2 pnic=3 priority=-4 pin=shared",
	      "vm", "add", "a", "dev", "t", "mac", "52:54:00:00:00:01", "pnic", "eth0", "pnic",
	      "eth1", "priority", "-4", "pin", "shared");
	SENDS(VM_ADD, " name=a vnic{ ifname=t worker=7 worker=8 } vnic{ ifname=u worker=9 }",
	      "vm", "add", "a", "dev", "t", "worker", "7", "worker", "8", "dev", "u",
	      "worker", "9");
}

static void vlans_find_their_mac(void **state)
{
	(void)state;
	/* Behind a mac: of that one. */
	SENDS(VM_ADD, " name=a vnic{ ifname=t filter{ mac=52:54:00:00:00:01 }"
	      " filter{ mac=52:54:00:00:00:02 vlan=5 } }",
	      "vm", "add", "a", "dev", "t", "mac", "52:54:00:00:00:01", "mac",
	      "52:54:00:00:00:02", "vlan", "5");
	/* Before every mac: of those that have none, of this dev only. */
	SENDS(VM_ADD, " name=a vnic{ ifname=t filter{ mac=52:54:00:00:00:01 vlan=9 }"
	      " filter{ mac=52:54:00:00:00:02 vlan=5 } }"
	      " vnic{ ifname=u filter{ mac=52:54:00:00:00:03 } }",
	      "vm", "add", "a", "dev", "t", "vlan", "9", "mac", "52:54:00:00:00:01", "mac",
	      "52:54:00:00:00:02", "vlan", "5", "dev", "u", "mac", "52:54:00:00:00:03");
}

static void addresses_come_from_the_bridge(void **state)
{
	struct result r;

	(void)state;
	r = tool("vm", "add", "a", "dev", "t", "vlan", "9");
	assert_int_equal(r.rc, RC_FAILED);
	assert_non_null(strstr(r.err, "vlan needs a mac"));
	assert_null(fake.request);
	result_free(&r);

	knows_mac(1);
	knows_mac(2);
	SENDS(VM_ADD, " name=a vnic{ ifname=t filter{ mac=52:54:00:00:01:01 learnt=1 }"
	      " filter{ mac=52:54:00:00:01:02 learnt=1 } }", "vm", "add", "a", "dev", "t");
	SENDS(VM_SET, " name=a vnic{ ifname=t filter{ mac=52:54:00:00:01:01 vlan=9 learnt=1 }"
	      " filter{ mac=52:54:00:00:01:02 vlan=9 learnt=1 } }",
	      "vm", "set", "a", "dev", "t", "vlan", "9");
	/* Who names an address means it. */
	SENDS(VM_ADD, " name=a vnic{ ifname=t filter{ mac=52:54:00:00:00:01 } }",
	      "vm", "add", "a", "dev", "t", "mac", "52:54:00:00:00:01");
}

static void vm_requests(void **state)
{
	(void)state;
	SENDS(VM_SET, " name=a pin=off", "vm", "set", "a", "pin", "off");
	SENDS(VM_SET, " name=a priority=2147483647", "vm", "set", "a", "priority", "2147483647");
	SENDS(VM_DEL, " name=a", "vm", "del", "a");
	SENDS(VM_MOVE, " vm=a to-state=dedicated", "vm", "move", "a", "dedicated");
	SENDS(VM_MOVE, " vm=a ifindex=3 to-state=shared to-engine=2",
	      "vm", "move", "a", "shared", "engine", "2", "pnic", "eth1");
}

static void rule_requests(void **state)
{
	(void)state;
	SENDS(VM_ADD, " name=a vnic{ ifname=tap0 } min-state=shared max-state=dedicated"
	      " latency=low need=300 require=2 prefer=3 apart=web together=db reserve=1",
	      "vm", "add", "a", "dev", "tap0", "min", "shared", "max", "dedicated", "latency",
	      "low", "need", "300", "engine", "2", "prefer", "3", "apart", "web", "together", "db",
	      "reserve", "on");
	/* Each can be taken back. */
	SENDS(VM_SET, " name=a min-state=none max-state=dedicated latency=normal need=0 require=0"
	      " prefer=0 apart= together= reserve=0",
	      "vm", "set", "a", "reserve", "off", "together", "off", "apart", "off", "prefer",
	      "any", "engine", "any", "need", "0", "latency", "normal", "max", "dedicated",
	      "min", "none");
	SENDS(VM_SET, " name=a max-state=none", "vm", "set", "a", "max", "none");
	SENDS(VM_SET, " name=a apart=on", "vm", "set", "a", "apart", "on");
}

/* POSIX has the sign the other way round. */
static void local_time(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void limit_requests(void **state)
{
	(void)state;
	local_time("UTC-2");
	SENDS(LIMITS_ADD, " ifindex=2 days=95 from=1320 to=390 utc-offset=120 shared-engines=0"
	      " dedicated-engines=2", "limit", "add", "eth0", "days", "mon-fri,sun", "from",
	      "22:00", "to", "06:30", "dedicated-engines", "2", "shared-engines", "0");
	/* A range may go on behind the end of the week. */
	SENDS(LIMITS_ADD, " ifindex=3 days=97 utc-offset=120 shared-queues=4", "limit", "add",
	      "eth1", "days", "sat-mon", "shared-queues", "4");
	SENDS(LIMITS_ADD, " ifindex=3 days=127 utc-offset=120 default-queues=1", "limit", "add",
	      "eth1", "days", "sun-sat", "default-queues", "1");
	local_time("UTC+3:30");
	SENDS(LIMITS_ADD, " ifindex=2 from=0 to=1439 utc-offset=-210 default-queues=4", "limit",
	      "add", "eth0", "to", "23:59", "from", "00:00", "default-queues", "4");
	SENDS(LIMITS_DEL, " ifindex=2", "limit", "del", "eth0");
	SENDS(LIMITS_DEL, " ifindex=2 index=15", "limit", "del", "eth0", "15");
}

static void config_requests(void **state)
{
	(void)state;
	SENDS(CONFIG_SET, " scale=pack grow-above=600 pack-below=300 starve-ms=0 cpu-above=700",
	      "config", "set", "starve_ms", "0", "cpu_above", "700", "pack_below", "300",
	      "grow_above", "600", "scale", "pack");
	SENDS(CONFIG_SET, " share-above=300 unshare-below=100 select=fit", "config", "set",
	      "unshare_below", "100", "select", "fit", "share_above", "300");
}

/* A file with @text, named like a word of the command line. */
static char *file_of(const char *text)
{
	char *name = xstrdup("/tmp/rssctl-batch-XXXXXX");
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return name;
}

static void batch_gives(const char *text, enum rc rc, const char *message, const char *request)
{
	char *name = file_of(text);
	struct result r = tool("batch", name);

	assert_int_equal(r.rc, rc);
	assert_non_null(strstr(r.err, message));
	if (request)
		assert_string_equal(fake.request, request);
	else
		assert_null(fake.request);
	unlink(name);
	free(name);
	result_free(&r);
}

static void batches_run_line_by_line(void **state)
{
	char *want = xasprintf("%d gain-min=2", RSS_ENGINE_CMD_CONFIG_SET);

	(void)state;
	batch_gives("\n# nothing\n", RC_OK, "", NULL);
	batch_gives("config set gain_min 1\n\tconfig  set gain_min 2 # twice", RC_OK, "", want);
	batch_gives("config set gain_min 2\nvm ad\nconfig set gain_min 3\n", RC_USAGE,
		    "line 2 failed", want);
	batch_gives("batch x\n", RC_USAGE, "a batch in a batch", want);
	free(want);
}

static void refusals_are_told(void **state)
{
	struct result r;

	(void)state;
	fake.refuse = RC_FAILED;
	r = tool("pnic", "add", "eth0");
	assert_int_equal(r.rc, RC_FAILED);
	assert_string_equal(r.err, "rssctl: kernel: the fake refuses\n");
	result_free(&r);
	r = tool("-j", "vm", "show");
	assert_int_equal(r.rc, RC_FAILED);
	assert_string_equal(r.out, "");
	result_free(&r);
	r = tool("pnic", "show");
	assert_int_equal(r.rc, RC_FAILED);
	result_free(&r);
	r = tool("batch", "/nonexistent/file");
	assert_int_equal(r.rc, RC_FAILED);
	assert_non_null(strstr(r.err, "cannot open /nonexistent/file"));
	result_free(&r);
	r = tool("vm", "add", "a", "dev", "t", "pnic", "eth9");
	assert_int_equal(r.rc, RC_FAILED);
	assert_string_equal(r.err, "rssctl: no network device \"eth9\"\n");
	result_free(&r);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, reset, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(pnic_requests),
		CASE(vm_add_requests),
		CASE(vlans_find_their_mac),
		CASE(addresses_come_from_the_bridge),
		CASE(vm_requests),
		CASE(rule_requests),
		CASE(limit_requests),
		CASE(config_requests),
		CASE(batches_run_line_by_line),
		CASE(refusals_are_told),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
