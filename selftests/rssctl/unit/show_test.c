// SPDX-License-Identifier: GPL-2.0-only
/* Each command that prints: keys of the JSON, absent values, the text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/rss_engine.h>

#include "cm.h"
#include "fake.h"

static int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static struct placement *add_placement(const char *vm, const char *dev)
{
	struct placement *p = list_push(&fake.books.placements, sizeof(*p));

	p->vm = xstrdup(vm);
	p->ifname = xstrdup(dev);
	opt_set(&p->ifindex, FAKE_ETH0);
	opt_set(&p->state, RSS_ENGINE_STATE_SHARED);
	opt_set(&p->engine, 1);
	opt_set(&p->rx_load, 512);
	opt_set(&p->rx_bps, 10000000000LL);
	opt_set(&p->reason, RSS_ENGINE_REASON_HOLD);
	opt_set(&p->value, 912);
	opt_set(&p->threshold, 800);
	opt_set(&p->wait_ms, 20);
	return p;
}

static struct vm *add_vm(const char *name)
{
	struct vm *vm = list_push(&fake.books.vms, sizeof(*vm));
	struct vnic *vnic = list_push(&vm->vnic, sizeof(*vnic));
	struct filter *filter = list_push(&vnic->filter, sizeof(*filter));

	vm->name = xstrdup(name);
	vnic->ifname = xstrdup("tap0");
	filter->mac = (struct mac){ .set = true, .addr = { 0x52, 0x54, 0, 0, 0, 1 } };
	opt_set(&filter->learnt, 1);
	*(__u32 *)list_push(&vnic->worker, sizeof(__u32)) = 77;
	return vm;
}

/* What @words print, as JSON: an array of one object that has exactly @keys. */
static struct json_object *one_object(char **words, const char *keys)
{
	struct result r = tool_run(words);
	struct json_object *array = json_tokener_parse(r.out), *object;
	char *got = xstrdup("");

	assert_int_equal(r.rc, RC_OK);
	assert_string_equal(r.err, "");
	assert_true(json_object_is_type(array, json_type_array));
	assert_int_equal(json_object_array_length(array), 1);
	object = json_object_get(json_object_array_get_idx(array, 0));
	json_object_object_foreach(object, key, value) {
		char *longer = xasprintf("%s%s%s", got, *got ? " " : "", key);

		(void)value;
		free(got);
		got = longer;
	}
	assert_string_equal(got, keys);
	free(got);
	json_object_put(array);
	result_free(&r);
	return object;
}

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(object, key, &value));
	return value;
}

static const char *get_str(struct json_object *object, const char *key)
{
	return json_object_get_string(get(object, key));
}

static __s64 get_num(struct json_object *object, const char *key)
{
	assert_true(json_object_is_type(get(object, key), json_type_int));
	return json_object_get_int64(get(object, key));
}

static bool is_null(struct json_object *object, const char *key)
{
	return !get(object, key);
}

#define JSON(keys, ...) one_object((char *[]){ "-j", __VA_ARGS__, NULL }, keys)

static void text_has(char **words, const char *piece)
{
	struct result r = tool_run(words);

	assert_int_equal(r.rc, RC_OK);
	if (!strstr(r.out, piece))
		print_error("printed: %s", r.out);
	assert_non_null(strstr(r.out, piece));
	result_free(&r);
}

#define TEXT(piece, ...) text_has((char *[]){ __VA_ARGS__, NULL }, piece)

#define VM_KEYS "name pnic state engine pinned priority rx_load vnic_busy vnic_total " \
	"hottest_worker pnic_busy rx_pps rx_bps drops reason since_ms moves value threshold " \
	"moved_reason vnics"

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
	o = JSON(VM_KEYS, "vm", "show");
	assert_string_equal(get_str(o, "name"), "b");
	assert_true(is_null(o, "pnic"));
	assert_true(is_null(o, "state"));
	assert_int_equal(get_num(o, "rx_load"), 7);
	json_object_put(o);
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
	static char *shows[] = { "pnic", "vm", "engine", "queue" };
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
	static char *shows[] = { "pnic", "vm", "engine", "queue", "plan" };
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

