// SPDX-License-Identifier: GPL-2.0-only
/* Each command that prints: keys of the JSON, absent values, the text. */
#include <string.h>

#include <linux/rss_engine.h>

#include "shows.h"

#define VM_KEYS "name pnic state engine pinned priority rx_load vnic_busy vnic_total " \
	"hottest_worker pnic_busy rx_pps rx_bps drops reason since_ms moves value threshold " \
	"moved_reason vnics min max latency need engine_required engine_preferred apart together " \
	"reserved"

static void vm_show_json(void **state)
{
	struct placement *p = add_placement("a", "eth0");
	struct json_object *o, *vnic;

	(void)state;
	add_vm("a");
	opt_set(&p->pin, RSS_ENGINE_PIN_SHARED);
	o = JSON(VM_KEYS, "vm", "show");
	assert_string_equal(get_str(o, "name"), "a");
	assert_string_equal(get_str(o, "pnic"), "eth0");
	assert_string_equal(get_str(o, "state"), "shared");
	assert_string_equal(get_str(o, "pinned"), "shared");
	assert_string_equal(get_str(o, "reason"), "hold");
	assert_int_equal(get_num(o, "engine"), 1);
	assert_int_equal(get_num(o, "rx_bps"), 10000000000LL);
	assert_true(is_null(o, "drops"));
	vnic = json_object_array_get_idx(get(o, "vnics"), 0);
	assert_string_equal(get_str(vnic, "dev"), "tap0");
	assert_true(is_null(vnic, "ifindex"));
	assert_string_equal(json_object_to_json_string_ext(get(vnic, "filters"),
							   JSON_C_TO_STRING_PLAIN),
			    "[{\"mac\":\"52:54:00:00:00:01\",\"vlan\":null,\"learnt\":true}]");
	json_object_put(o);
}

static void a_pin_that_is_off_is_null(void **state)
{
	struct json_object *o;

	(void)state;
	opt_set(&add_placement("a", "eth0")->pin, RSS_ENGINE_PIN_OFF);
	o = JSON(VM_KEYS, "vm", "show", "a");
	assert_true(is_null(o, "pinned"));
	json_object_put(o);
}

static void a_vm_on_no_pnic_is_shown(void **state)
{
	struct vm *vm = add_vm("b");
	struct json_object *o;

	(void)state;
	opt_set(&vm->rx_load, 7);
	opt_set(&vm->min_state, RSS_ENGINE_STATE_SHARED);
	o = JSON(VM_KEYS, "vm", "show");
	assert_string_equal(get_str(o, "min"), "shared");
	assert_string_equal(get_str(o, "name"), "b");
	assert_true(is_null(o, "pnic"));
	assert_true(is_null(o, "state"));
	assert_int_equal(get_num(o, "rx_load"), 7);
	json_object_put(o);
}

/* Rules that are not set, and those of a VM that went between two readings, are null. */
static void vm_show_rules(void **state)
{
	struct json_object *o;
	struct vm *vm;

	(void)state;
	add_placement("a", "eth0");
	o = JSON(VM_KEYS, "vm", "show");
	assert_true(is_null(o, "min"));
	assert_true(is_null(o, "apart"));
	json_object_put(o);
	vm = add_vm("a");
	opt_set(&vm->min_state, RSS_ENGINE_STATE_NONE);
	opt_set(&vm->max_state, RSS_ENGINE_STATE_DEDICATED);
	opt_set(&vm->latency, RSS_ENGINE_LATENCY_NORMAL);
	opt_set(&vm->need, 0);
	opt_set(&vm->require, 0);
	opt_set(&vm->prefer, 0);
	opt_set(&vm->reserve, 0);
	o = JSON(VM_KEYS, "vm", "show", "a");
	assert_string_equal(get_str(o, "min"), "none");
	assert_string_equal(get_str(o, "max"), "dedicated");
	assert_string_equal(get_str(o, "latency"), "normal");
	assert_true(is_null(o, "need"));
	assert_true(is_null(o, "engine_required"));
	assert_true(is_null(o, "engine_preferred"));
	assert_true(is_null(o, "together"));
	assert_false(json_object_get_boolean(get(o, "reserved")));
	json_object_put(o);
	TEXT("\n  min none  max dedicated  latency normal  need 0  engine any  prefer any"
	     "  apart off  together off  reserve off\n  dev tap0", "vm", "show", "a");
	vm->latency.v = RSS_ENGINE_LATENCY_BULK;
	vm->need.v = 300;
	vm->require.v = 2;
	vm->prefer.v = 3;
	vm->reserve.v = 1;
	vm->apart = xstrdup("web");
	vm->together = xstrdup("db");
	o = JSON(VM_KEYS, "vm", "show");
	assert_string_equal(get_str(o, "latency"), "bulk");
	assert_int_equal(get_num(o, "need"), 300);
	assert_int_equal(get_num(o, "engine_required"), 2);
	assert_int_equal(get_num(o, "engine_preferred"), 3);
	assert_string_equal(get_str(o, "apart"), "web");
	assert_string_equal(get_str(o, "together"), "db");
	assert_true(json_object_get_boolean(get(o, "reserved")));
	json_object_put(o);
	TEXT("  latency bulk  need 300  engine 2  prefer 3  apart web  together db  reserve on\n",
	     "vm", "show", "a");
}

