// SPDX-License-Identifier: GPL-2.0-only
/* The words of vm add and vm set. */
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "ipc.h"
#include "nic.h"
#include "vm.h"

#define PID_MAX_LIMIT	4194304	/* the kernel's greatest, on 64 bits */

static struct vnic *last_vnic(struct vm *vm)
{
	return vm->vnic.n ? list_at(&vm->vnic, vm->vnic.n - 1, sizeof(struct vnic)) : NULL;
}

static enum rc add_dev(struct vm *vm, const char *value)
{
	struct vnic *vnic;
	enum rc rc = parse_dev_name("dev", value);

	if (rc)
		return rc;
	for_each(other, &vm->vnic, struct vnic)
		if (!strcmp(other->ifname, value))
			return err(RC_USAGE, "dev \"%s\" is given twice", value);
	vnic = list_push(&vm->vnic, sizeof(*vnic));
	vnic->ifname = xstrdup(value);
	return RC_OK;
}

static enum rc add_mac(struct vnic *vnic, const char *value)
{
	struct mac mac = {};
	struct filter *filter;
	enum rc rc = parse_mac("mac", value, &mac);

	if (rc)
		return rc;
	filter = list_push(&vnic->filter, sizeof(*filter));
	filter->mac = mac;
	return RC_OK;
}

/* Of the address before it; before any address, of those that name none. */
static enum rc add_vlan(struct vnic *vnic, const char *value)
{
	const struct field *field = schema_attr(&filter_schema, RSS_ENGINE_A_FILTER_VLAN);
	struct opt *vlan = &vnic->vlan;

	if (vnic->filter.n)
		vlan = &((struct filter *)vnic->filter.v)[vnic->filter.n - 1].vlan;
	if (vlan->set)
		return err(RC_USAGE, "a second vlan, \"%s\", for one mac", value);
	vlan->set = !parse_number("vlan", value, field->min, field->max, &vlan->v);
	return vlan->set ? RC_OK : RC_USAGE;
}

static enum rc add_worker(struct vnic *vnic, const char *value)
{
	__s64 pid;
	enum rc rc = parse_number("worker", value, 1, PID_MAX_LIMIT, &pid);

	if (rc)
		return rc;
	for_each(other, &vnic->worker, __u32)
		if (*other == pid)
			return err(RC_USAGE, "worker \"%s\" is given twice", value);
	*(__u32 *)list_push(&vnic->worker, sizeof(__u32)) = (__u32)pid;
	return RC_OK;
}

static enum rc add_pnic(struct vm_words *words, const char *value)
{
	enum rc rc = parse_dev_name("pnic", value);

	if (rc)
		return rc;
	for_each(other, &words->pnics, const char *)
		if (!strcmp(*other, value))
			return err(RC_USAGE, "pnic \"%s\" is given twice", value);
	*(const char **)list_push(&words->pnics, sizeof(value)) = value;
	return RC_OK;
}

/* A word that belongs to the dev before it. */
static enum rc add_of_vnic(struct vm *vm, const char *value, const char *word,
			   enum rc (*add)(struct vnic *vnic, const char *value))
{
	struct vnic *vnic = last_vnic(vm);

	if (!vnic)
		return err(RC_USAGE, "%s \"%s\" has no dev before it", word, value);
	return add(vnic, value);
}

static const struct {
	const char *word;
	enum rc (*add)(struct vnic *vnic, const char *value);
} vnic_words[] = {
	{ "mac", add_mac },
	{ "vlan", add_vlan },
	{ "worker", add_worker },
};

static enum rc parse_option(struct args *args, const char *word, bool pnics,
			    struct vm_words *words)
{
	static const __u16 allowed[] = { RSS_ENGINE_A_VM_PRIORITY, RSS_ENGINE_A_VM_PIN };
	const char *value;
	bool is_dev = !strcmp(word, "dev"), is_pnic = pnics && !strcmp(word, "pnic");
	size_t i;

	words->given = true;
	if (is_rule(word))
		return parse_rule(args, word, &words->vm);
	for (i = 0; i < ARRAY_SIZE(vnic_words); i++)
		if (!strcmp(word, vnic_words[i].word))
			break;
	if (!is_dev && !is_pnic && i == ARRAY_SIZE(vnic_words))
		return args_option(args, &vm_schema, word, allowed, ARRAY_SIZE(allowed),
				   &words->vm);
	if (args_need(args, word, &value))
		return RC_USAGE;
	if (is_dev)
		return add_dev(&words->vm, value);
	if (is_pnic)
		return add_pnic(words, value);
	return add_of_vnic(&words->vm, value, word, vnic_words[i].add);
}

/* Addresses without a VLAN of their own get the one that their dev names. */
static void spread_vlans(struct vm *vm)
{
	for_each(vnic, &vm->vnic, struct vnic)
		for_each(filter, &vnic->filter, struct filter)
			if (!filter->vlan.set)
				filter->vlan = vnic->vlan;
}

/**
 * vm_words_parse() - read NAME and the options behind it
 * @args: the words
 * @pnics: whether the command takes "pnic DEV"
 * @words: empty; filled, to be cleared in any case
 *
 * Return: RC_OK, or RC_USAGE after a message that names the word.
 */
enum rc vm_words_parse(struct args *args, bool pnics, struct vm_words *words)
{
	const char *word;
	enum rc rc = args_need(args, "NAME", &word);

	if (!rc)
		rc = parse_name("NAME", word);
	if (rc)
		return rc;
	words->vm.name = xstrdup(word);
	while (!rc && (word = args_next(args)))
		rc = parse_option(args, word, pnics, words);
	spread_vlans(&words->vm);
	return rc;
}

/* The bridge's word for a VNIC that the user gave no address of. */
static enum rc learn(struct vnic *vnic)
{
	struct list macs = {};
	enum rc rc = ipc_bridge_macs(vnic->ifname, &macs);

	for_each(mac, &macs, struct mac) {
		struct filter *filter = list_push(&vnic->filter, sizeof(*filter));

		filter->mac = *mac;
		filter->vlan = vnic->vlan;
		opt_set(&filter->learnt, 1);
	}
	free(macs.v);
	/* An address that the module learns later could not be tied to the VLAN. */
	if (!rc && !vnic->filter.n && vnic->vlan.set)
		rc = err(RC_FAILED, "no bridge knows an address of %s yet: its vlan needs a mac",
			 vnic->ifname);
	return rc;
}

/* Ask the system for what the words leave out: numbers of PNICs, addresses. */
enum rc vm_words_complete(struct vm_words *words)
{
	enum rc rc = RC_OK;

	for_each(dev, &words->pnics, const char *) {
		struct opt ifindex = {};

		rc = nic_index(*dev, &ifindex);
		if (rc)
			return rc;
		*(__u32 *)list_push(&words->vm.pnic, sizeof(__u32)) = (__u32)ifindex.v;
	}
	for_each(vnic, &words->vm.vnic, struct vnic) {
		if (!vnic->filter.n)
			rc = learn(vnic);
		if (rc)
			return rc;
	}
	return RC_OK;
}

void vm_words_clear(struct vm_words *words)
{
	obj_clear(&vm_schema, &words->vm);
	free(words->pnics.v);
}
