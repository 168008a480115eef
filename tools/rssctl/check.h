/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the module's books and the NIC's own account differ. */
#ifndef RSSCTL_CHECK_H
#define RSSCTL_CHECK_H

#include "nic.h"
#include "schema.h"

/**
 * struct books - what the module has on record
 * @pnics: list of struct pnic
 * @engines: list of struct engine, of all PNICs
 * @placements: list of struct placement
 * @vms: list of struct vm
 */
struct books {
	struct list pnics;
	struct list engines;
	struct list placements;
	struct list vms;
};

void books_clear(struct books *books);
const struct engine *books_engine(const struct books *books, const struct pnic *pnic, __s64 id);
const struct engine *books_context(const struct books *books, const struct pnic *pnic, __s64 id);
const char *rule_vm(const struct books *books, const struct pnic *pnic,
		    const struct nic_rule *rule);
void check_pnic(const struct books *books, const struct pnic *pnic, const struct nic *nic,
		struct list *warnings);

#endif