static void vm_show_text(void **state)
{
	struct result r;

	(void)state;
	add_placement("a", "eth0");
	add_placement("bb", "eth0");
	add_vm("a");
	add_vm("bb");
	r = tool("vm");
	assert_int_equal(r.rc, RC_OK);
	assert_ptr_equal(strstr(r.out, "name  pnic  state   engine"), r.out);
	assert_non_null(strstr(r.out, "\na     eth0  shared       1  -  "));
	assert_non_null(strstr(r.out, "\nbb    eth0  shared       1  -  "));
	assert_null(strstr(r.out, "tap0"));
	result_free(&r);
	TEXT("\n  dev tap0 (absent)  mac 52:54:00:00:00:01 (learnt)  worker 77\n", "vm", "show",
	     "a");
	r = tool("vm", "show", "a");
	assert_null(strstr(r.out, "bb"));
	result_free(&r);
}

static void unknown_names_fail(void **state)
{
	static char *shows[] = { "pnic", "vm", "engine", "queue", "limit" };
	struct result r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shows); i++) {
		r = tool("-j", shows[i], "show", "nobody");
		assert_int_equal(r.rc, RC_FAILED);
		assert_non_null(strstr(r.err, "\"nobody\""));
		assert_string_equal(r.out, "");
		result_free(&r);
	}
}

static void nothing_is_an_empty_array(void **state)
{
	static char *shows[] = { "pnic", "vm", "engine", "queue", "limit", "plan" };
	struct json_object *array;
	struct result r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shows); i++) {
		r = tool("-j", shows[i]);
		assert_int_equal(r.rc, RC_OK);
		array = json_tokener_parse(r.out);
		assert_true(json_object_is_type(array, json_type_array));
		assert_int_equal(json_object_array_length(array), 0);
		json_object_put(array);
		result_free(&r);
	}
}

#define ENGINE_KEYS "pnic id kind context queues home load hottest hottest_queue full_polls " \
	"rewrites reason vms value threshold gain wait_ms looks resizes"

static void add_shared_engine(void)
{
	struct engine *engine = add_engine(1, 3);
	__u32 queues[] = { 4, 5, 7 };

	opt_set(&engine->kind, RSS_ENGINE_ENGINE_KIND_SHARED);
	for (size_t i = 0; i < ARRAY_SIZE(queues); i++)
		*(__u32 *)list_push(&engine->queue, sizeof(__u32)) = queues[i];
	*(char **)list_push(&engine->vm, sizeof(char *)) = xstrdup("a");
	*(char **)list_push(&engine->vm, sizeof(char *)) = xstrdup("b");
}

static void engine_show(void **state)
{
	struct json_object *o;

	(void)state;
	add_shared_engine();
	o = JSON(ENGINE_KEYS, "engine", "show");
	assert_string_equal(get_str(o, "kind"), "shared");
	assert_string_equal(get_str(o, "queues"), "[ 4, 5, 7 ]");
	assert_string_equal(get_str(o, "vms"), "[ \"a\", \"b\" ]");
	assert_true(is_null(o, "load"));
	json_object_put(o);
	TEXT("4-5,7", "engine", "show", "eth0");
	TEXT("  a,b\n", "engine", "show");
}

static void engines_in_parts_are_joined(void **state)
{
	struct json_object *o;

	(void)state;
	add_shared_engine();
	for (int i = 0; i < 3; i++) {
		struct engine *part = add_engine(1, 3);

		*(char **)list_push(&part->vm, sizeof(char *)) = xasprintf("c%d", i);
	}
	o = JSON(ENGINE_KEYS, "engine", "show");
	assert_string_equal(get_str(o, "vms"), "[ \"a\", \"b\", \"c0\", \"c1\", \"c2\" ]");
	json_object_put(o);
	add_engine(2, 4);
	add_engine(2, 4);
	add_engine(3, 5);
	TEXT("eth0   2", "engine", "show");
	TEXT("eth0   3", "engine", "show");
}

static void queue_show(void **state)
{
	struct queue *queue = list_push(&fake.queues, sizeof(*queue));
	struct json_object *o;

	(void)state;
	queue->ifname = xstrdup("eth0");
	opt_set(&queue->id, 5);
	opt_set(&queue->busy, 1000);
	o = JSON("pnic queue engine home busy full_polls cpu drops busy_ns polls packets",
		 "queue", "show");
	assert_int_equal(get_num(o, "queue"), 5);
	assert_int_equal(get_num(o, "busy"), 1000);
	assert_true(is_null(o, "engine"));
	assert_true(is_null(o, "cpu"));
	json_object_put(o);
}

