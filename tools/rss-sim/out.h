/* SPDX-License-Identifier: GPL-2.0-only */
/* Results, as a table for each scenario or as one JSON array. */
#ifndef SIM_OUT_H
#define SIM_OUT_H

#include <stdio.h>

#include "run.h"

struct json_object;

void out_head(FILE *file, const struct scenario *scenario, uint64_t seed);
void out_row(FILE *file, const struct balancer *balancer, const struct result *result);

/* A new object for the array. */
struct json_object *out_json(const struct scenario *scenario, const struct balancer *balancer,
			     uint64_t seed, const struct result *result);

#endif
