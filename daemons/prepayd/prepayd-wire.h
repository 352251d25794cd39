/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between prepayd and prepayd-token, the process that has the keys: a line of
 * what is to be checked, and a line of what it is. Words are divided by one
 * blank; the last one of an answer is a sentence.
 */
#ifndef HEARTH_PREPAYD_WIRE_H
#define HEARTH_PREPAYD_WIRE_H

#include "prepayd-service.h"

#define PREPAYD_LINE_MAX 2048

struct prepayd_question {
	char utrn[PREPAYD_UTRN_ROOM]; /* "?": not 20 digits */
	uint64_t supplier;	      /* 0: the one that there is a key of */
	uint32_t highest, floor;      /* bits 63 to 32 of counters */
	int32_t n_used;
	uint32_t used[PREPAY_TOKENS];
};

void prepayd_ask_of(struct prepayd_question *question, uint64_t supplier,
		    const struct prepay *p, const char *utrn);

/* With the newline; line has PREPAYD_LINE_MAX octets. Returns the length. */
size_t prepayd_write_question(const struct prepayd_question *question,
			      char *line);
size_t prepayd_write_answer(const struct prepayd_token *token, char *line);

/* With the newline and a terminating 0. 0, or -EBADMSG: not such a line. */
int prepayd_read_question(const char *line, struct prepayd_question *ret);
int prepayd_read_answer(const char *line, struct prepayd_token *ret);

#endif /* HEARTH_PREPAYD_WIRE_H */
