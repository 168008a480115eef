/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of what the policy saw and decided: the objects that they are made
 * of, and how they are written and read. The format is that of
 * Documentation/record.rst.
 */
#ifndef RSSCTL_RECORD_H
#define RSSCTL_RECORD_H

#include <policy.h>
#include <policy_state.h>

#include "rssctl.h"
#include "schema.h"

/* A placement in a sample. */
struct sample_vm {
	char *name;
	struct rsse_pol_vm seen;
	struct rsse_pol_decision decision;
};

/* A period of a PNIC, or a part of it as it comes from the kernel. */
struct sample {
	__u64 seq;
	__u32 ifindex;
	char *ifname;
	__u32 part, last;
	__u64 sample;
	__u32 mode;
	__u64 run, now_ns, window_ns;
	__u32 free_queues, dedicated_queues, moves_room;
	bool look;
	__u64 next_period_ns;
	struct list config;	/* struct rsse_config; at most one */
	struct list engine;	/* struct rsse_pol_engine */
	struct list vm;		/* struct sample_vm */
	struct list outcome;	/* struct rsse_pol_outcome */
	struct list move;	/* struct rsse_pol_move */
};

/* Failed and useless moves to @to_state. */
struct backoff {
	__u32 to_state;
	struct rsse_pol_backoff is;
};

/* Memory of one placement. */
struct slot {
	__u32 slot;
	struct rsse_pol_vm_state is;	/* without its backoffs */
	struct list backoff;		/* struct backoff */
};

/* What the policy remembers of a PNIC, or a part of it. */
struct policy_state {
	struct opt ifindex;
	char *ifname;
	__u64 sample, run, period_ns;
	struct list engine;	/* struct rsse_pol_engine_state */
	struct list vm;		/* struct slot */
};

#endif
