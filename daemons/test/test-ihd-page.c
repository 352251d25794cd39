// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "../ihdd/ihd-page.h"
#include "test.h"

static struct ihd_view make_view(void)
{
	struct ihd_view view = { .n = 3 };

	view.field[0] = (struct ihd_field){ .name = "a",
					    .kind = IHD_TEXT,
					    .text = "<b> & \"c\"\\\n" };
	view.field[1] = (struct ihd_field){ .name = "n",
					    .kind = IHD_NUMBER,
					    .number = -12 };
	view.field[2] = (struct ihd_field){ .name = "m", .kind = IHD_MISSING };
	return view;
}

static void fill(const char *template, const char *expected)
{
	struct ihd_view view = make_view();
	size_t len;
	char *text = ihd_page_fill(template, strlen(template), &view, &len);

	assert_non_null(text);
	assert_string_equal(text, expected);
	assert_int_equal(len, strlen(expected));
	free(text);
}

static void places_are_filled_and_escaped(void **state)
{
	(void)state;
	fill("", "");
	fill("x", "x");
	fill("[{{a}}]", "[&lt;b&gt; &amp; &quot;c&quot;\\\n]");
	fill("{{n}}{{n}}", "-12-12");
	fill("[{{m}}][{{unknown}}]", "[][]");
	fill("{{n", "{{n");
	fill("{", "{");
	fill("{{}}", "");
	fill("{{nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn}}x",
	     "{{nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn}}x");
}

static void json_is_escaped_and_knows_null(void **state)
{
	struct ihd_view view = make_view(), empty = { .n = 0 };
	size_t len;
	char *text = ihd_page_json(&view, &len);

	(void)state;
	assert_string_equal(text, "{\"a\":\"<b> & \\\"c\\\"\\\\\\u000a\","
				  "\"n\":-12,\"m\":null}");
	free(text);
	text = ihd_page_json(&empty, &len);
	assert_string_equal(text, "{}");
	free(text);
}

static void only_our_own_names_are_answered(void **state)
{
	static const char *const good[] = {
		"127.0.0.1", "10.0.2.15:8080", "localhost", "localhost:80",
		"hub",	     "HUB:8080",       "hub.local", "hub.local:1",
		"[::1]",     "[fe80::1]:8080",
	};
	static const char *const bad[] = {
		"",	     "evil.example",   "evil.example:8080",
		"hub.evil",  "xhub.local",     "hub.local.evil",
		".local",    "127.0.0.1.evil", "localhost:",
		"hub:80:80", "hub:123456",     "hub:8x",
		"[::1",	     "[::1]x",	       "[evil]",
		"[]",	     "localhost@evil", "10.0.2.15 ",
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(good); n++)
		if (!ihd_page_host_ok(good[n], "hub"))
			fail_msg("refused %s", good[n]);
	for (size_t n = 0; n < ARRAY_SIZE(bad); n++)
		if (ihd_page_host_ok(bad[n], "hub"))
			fail_msg("accepted %s", bad[n]);
	assert_false(ihd_page_host_ok(NULL, "hub"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_filled_and_escaped),
		cmocka_unit_test(json_is_escaped_and_knows_null),
		cmocka_unit_test(only_our_own_names_are_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
