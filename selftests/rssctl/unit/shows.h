/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of shows share: objects to be shown, and what is printed of them. */
#ifndef RSSCTL_SHOWS_H
#define RSSCTL_SHOWS_H

#include <json-c/json.h>

#include "cm.h"
#include "fake.h"

int reset(void **state);
struct placement *add_placement(const char *vm, const char *dev);
struct vm *add_vm(const char *name);
struct engine *add_engine(__s64 id, __s64 context);
struct json_object *one_object(char **words, const char *keys);
struct json_object *get(struct json_object *object, const char *key);
const char *get_str(struct json_object *object, const char *key);
__s64 get_num(struct json_object *object, const char *key);
bool is_null(struct json_object *object, const char *key);
void text_has(char **words, const char *piece);

#define JSON(keys, ...) one_object((char *[]){ "-j", __VA_ARGS__, NULL }, keys)
#define TEXT(piece, ...) text_has((char *[]){ __VA_ARGS__, NULL }, piece)

#define CASE(name) cmocka_unit_test_setup_teardown(name, reset, reset)

#endif
