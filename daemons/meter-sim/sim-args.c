// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim-args.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim-text.h"

#define DEPTH_MAX 16
#define US INT64_C(1000000)

struct args {
	sd_bus_message *message; /* NULL: only look whether they fit */
	char *const *word;
	size_t left;
	int64_t now_s;
	const char *why;
};

static int refuse(struct args *args, const char *why)
{
	args->why = why;
	return -EINVAL;
}

static const char *next_word(struct args *args)
{
	if (!args->left)
		return NULL;
	args->left--;
	return *args->word++;
}

/* The length of the one complete type at the front; 0: there is none. */
static size_t type_length(const char *signature, unsigned int depth)
{
	size_t n = 1, part;
	char close;

	if (depth > DEPTH_MAX || !*signature)
		return 0;
	if (*signature == 'a') {
		part = type_length(signature + 1, depth + 1);
		return part ? 1 + part : 0;
	}
	if (*signature != '(' && *signature != '{')
		return strchr("ybnqiuxtdsogv", *signature) ? 1 : 0;
	close = *signature == '(' ? ')' : '}';
	while (signature[n] != close) {
		part = type_length(signature + n, depth + 1);
		if (!part)
			return 0;
		n += part;
	}
	return n > 1 ? n + 1 : 0;
}

/* @TIME, @+1d, @-1d: us. */
static int parse_instant(const char *text, int64_t now_s, int64_t *ret)
{
	int64_t s;
	int sign = *text == '+' ? 1 : *text == '-' ? -1 : 0;

	if (!sign) {
		if (sim_time(text, &s))
			return -EINVAL;
		*ret = s * US;
		return 0;
	}
	if (sim_duration(text + 1, &s))
		return -EINVAL;
	*ret = (now_s + sign * s) * US;
	return 0;
}

static int parse_signed(const struct args *args, const char *text, int bits,
			int64_t *ret)
{
	int64_t limit = bits == 64 ? INT64_MAX : (INT64_C(1) << (bits - 1)) - 1;
	char *end;
	int r = 0;

	errno = 0;
	if (*text == '@') {
		r = parse_instant(text + 1, args->now_s, ret);
	} else {
		*ret = strtoll(text, &end, 10);
		if (end == text || *end || errno || *text == ' ' ||
		    *text == '+')
			r = -EINVAL;
	}
	if (r || *ret > limit || *ret < -limit - 1)
		return -EINVAL;
	return 0;
}

static int parse_unsigned(const struct args *args, const char *text, int bits,
			  uint64_t *ret)
{
	uint64_t limit = UINT64_MAX >> (64 - bits);
	int64_t instant;
	char *end;

	errno = 0;
	if (*text == '@') {
		if (parse_instant(text + 1, args->now_s, &instant) ||
		    instant < 0)
			return -EINVAL;
		*ret = (uint64_t)instant;
	} else {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		*ret = strtoull(text, &end, 10);
		if (*end || errno)
			return -EINVAL;
	}
	return *ret > limit ? -EINVAL : 0;
}

static int parse_bool(const char *text, int *ret)
{
	static const char *const yes[] = { "true", "yes", "on", "1" };
	static const char *const no[] = { "false", "no", "off", "0" };

	for (size_t n = 0; n < 4; n++) {
		if (!strcmp(text, yes[n]) || !strcmp(text, no[n])) {
			*ret = !strcmp(text, yes[n]);
			return 0;
		}
	}
	return -EINVAL;
}

static int append_number(struct args *args, char type, const char *text)
{
	static const struct {
		char type;
		int bits;
		bool minus;
	} kinds[] = {
		{ 'y', 8, false },  { 'n', 16, true },	{ 'q', 16, false },
		{ 'i', 32, true },  { 'u', 32, false }, { 'x', 64, true },
		{ 't', 64, false },
	};
	size_t n = 0;
	union {
		uint64_t t;
		int64_t x;
		uint32_t u;
		uint16_t q;
		uint8_t y;
	} value, wide;

	while (kinds[n].type != type)
		n++;
	if (kinds[n].minus ? parse_signed(args, text, kinds[n].bits, &wide.x) :
			     parse_unsigned(args, text, kinds[n].bits, &wide.t))
		return refuse(args, "not a number of its type");
	if (!args->message)
		return 0;
	switch (kinds[n].bits) {
	case 8:
		value.y = (uint8_t)wide.t;
		break;
	case 16:
		value.q = (uint16_t)wide.t;
		break;
	case 32:
		value.u = (uint32_t)wide.t;
		break;
	default:
		value.t = wide.t;
	}
	return sd_bus_message_append_basic(args->message, type, &value);
}

static bool object_path(const char *text)
{
	size_t len = strlen(text);

	if (text[0] != '/' || (len > 1 && text[len - 1] == '/') || len > 255)
		return false;
	for (size_t n = 0; n < len; n++) {
		bool ok = (text[n] >= 'a' && text[n] <= 'z') ||
			  (text[n] >= 'A' && text[n] <= 'Z') ||
			  (text[n] >= '0' && text[n] <= '9') ||
			  text[n] == '_' ||
			  (text[n] == '/' && text[n + 1] != '/');

		if (!ok)
			return false;
	}
	return true;
}

static bool signature_ok(const char *text)
{
	size_t len = strlen(text), part;

	if (len > 255)
		return false;
	for (; *text; text += part) {
		part = type_length(text, 0);
		if (!part)
			return false;
	}
	return true;
}