#define ENGINE_KEYS "pnic id kind context queues load hottest hottest_queue full_polls " \
	"rewrites reason vms value threshold gain wait_ms looks"

static struct engine *add_engine(__s64 id, __s64 context)
{
	struct engine *engine = list_push(&fake.books.engines, sizeof(*engine));

	opt_set(&engine->ifindex, FAKE_ETH0);
	engine->ifname = xstrdup("eth0");
	opt_set(&engine->id, id);
	opt_set(&engine->context, context);
	return engine;
}

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
	o = JSON("pnic queue engine busy full_polls cpu drops busy_ns polls packets",
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
		 "vnic_bound_above select", "config", "show");
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
		 "warnings nic", "pnic", "show");
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
	struct result r;

	(void)state;
	pnic->ifname = xstrdup("eth0");
	opt_set(&pnic->ifindex, FAKE_ETH0);
	opt_set(&pnic->moves, 7);
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

#define PLAN_KEYS "name pnic state engine to_state to_engine gain reason value threshold wait_ms"

static void plan_of_who_stays(void **state)
{
	struct json_object *o;

	(void)state;
	add_placement("a", "eth0");
	o = JSON(PLAN_KEYS, "plan");
	assert_true(is_null(o, "to_state"));
	assert_int_equal(get_num(o, "wait_ms"), 20);
	json_object_put(o);
	TEXT("a on eth0: shared (engine 1), stays\n    hold: the condition is met (912 against "
	     "800), but has to hold for 20 ms more\n", "plan");
}

static void plan_of_who_goes(void **state)
{
	struct placement *p = add_placement("a", "eth0");

	(void)state;
	opt_set(&p->to_state, RSS_ENGINE_STATE_DEDICATED);
	opt_set(&p->gain, 45);
	opt_set(&p->reason, RSS_ENGINE_REASON_ENGINE_FULL);
	TEXT("a on eth0: shared (engine 1) -> dedicated (new engine), gain 45 percent, "
	     "in 20 ms at the earliest\n    engine-full: its engine is full (912 against 800), and it "
	     "was selected to leave\n", "plan");
	opt_set(&p->to_engine, 6);
	opt_set(&p->wait_ms, 0);
	TEXT("-> dedicated (engine 6), gain 45 percent\n", "plan");
}

/* Engines follow the VMs; one that is even is not worth a line. */
static void plan_of_engines(void **state)
{
	struct engine *engine;
	struct result r;

	(void)state;
	opt_set(&add_engine(0, 0)->reason, RSS_ENGINE_REASON_IDLE);
	engine = add_engine(1, 3);
	opt_set(&engine->hottest_queue, 4);
	opt_set(&engine->hottest, 905);
	opt_set(&engine->gain, 30);
	opt_set(&engine->reason, RSS_ENGINE_REASON_HOLD);
	opt_set(&engine->value, 905);
	opt_set(&engine->threshold, 800);
	opt_set(&engine->wait_ms, 20);
	r = tool("plan");
	assert_string_equal(r.out, "engine 1 on eth0, hottest queue 4 at 905, gain 30 percent\n"
			    "    hold: one queue is hot (905 against 800), but has to be for "
			    "20 ms more\n");
	result_free(&r);
	opt_set(&engine->reason, RSS_ENGINE_REASON_SINGLE_ENTRY);
	TEXT("a single indirection entry makes 905 of", "plan");
	opt_set(&engine->reason, 1000);
	TEXT("a reason that this rssctl does not know", "plan");
}

static void add_event(__s64 seq)
{
	struct event *event = list_push(&fake.events, sizeof(*event));

	opt_set(&event->seq, seq);
	opt_set(&event->time_ns, 12345678901LL);
	opt_set(&event->kind, RSS_ENGINE_EVENT_KIND_MOVED);
	event->vm = xstrdup("a");
	event->ifname = xstrdup("eth0");
	opt_set(&event->from_state, RSS_ENGINE_STATE_NONE);
	opt_set(&event->from_engine, 0);
	opt_set(&event->to_state, RSS_ENGINE_STATE_SHARED);
	opt_set(&event->to_engine, 1);
	opt_set(&event->reason, RSS_ENGINE_REASON_SHARE_ABOVE);
	opt_set(&event->value, 300);
}

