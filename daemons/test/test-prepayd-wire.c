// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../prepayd/prepayd-wire.h"
#include "test.h"

static void a_question_comes_back(void **state)
{
	struct prepayd_question question, back;
	struct prepay p = { .highest = UINT32_MAX, .floor = 4294967000U };
	char line[PREPAYD_LINE_MAX];
	size_t len;

	(void)state;
	p.n_used = PREPAY_TOKENS;
	for (uint32_t n = 0; n < PREPAY_TOKENS; n++)
		p.used[n] = UINT32_MAX - PREPAY_TOKENS + n;
	prepayd_ask_of(&question, UINT64_MAX, &p, "73943333457189043313");
	len = prepayd_write_question(&question, line);
	assert_int_equal(len, strlen(line));
	assert_int_equal(prepayd_read_question(line, &back), 0);
	assert_memory_equal(&question, &back, sizeof(back));
	memset(&p, 0, sizeof(p));
	prepayd_ask_of(&question, 0, &p, "7394333345718904331\n");
	assert_string_equal(question.utrn, "?");
	prepayd_write_question(&question, line);
	assert_string_equal(line, "? 0 0 0\n");
	assert_int_equal(prepayd_read_question(line, &back), 0);
	assert_memory_equal(&question, &back, sizeof(back));
}

static void an_answer_comes_back(void **state)
{
	struct prepayd_token token, back;
	char line[PREPAYD_LINE_MAX];
	size_t len;

	(void)state;
	memset(&token, 0, sizeof(token));
	token.code = 0x8f63;
	token.counter = UINT64_C(0xffffffff00000000);
	token.value_mp = 819100000;
	strcpy(token.text,
	       "not authentic: not of this supplier for this device");
	for (int n = 0; n < PREPAYD_VERDICTS; n++) {
		token.verdict = (enum prepayd_verdict)n;
		len = prepayd_write_answer(&token, line);
		assert_int_equal(len, strlen(line));
		assert_int_equal(prepayd_read_answer(line, &back), 0);
		assert_memory_equal(&token, &back, sizeof(back));
	}
}

static void what_is_no_answer_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"\n",
		"authentic",
		"authentic 0 0 0",
		"authentic 0 0 0\n",
		"authentic 0 0 0 \n",
		"authentic 0 0 0 yes",
		"authentic 0 0 0 yes\nno\n",
		"authentic 65536 0 0 yes\n",
		"authentic 0 18446744073709551616 0 yes\n",
		"authentic 0 0 -1 yes\n",
		"authentic 0 0 100000000001 yes\n",
		"authentic 0x1 0 0 yes\n",
		"authentic  0 0 0 yes\n",
		"authentic\n0 0 0 yes\n",
		"authentic +1 0 0 yes\n",
		"genuine 0 0 0 yes\n",
	};
	struct prepayd_token token;
	char line[256];

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(lines); n++)
		assert_int_equal(prepayd_read_answer(lines[n], &token),
				 -EBADMSG);
	assert_int_equal(prepayd_read_answer("wrong 1 2 3 yes\n", &token), 0);
	/* A sentence of any length is not taken. */
	snprintf(line, sizeof(line), "wrong 1 2 3 %0100d\n", 1);
	assert_int_equal(prepayd_read_answer(line, &token), -EBADMSG);
}

static void what_is_no_question_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"? 0 0\n",
		"? 0 0 0",
		"? 0 0 0 \n",
		"? 0 0 0 1 \n",
		"? 0 0 4294967296\n",
		"7394333345718904331 0 0 0\n",
		"739433334571890433133 0 0 0\n",
		"? 0 0 0\n\n",
	};
	struct prepayd_question question;
	char line[PREPAYD_LINE_MAX] = "? 0 0 0";

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(lines); n++)
		assert_int_equal(prepayd_read_question(lines[n], &question),
				 -EBADMSG);
	for (int n = 0; n < PREPAY_TOKENS; n++)
		strcat(line, " 1");
	strcat(line, "\n");
	assert_int_equal(prepayd_read_question(line, &question), 0);
	strcpy(strchr(line, '\n'), " 1\n");
	assert_int_equal(prepayd_read_question(line, &question), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_comes_back),
		cmocka_unit_test(an_answer_comes_back),
		cmocka_unit_test(what_is_no_answer_is_refused),
		cmocka_unit_test(what_is_no_question_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
