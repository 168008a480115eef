/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples as the kernel would send them: the policy runs on a small PNIC whose
 * VMs get busy, flood and calm down.
 */
#ifndef RSSCTL_HISTORY_H
#define RSSCTL_HISTORY_H

#include "fake.h"
#include "record.h"

#define HISTORY_IFINDEX	FAKE_ETH0
#define HISTORY_STEPS	220	/* until everybody is calm again */
#define HISTORY_ENGINES	16	/* no more ids are ever given */

/**
 * struct history - the PNIC
 * @config: the configuration
 * @limits: the maxima in force
 * @mode: enum rss_engine_mode
 * @state: the policy's memory
 * @step: steps so far
 * @vms: where its VMs are
 * @outcomes: list of struct rsse_pol_outcome, for the next snapshot
 * @next_engine: id of the next dedicated engine
 * @seq: of the next message
 * @elastic: queues follow the load
 * @uneven: the shared engine has two queues, one hot; ends with a rewrite
 * @counted_ns: since when its entries are counted, 0: they are not
 * @queues: list of struct rsse_pol_queue
 * @written: list of struct rsse_pol_written, for the next snapshot
 */
struct history {
	struct rsse_config config;
	struct rsse_pol_limits limits;
	__u32 mode;
	struct rsse_pol_state state;
	unsigned int step;
	struct rsse_pol_vm vms[4];
	struct list outcomes;
	__u32 next_engine;
	__u64 seq;
	bool elastic;
	bool uneven;
	__u64 counted_ns;
	struct list queues;
	struct list written;
};

void history_begin(struct history *history);
void history_end(struct history *history);
/* Live through a period; the sample is added to fake.samples. */
void history_step(struct history *history);
void history_run(struct history *history, unsigned int steps);
/* Add what the policy remembers now to fake.states. */
void history_state(const struct history *history);
/* Move a VM by hand. */
void history_move(struct history *history, unsigned int vm, __u32 to_state);

#endif
