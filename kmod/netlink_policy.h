/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy's own structs as attributes. */
#ifndef RSSE_NETLINK_POLICY_H
#define RSSE_NETLINK_POLICY_H

#include <linux/types.h>

struct sk_buff;

/* Of one message of a sample or of a state; what does not fit takes another. */
#define RSSE_POLICY_MSG_SIZE	(SKB_WITH_OVERHEAD(8192UL) - NLMSG_HDRLEN - GENL_HDRLEN)

enum rsse_nl_kind {
	RSSE_NL_U32,	/* u32 or s32 */
	RSSE_NL_U64,
	RSSE_NL_FLAG,	/* bool */
};

/**
 * struct rsse_nl_field - where an attribute is in a struct of the policy
 * @attr: number of the attribute
 * @offset: in the struct
 * @kind: what is there
 */
struct rsse_nl_field {
	u16 attr;
	u16 offset;
	enum rsse_nl_kind kind;
};

/**
 * struct rsse_nl_struct - a struct of the policy
 * @nr: entries of @fields
 * @fields: its members
 */
struct rsse_nl_struct {
	unsigned int nr;
	const struct rsse_nl_field *fields;
};

extern const struct rsse_nl_struct rsse_nl_config;
extern const struct rsse_nl_struct rsse_nl_engine;
extern const struct rsse_nl_struct rsse_nl_balance;	/* beside rsse_nl_engine */
extern const struct rsse_nl_struct rsse_nl_vm;
extern const struct rsse_nl_struct rsse_nl_decision;	/* beside rsse_nl_vm */
extern const struct rsse_nl_struct rsse_nl_outcome;
extern const struct rsse_nl_struct rsse_nl_move;
extern const struct rsse_nl_struct rsse_nl_entries;	/* without its array */
extern const struct rsse_nl_struct rsse_nl_queue;
extern const struct rsse_nl_struct rsse_nl_entry;
extern const struct rsse_nl_struct rsse_nl_written;
extern const struct rsse_nl_struct rsse_nl_limits;
extern const struct rsse_nl_struct rsse_nl_shift;
extern const struct rsse_nl_struct rsse_nl_rewrite;	/* without its changes */
extern const struct rsse_nl_struct rsse_nl_change;
extern const struct rsse_nl_struct rsse_nl_engine_state;
extern const struct rsse_nl_struct rsse_nl_vm_state;
extern const struct rsse_nl_struct rsse_nl_backoff;
extern const struct rsse_nl_struct rsse_nl_moved;

/* Put the members of @obj that are not 0; 0 or -EMSGSIZE. */
int rsse_nl_put_struct(struct sk_buff *skb, const struct rsse_nl_struct *desc,
		       const void *obj);

/* The same in a nest @attr; the message is as before when it does not fit. */
int rsse_nl_put_nest(struct sk_buff *skb, int attr,
		     const struct rsse_nl_struct *desc, const void *obj);

#endif /* RSSE_NETLINK_POLICY_H */
