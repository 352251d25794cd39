// SPDX-License-Identifier: MIT
#include "bench.h"

#include <string.h>

#include "../chip/chip.h"

#define MAX_WORDS 6

struct words {
	int count; /* -1: too many */
	const char *word[MAX_WORDS];
};

void bench_init(struct bench *bench, struct frontend *frontend)
{
	memset(bench, 0, sizeof(*bench));
	bench->frontend = frontend;
}

void bench_plant(struct bench *bench, struct plant *plant)
{
	bench->plant = plant;
}

/* Cut the line up in place. */
static struct words split(char *line)
{
	struct words out = { 0 };

	for (;;) {
		while (*line == ' ')
			*line++ = 0;
		if (!*line)
			return out;
		if (out.count == MAX_WORDS) {
			out.count = -1;
			return out;
		}
		out.word[out.count++] = line;
		while (*line && *line != ' ')
			line++;
	}
}

/* A whole number from min to max, or false. */
static bool number(const char *word, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = *word == '-';
	int64_t value = 0;

	if (negative)
		word++;
	if (!*word)
		return false;
	for (; *word; word++) {
		if (*word < '0' || *word > '9' || value > INT32_MAX)
			return false;
		value = value * 10 + (*word - '0');
	}
	if (negative)
		value = -value;
	if (value < min || value > max)
		return false;
	*ret = value;
	return true;
}

static bool channel(const char *word, enum frontend_channel *ret)
{
	static const char *const names[] = { "u", "i0", "i1" };

	for (int c = 0; c < FRONTEND_CHANNELS; c++) {
		if (!strcmp(word, names[c])) {
			*ret = (enum frontend_channel)c;
			return true;
		}
	}
	return false;
}

static bool angle(const char *word, int64_t *ret)
{
	return number(word, -360000, 360000, ret);
}

/* Each sets what its line says, or returns why not. */
static const char *set_frequency(struct frontend_settings *set,
				 const char *const *word)
{
	int64_t mhz;

	if (!number(word[1], 40000, 70000, &mhz))
		return "frequency: 40000 to 70000 mHz";
	set->frequency_mhz = (uint32_t)mhz;
	return NULL;
}

static const char *set_voltage(struct frontend_settings *set,
			       const char *const *word)
{
	int64_t mv, mdeg;

	if (!number(word[1], 0, 500000, &mv) || !angle(word[2], &mdeg))
		return "voltage: 0 to 500000 mV, -360000 to 360000 mdeg";
	set->channel[FRONTEND_U].rms = (uint32_t)mv;
	set->channel[FRONTEND_U].phase_mdeg = (int32_t)mdeg;
	return NULL;
}

static const char *set_current(struct frontend_settings *set,
			       const char *const *word)
{
	int64_t which, ua, mdeg;

	if (!number(word[1], 0, 1, &which) ||
	    !number(word[2], 0, 200000000, &ua) || !angle(word[3], &mdeg))
		return "current: 0 or 1, 0 to 200000000 uA, mdeg";
	set->channel[FRONTEND_LIVE + which].rms = (uint32_t)ua;
	set->channel[FRONTEND_LIVE + which].phase_mdeg = (int32_t)mdeg;
	return NULL;
}

static const char *set_harmonic(struct frontend_settings *set,
				const char *const *word)
{
	enum frontend_channel ch;
	int64_t order, ppm, mdeg;

	if (!channel(word[1], &ch) ||
	    !number(word[2], 2, FRONTEND_MAX_ORDER, &order) ||
	    !number(word[3], 0, 2000000, &ppm) || !angle(word[4], &mdeg))
		return "harmonic: u|i0|i1, 2 to 40, 0 to 2000000 ppm, mdeg";
	set->channel[ch].harmonic_ppm[order] = (uint32_t)ppm;
	set->channel[ch].harmonic_mdeg[order] = (int32_t)mdeg;
	return NULL;
}

static const char *set_dc(struct frontend_settings *set,
			  const char *const *word)
{
	enum frontend_channel ch;
	int64_t lsb;

	if (!channel(word[1], &ch) || !number(word[2], -1000000, 1000000, &lsb))
		return "offset: u|i0|i1, -1000000 to 1000000";
	set->channel[ch].dc_lsb = (int32_t)lsb;
	return NULL;
}

static const char *set_noise(struct frontend_settings *set,
			     const char *const *word)
{
	int64_t lsb;

	if (!number(word[1], 0, 10000, &lsb))
		return "noise: 0 to 10000";
	set->noise_lsb = (uint32_t)lsb;
	return NULL;
}

/* --- around the meter */

static bool flag(const char *word, bool *ret)
{
	int64_t value;

	if (!number(word, 0, 1, &value))
		return false;
	*ret = value;
	return true;
}

