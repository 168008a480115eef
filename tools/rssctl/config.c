// SPDX-License-Identifier: GPL-2.0-only
/* rssctl config */
#include <stdio.h>
#include <stdlib.h>

#include <linux/rss_engine.h>

#include "cmd.h"

#define KEY(name, NAME) { #name, RSS_ENGINE_A_CONFIG_##NAME }

static const struct column config_columns[] = {
	KEY(period_ms, PERIOD_MS),
	KEY(period_max_ms, PERIOD_MAX_MS),
	KEY(share_above, SHARE_ABOVE),
	KEY(unshare_below, UNSHARE_BELOW),
	KEY(engine_above, ENGINE_ABOVE),
	KEY(return_margin, RETURN_MARGIN),
	KEY(release_below, RELEASE_BELOW),
	KEY(hold_up_ms, HOLD_UP_MS),
	KEY(hold_down_ms, HOLD_DOWN_MS),
	KEY(dwell_ms, DWELL_MS),
	KEY(manual_hold_ms, MANUAL_HOLD_MS),
	KEY(gain_min, GAIN_MIN),
	KEY(moves_max, MOVES_MAX),
	KEY(vnic_bound_above, VNIC_BOUND_ABOVE),
	KEY(select, SELECT),
	KEY(scale, SCALE),
	KEY(grow_above, GROW_ABOVE),
	KEY(pack_below, PACK_BELOW),
	KEY(starve_ms, STARVE_MS),
	KEY(cpu_above, CPU_ABOVE),
};

static const struct view config_view = {
	.schema = &config_schema,
	.columns = config_columns,
	.n = ARRAY_SIZE(config_columns),
};

/* One key a line, as "config set" would take it. */
static void print_config(const struct config *config)
{
	for (size_t i = 0; i < config_view.n; i++) {
		char *value = column_text(&config_view, &config_columns[i], config);

		printf("%-16s  %s\n", config_columns[i].title, value);
		free(value);
	}
}

static enum rc config_show(struct app *app, struct args *args)
{
	struct config config = {};
	struct json_object *array;
	struct ipc *ipc;
	enum rc rc = args_end(args);

	if (!rc)
		rc = app_ipc(app, &ipc);
	if (!rc)
		rc = ipc_do(ipc, RSS_ENGINE_CMD_CONFIG_GET, &config_schema, NULL, &config);
	if (rc)
		return rc;
	if (app->json) {
		array = json_object_new_array();
		json_object_array_add(array, view_json(&config_view, &config));
		print_json(array);
	} else {
		print_config(&config);
	}
	return RC_OK;
}

static enum rc config_set(struct app *app, struct args *args)
{
	struct config config = {};
	const struct field *field;
	const char *key, *value;
	enum rc rc;

	rc = args_need(args, "KEY", &key);
	while (!rc && key) {
		field = schema_name(&config_schema, key);
		if (!field)
			return unknown_word(key);
		rc = args_need(args, key, &value);
		if (!rc)
			rc = parse_field(field, value, &config);
		key = args_next(args);
	}
	return rc ? rc : app_do(app, RSS_ENGINE_CMD_CONFIG_SET, &config_schema, &config);
}

const struct cmd config_cmds[] = {
	{ "show", "", "thresholds and times of the policy", config_show },
	{ "set", "KEY VALUE [KEY VALUE]...", "change them, all or none", config_set },
	{}
};
