// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is read from a disk is refused, or is in order and written the same. */
#include "../prepayd/prepay-codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void state_again(struct span from)
{
	uint8_t room[PREPAY_OCTETS_MAX];
	struct wbuf w = wbuf_of(room, sizeof(room));
	struct prepay p;

	if (prepay_read_state(from, &p))
		return;
	prepay_write_state(&w, &p);
	if (w.bad || prepay_check(&p, NULL) ||
	    !span_equal(from, SPAN(room, w.len)))
		__builtin_trap();
}

static void settings_again(struct span from)
{
	uint8_t room[PREPAY_OCTETS_MAX];
	struct wbuf w = wbuf_of(room, sizeof(room));
	struct prepay_settings settings;

	if (prepay_read_settings(from, &settings))
		return;
	prepay_write_settings(&w, &settings);
	if (w.bad || prepay_settings_check(&settings, NULL) ||
	    !span_equal(from, SPAN(room, w.len)))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	state_again(SPAN(data, len));
	settings_again(SPAN(data, len));
	return 0;
}