static const char *set_relay(struct bench *bench, const struct words *words)
{
	struct plant *plant = bench->plant;
	const char *how = words->count > 1 ? words->word[1] : "";
	int64_t open_us, close_us;

	if (words->count == 4 && !strcmp(how, "delay") &&
	    number(words->word[2], 0, 50000, &open_us) &&
	    number(words->word[3], 0, 50000, &close_us)) {
		plant->delay_us[CHIP_COIL_OPEN] = (uint32_t)open_us;
		plant->delay_us[CHIP_COIL_CLOSE] = (uint32_t)close_us;
		return NULL;
	}
	if (words->count != 2 || (strcmp(how, "free") && strcmp(how, "weld") &&
				  strcmp(how, "stuck")))
		return "relay: free, weld, stuck, or delay US US up to 50000";
	plant->welded = !strcmp(how, "weld");
	plant->stuck = !strcmp(how, "stuck");
	return NULL;
}

static const char *set_contact(struct bench *bench, const struct words *words)
{
	bool closed;

	if (words->count != 2 || !flag(words->word[1], &closed))
		return "contact: 0 or 1";
	bench->plant->frontend->contact_open = !closed;
	bench->plant->frontend->contact_moves = false;
	return NULL;
}

static const char *set_backfeed(struct bench *bench, const struct words *words)
{
	if (words->count != 2 ||
	    !flag(words->word[1], &bench->plant->frontend->backfeed))
		return "backfeed: 0 or 1";
	return NULL;
}

static const char *set_valve(struct bench *bench, const struct words *words)
{
	const char *how = words->count == 2 ? words->word[1] : "";
	int64_t position;

	if (words->count == 2 && number(how, 0, PLANT_TRAVEL_US, &position)) {
		bench->plant->position = position;
		return NULL;
	}
	if (strcmp(how, "free") && strcmp(how, "jam") && strcmp(how, "unplug"))
		return "valve: free, jam, unplug, or 0 to 5000000";
	bench->plant->jammed = !strcmp(how, "jam");
	bench->plant->unplugged = !strcmp(how, "unplug");
	return NULL;
}

static const char *set_battery(struct bench *bench, const struct words *words)
{
	int64_t mv;

	if (words->count != 2 || !number(words->word[1], 0, 5000, &mv))
		return "battery: 0 to 5000 mV";
	bench->plant->battery_mv = (uint32_t)mv;
	return NULL;
}

static const char *set_gas(struct bench *bench, const struct words *words)
{
	int64_t flow;

	if (words->count != 2 || !number(words->word[1], 0, 20000, &flow))
		return "gas: 0 to 20000 l/h";
	bench->plant->flow_l_h = (uint32_t)flow;
	return NULL;
}

static const char *set_leak(struct bench *bench, const struct words *words)
{
	if (words->count != 2 || !flag(words->word[1], &bench->plant->leaks))
		return "leak: 0 or 1";
	return NULL;
}

static const char *set_bounce(struct bench *bench, const struct words *words)
{
	if (words->count != 2 || !flag(words->word[1], &bench->plant->bounces))
		return "bounce: 0 or 1";
	return NULL;
}

static const char *set_reed(struct bench *bench, const struct words *words)
{
	int64_t how;

	if (words->count == 2 && !strcmp(words->word[1], "wheel"))
		how = -1;
	else if (words->count != 2 || !number(words->word[1], 0, 2, &how))
		return "reed: wheel, 0, 1 or 2";
	bench->plant->reed_forced = (int)how;
	return NULL;
}

static const char *set_tamper(struct bench *bench, const struct words *words)
{
	static const char *const names[] = { "terminal", "cover", "magnet" };
	bool on;

	for (unsigned int n = 0; n < 3; n++) {
		uint8_t bit = (uint8_t)(CHIP_INPUT_TERMINAL_COVER << n);

		if (words->count != 3 || strcmp(words->word[1], names[n]) ||
		    !flag(words->word[2], &on))
			continue;
		bench->plant->contacts =
			(uint8_t)((bench->plant->contacts & ~bit) |
				  (on ? bit : 0));
		return NULL;
	}
	return "tamper: terminal, cover or magnet, 0 or 1";
}

static const char *set_button(struct bench *bench, const struct words *words)
{
	int64_t ms;

	if (words->count != 2 || !number(words->word[1], 0, 60000, &ms))
		return "button: 0 to 60000 ms";
	bench->plant->button_until_us = chip_uptime_us() + (uint64_t)ms * 1000;
	return NULL;
}

static const char *set_mains(struct bench *bench, const struct words *words)
{
	bool on;

	if (words->count != 2 || !flag(words->word[1], &on))
		return "mains: 0 or 1";
	bench->plant->mains_failed = !on;
	return NULL;
}

