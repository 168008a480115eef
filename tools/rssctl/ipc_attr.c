// SPDX-License-Identifier: GPL-2.0-only
/* Structs into netlink attributes and back, by the schema tables. */
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>

#include "ipc_attr.h"
#include "rssctl.h"

static __s64 attr_number(const struct nlattr *attr, enum field_type type)
{
	if (type == F_S32)
		return (__s32)nla_get_u32(attr);
	if (type == F_RAW_FLAG)
		return 1;
	if (type == F_U64 || type == F_RAW_U64)
		return (__s64)nla_get_u64(attr);
	return nla_get_u32(attr);
}

static size_t wire_size(enum field_type type)
{
	switch (type) {
	case F_U64:
	case F_RAW_U64:
		return sizeof(__u64);
	case F_RAW_U32:
	case F_RAW_S32:
	case F_RAW_ENUM:
	case F_U32:
	case F_S32:
	case F_ENUM:
	case F_U32S:
		return sizeof(__u32);
	case F_MAC:
		return MAC_LEN;
	default:
		return 0;
	}
}

char *attr_string(const struct nlattr *attr)
{
	size_t len = strnlen(nla_data(attr), (size_t)nla_len(attr));
	char *s = xcalloc(len + 1, 1);

	return memcpy(s, nla_data(attr), len);
}

static void read_field(const struct field *field, struct nlattr *attr, void *p)
{
	size_t size = field_elem_size(field);

	switch (field->type) {
	case F_STR:
		free(*(char **)p);
		*(char **)p = attr_string(attr);
		break;
	case F_STRS:
		*(char **)list_push(p, size) = attr_string(attr);
		break;
	case F_U32S:
		*(__u32 *)list_push(p, size) = nla_get_u32(attr);
		break;
	case F_NESTS:
		attrs_read(field->nest, nla_data(attr), nla_len(attr), list_push(p, size));
		break;
	case F_MAC:
		memcpy(((struct mac *)p)->addr, nla_data(attr), MAC_LEN);
		((struct mac *)p)->set = true;
		break;
	case F_FLAG:
		opt_set(p, 1);
		break;
	default:
		if (field_is_raw(field))
			raw_set(field, p, attr_number(attr, field->type));
		else
			opt_set(p, attr_number(attr, field->type));
		break;
	}
}

/* Attributes that a newer module may send and this tool does not know are skipped. */
void attrs_read(const struct schema *schema, struct nlattr *head, int len, void *obj)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_attr(attr, head, len, rem) {
		const struct field *field = schema_attr(schema, (__u16)nla_type(attr));

		if (field && (size_t)nla_len(attr) >= wire_size(field->type))
			read_field(field, attr, field_ptr(field, obj));
	}
}

static int write_nests(struct nl_msg *msg, const struct field *field, const struct list *list)
{
	int ret = 0;

	for (size_t i = 0; i < list->n && !ret; i++) {
		struct nlattr *nest = nla_nest_start(msg, field->attr | NLA_F_NESTED);

		if (!nest)
			return -NLE_NOMEM;
		ret = attrs_write(msg, field->nest, list_at(list, i, field->nest->size));
		nla_nest_end(msg, nest);
	}
	return ret;
}

static int write_u32s(struct nl_msg *msg, int attr, const struct list *list)
{
	int ret = 0;

	for_each(v, list, __u32) {
		ret = nla_put_u32(msg, attr, *v);
		if (ret)
			break;
	}
	return ret;
}

/* Requests have no lists of strings and no 64-bit numbers. */
static int write_field(struct nl_msg *msg, const struct field *field, const void *p)
{
	const struct opt *opt = p;
	const struct mac *mac = p;

	switch (field->type) {
	case F_STR:
		return *(char *const *)p ? nla_put_string(msg, field->attr, *(char *const *)p) : 0;
	case F_U32S:
		return write_u32s(msg, field->attr, p);
	case F_NESTS:
		return write_nests(msg, field, p);
	case F_MAC:
		return mac->set ? nla_put(msg, field->attr, MAC_LEN, mac->addr) : 0;
	case F_FLAG:
		return opt->set ? nla_put_flag(msg, field->attr) : 0;
	case F_U32:
	case F_S32:
	case F_ENUM:
		return opt->set ? nla_put_u32(msg, field->attr, (__u32)opt->v) : 0;
	default:
		return 0;
	}
}

int attrs_write(struct nl_msg *msg, const struct schema *schema, const void *obj)
{
	int ret = 0;

	for (size_t i = 0; i < schema->n && !ret; i++)
		ret = write_field(msg, &schema->fields[i], field_ptr(&schema->fields[i], obj));
	return ret;
}
