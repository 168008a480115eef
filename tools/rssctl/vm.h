/* SPDX-License-Identifier: GPL-2.0-only */
/* rssctl vm: what its files share */
#ifndef RSSCTL_VM_H
#define RSSCTL_VM_H

#include "args.h"
#include "rssctl.h"
#include "schema.h"

struct json_object;

/**
 * struct vm_words - what a command line says about a VM
 * @vm: the request; names of PNICs are not resolved yet
 * @pnics: list of char *, pointing into the command line
 * @given: something beside the name
 */
struct vm_words {
	struct vm vm;
	struct list pnics;
	bool given;
};

enum rc vm_words_parse(struct args *args, bool pnics, struct vm_words *words);
enum rc vm_words_complete(struct vm_words *words);
void vm_words_clear(struct vm_words *words);

/* vm_rules.c */
bool is_rule(const char *word);
enum rc parse_rule(struct args *args, const char *word, struct vm *vm);
void rules_json(const struct vm *vm, struct json_object *json);
void print_rules(const struct vm *vm);

enum rc vm_show(struct app *app, struct args *args);

#endif