static void config_show(void **state)
{
	struct json_object *o;

	(void)state;
	opt_set(&fake.config.period_ms, 20);
	opt_set(&fake.config.select, RSS_ENGINE_SELECT_FIT);
	o = JSON("period_ms period_max_ms share_above unshare_below engine_above return_margin "
		 "release_below hold_up_ms hold_down_ms dwell_ms manual_hold_ms gain_min moves_max "
		 "vnic_bound_above select scale grow_above pack_below starve_ms cpu_above",
		 "config", "show");
	assert_int_equal(get_num(o, "period_ms"), 20);
	assert_string_equal(get_str(o, "select"), "fit");
	json_object_put(o);
	TEXT("period_ms         20\n", "config");
	TEXT("share_above       -\n", "config", "show");
}

static void pnic_show(void **state)
{
	struct pnic *pnic = list_push(&fake.books.pnics, sizeof(*pnic));
	struct nic_rule *rule = list_push(&fake.nic.rules, sizeof(*rule));
	struct nic_context *context = list_push(&fake.nic.contexts, sizeof(*context));
	struct json_object *o, *nic;

	(void)state;
	pnic->ifname = xstrdup("eth0");
	opt_set(&pnic->ifindex, FAKE_ETH0);
	opt_set(&pnic->mode, RSS_ENGINE_MODE_OBSERVE);
	*(char **)list_push(&pnic->warning, sizeof(char *)) = xstrdup("of the module");
	opt_set(&fake.nic.combined, 8);
	rule->location = 5;
	rule->flow = "ether";
	opt_set(&rule->queue, 3);
	context->entries = 128;
	*(__u32 *)list_push(&context->queues, sizeof(__u32)) = 0;
	*(__u32 *)list_push(&add_engine(0, 0)->queue, sizeof(__u32)) = 0;
	o = JSON("pnic mode default_queues shared_engines shared_queues dedicated_queues queues "
		 "free_queues foreign_queues dialect vms host_load period_ms sample moves failures "
		 "node nic_node exclude_cpus warnings nic", "pnic", "show");
	assert_string_equal(get_str(o, "mode"), "observe");
	assert_string_equal(get_str(o, "warnings"), "[ \"of the module\", "
			    "\"the rule at location 5 is foreign: it matches no VM here\" ]");
	nic = get(o, "nic");
	assert_int_equal(get_num(get(nic, "channels"), "combined"), 8);
	assert_string_equal(json_object_to_json_string_ext(get(nic, "contexts"),
							   JSON_C_TO_STRING_PLAIN),
			    "[{\"context\":0,\"entries\":128,\"queues\":[0],\"engine\":0}]");
	assert_string_equal(json_object_to_json_string_ext(get(nic, "rules"),
							   JSON_C_TO_STRING_PLAIN),
			    "[{\"location\":5,\"flow\":\"ether\",\"mac\":null,\"vlan\":null,"
			    "\"context\":null,\"queue\":3,\"vm\":null}]");
	json_object_put(o);
	TEXT("rule 5  ether  mac -  vlan -  context -  queue 3  vm -\n", "pnic", "show", "eth0");
	TEXT("  warning: of the module\n", "pnic");
}

static void books_and_nic_are_read_at_rest(void **state)
{
	struct pnic *pnic = list_push(&fake.books.pnics, sizeof(*pnic));
	struct engine *engine = list_push(&fake.books.engines, sizeof(*engine));
	struct result r;

	(void)state;
	pnic->ifname = xstrdup("eth0");
	opt_set(&pnic->ifindex, FAKE_ETH0);
	opt_set(&pnic->moves, 7);
	opt_set(&engine->ifindex, FAKE_ETH0);
	opt_set(&engine->id, 3);
	opt_set(&engine->resizes, 2000);
	fake.moves = 2;
	r = tool("pnic", "show");
	assert_int_equal(r.rc, RC_OK);
	assert_int_equal(fake.nic_reads, 3);
	result_free(&r);
	/* Where moves never end, what was read last is shown. */
	fake.moves = 1000;
	r = tool("pnic", "show");
	assert_int_equal(r.rc, RC_OK);
	assert_in_range(fake.nic_reads, 4, 20);
	result_free(&r);
}

static void help_version_and_no_words(void **state)
{
	struct result r = tool_run((char *[]){ NULL });

	(void)state;
	assert_int_equal(r.rc, RC_USAGE);
	assert_string_equal(r.out, "");
	assert_non_null(strstr(r.err, "rssctl vm move"));
	result_free(&r);
	TEXT("rssctl pnic add DEV [mode auto|observe|off]", "help");
	TEXT("rssctl vm move NAME none|shared|dedicated", "vm", "help");
	TEXT("rssctl queue show [DEV]", "help", "queue");
	TEXT("usage: rssctl", "-h");
	TEXT("rssctl test\n", "-V");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(vm_show_json),
		CASE(a_pin_that_is_off_is_null),
		CASE(a_vm_on_no_pnic_is_shown),
		CASE(vm_show_rules),
		CASE(vm_show_text),
		CASE(unknown_names_fail),
		CASE(nothing_is_an_empty_array),
		CASE(engine_show),
		CASE(engines_in_parts_are_joined),
		CASE(queue_show),
		CASE(config_show),
		CASE(pnic_show),
		CASE(books_and_nic_are_read_at_rest),
		CASE(help_version_and_no_words),
	};

	return cmocka_run_group_tests_name("show", tests, NULL, NULL);
}
