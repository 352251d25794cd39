// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lines between prepayd and its checker: refused, or written the same. */
#include <stdlib.h>
#include <string.h>

#include "../prepayd/prepayd-wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char line[PREPAYD_LINE_MAX], again[PREPAYD_LINE_MAX];
	struct prepayd_question question, question_again;
	struct prepayd_token token, token_again;

	if (len >= sizeof(line))
		return 0;
	if (len)
		memcpy(line, data, len);
	line[len] = 0;
	/* Numbers may have been written with more zeros: by what they are. */
	if (!prepayd_read_question(line, &question)) {
		prepayd_write_question(&question, again);
		if (prepayd_read_question(again, &question_again) ||
		    memcmp(&question, &question_again, sizeof(question)) != 0)
			abort();
	}
	if (!prepayd_read_answer(line, &token)) {
		prepayd_write_answer(&token, again);
		if (prepayd_read_answer(again, &token_again) ||
		    memcmp(&token, &token_again, sizeof(token)) != 0)
			abort();
	}
	return 0;
}
