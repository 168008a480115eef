// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations that fail or take long on demand, so that the error paths of the NIC's
 * users can be tested.
 */
#include <linux/delay.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>

#include "simnic.h"

static const char *const simnic_fail_names[SIMNIC_FAIL_MAX] = {
	[SIMNIC_FAIL_CTX_CREATE]	= "ctx_create",
	[SIMNIC_FAIL_CTX_MODIFY]	= "ctx_modify",
	[SIMNIC_FAIL_CTX_REMOVE]	= "ctx_remove",
	[SIMNIC_FAIL_RULE_INSERT]	= "rule_insert",
	[SIMNIC_FAIL_RULE_DELETE]	= "rule_delete",
	[SIMNIC_FAIL_SET_RXFH]		= "set_rxfh",
	[SIMNIC_FAIL_SET_CHANNELS]	= "set_channels",
};

/**
 * simnic_op_begin() - take as long as calls shall take; is this one that shall fail?
 * @nic: NIC
 * @op: the operation
 * @extack: told why, may be NULL
 *
 * Called behind the operation's own checks and before it changes anything.
 *
 * Context: may sleep.
 * Return: 0, or the negative errno to fail with.
 */
int simnic_op_begin(struct simnic *nic, enum simnic_fail_op op,
		    struct netlink_ext_ack *extack)
{
	struct simnic_fail *fail = &nic->fail[op];
	u32 delay = READ_ONCE(nic->op_delay_ms);

	if (delay)
		msleep(delay);
	if (!atomic_read(&fail->left) ||
	    atomic_dec_if_positive(&fail->after) >= 0 ||
	    atomic_dec_if_positive(&fail->left) < 0)
		return 0;
	NL_SET_ERR_MSG_FMT_MOD(extack, "%s fails as fail_next asked", simnic_fail_names[op]);
	return -READ_ONCE(fail->err);
}

/* Takes a number from @words; one that is not there keeps its default */
static int simnic_fail_number(char **words, unsigned int *number)
{
	char *word = strsep(words, " ");

	if (!word)
		return 0;
	return kstrtouint(word, 10, number) ? -EINVAL : 0;
}

/**
 * simnic_fail_arm() - parse "OP COUNT [ERRNO [AFTER]]" and let COUNT calls of
 *	OP fail, behind AFTER calls that do not
 * @nic: NIC
 * @words: the line, changed by parsing
 *
 * ERRNO is a positive number, EIO without it. COUNT 0 disarms.
 *
 * Return: 0 or -EINVAL.
 */
int simnic_fail_arm(struct simnic *nic, char *words)
{
	unsigned int count, err = EIO, after = 0;
	int op;

	words = strim(words);
	op = match_string(simnic_fail_names, SIMNIC_FAIL_MAX, strsep(&words, " "));
	if (op < 0 || !words || simnic_fail_number(&words, &count) ||
	    simnic_fail_number(&words, &err) || simnic_fail_number(&words, &after) ||
	    words)
		return -EINVAL;
	if (count > INT_MAX || after > INT_MAX || !err || err > MAX_ERRNO)
		return -EINVAL;
	WRITE_ONCE(nic->fail[op].err, err);
	atomic_set(&nic->fail[op].after, after);
	atomic_set(&nic->fail[op].left, count);
	return 0;
}

/**
 * simnic_fail_show() - list the operations that will fail
 * @nic: NIC
 * @m: one line for each: OP COUNT ERRNO AFTER
 */
void simnic_fail_show(const struct simnic *nic, struct seq_file *m)
{
	int i, left;

	for (i = 0; i < SIMNIC_FAIL_MAX; i++) {
		left = atomic_read(&nic->fail[i].left);
		if (left > 0)
			seq_printf(m, "%s %d %d %d\n", simnic_fail_names[i], left,
				   READ_ONCE(nic->fail[i].err),
				   atomic_read(&nic->fail[i].after));
	}
}
