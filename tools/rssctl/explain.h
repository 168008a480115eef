/* SPDX-License-Identifier: GPL-2.0-only */
/* Reasons in sentences. */
#ifndef RSSCTL_EXPLAIN_H
#define RSSCTL_EXPLAIN_H

#include "schema.h"

const char *reason_template(__s64 reason);
char *explain_reason(const struct placement *placement);
char *explain_engine(const struct engine *engine);
char *place_text(const struct opt *state, const struct opt *engine, const char *absent);

#endif
