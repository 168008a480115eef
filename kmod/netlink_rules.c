// SPDX-License-Identifier: GPL-2.0-only
/* The rules of VMs as attributes. */
#include <net/genetlink.h>

#include "netlink_priv.h"

/**
 * struct rule - where an attribute is kept
 * @attr: RSS_ENGINE_A_VM_*
 * @offset: of a u32 in struct rsse_vm_rules
 */
struct rule {
	int attr;
	size_t offset;
};

#define RULE(attr, field) \
	{ RSS_ENGINE_A_VM_##attr, offsetof(struct rsse_vm_rules, field) }

static const struct rule numbers[] = {
	RULE(MIN_STATE, min_state),
	RULE(MAX_STATE, max_state),
	RULE(LATENCY, latency),
	RULE(NEED, need),
	RULE(REQUIRE, require),
	RULE(PREFER, prefer),
	RULE(RESERVE, reserve),
};

static int parse_group(const struct genl_info *info, int attr, const char **name)
{
	const struct nlattr *given = info->attrs[attr];

	*name = given ? nla_data(given) : NULL;
	if (!given || !**name || rsse_nl_name_valid(*name))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, given,
			    "a group has a name as a VM has, or an empty one");
	return -EINVAL;
}

bool rsse_nl_has_rules(const struct genl_info *info)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (info->attrs[numbers[i].attr])
			return true;
	return info->attrs[RSS_ENGINE_A_VM_APART] ||
	       info->attrs[RSS_ENGINE_A_VM_TOGETHER];
}

int rsse_nl_parse_rules(const struct genl_info *info,
			const struct rsse_vm_rules *now, struct rsse_vm_spec *spec)
{
	unsigned int i;
	int err;

	spec->rules = *now;
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		const struct nlattr *attr = info->attrs[numbers[i].attr];

		if (attr)
			*(u32 *)((char *)&spec->rules + numbers[i].offset) =
				nla_get_u32(attr);
	}
	err = parse_group(info, RSS_ENGINE_A_VM_APART, &spec->apart);
	if (err)
		return err;
	return parse_group(info, RSS_ENGINE_A_VM_TOGETHER, &spec->together);
}

int rsse_nl_put_rules(struct sk_buff *skb, const struct rsse_vm_rules *rules)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (nla_put_u32(skb, numbers[i].attr,
				*(const u32 *)((const char *)rules +
					       numbers[i].offset)))
			return -EMSGSIZE;
	return (rules->apart && nla_put_string(skb, RSS_ENGINE_A_VM_APART,
					       rules->apart->name)) ||
	       (rules->together && nla_put_string(skb, RSS_ENGINE_A_VM_TOGETHER,
						  rules->together->name));
}
