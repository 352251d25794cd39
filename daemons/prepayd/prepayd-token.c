// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * prepayd-token: is this a token of the supplier for this device? One question
 * on standard input, one answer on standard output. It is a process of its own
 * so that the daemon, which is always there, has neither the device's private
 * key nor the memory that the arithmetic takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/keystore.h"
#include "../proto/gbcs-utrn.h"
#include "prepayd-wire.h"

/* What prepayd makes of a result, and GBCS's alert for it. */
static const struct {
	enum prepayd_verdict verdict;
	uint16_t code;
} meanings[] = {
	[GBCS_UTRN_OK] = { PREPAYD_AUTHENTIC, 0 },
	[GBCS_UTRN_NOT_DIGITS] = { PREPAYD_NOT_TYPED, 0 },
	[GBCS_UTRN_CHECK_DIGIT] = { PREPAYD_WRONG, 0 },
	[GBCS_UTRN_FORMAT] = { PREPAYD_WRONG, 0 },
	[GBCS_UTRN_NOT_AUTHENTIC] = { PREPAYD_WRONG, 0x8f63 },
	[GBCS_UTRN_DUPLICATE] = { PREPAYD_REPLAYED, 0x8f51 },
	[GBCS_UTRN_OLD] = { PREPAYD_REPLAYED, 0x8f51 },
	[GBCS_UTRN_NO_KEY] = { PREPAYD_NO_KEY, 0 },
};

static enum gbcs_utrn_result check(const struct keystore *store,
				   const struct prepayd_question *question,
				   struct prepayd_token *token)
{
	/* Limits are the account's business. */
	struct gbcs_utrn_state state = {
		.highest = (uint64_t)question->highest << 32,
		.used = question->used,
		.n_used = (size_t)question->n_used,
		.floor = question->floor,
		.max_credit_mp = INT64_MAX,
		.max_balance_mp = INT64_MAX,
	};
	enum gbcs_utrn_result result;
	struct gbcs_utrn utrn;

	result = gbcs_utrn_parse(question->utrn, &utrn);
	if (result != GBCS_UTRN_OK)
		return result;
	token->value_mp = gbcs_utrn_value_mp(&utrn);
	return gbcs_utrn_check(store->crypto,
			       question->supplier ? question->supplier :
						    store->supplier,
			       store->device, &utrn, &state, &token->counter);
}

static int answer(const char *keys, const char *meter, const char *line,
		  char *reply)
{
	struct prepayd_token token = { 0 };
	struct prepayd_question question;
	enum gbcs_utrn_result result;
	struct keystore store;
	char prefix[64];

	if (prepayd_read_question(line, &question))
		return -1;
	snprintf(prefix, sizeof(prefix), "%s_", meter);
	if (keystore_open(&store, keys, prefix)) {
		result = GBCS_UTRN_NO_KEY;
	} else {
		result = check(&store, &question, &token);
		keystore_close(&store);
	}
	token.verdict = meanings[result].verdict;
	token.code = meanings[result].code;
	snprintf(token.text, sizeof(token.text), "%s",
		 gbcs_utrn_result_text(result));
	prepayd_write_answer(&token, reply);
	return 0;
}

int main(int argc, char **argv)
{
	char line[PREPAYD_LINE_MAX], reply[PREPAYD_LINE_MAX];

	if (argc != 3) {
		fputs("Usage: prepayd-token KEYS METER <question\n", stderr);
		return 2;
	}
	if (!fgets(line, sizeof(line), stdin) ||
	    answer(argv[1], argv[2], line, reply)) {
		fputs("prepayd-token: not a question\n", stderr);
		return EXIT_FAILURE;
	}
	fputs(reply, stdout);
	return EXIT_SUCCESS;
}