static void monitor_prints_lines(void **state)
{
	struct result r;

	(void)state;
	add_event(4);
	add_event(5);
	r = tool("-j", "monitor", "count", "1");
	assert_int_equal(r.rc, RC_OK);
	assert_string_equal(r.out, "{\"seq\":4,\"time_ns\":12345678901,\"kind\":\"moved\","
		"\"name\":\"a\",\"pnic\":\"eth0\",\"from_state\":\"none\",\"from_engine\":0,"
		"\"to_state\":\"shared\",\"to_engine\":1,\"reason\":\"share-above\",\"value\":300,"
		"\"threshold\":null,\"gain\":null,\"error\":null,\"crossed_sample\":null,"
		"\"decided_sample\":null,\"done_sample\":null,\"mode\":null,"
		"\"engine\":null,\"queue\":null,\"entries\":null}\n");
	result_free(&r);
	r = tool("monitor");
	assert_string_equal(r.err, "");
	assert_ptr_equal(strstr(r.out, "    12.345678  #4  moved  a  on eth0  none (engine 0) -> "
				"shared (engine 1)  share-above  value 300\n"), r.out);
	result_free(&r);
}

static void monitor_prints_rewrites(void **state)
{
	struct event *event = list_push(&fake.events, sizeof(*event));

	(void)state;
	opt_set(&event->seq, 4);
	opt_set(&event->time_ns, 12345678901LL);
	opt_set(&event->kind, RSS_ENGINE_EVENT_KIND_REWRITTEN);
	event->ifname = xstrdup("eth0");
	opt_set(&event->engine, 1);
	opt_set(&event->queue, 4);
	opt_set(&event->entries, 3);
	opt_set(&event->reason, RSS_ENGINE_REASON_UNEVEN);
	TEXT("#4  rewritten  on eth0  engine 1  queue 4  entries 3  uneven\n", "monitor");
}

static void monitor_tells_of_losses(void **state)
{
	struct result r;

	(void)state;
	add_event(4);
	add_event(8);
	fake.lost = true;
	r = tool("-j", "monitor");
	assert_int_equal(r.rc, RC_OK);
	assert_non_null(strstr(r.err, "rssctl: 3 events before #8 were lost\n"));
	assert_non_null(strstr(r.err, "some were lost"));
	result_free(&r);
}

static void values_of_a_newer_module(void **state)
{
	struct placement *p = add_placement("a", "eth0");
	struct json_object *o;

	(void)state;
	opt_set(&p->reason, 1000);
	o = JSON(PLAN_KEYS, "plan");
	assert_string_equal(get_str(o, "reason"), "unknown");
	json_object_put(o);
	TEXT("does not know", "plan");
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

#define CASE(name) cmocka_unit_test_setup_teardown(name, reset, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(vm_show_json),
		CASE(a_pin_that_is_off_is_null),
		CASE(a_vm_on_no_pnic_is_shown),
		CASE(vm_show_text),
		CASE(unknown_names_fail),
		CASE(nothing_is_an_empty_array),
		CASE(engine_show),
		CASE(engines_in_parts_are_joined),
		CASE(queue_show),
		CASE(config_show),
		CASE(pnic_show),
		CASE(books_and_nic_are_read_at_rest),
		CASE(plan_of_who_stays),
		CASE(plan_of_who_goes),
		CASE(plan_of_engines),
		CASE(monitor_prints_lines),
		CASE(monitor_prints_rewrites),
		CASE(monitor_tells_of_losses),
		CASE(values_of_a_newer_module),
		CASE(help_version_and_no_words),
	};

	return cmocka_run_group_tests_name("show", tests, NULL, NULL);
}
