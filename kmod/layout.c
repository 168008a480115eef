// SPDX-License-Identifier: GPL-2.0-only
/* How many queues and engines of each kind a PNIC gets. */
#include "core.h"

/*
 * Half of the queues for the host and the VMs without an engine, a quarter for
 * one shared engine, the rest for dedicated engines of one queue each.
 */
static void choose(struct rsse_layout *layout, unsigned int usable)
{
	if (!layout->default_queues)
		layout->default_queues = max(usable / 2, 1U);
	if (layout->shared_engines == RSSE_LAYOUT_CHOOSE)
		layout->shared_engines = 1;
	if (!layout->shared_queues)
		layout->shared_queues = max(usable / 4, 1U);
	if (!layout->dedicated_queues)
		layout->dedicated_queues = 1;
}

static u64 taken(const struct rsse_layout *layout)
{
	return layout->default_queues +
	       (u64)layout->shared_engines * layout->shared_queues;
}

int rsse_layout_check(const struct rsse_layout *layout, unsigned int usable,
		      struct netlink_ext_ack *extack)
{
	if (taken(layout) <= usable)
		return 0;
	NL_SET_ERR_MSG_FMT(extack,
			   "default and shared engines take %llu queues, %u are usable",
			   taken(layout), usable);
	return -EINVAL;
}

int rsse_layout_settle(struct rsse_layout *layout, unsigned int usable,
		       struct netlink_ext_ack *extack)
{
	bool dedicated_given = layout->dedicated_queues;
	int err;

	if (usable < 2) {
		NL_SET_ERR_MSG_FMT(extack,
				   "%u usable rx queue(s); engines need at least 2",
				   usable);
		return -EINVAL;
	}
	choose(layout, usable);
	err = rsse_layout_check(layout, usable, extack);
	if (err)
		return err;
	if (dedicated_given &&
	    layout->dedicated_queues > usable - taken(layout)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "a dedicated engine takes %u queues, %llu are left",
				   layout->dedicated_queues,
				   usable - taken(layout));
		return -EINVAL;
	}
	return 0;
}
