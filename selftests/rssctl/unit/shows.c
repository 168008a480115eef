// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of shows share. */
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "shows.h"

int reset(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

struct placement *add_placement(const char *vm, const char *dev)
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

struct vm *add_vm(const char *name)
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

struct engine *add_engine(__s64 id, __s64 context)
{
	struct engine *engine = list_push(&fake.books.engines, sizeof(*engine));

	opt_set(&engine->ifindex, FAKE_ETH0);
	engine->ifname = xstrdup("eth0");
	opt_set(&engine->id, id);
	opt_set(&engine->context, context);
	return engine;
}

/* What @words print, as JSON: an array of one object that has exactly @keys. */
struct json_object *one_object(char **words, const char *keys)
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

struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(object, key, &value));
	return value;
}

const char *get_str(struct json_object *object, const char *key)
{
	return json_object_get_string(get(object, key));
}

__s64 get_num(struct json_object *object, const char *key)
{
	assert_true(json_object_is_type(get(object, key), json_type_int));
	return json_object_get_int64(get(object, key));
}

bool is_null(struct json_object *object, const char *key)
{
	return !get(object, key);
}

void text_has(char **words, const char *piece)
{
	struct result r = tool_run(words);

	assert_int_equal(r.rc, RC_OK);
	if (!strstr(r.out, piece))
		print_error("printed: %s", r.out);
	assert_non_null(strstr(r.out, piece));
	result_free(&r);
}