/* Octets that may be on the bus as text. */
static bool utf8_ok(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at) {
		int more = *at < 0x80	  ? 0 :
			   *at >> 5 == 6  ? 1 :
			   *at >> 4 == 14 ? 2 :
			   *at >> 3 == 30 ? 3 :
					    -1;
		uint32_t code = more > 0 ? *at & (0x3f >> more) : *at;
		static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };

		if (more < 0)
			return false;
		for (int n = 0; n < more; n++) {
			if (*++at >> 6 != 2)
				return false;
			code = code << 6 | (*at & 0x3f);
		}
		if (code < least[more] || code > 0x10ffff ||
		    (code >= 0xd800 && code < 0xe000))
			return false;
		at++;
	}
	return true;
}

static int append_basic(struct args *args, char type)
{
	const char *text = next_word(args);
	double number;
	char *end;
	int yes;

	if (!text)
		return refuse(args, "a value is missing");
	switch (type) {
	case 'b':
		if (parse_bool(text, &yes))
			return refuse(args, "neither true nor false");
		return args->message ?
			       sd_bus_message_append_basic(args->message, 'b',
							   &yes) :
			       0;
	case 'd':
		number = strtod(text, &end);
		if (end == text || *end)
			return refuse(args, "not a number of its type");
		return args->message ?
			       sd_bus_message_append_basic(args->message, 'd',
							   &number) :
			       0;
	case 's':
		if (!utf8_ok(text))
			return refuse(args, "not UTF-8");
		break;
	case 'o':
		if (!object_path(text))
			return refuse(args, "not the path of an object");
		break;
	case 'g':
		if (!signature_ok(text))
			return refuse(args, "not a signature");
		break;
	default:
		return append_number(args, type, text);
	}
	return args->message ?
		       sd_bus_message_append_basic(args->message, type, text) :
		       0;
}

static int append_types(struct args *args, const char *signature, size_t len,
			unsigned int depth);

static int append_array(struct args *args, const char *element, size_t len,
			unsigned int depth)
{
	const char *text = next_word(args);
	uint64_t count;
	char contents[256];
	int r = 0;

	if (!text || parse_unsigned(args, text, 32, &count))
		return refuse(args, "an array begins with its length");
	if (count > args->left)
		return refuse(args, "an array longer than its words");
	memcpy(contents, element, len);
	contents[len] = '\0';
	if (args->message)
		r = sd_bus_message_open_container(args->message, 'a', contents);
	for (; count && r >= 0; count--)
		r = append_types(args, element, len, depth + 1);
	if (r >= 0 && args->message)
		r = sd_bus_message_close_container(args->message);
	return r;
}

static int append_variant(struct args *args, unsigned int depth)
{
	const char *text = next_word(args);
	size_t len = text ? type_length(text, 0) : 0;
	int r = 0;

	if (!len || text[len] || len > 255)
		return refuse(args, "a variant begins with its signature");
	if (args->message)
		r = sd_bus_message_open_container(args->message, 'v', text);
	if (r >= 0)
		r = append_types(args, text, len, depth + 1);
	if (r >= 0 && args->message)
		r = sd_bus_message_close_container(args->message);
	return r;
}

static int append_struct(struct args *args, const char *fields, size_t len,
			 char type, unsigned int depth)
{
	char contents[256];
	int r = 0;

	memcpy(contents, fields, len);
	contents[len] = '\0';
	if (args->message)
		r = sd_bus_message_open_container(args->message, type,
						  contents);
	if (r >= 0)
		r = append_types(args, fields, len, depth + 1);
	if (r >= 0 && args->message)
		r = sd_bus_message_close_container(args->message);
	return r;
}

/* All of a signature that is one. */
static int append_types(struct args *args, const char *signature, size_t len,
			unsigned int depth)
{
	int r = 0;

	if (depth > DEPTH_MAX)
		return refuse(args, "too deep");
	while (len && r >= 0) {
		size_t part = type_length(signature, 0);

		if (*signature == 'a')
			r = append_array(args, signature + 1, part - 1, depth);
		else if (*signature == 'v')
			r = append_variant(args, depth);
		else if (*signature == '(' || *signature == '{')
			r = append_struct(args, signature + 1, part - 2,
					  *signature == '(' ? 'r' : 'e', depth);
		else
			r = append_basic(args, *signature);
		signature += part;
		len -= part;
	}
	return r;
}

static int append_all(struct args *args, const char *signature)
{
	int r;

	if (!signature_ok(signature))
		return refuse(args, "not a signature");
	r = append_types(args, signature, strlen(signature), 0);
	if (r >= 0 && args->left)
		return refuse(args, "more values than the signature has");
	return r < 0 ? r : 0;
}

int sim_args_check(const char *signature, char *const *words, size_t n,
		   const char **ret_why)
{
	struct args args = { .word = words, .left = n, .now_s = SIM_END_S };
	int r = append_all(&args, signature);

	if (r)
		*ret_why = args.why;
	return r;
}

int sim_args_append(sd_bus_message *message, const char *signature,
		    char *const *words, size_t n, int64_t now_s)
{
	struct args args = {
		.message = message, .word = words, .left = n, .now_s = now_s
	};

	return append_all(&args, signature);
}
