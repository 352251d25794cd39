// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepayd-wire.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdicts[PREPAYD_VERDICTS] = {
	[PREPAYD_AUTHENTIC] = "authentic", [PREPAYD_WRONG] = "wrong",
	[PREPAYD_REPLAYED] = "replayed",   [PREPAYD_NOT_TYPED] = "not-typed",
	[PREPAYD_NO_KEY] = "no-key",
};

static bool is_utrn(const char *text)
{
	return strlen(text) == PREPAYD_UTRN_ROOM - 1 &&
	       strspn(text, "0123456789") == PREPAYD_UTRN_ROOM - 1;
}

void prepayd_ask_of(struct prepayd_question *question, uint64_t supplier,
		    const struct prepay *p, const char *utrn)
{
	memset(question, 0, sizeof(*question));
	strcpy(question->utrn, is_utrn(utrn) ? utrn : "?");
	question->supplier = supplier;
	question->highest = p->highest;
	question->floor = p->floor;
	question->n_used = p->n_used;
	memcpy(question->used, p->used, sizeof(question->used));
}

size_t prepayd_write_question(const struct prepayd_question *question,
			      char *line)
{
	int len = snprintf(line, PREPAYD_LINE_MAX,
			   "%s %" PRIu64 " %" PRIu32 " %" PRIu32,
			   question->utrn, question->supplier,
			   question->highest, question->floor);

	for (int n = 0; n < question->n_used; n++)
		len += snprintf(line + len, PREPAYD_LINE_MAX - (size_t)len,
				" %" PRIu32, question->used[n]);
	line[len] = '\n';
	line[len + 1] = 0;
	return (size_t)len + 1;
}

size_t prepayd_write_answer(const struct prepayd_token *token, char *line)
{
	return (size_t)snprintf(line, PREPAYD_LINE_MAX,
				"%s %u %" PRIu64 " %" PRId64 " %s\n",
				verdicts[token->verdict], token->code,
				token->counter, token->value_mp, token->text);
}

/* The next word; *line goes behind it. The last ends with the newline. */
static int next_word(const char **line, char *word, size_t room, char *ret_end)
{
	size_t len = strcspn(*line, " \n");

	if (!len || len >= room || !(*line)[len])
		return -EBADMSG;
	memcpy(word, *line, len);
	word[len] = 0;
	*ret_end = (*line)[len];
	*line += len + 1;
	return 0;
}

static int next_number(const char **line, uint64_t most, uint64_t *ret,
		       char *ret_end)
{
	char word[24], *end;

	if (next_word(line, word, sizeof(word), ret_end) || word[0] < '0' ||
	    word[0] > '9')
		return -EBADMSG;
	errno = 0;
	*ret = strtoull(word, &end, 10);
	return errno || *end || *ret > most ? -EBADMSG : 0;
}

static int next_u32(const char **line, uint32_t *ret, char *ret_end)
{
	uint64_t value;
	int r = next_number(line, UINT32_MAX, &value, ret_end);

	if (!r)
		*ret = (uint32_t)value;
	return r;
}

int prepayd_read_question(const char *line, struct prepayd_question *ret)
{
	struct prepayd_question q;
	char end;

	memset(&q, 0, sizeof(q));
	if (next_word(&line, q.utrn, sizeof(q.utrn), &end) || end != ' ' ||
	    (strcmp(q.utrn, "?") != 0 && !is_utrn(q.utrn)))
		return -EBADMSG;
	if (next_number(&line, UINT64_MAX, &q.supplier, &end) || end != ' ' ||
	    next_u32(&line, &q.highest, &end) || end != ' ' ||
	    next_u32(&line, &q.floor, &end))
		return -EBADMSG;
	while (end == ' ') {
		if (q.n_used == PREPAY_TOKENS ||
		    next_u32(&line, &q.used[q.n_used++], &end))
			return -EBADMSG;
	}
	if (*line)
		return -EBADMSG;
	*ret = q;
	return 0;
}

static int verdict_of(const char *word, enum prepayd_verdict *ret)
{
	for (int n = 0; n < PREPAYD_VERDICTS; n++)
		if (!strcmp(word, verdicts[n])) {
			*ret = (enum prepayd_verdict)n;
			return 0;
		}
	return -EBADMSG;
}

int prepayd_read_answer(const char *line, struct prepayd_token *ret)
{
	struct prepayd_token token;
	uint64_t code, value;
	char word[16], end;
	size_t len;

	memset(&token, 0, sizeof(token));
	if (next_word(&line, word, sizeof(word), &end) || end != ' ' ||
	    verdict_of(word, &token.verdict))
		return -EBADMSG;
	if (next_number(&line, UINT16_MAX, &code, &end) || end != ' ' ||
	    next_number(&line, UINT64_MAX, &token.counter, &end) ||
	    end != ' ' ||
	    next_number(&line, PREPAY_RATE_MAX_MP, &value, &end) || end != ' ')
		return -EBADMSG;
	len = strcspn(line, "\n");
	if (!len || len >= sizeof(token.text) || strcmp(line + len, "\n") != 0)
		return -EBADMSG;
	memcpy(token.text, line, len);
	token.code = (uint16_t)code;
	token.value_mp = (int64_t)value;
	*ret = token;
	return 0;
}
