/* SPDX-License-Identifier: GPL-2.0 */
/* How often the log may hear of the same trouble. */
#ifndef HEARTH_MCU_SAY_H
#define HEARTH_MCU_SAY_H

#include <linux/minmax.h>
#include <linux/types.h>

#define HEARTH_SAY_MIN_MS 60000
#define HEARTH_SAY_MAX_MS (60 * HEARTH_SAY_MIN_MS)

/**
 * struct hearth_say - a message that may have to wait; zeroed: never said
 * @last_ms: when it was said last
 * @wait_ms: for how long it is not said again
 */
struct hearth_say {
	s64 last_ms;
	s64 wait_ms;
};

/**
 * hearth_say_due - may it be said now?
 * @say: the message
 * @now_ms: boot time
 *
 * A trouble that stays, or comes and goes, is news less and less: after a
 * minute, then two, four, up to an hour. If it was away for longer than that
 * it is news again.
 *
 * Return: true if it may, and has to, be said: it counts as said.
 */
static inline bool hearth_say_due(struct hearth_say *say, s64 now_ms)
{
	s64 since_ms = now_ms - say->last_ms;

	if (say->wait_ms && since_ms < say->wait_ms)
		return false;
	if (!say->wait_ms || since_ms >= 2 * say->wait_ms)
		say->wait_ms = HEARTH_SAY_MIN_MS;
	else
		say->wait_ms = min_t(s64, 2 * say->wait_ms, HEARTH_SAY_MAX_MS);
	say->last_ms = now_ms;
	return true;
}

#endif /* HEARTH_MCU_SAY_H */
