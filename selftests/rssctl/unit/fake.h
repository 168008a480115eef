/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel made of tables: takes the place of the tool's ipc_*.c and nic.c, so
 * that commands run without a module.
 */
#ifndef RSSCTL_FAKE_H
#define RSSCTL_FAKE_H

#include "check.h"
#include "ipc.h"
#include "nic.h"
#include "record.h"
#include "rssctl.h"

#define FAKE_ETH0 2	/* ifindex of eth0; eth1 follows, other names are unknown */

/**
 * struct fake - the fake kernel; zeroed by fake_reset()
 * @refuse: what every request is answered with
 * @books: what the dumps give
 * @queues: list of struct queue, what queue-get gives
 * @limits: list of struct limit, what limits-get gives
 * @config: what config-get gives
 * @nic: what the NICs say
 * @macs: list of struct mac, what the bridge knows behind every port
 * @events: list of struct event, to be heard
 * @samples: list of struct sample, to be heard
 * @states: list of struct policy_state, what the requests of states get, one each
 * @state_reads: requests of states so far
 * @lost: whether the listener is told of a loss, after the events
 * @moves: moves to come, one while each reading of a NIC; the last engine goes with
 *	each, with the count of its last resize, and another one is made
 * @nic_reads: readings of a NIC so far
 * @request: text of the latest request
 */
struct fake {
	enum rc refuse;
	struct books books;
	struct list queues;
	struct list limits;
	struct config config;
	struct nic nic;
	struct list macs;
	struct list events;
	struct list samples;
	struct list states;
	size_t state_reads;
	bool lost;
	int moves;
	int nic_reads;
	char *request;
};

extern struct fake fake;

void fake_reset(void);

/**
 * struct result - what a run of the tool gave
 * @rc: exit code
 * @out: its standard output
 * @err: its standard error
 */
struct result {
	enum rc rc;
	char *out;
	char *err;
};

struct result tool_run(char **words);
void result_free(struct result *result);

/* tool("vm", "show"): runs rssctl vm show */
#define tool(...) tool_run((char *[]){ __VA_ARGS__, NULL })

#endif
