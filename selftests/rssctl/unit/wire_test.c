// SPDX-License-Identifier: GPL-2.0-only
/* Structs into attributes and back; attributes that do not fit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "cm.h"
#include "ipc_attr.h"
#include "rssctl.h"

static struct nl_msg *new_msg(void)
{
	struct nl_msg *msg = nlmsg_alloc();

	assert_non_null(nlmsg_put(msg, 0, 0, 100, 0, 0));
	return msg;
}

static void read_msg(struct nl_msg *msg, const struct schema *schema, void *obj)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);

	attrs_read(schema, nlmsg_attrdata(hdr, 0), nlmsg_attrlen(hdr, 0), obj);
}

static void a_vm_survives_the_way(void **state)
{
	static const __u8 addr[MAC_LEN] = { 2, 3, 4, 5, 6, 7 };
	struct vm vm = { .name = xstrdup("web1") }, back = {};
	struct vnic *vnic = list_push(&vm.vnic, sizeof(*vnic));
	struct filter *filter = list_push(&vnic->filter, sizeof(*filter));
	struct nl_msg *msg = new_msg();

	(void)state;
	vnic->ifname = xstrdup("tap0");
	*(__u32 *)list_push(&vnic->worker, sizeof(__u32)) = 77;
	*(__u32 *)list_push(&vnic->worker, sizeof(__u32)) = 78;
	filter->mac.set = true;
	memcpy(filter->mac.addr, addr, MAC_LEN);
	opt_set(&filter->vlan, 4094);
	opt_set(&filter->learnt, 1);
	opt_set(&vm.priority, -5);
	opt_set(&vm.pin, RSS_ENGINE_PIN_DEDICATED);
	assert_int_equal(attrs_write(msg, &vm_schema, &vm), 0);
	read_msg(msg, &vm_schema, &back);

	assert_string_equal(back.name, "web1");
	assert_int_equal(back.vnic.n, 1);
	vnic = back.vnic.v;
	assert_string_equal(vnic->ifname, "tap0");
	assert_false(vnic->ifindex.set);
	assert_int_equal(vnic->worker.n, 2);
	assert_int_equal(((__u32 *)vnic->worker.v)[1], 78);
	filter = vnic->filter.v;
	assert_memory_equal(filter->mac.addr, addr, MAC_LEN);
	assert_true(opt_is(&filter->vlan, 4094));
	assert_true(filter->learnt.set);
	assert_true(opt_is(&back.priority, -5));
	assert_true(opt_is(&back.pin, RSS_ENGINE_PIN_DEDICATED));
	assert_false(back.state.set);
	nlmsg_free(msg);
	obj_clear(&vm_schema, &vm);
	obj_clear(&vm_schema, &back);
}

static void absent_fields_are_not_sent(void **state)
{
	struct nl_msg *msg = new_msg();
	struct config config = {};

	(void)state;
	opt_set(&config.gain_min, 0);
	assert_int_equal(attrs_write(msg, &config_schema, &config), 0);
	assert_int_equal(nlmsg_attrlen(nlmsg_hdr(msg), 0), 8);
	nlmsg_free(msg);
}

static void wide_numbers_keep_their_width(void **state)
{
	struct nl_msg *msg = new_msg();
	struct placement placement = {};

	(void)state;
	nla_put_u64(msg, RSS_ENGINE_A_PLACEMENT_RX_BPS, 100000000000ULL);
	nla_put_u32(msg, RSS_ENGINE_A_PLACEMENT_GAIN, (__u32)-30);
	nla_put_u32(msg, RSS_ENGINE_A_PLACEMENT_IFINDEX, 4000000000U);
	read_msg(msg, &placement_schema, &placement);
	assert_true(opt_is(&placement.rx_bps, 100000000000LL));
	assert_true(opt_is(&placement.gain, -30));
	assert_true(opt_is(&placement.ifindex, 4000000000LL));
	nlmsg_free(msg);
}

static void odd_attributes_are_skipped(void **state)
{
	struct nl_msg *msg = new_msg();
	struct queue queue = {};

	(void)state;
	nla_put_u16(msg, RSS_ENGINE_A_QUEUE_ID, 3);		/* too short */
	nla_put_u32(msg, RSS_ENGINE_A_QUEUE_POLLS, 3);		/* too short */
	nla_put_u32(msg, RSS_ENGINE_A_QUEUE_MAX + 1, 3);	/* of a newer module */
	nla_put(msg, RSS_ENGINE_A_QUEUE_IFNAME, 4, "eth0");	/* without an end */
	read_msg(msg, &queue_schema, &queue);
	assert_false(queue.id.set);
	assert_false(queue.polls.set);
	assert_string_equal(queue.ifname, "eth0");
	nlmsg_free(msg);
	obj_clear(&queue_schema, &queue);
}

static void a_full_message_is_told(void **state)
{
	struct vm vm = {};
	struct nl_msg *msg = nlmsg_alloc_size(256);

	(void)state;
	nlmsg_put(msg, 0, 0, 100, 0, 0);
	for (__u32 i = 0; i < 100; i++)
		*(__u32 *)list_push(&vm.pnic, sizeof(i)) = i;
	assert_int_not_equal(attrs_write(msg, &vm_schema, &vm), 0);
	nlmsg_free(msg);
	obj_clear(&vm_schema, &vm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vm_survives_the_way),
		cmocka_unit_test(absent_fields_are_not_sent),
		cmocka_unit_test(wide_numbers_keep_their_width),
		cmocka_unit_test(odd_attributes_are_skipped),
		cmocka_unit_test(a_full_message_is_told),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
