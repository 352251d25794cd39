// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Octets as a value, as a message and as a time: what is accepted is written
 * again to the same octets, and can be described.
 */
#include <errno.h>

#include "../proto/dlms-dump.h"
#include "../proto/dlms-time.h"
#include "fuzz.h"

#define ROOM 8192
#define ITEMS 512

static uint8_t out[ROOM];

/* Groups end, texts are read to their ends. */
struct listener {
	struct dump dump;
	int depth;
	size_t octets;
};

static void listen(struct dump *dump, const char *name, struct span raw,
		   const char *meaning)
{
	struct listener *l = (struct listener *)dump;

	l->octets += strlen(name) + (meaning ? strlen(meaning) : 0);
	for (size_t at = 0; at < raw.len; at++)
		l->octets += raw.p[at];
}

static void listen_begin(struct dump *dump, const char *name, struct span raw,
			 const char *meaning)
{
	((struct listener *)dump)->depth++;
	listen(dump, name, raw, meaning);
}

static void listen_end(struct dump *dump)
{
	require(((struct listener *)dump)->depth-- > 0);
}

static const struct listener silent = {
	.dump = { listen_begin, listen, listen_end },
};

static void same(const struct wbuf *w, struct span from)
{
	require(!w->bad && span_equal(SPAN(out, w->len), from));
}

static void try_value(struct span from)
{
	static struct dlms_node nodes[ROOM];
	struct listener l = silent;
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct dlms_protected_response sealed;
	struct dlms_protected_request asked;
	struct dlms_protected_object object;
	struct dlms_range range;
	struct dlms_data value;
	size_t n, encoded;
	bool ok = !dlms_data_parse(from, &value);
	int err = dlms_decode(from, nodes, ROOM, &n);

	require((err != -EBADMSG) == ok);
	if (!err) {
		require(dlms_node_end(nodes, n, 0) == n);
		require(!dlms_encode(nodes, n, out, sizeof(out), &encoded));
		require(span_equal(SPAN(out, encoded), from));
	}
	if (!ok)
		return;
	dlms_put_data(&w, &value);
	same(&w, from);
	require(!dlms_dump_plain(&l.dump, from) && !l.depth);
	w = wbuf_of(out, sizeof(out));
	if (!dlms_range_parse(&value, &range)) {
		dlms_put_range(&w, &range);
		same(&w, from);
	} else if (!dlms_protected_response_parse(&value, &sealed)) {
		dlms_put_protected_response(&w, &sealed.protection,
					    sealed.ciphertext, sealed.tag);
		same(&w, from);
	} else if (!dlms_protected_request_parse(&value, &asked)) {
		while (dlms_next_protected(&asked.objects, &object))
			;
		require(!dlms_iter_done(&asked.objects));
	}
}

static void try_request(struct span from)
{
	static struct dlms_request_item items[ITEMS];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct dlms_request request;
	struct dlms_items it;
	size_t n = 0;

	if (dlms_request_parse(from, &request) || request.count > ITEMS)
		return;
	it = dlms_request_items(&request);
	while (n < ITEMS && dlms_next_request(&it, &items[n]))
		n++;
	require(n == request.count);
	dlms_put_request(&w, request.liip, items, n);
	same(&w, from);
}

static void try_response(struct span from)
{
	static struct dlms_response_item items[ITEMS];
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct dlms_response response;
	struct dlms_items it;
	size_t n = 0;

	if (dlms_response_parse(from, &response) || response.count > ITEMS)
		return;
	it = dlms_response_items(&response);
	while (n < ITEMS && dlms_next_response(&it, &items[n]))
		n++;
	require(n == response.count);
	dlms_put_response(&w, response.liip, items, n);
	same(&w, from);
}

static void try_notification(struct span from)
{
	struct wbuf w = wbuf_of(out, sizeof(out));
	struct dlms_notification alert;
	struct dlms_data item;

	if (dlms_notification_parse(from, &alert))
		return;
	dlms_put_notification(&w, alert.liip, alert.alert_code, alert.time,
			      alert.items.left);
	while (dlms_next(&alert.items, &item))
		dlms_put_data(&w, &item);
	require(!dlms_iter_done(&alert.items));
	same(&w, from);
}

static void try_time(struct span from)
{
	struct wbuf w = wbuf_of(out, sizeof(out));
	char text[DLMS_TIME_TEXT_LEN];
	struct dlms_time time;
	int64_t seconds;

	if (dlms_time_parse(from, &time))
		return;
	dlms_time_text(&time, from.len, text);
	require(strlen(text) > 2);
	(void)dlms_time_to_seconds(&time, &seconds);
	dlms_time_put(&w, &time, from.len);
	same(&w, from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span from = SPAN(data, len);
	struct listener l = silent;

	if (!len || len > ROOM)
		return 0;
	try_value(from);
	try_request(from);
	try_response(from);
	try_notification(from);
	try_time(from);
	(void)dlms_dump(&l.dump, from);
	require(!l.depth);
	return 0;
}
