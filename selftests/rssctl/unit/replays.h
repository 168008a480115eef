/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of replays share: a history, its record, and files to edit. */
#ifndef RSSCTL_REPLAYS_H
#define RSSCTL_REPLAYS_H

#include "cm.h"
#include "history.h"

/* The PNIC, anew in each case; the record, and two more files. */
extern struct history history;
extern char path[], other[], saved[];

int replays_begin(void **state);
int replays_end(void **state);

#define CASE(name) cmocka_unit_test_setup_teardown(name, replays_begin, replays_end)

/* In a directory of their own; the result is that of main(). */
int replays_run_group(const char *name, const struct CMUnitTest *tests, size_t n);

#define replays_run(name, tests) replays_run_group(name, tests, ARRAY_SIZE(tests))

/* Make a record of what fake.samples holds, but for @skip samples at its begin. */
void make_record(size_t skip);
/* Have a PNIC, so that a record begins with its state. */
void add_pnic(void);
/* Edit files by a command of the shell, which is freed. */
int shell(char *command);
size_t count(const char *text, const char *what);
void assert_says(const struct result *r, const char *what);

#endif
