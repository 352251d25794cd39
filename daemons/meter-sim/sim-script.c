// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim-script.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim-args.h"
#include "sim-text.h"

#define NUMBER_MAX INT64_C(1000000000)
#define FLOW_MAX_MW INT64_C(23000000)  /* 100 A at 230 V */
#define FLOW_MAX_CM3 INT64_C(16000000) /* an hour: a large home's meter */
#define CLOCK_MAX_S (INT64_C(366) * 86400)
#define STEP_MAX_S 86400
#define PATH_MAX_LEN 64
#define CUT_MAX_US 1000000
#define TOKEN_PENCE 8191 /* of a token: pence, or whole pounds */
#define TOKEN_MAX_PENCE INT64_C(819100)

const char *const sim_daemon_name[SIM_DAEMONS] = {
	"storaged",
	"tariffd",
	"prepayd",
	"supplyd",
};

const char *const sim_daemon_interface[SIM_DAEMONS] = {
	"Storage1",
	"Tariff1",
	"Prepayment1",
	"Supply1",
};

struct parser {
	struct sim_script *script;
	size_t room; /* for actions */
	char **word; /* of the line, still to be taken */
	size_t left;
	int64_t last_s; /* of the line before */
	unsigned int line;
	char *why;
};

static int refuse(struct parser *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int refuse(struct parser *p, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(p->why, SIM_WHY_LEN, format, list);
	va_end(list);
	return -EINVAL;
}

static char *next_word(struct parser *p)
{
	if (!p->left)
		return NULL;
	p->left--;
	return *p->word++;
}

/* The number of the next word in a list that ends with NULL. */
static int choose(struct parser *p, const char *what, const char *const *list,
		  int *ret)
{
	const char *word = next_word(p);

	if (!word)
		return refuse(p, "%s is missing", what);
	for (*ret = 0; list[*ret]; ++*ret)
		if (!strcmp(word, list[*ret]))
			return 0;
	return refuse(p, "\"%.40s\" is no %s", word, what);
}

static int take_meter(struct parser *p, struct sim_action *a)
{
	static const char *const meters[] = { "electricity0", "gas0", NULL };
	int n, r = choose(p, "meter", meters, &n);

	if (!r)
		a->meter = (enum sim_meter_kind)n;
	return r;
}

static int take_daemon(struct parser *p, struct sim_action *a, bool all)
{
	const char *list[SIM_DAEMONS + 2] = { NULL };
	int n, r;

	for (n = 0; n < SIM_DAEMONS; n++)
		list[n] = sim_daemon_name[n];
	list[n] = all ? "all" : NULL;
	r = choose(p, "daemon", list, &n);
	if (!r)
		a->daemon = (enum sim_daemon)n;
	return r;
}

static int take_duration(struct parser *p, const char *what, int64_t min_s,
			 int64_t max_s, int64_t *ret)
{
	const char *word = next_word(p);

	if (!word)
		return refuse(p, "%s is missing", what);
	if (sim_duration(word, ret))
		return refuse(p, "\"%.40s\" is no duration like 1d12h or 90s",
			      word);
	if (*ret < min_s || *ret > max_s)
		return refuse(p, "%s is %lld s to %lld s", what,
			      (long long)min_s, (long long)max_s);
	return 0;
}

/* --- calls and what is looked at */

static int take_object(struct parser *p, struct sim_action *a)
{
	a->object = next_word(p);
	if (!a->object)
		return refuse(p, "the object is missing");
	if (*a->object == '/' ? sim_args_check("o", (char **)&a->object, 1,
					       &(const char *){ NULL }) :
				strcmp(a->object, "electricity0") != 0 &&
					strcmp(a->object, "gas0") != 0 &&
					strcmp(a->object, "storage") != 0)
		return refuse(p,
			      "\"%.40s\" is no object: electricity0, gas0, "
			      "storage or a path",
			      a->object);
	return 0;
}

/* Letters, digits and _, not a digit first, as the bus has names. */
static bool is_name(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return len && len < PATH_MAX_LEN && !text[len] &&
	       (*text < '0' || *text > '9');
}

static int take_args(struct parser *p, struct sim_action *a, size_t keep)
{
	const char *why = NULL;

	a->signature = "";
	if (p->left <= keep)
		return 0;
	a->signature = next_word(p);
	a->args = p->word;
	a->n_args = p->left - keep;
	p->word += a->n_args;
	p->left = keep;
	if (sim_args_check(a->signature, a->args, a->n_args, &why))
		return refuse(p, "arguments \"%.40s\": %s", a->signature, why);
	return 0;
}

static int take_call(struct parser *p, struct sim_action *a)
{
	int r = take_daemon(p, a, false);

	if (!r)
		r = take_object(p, a);
	if (r)
		return r;
	a->interface = sim_daemon_interface[a->daemon];
	a->method = true;
	a->member = next_word(p);
	if (!a->member || !is_name(a->member))
		return refuse(p, "the method is missing, or no name");
	return take_args(p, a, 0);
}

static int take_refused(struct parser *p, struct sim_action *a)
{
	a->right = next_word(p);
	if (!a->right || !is_name(a->right))
		return refuse(p, "the error is missing, or no name");
	return take_call(p, a);
}

/* "Balance", "GetSupply().0": name, whether it is called, path. */
static int take_member(struct parser *p, struct sim_action *a)
{
	char *word = next_word(p), *path, *call;

	if (!word)
		return refuse(p, "the member is missing");
	a->member = word;
	a->path = "";
	path = strchr(word, '.');
	if (path) {
		*path = '\0';
		a->path = path + 1;
		if (!*a->path || strlen(a->path) >= PATH_MAX_LEN ||
		    strspn(a->path, "0123456789.") != strlen(a->path) ||
		    *a->path == '.' || strstr(a->path, "..") ||
		    a->path[strlen(a->path) - 1] == '.')
			return refuse(p,
				      "a path in a value is like .0 or .1.2");
	}
	call = strstr(word, "()");
	a->method = call && !call[2];
	if (a->method)
		*call = '\0';
	if (!is_name(word))
		return refuse(p, "\"%.40s\" is no name", word);
	return 0;
}

static int take_look(struct parser *p, struct sim_action *a, size_t keep)
{
	int r = take_object(p, a);

	if (r)
		return r;
	a->interface = next_word(p);
	if (!a->interface || !is_name(a->interface))
		return refuse(p, "the interface is missing, or no name");
	r = take_member(p, a);
	if (r)
		return r;
	if (!a->method && p->left > keep)
		return refuse(p, "only a method() takes arguments");
	return take_args(p, a, keep);
}

static int take_expect(struct parser *p, struct sim_action *a)
{
	int r = take_look(p, a, 2);

	if (r)
		return r;
	a->op = next_word(p);
	a->right = next_word(p);
	if (!a->right)
		return refuse(p, "a comparison and a value are missing");
	if (sim_value_compare("0", a->op, "0") < 0)
		return refuse(p, "\"%.40s\" is no == != < <= > >=", a->op);
	if (sim_value_compare(a->right, a->op, "0") < 0)
		return refuse(p, "%s compares whole numbers only", a->op);
	return 0;
}

static int take_top_up(struct parser *p, struct sim_action *a)
{
	static const char *const ends[] = { "accepted", "refused", "either",
					    NULL };
	const char *word;
	int r = take_meter(p, a);

	if (r)
		return r;
	word = next_word(p);
	if (!word)
		return refuse(p, "the pounds are missing");
	if (!strcmp(word, "again")) {
		a->choice = 1;
	} else if (sim_decimal(word, 2, 1, TOKEN_MAX_PENCE, &a->value) ||
		   (a->value > TOKEN_PENCE && a->value % 100)) {
		return refuse(p,
			      "\"%.40s\" is no token's worth: pounds, in "
			      "pence up to 81.91",
			      word);
	}
	if (!p->left)
		return 0;
	return choose(p, "end of a top-up", ends, &a->choice);
}

/* --- the home and the machine */

static int take_load(struct parser *p, struct sim_action *a)
{
	const char *word;
	int r = take_meter(p, a);
	bool gas = a->meter == SIM_GAS;

	if (r)
		return r;
	word = next_word(p);
	if (!word)
		return refuse(p, "the load is missing");
	a->choice = SIM_LOAD_FIXED;
	if (!strcmp(word, "profile") && !gas) {
		a->choice = SIM_LOAD_PROFILE;
	} else if (!strcmp(word, "made-up")) {
		a->choice = SIM_LOAD_MADE_UP;
		word = next_word(p);
		if (word && sim_decimal(word, 0, 0, NUMBER_MAX, &a->value))
			return refuse(p, "\"%.40s\" is no seed", word);
	} else if (sim_decimal(word, 3, gas ? 0 : -FLOW_MAX_MW,
			       gas ? FLOW_MAX_CM3 : FLOW_MAX_MW, &a->value)) {
		return refuse(p, "\"%.40s\" is no load: %s", word,
			      gas ? "made-up, or dm3 an hour up to 16000" :
				    "profile, made-up, or W up to 23000");
	}
	return 0;
}

static int take_clock(struct parser *p, struct sim_action *a)
{
	char *word = next_word(p);

	if (!word || (*word != '+' && *word != '-') ||
	    sim_duration(word + 1, &a->value) || a->value > CLOCK_MAX_S)
		return refuse(p, "the clock takes +DURATION or -DURATION, up "
				 "to a year");
	if (*word == '-')
		a->value = -a->value;
	return 0;
}

static int take_kill(struct parser *p, struct sim_action *a)
{
	const char *word;
	int r = take_daemon(p, a, true);

	if (r)
		return r;
	word = next_word(p);
	a->value = -1;
	if (word && sim_decimal(word, 0, 0, CUT_MAX_US, &a->value))
		return refuse(p, "\"%.40s\" is no number of us up to 1000000",
			      word);
	return 0;
}

static int take_disk(struct parser *p, struct sim_action *a)
{
	static const char *const states[] = { "works", "fails", NULL };
	int r = take_daemon(p, a, true);

	return r ? r : choose(p, "state of a disk", states, &a->choice);
}

static int take_contact(struct parser *p, struct sim_action *a)
{
	static const char *const states[] = { "free", "welded", "stuck",
					      "unknown", NULL };
	int r = take_meter(p, a);

	return r ? r : choose(p, "state of a contact", states, &a->choice);
}

static int take_replace(struct parser *p, struct sim_action *a)
{
	const char *word;
	int r = take_meter(p, a);

	if (r)
		return r;
	word = next_word(p);
	if (!word || strcmp(word, "replaced") != 0)
		return refuse(p, "a meter can be replaced [REGISTER]");
	word = next_word(p);
	if (word && sim_decimal(word, 0, 0, NUMBER_MAX, &a->value))
		return refuse(p, "\"%.40s\" is no register", word);
	return 0;
}

static int take_print(struct parser *p, struct sim_action *a)
{
	a->right = next_word(p);
	return a->right ? 0 : refuse(p, "the text is missing");
}

static const char *const verbs[SIM_VERBS + 1] = {
	[SIM_CALL] = "call",	   [SIM_TRY] = "try",
	[SIM_REFUSED] = "refused", [SIM_EXPECT] = "expect",
	[SIM_SHOW] = "show",	   [SIM_TOP_UP] = "top-up",
	[SIM_LOAD] = "load",	   [SIM_OUTAGE] = "outage",
	[SIM_HUB] = "hub-off",	   [SIM_LATCHING] = "latches",
	[SIM_KILL] = "kill",	   [SIM_STOP] = "stop",
	[SIM_START] = "start",	   [SIM_CLOCK] = "clock",
	[SIM_DISK] = "disk",	   [SIM_CONTACT] = "contact",
	[SIM_REPLACE] = "meter",   [SIM_STEP] = "step",
	[SIM_PRINT] = "print",	   [SIM_END] = "end",
};

static int take_verb(struct parser *p, struct sim_action *a)
{
	static const char *const latching[] = { "meter", "hub", "none", NULL };

	switch (a->verb) {
	case SIM_CALL:
	case SIM_TRY:
		return take_call(p, a);
	case SIM_REFUSED:
		return take_refused(p, a);
	case SIM_EXPECT:
		return take_expect(p, a);
	case SIM_SHOW:
		return take_look(p, a, 0);
	case SIM_TOP_UP:
		return take_top_up(p, a);
	case SIM_LOAD:
		return take_load(p, a);
	case SIM_OUTAGE:
	case SIM_HUB:
		return take_duration(p, "how long", 1, CLOCK_MAX_S, &a->value);
	case SIM_LATCHING:
		return choose(p, "who latches", latching, &a->choice);
	case SIM_KILL:
		return take_kill(p, a);
	case SIM_STOP:
	case SIM_START:
		return take_daemon(p, a, true);
	case SIM_CLOCK:
		return take_clock(p, a);
	case SIM_DISK:
		return take_disk(p, a);
	case SIM_CONTACT:
		return take_contact(p, a);
	case SIM_REPLACE:
		return take_replace(p, a);
	case SIM_STEP:
		return take_duration(p, "a step", 1, STEP_MAX_S, &a->value);
	case SIM_PRINT:
		return take_print(p, a);
	default:
		return 0;
	}
}

/* --- lines */

static int take_time(struct parser *p, int64_t *ret_s)
{
	const char *word = next_word(p);
	struct sim_script *script = p->script;

	if (*word == '+') {
		if (strcmp(word, "+0") != 0 && sim_duration(word + 1, ret_s))
			return refuse(p, "\"%.40s\" is no duration", word);
		if (!strcmp(word, "+0"))
			*ret_s = 0;
		if (!script->from_s)
			return refuse(p, "the first time must be a date, or "
					 "--from given");
		*ret_s += p->last_s;
	} else if (sim_time(word, ret_s)) {
		return refuse(p,
			      "\"%.40s\" is no time: 2024-03-04T17:30 or "
			      "+1d12h",
			      word);
	}
	if (!script->from_s)
		script->from_s = *ret_s;
	if (*ret_s < script->from_s || *ret_s >= SIM_END_S)
		return refuse(p, "before the beginning, or after 2099");
	p->last_s = *ret_s;
	return 0;
}

static int add(struct parser *p, const struct sim_action *action)
{
	struct sim_script *script = p->script;

	if (script->n == SIM_SCRIPT_ACTIONS_MAX)
		return refuse(p, "more than %d actions",
			      SIM_SCRIPT_ACTIONS_MAX);
	if (script->n == p->room) {
		size_t room = p->room ? 2 * p->room : 64;
		void *more =
			realloc(script->action, room * sizeof(*script->action));

		if (!more)
			return -ENOMEM;
		script->action = more;
		p->room = room;
	}
	script->action[script->n++] = *action;
	return 0;
}

/* every DURATION COUNT, before the verb. */
static int take_series(struct parser *p, int64_t *period_s, int64_t *count)
{
	const char *word;
	int r;

	*count = 1;
	if (!p->left || strcmp(*p->word, "every") != 0)
		return 0;
	(void)next_word(p);
	r = take_duration(p, "every how long", 1, CLOCK_MAX_S, period_s);
	if (r)
		return r;
	word = next_word(p);
	if (!word || sim_decimal(word, 0, 1, SIM_SCRIPT_ACTIONS_MAX, count))
		return refuse(p, "how many times is missing, or no number");
	return 0;
}

static int take_line(struct parser *p)
{
	struct sim_action action = { .line = p->line, .path = "" };
	int64_t period = 0, count;
	int verb, r;

	r = take_time(p, &action.at_s);
	if (!r)
		r = take_series(p, &period, &count);
	if (!r)
		r = choose(p, "action", verbs, &verb);
	if (r)
		return r;
	action.verb = (enum sim_verb)verb;
	r = take_verb(p, &action);
	if (r)
		return r;
	if (p->left)
		return refuse(p, "\"%.40s\" is one word too many", *p->word);
	for (; count && !r; count--) {
		if (action.at_s >= SIM_END_S)
			return refuse(p, "the series goes on after 2099");
		r = add(p, &action);
		action.at_s += period;
	}
	return r;
}

static int compare(const void *left, const void *right)
{
	const struct sim_action *a = left, *b = right;

	if (a->at_s != b->at_s)
		return a->at_s < b->at_s ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

static int take_lines(struct parser *p)
{
	char **word = p->script->word;
	char *line = p->script->text;
	const char *why;

	while (line) {
		char *next = strchr(line, '\n');
		int n;

		if (next)
			*next++ = '\0';
		p->line++;
		if (strlen(line) > SIM_SCRIPT_LINE_MAX)
			return refuse(p, "the line is too long");
		n = sim_words(line, word, SIM_SCRIPT_WORDS_MAX, &why);
		if (n < 0)
			return refuse(p, "%s", why);
		p->word = word;
		p->left = (size_t)n;
		if (n) {
			int r = take_line(p);

			if (r)
				return r;
		}
		word += n;
		line = next;
	}
	return 0;
}

int sim_script_parse(const char *text, size_t len, int64_t from_s,
		     struct sim_script *ret, unsigned int *ret_line,
		     char ret_why[SIM_WHY_LEN])
{
	struct sim_script script = { .from_s = from_s };
	struct parser p = { .script = &script,
			    .last_s = from_s,
			    .why = ret_why };
	int r;

	*ret_line = 0;
	if (len > SIM_SCRIPT_MAX || memchr(text, 0, len))
		return refuse(&p, "too long, or not text");
	script.text = malloc(len + 1);
	/* A word has a character and a blank, and a line may ask for all. */
	script.word = calloc(len / 2 + 1 + SIM_SCRIPT_WORDS_MAX,
			     sizeof(*script.word));
	if (!script.text || !script.word) {
		sim_script_free(&script);
		return -ENOMEM;
	}
	memcpy(script.text, text, len);
	script.text[len] = '\0';
	r = take_lines(&p);
	if (r) {
		*ret_line = p.line;
		sim_script_free(&script);
		return r;
	}
	if (script.n)
		qsort(script.action, script.n, sizeof(*script.action), compare);
	*ret = script;
	return 0;
}

void sim_script_free(struct sim_script *script)
{
	free(script->action);
	free(script->word);
	free(script->text);
	memset(script, 0, sizeof(*script));
}
