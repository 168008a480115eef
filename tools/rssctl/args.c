// SPDX-License-Identifier: GPL-2.0-only
/* Words of the command line and how each kind of value is read from one. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "args.h"

#define DEV_NAME_MAX 15	/* IFNAMSIZ without the terminator */

/* Next word, or NULL at the end. */
const char *args_next(struct args *args)
{
	if (!args->n)
		return NULL;
	args->n--;
	return *args->v++;
}

enum rc args_need(struct args *args, const char *what, const char **word)
{
	*word = args_next(args);
	if (!*word)
		return err(RC_USAGE, "%s is missing", what);
	return RC_OK;
}

enum rc unknown_word(const char *word)
{
	return err(RC_USAGE, "unknown word \"%s\"", word);
}

enum rc args_end(struct args *args)
{
	const char *word = args_next(args);

	return word ? unknown_word(word) : RC_OK;
}

/* Decimal only: a leading blank, '+' or "0x" that strtoll would take is a typo here. */
static bool is_decimal(const char *word)
{
	if (*word == '-')
		word++;
	if (!*word)
		return false;
	for (; *word; word++)
		if (*word < '0' || *word > '9')
			return false;
	return true;
}

enum rc parse_number(const char *what, const char *word, __s64 min, __s64 max, __s64 *v)
{
	if (!is_decimal(word))
		return err(RC_USAGE, "%s: \"%s\" is not a number", what, word);
	errno = 0;
	*v = strtoll(word, NULL, 10);
	if (errno || *v < min || *v > max)
		return err(RC_USAGE, "%s: \"%s\" is not in the range %lld..%lld",
			   what, word, min, max);
	return RC_OK;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Six pairs of hex digits with ':' between. */
static bool mac_from(const char *word, __u8 *addr)
{
	if (strlen(word) != 3 * MAC_LEN - 1)
		return false;
	for (int i = 0; i < MAC_LEN; i++, word += 3) {
		int hi = hex_digit(word[0]), lo = hex_digit(word[1]);

		if (hi < 0 || lo < 0 || word[2] != (i < MAC_LEN - 1 ? ':' : '\0'))
			return false;
		addr[i] = (__u8)(hi << 4 | lo);
	}
	return true;
}

enum rc parse_mac(const char *what, const char *word, struct mac *mac)
{
	static const __u8 zero[MAC_LEN];

	if (!mac_from(word, mac->addr))
		return err(RC_USAGE, "%s: \"%s\" is not a MAC address", what, word);
	if (mac->addr[0] & 1)
		return err(RC_USAGE, "%s: \"%s\" is a multicast address", what, word);
	if (!memcmp(mac->addr, zero, MAC_LEN))
		return err(RC_USAGE, "%s: \"%s\" is no address of a VM", what, word);
	mac->set = true;
	return RC_OK;
}

/* What isalnum() says in the C locale, whatever the locale is. */
static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Of a VM or of a group: [A-Za-z0-9][A-Za-z0-9._:@-]{0,62} */
enum rc parse_name(const char *what, const char *word)
{
	size_t len = strlen(word);

	if (len > RSS_ENGINE_NAME_MAX)
		return err(RC_USAGE, "%s: \"%s\" is longer than %d characters", what, word,
			   RSS_ENGINE_NAME_MAX);
	for (size_t i = 0; i < len; i++)
		if (!is_alnum(word[i]) && !(i && strchr("._:@-", word[i])))
			return err(RC_USAGE, "%s: \"%s\": character %zu is not allowed there",
				   what, word, i + 1);
	return len ? RC_OK : err(RC_USAGE, "%s: \"\" is empty", what);
}

enum rc parse_dev_name(const char *what, const char *word)
{
	size_t len = strlen(word);

	if (!len || len > DEV_NAME_MAX || strpbrk(word, "/: \t\n\v\f\r") ||
	    !strcmp(word, ".") || !strcmp(word, ".."))
		return err(RC_USAGE, "%s: \"%s\" is no name of a network device", what, word);
	return RC_OK;
}

static enum rc parse_enum(const struct field *field, const char *word, struct opt *opt)
{
	char *list;

	if (names_find(field->names, word, &opt->v)) {
		opt->set = true;
		return RC_OK;
	}
	list = names_list(field->names);
	err(RC_USAGE, "%s: \"%s\" is none of %s", field->name, word, list);
	free(list);
	return RC_USAGE;
}

/* One of the two would be ignored. */
enum rc given_twice(const char *what, const char *word)
{
	return err(RC_USAGE, "%s is given twice, again as \"%s\"", what, word);
}

/**
 * parse_field() - read a value that the user gave for a field
 * @field: a number or an enumeration
 * @word: the user's word
 * @obj: the struct that has the field
 *
 * Return: RC_OK, or RC_USAGE after a message that names @word; a value given
 * twice is refused.
 */
enum rc parse_field(const struct field *field, const char *word, void *obj)
{
	struct opt *opt = field_ptr(field, obj);
	enum rc rc;

	if (opt->set)
		return given_twice(field->name, word);
	if (field->type == F_ENUM)
		return parse_enum(field, word, opt);
	rc = parse_number(field->name, word, field->min, field->max, &opt->v);
	opt->set = rc == RC_OK;
	return rc;
}

enum rc args_dev(struct args *args, const char *what, const char **dev)
{
	enum rc rc = args_need(args, what, dev);

	return rc ? rc : parse_dev_name(what, *dev);
}

/**
 * args_option() - read the value of an option that is a field of an object
 * @args: the words after the option's name
 * @schema: of the object
 * @word: the option's name
 * @allowed: attributes that this command takes as options
 * @n: number of @allowed
 * @obj: the object
 *
 * Return: RC_OK or RC_USAGE after a message.
 */
enum rc args_option(struct args *args, const struct schema *schema, const char *word,
		    const __u16 *allowed, size_t n, void *obj)
{
	const struct field *field;
	const char *value;
	enum rc rc;

	for (size_t i = 0; i < n; i++) {
		field = schema_attr(schema, allowed[i]);
		if (strcmp(field->name, word))
			continue;
		rc = args_need(args, word, &value);
		return rc ? rc : parse_field(field, value, obj);
	}
	return unknown_word(word);
}
