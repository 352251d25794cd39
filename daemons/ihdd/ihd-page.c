// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ihd-page.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void put_html(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

static void put_field(FILE *out, const struct ihd_view *view, const char *name)
{
	const struct ihd_field *field = ihd_view_find(view, name);

	if (field && field->kind == IHD_TEXT)
		put_html(out, field->text);
	else if (field && field->kind == IHD_NUMBER)
		fprintf(out, "%" PRId64, field->number);
}

/* Returns where the text goes on behind a {{name}}, or NULL if it is none. */
static const char *put_place(FILE *out, const struct ihd_view *view,
			     const char *at, const char *end)
{
	const char *close = memmem(at, (size_t)(end - at), "}}", 2);
	char name[32];
	size_t len;

	if (!close)
		return NULL;
	at += 2;
	len = (size_t)(close - at);
	if (len >= sizeof(name))
		return NULL;
	memcpy(name, at, len);
	name[len] = 0;
	put_field(out, view, name);
	return close + 2;
}

char *ihd_page_fill(const char *template, size_t len,
		    const struct ihd_view *view, size_t *ret_len)
{
	const char *at = template, *end = template + len;
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_len);

	if (!out)
		return NULL;
	while (at < end) {
		const char *place = memmem(at, (size_t)(end - at), "{{", 2);
		const char *next;

		if (!place)
			place = end;
		fwrite(at, 1, (size_t)(place - at), out);
		at = place;
		if (at == end)
			break;
		next = put_place(out, view, at, end);
		if (!next) {
			fwrite(at, 1, 2, out);
			next = at + 2;
		}
		at = next;
	}
	return fclose(out) ? (free(text), NULL) : text;
}

static void put_json(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char ch = (unsigned char)*text;

		if (ch == '"' || ch == '\\')
			fprintf(out, "\\%c", ch);
		else if (ch < 0x20)
			fprintf(out, "\\u%04x", ch);
		else
			fputc(ch, out);
	}
	fputc('"', out);
}

char *ihd_page_json(const struct ihd_view *view, size_t *ret_len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_len);

	if (!out)
		return NULL;
	for (int n = 0; n < view->n; n++) {
		const struct ihd_field *field = &view->field[n];

		fputs(n ? "," : "{", out);
		put_json(out, field->name);
		fputc(':', out);
		if (field->kind == IHD_TEXT)
			put_json(out, field->text);
		else if (field->kind == IHD_NUMBER)
			fprintf(out, "%" PRId64, field->number);
		else
			fputs("null", out);
	}
	fputs(view->n ? "}" : "{}", out);
	return fclose(out) ? (free(text), NULL) : text;
}

static bool port_ok(const char *text)
{
	if (!*text)
		return true;
	if (*text++ != ':' || !*text || strlen(text) > 5)
		return false;
	for (; *text; text++)
		if (!isdigit((unsigned char)*text))
			return false;
	return true;
}

bool ihd_page_host_ok(const char *host, const char *own_name)
{
	struct in6_addr six;
	struct in_addr four;
	char name[128];
	size_t len;

	if (!host)
		return false;
	if (*host == '[') {
		len = strcspn(host + 1, "]");
		if (len >= sizeof(name) || host[1 + len] != ']' ||
		    !port_ok(host + len + 2))
			return false;
		memcpy(name, host + 1, len);
		name[len] = 0;
		return inet_pton(AF_INET6, name, &six) == 1;
	}
	len = strcspn(host, ":");
	if (!len || len >= sizeof(name) || !port_ok(host + len))
		return false;
	memcpy(name, host, len);
	name[len] = 0;
	if (inet_pton(AF_INET, name, &four) == 1 ||
	    !strcasecmp(name, "localhost") || !strcasecmp(name, own_name))
		return true;
	return len > 6 && !strcasecmp(name + len - 6, ".local") &&
	       len - 6 == strlen(own_name) &&
	       !strncasecmp(name, own_name, len - 6);
}
