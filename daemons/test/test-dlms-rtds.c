// SPDX-License-Identifier: LGPL-2.1-or-later
/* DLMS content of the reference messages: all of it, to the octet. */
#include "dlms-check.h"
#include "rtds.h"

#include "../proto/dlms-time.h"

/* Values, down to the last one. */
struct seen {
	size_t messages, values, depth;
	bool tag[256];
};

static void see(struct seen *seen, const struct dlms_data *data, size_t depth)
{
	struct dlms_data child;
	struct dlms_iter it;

	seen->values++;
	seen->tag[data->tag] = true;
	if (depth > seen->depth)
		seen->depth = depth;
	switch (dlms_type(data->tag)->form) {
	case DLMS_FORM_LIST:
	case DLMS_FORM_COMPACT:
		it = dlms_iter_of(data);
		while (dlms_next(&it, &child))
			see(seen, &child, depth + 1);
		assert_int_equal(dlms_iter_done(&it), 0);
		assert_int_equal(reader_left(&it.at), 0);
		break;
	default:
		break;
	}
}

static void see_value(struct seen *seen, const struct dlms_data *data)
{
	/* To a tree and to octets again. */
	assert_true(check_data(data->raw));
	see(seen, data, 1);
}

static void see_request(struct seen *seen, const struct dlms_request *request)
{
	struct dlms_items it = dlms_request_items(request);
	struct dlms_request_item item;

	while (dlms_next_request(&it, &item)) {
		see_value(seen, &item.data);
		if (item.spec.access == DLMS_GET_SELECT)
			see_value(seen, &item.spec.selection);
		else if (item.spec.access == DLMS_GET)
			assert_int_equal(item.data.tag, DLMS_NULL);
	}
	assert_int_equal(it.left, 0);
}

static void see_response(struct seen *seen,
			 const struct dlms_response *response)
{
	struct dlms_items it = dlms_response_items(response);
	struct dlms_response_item item;

	while (dlms_next_response(&it, &item)) {
		see_value(seen, &item.data);
		assert_string_not_equal(dlms_result_name(item.code), "unknown");
		/* After an error there is nothing to say (GBCS 6.3). */
		if (item.code)
			assert_int_equal(item.data.tag, DLMS_NULL);
	}
	assert_int_equal(it.left, 0);
}

static void see_alert(struct seen *seen, struct dlms_notification *alert)
{
	struct dlms_time time;
	struct dlms_data item;

	assert_int_equal(dlms_time_parse(alert->time, &time), 0);
	assert_int_equal(dlms_time_when(&time), DLMS_WHEN_EXACT);
	while (dlms_next(&alert->items, &item))
		see_value(seen, &item);
	assert_int_equal(dlms_iter_done(&alert->items), 0);
}

static void each(const struct rtds_message *m, void *context)
{
	struct seen *seen = context;
	struct dlms_notification alert;
	struct dlms_response response;
	struct dlms_request request;
	uint32_t liip;

	if (gbcs_message_encoding(&m->msg) != GBCS_DLMS)
		return;
	seen->messages++;
	/* By its items, and described. */
	if (!check_message(m->msg.content))
		fail_msg("%s", m->path);
	if (!dlms_request_parse(m->msg.content, &request)) {
		assert_int_equal(m->msg.cra, GBCS_COMMAND);
		liip = request.liip;
		see_request(seen, &request);
	} else if (!dlms_response_parse(m->msg.content, &response)) {
		assert_int_equal(m->msg.cra, GBCS_RESPONSE);
		liip = response.liip;
		see_response(seen, &response);
	} else {
		assert_int_equal(m->msg.cra, GBCS_ALERT);
		assert_int_equal(
			dlms_notification_parse(m->msg.content, &alert), 0);
		liip = alert.liip;
		see_alert(seen, &alert);
	}
	assert_int_equal(liip, dlms_liip(m->msg.counter));
}

static void every_message_is_written_again(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	rtds_each(each, &seen);
	assert_true(seen.messages > 0);
	/* Of what GBCS 7.2 names, enough to say that it was looked at. */
	assert_true(seen.tag[DLMS_COMPACT_ARRAY] && seen.tag[DLMS_ENUM]);
	print_message("%zu messages, %zu values, %zu deep\n", seen.messages,
		      seen.values, seen.depth);
	assert_true(seen.depth < DLMS_MAX_DEPTH);
}

/* Ten octets of each changed: refused, or another message. */
static void each_changed(const struct rtds_message *m, void *context)
{
	struct span content = m->msg.content;
	uint8_t *copy;

	if (gbcs_message_encoding(&m->msg) != GBCS_DLMS)
		return;
	copy = malloc(content.len);
	assert_non_null(copy);
	for (unsigned int n = 0; n < 10; n++) {
		size_t at = (n * 7919 + content.len / 2) % content.len;

		memcpy(copy, content.p, content.len);
		copy[at] ^= (uint8_t)(1U << n % 8);
		(void)check_message(SPAN(copy, content.len));
		(void)check_message(SPAN(copy, at));
	}
	free(copy);
	++*(size_t *)context;
}

static void damaged_messages_are_harmless(void **state)
{
	size_t n = 0;

	(void)state;
	rtds_each(each_changed, &n);
	assert_true(n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_is_written_again),
		cmocka_unit_test(damaged_messages_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
