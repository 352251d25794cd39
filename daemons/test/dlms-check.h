/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What has to hold for any octets given to the DLMS decoders. */
#ifndef HEARTH_DLMS_CHECK_H
#define HEARTH_DLMS_CHECK_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../proto/dlms-dump.h"
#include "test.h"

#define ROOM 4096

struct octets {
	uint8_t p[ROOM];
	size_t len;
};

/* "01 02" and "0102". */
static inline struct octets hex(const char *text)
{
	struct octets out = { .len = 0 };
	unsigned int value;
	int used;

	while (sscanf(text, " %2x%n", &value, &used) == 1) {
		assert_true(out.len < sizeof(out.p));
		out.p[out.len++] = (uint8_t)value;
		text += used;
	}
	assert_int_equal(text[strspn(text, " ")], 0);
	return out;
}

#define SPAN_OF(o) SPAN((o).p, (o).len)

/* A listener that makes one text: (group(field=octets:meaning)). */
struct recorder {
	struct dump dump;
	char text[4096];
	size_t len;
	int depth;
};

static void record(struct dump *dump, const char *name, struct span raw,
		   const char *meaning, const char *open)
{
	struct recorder *r = (struct recorder *)dump;
	char *to = r->text + r->len;
	size_t room = sizeof(r->text) - r->len;
	int n = snprintf(to, room, "%s%s=", open, name);

	for (size_t at = 0; at < raw.len && n < 2000 && (size_t)n < room; at++)
		n += snprintf(to + n, room - (size_t)n, "%02x", raw.p[at]);
	if (meaning && (size_t)n < room)
		n += snprintf(to + n, room - (size_t)n, ":%s", meaning);
	/* What does not fit is not recorded. */
	if ((size_t)n < room)
		r->len += (size_t)n;
	else
		*to = 0;
}

static void record_begin(struct dump *dump, const char *name, struct span raw,
			 const char *meaning)
{
	((struct recorder *)dump)->depth++;
	record(dump, name, raw, meaning, "(");
}

static void record_field(struct dump *dump, const char *name, struct span raw,
			 const char *meaning)
{
	record(dump, name, raw, meaning, " ");
}

static void record_end(struct dump *dump)
{
	struct recorder *r = (struct recorder *)dump;

	assert_true(r->depth-- > 0);
	if (r->len + 1 < sizeof(r->text)) {
		r->text[r->len++] = ')';
		r->text[r->len] = 0;
	}
}

static inline struct recorder recorder(void)
{
	return (struct recorder){
		.dump = { record_begin, record_field, record_end },
	};
}

/* --- what has to hold for any octets */

static struct dlms_node nodes[ROOM * 2];

static void check_tree(struct span raw)
{
	uint8_t out[ROOM];
	size_t n, len;
	int err = dlms_decode(raw, nodes, ARRAY_SIZE(nodes), &n);

	if (err == -ENOSPC)
		return;
	assert_int_equal(err, 0);
	assert_int_equal(dlms_node_end(nodes, n, 0), n);
	assert_int_equal(dlms_encode(nodes, n, out, sizeof(out), &len), 0);
	assert_int_equal(len, raw.len);
	assert_memory_equal(out, raw.p, len);
}

static inline bool check_data(struct span from)
{
	struct recorder r = recorder();
	struct dlms_data data;
	uint8_t out[ROOM];
	struct wbuf w = wbuf_of(out, sizeof(out));
	size_t n;

	if (dlms_data_parse(from, &data)) {
		assert_int_equal(dlms_decode(from, nodes, 4, &n), -EBADMSG);
		return false;
	}
	assert_true(span_equal(data.raw, from));
	dlms_put_data(&w, &data);
	assert_false(w.bad);
	assert_true(span_equal(SPAN(out, w.len), from));
	check_tree(from);
	assert_int_equal(dlms_dump_plain(&r.dump, from), 0);
	assert_int_equal(r.depth, 0);
	return true;
}

static inline bool check_message(struct span from)
{
	static struct dlms_request_item asked[256];
	static struct dlms_response_item answered[256];
	struct dlms_notification alert;
	struct dlms_response response;
	struct dlms_request request;
	struct recorder r = recorder();
	struct dlms_items it;
	struct dlms_data item;
	uint8_t out[ROOM];
	struct wbuf w = wbuf_of(out, sizeof(out));
	size_t n = 0;

	if (!dlms_request_parse(from, &request)) {
		it = dlms_request_items(&request);
		while (n < 256 && dlms_next_request(&it, &asked[n]))
			n++;
		dlms_put_request(&w, request.liip, asked, n);
	} else if (!dlms_response_parse(from, &response)) {
		it = dlms_response_items(&response);
		while (n < 256 && dlms_next_response(&it, &answered[n]))
			n++;
		dlms_put_response(&w, response.liip, answered, n);
	} else if (!dlms_notification_parse(from, &alert)) {
		dlms_put_notification(&w, alert.liip, alert.alert_code,
				      alert.time, alert.items.left);
		while (dlms_next(&alert.items, &item))
			dlms_put_data(&w, &item);
		assert_int_equal(dlms_iter_done(&alert.items), 0);
	} else {
		assert_int_equal(dlms_dump(&r.dump, from), -EBADMSG);
		assert_int_equal(r.len, 0);
		return false;
	}
	assert_false(w.bad);
	assert_true(span_equal(SPAN(out, w.len), from));
	assert_int_equal(dlms_dump(&r.dump, from), 0);
	assert_int_equal(r.depth, 0);
	return true;
}

/* Each shorter one and one longer one are refused; the copy is for ASan. */
static inline void check_cuts(struct octets o, bool (*check)(struct span))
{
	for (size_t len = 0; len <= o.len + 1; len++) {
		uint8_t *copy = calloc(1, len + !len);
		bool accepted;

		assert_non_null(copy);
		memcpy(copy, o.p, len < o.len ? len : o.len);
		accepted = check(SPAN(copy, len));
		if (accepted ? len != o.len : len == o.len)
			fail_msg("%zu of %zu octets", len, o.len);
		free(copy);
	}
}

#endif /* HEARTH_DLMS_CHECK_H */