static const char *set_trouble(struct bench *bench, const struct words *words)
{
	int64_t bits;

	if (words->count != 2 || !number(words->word[1], 0, 7, &bits))
		return "trouble: 0 to 7";
	bench->plant->trouble = (uint32_t)bits;
	return NULL;
}

static const struct {
	const char *name;
	const char *(*set)(struct bench *bench, const struct words *words);
} plant_commands[] = {
	{ "contact", set_contact },   { "relay", set_relay },
	{ "backfeed", set_backfeed }, { "valve", set_valve },
	{ "battery", set_battery },   { "gas", set_gas },
	{ "leak", set_leak },	      { "bounce", set_bounce },
	{ "reed", set_reed },	      { "tamper", set_tamper },
	{ "button", set_button },     { "mains", set_mains },
	{ "trouble", set_trouble },
};

static const struct command {
	const char *name;
	int words;
	const char *(*set)(struct frontend_settings *set,
			   const char *const *word);
} commands[] = {
	{ "f", 2, set_frequency }, { "u", 3, set_voltage },
	{ "i", 4, set_current },   { "h", 5, set_harmonic },
	{ "dc", 3, set_dc },	   { "noise", 2, set_noise },
};

static size_t text(char *reply, const char *first, const char *rest)
{
	size_t len = strlen(first), more = strlen(rest);

	memcpy(reply, first, len);
	memcpy(reply + len, rest, more);
	reply[len + more] = '\n';
	return len + more + 1;
}

static size_t count(char *reply, uint64_t value)
{
	char digits[21];
	int at = 20;

	digits[at] = 0;
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	return text(reply, "ok ", digits + at);
}

/* 0: not a command about the plant. */
static size_t execute_plant(struct bench *bench, const struct words *words,
			    char *reply)
{
	struct plant *plant = bench->plant;
	const char *name = words->count > 0 ? words->word[0] : "";
	const char *why;

	if (!plant)
		return 0;
	if (words->count == 1 && !strcmp(name, "contact"))
		return count(reply, !plant->frontend->contact_open);
	if (words->count == 1 && !strcmp(name, "valve"))
		return count(reply, (uint64_t)plant->position);
	if (words->count == 1 && !strcmp(name, "turns"))
		return count(reply, plant->turns);
	for (size_t n = 0;
	     n < sizeof(plant_commands) / sizeof(plant_commands[0]); n++) {
		if (strcmp(name, plant_commands[n].name))
			continue;
		why = plant_commands[n].set(bench, words);
		return why ? text(reply, "err ", why) : text(reply, "ok", "");
	}
	return 0;
}

static size_t execute(struct bench *bench, char *reply)
{
	struct words words = split(bench->line);
	const char *name = words.count > 0 ? words.word[0] : "";
	const char *why;
	size_t len;

	if (words.count == 1 && !strcmp(name, "help"))
		return text(reply, "ok ",
			    bench->plant ?
				    "f u i h dc noise clear apply sets; see "
				    "sim/bench.h for the rest" :
				    "f u i h dc noise clear apply sets");
	if (words.count == 1 && !strcmp(name, "sets"))
		return count(reply, bench->frontend->sets);
	if (words.count == 1 && !strcmp(name, "clear")) {
		frontend_clear(bench->frontend);
		return text(reply, "ok", "");
	}
	if (words.count == 1 && !strcmp(name, "apply")) {
		frontend_apply(bench->frontend);
		return count(reply, bench->frontend->sets);
	}
	for (size_t n = 0; n < sizeof(commands) / sizeof(commands[0]); n++) {
		if (strcmp(name, commands[n].name))
			continue;
		if (words.count != commands[n].words)
			return text(reply, "err ", "wrong number of words");
		why = commands[n].set(&bench->frontend->pending, words.word);
		return why ? text(reply, "err ", why) : text(reply, "ok", "");
	}
	len = execute_plant(bench, &words, reply);
	return len ? len : text(reply, "err ", "unknown command, try help");
}

size_t bench_push(struct bench *bench, char ch, char *reply)
{
	size_t len;

	if (ch == '\r')
		return 0;
	if (ch != '\n') {
		if (bench->len < BENCH_LINE)
			bench->line[bench->len++] = ch;
		else
			bench->too_long = true;
		return 0;
	}
	bench->line[bench->len] = 0;
	/* A zero byte would end the line early and hide what follows. */
	if (bench->too_long || strlen(bench->line) != bench->len)
		len = text(reply, "err ", "not a line of 80 characters");
	else
		len = execute(bench, reply);
	bench->len = 0;
	bench->too_long = false;
	return len;
}
