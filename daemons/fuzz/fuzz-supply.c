// SPDX-License-Identifier: LGPL-2.1-or-later
/* Stored states and settings: none that is accepted breaks a rule later,
 * whatever happens then. The first octet says what of: even a state of supply,
 * its length, the limit's settings; odd settings of controllers, their length,
 * a state of them. The rest are events.
 */
#include <errno.h>
#include <string.h>

#include "../proto/span.h"
#include "../supplyd/supply-codec.h"
#include "fuzz.h"

static struct span part(struct reader *r)
{
	size_t len = read_be16(r);

	return read_bytes(r, len < reader_left(r) ? len : reader_left(r));
}

/* One encoding: what is read is what would be written. */
static void same(const struct wbuf *w, struct span octets)
{
	require(!w->bad);
	require(span_equal(SPAN(w->p, w->len), octets));
}

static int64_t signed_be(struct reader *r, size_t n)
{
	uint64_t value = read_be(r, n);

	return (int64_t)(value << (64 - 8 * n)) >> (64 - 8 * n);
}

static void supply_event(struct supply *s, const struct supply_limit *limit,
			 struct reader *r)
{
	unsigned int what = read_u8(r), told = 0;
	struct supply_reading reading = { .power_known = what & 16,
					  .volume_known = what & 32 };
	struct supply was = *s;
	int64_t now_s = s->at_s + signed_be(r, what & 8 ? 8 : 2) % 100000;
	int ret = 0;

	switch (what & 7) {
	case 0:
		ret = supply_request(s, what >> 4 & 7, what >> 6, NULL, now_s,
				     &told);
		break;
	case 1:
		ret = supply_follow(s, what >> 6, "debt", now_s, &told);
		break;
	case 2:
		ret = supply_consent(s, now_s, &told);
		break;
	case 3:
		supply_restart(s);
		break;
	case 4:
		supply_limit_changed(s);
		break;
	default:
		reading.power_mw = signed_be(r, 4);
		reading.volume_dm3 = s->last_dm3 + signed_be(r, 1);
		reading.sensed = what >> 6;
		ret = supply_advance(s, limit, now_s, &reading, &told);
	}
	require(!supply_check(s, NULL));
	require(!ret || !memcmp(&was, s, sizeof(was)));
	/* Only a person there turns gas on. */
	require(s->fuel == SUPPLY_ELECTRICITY || (what & 7) == 2 ||
		supply_state(&was) == SUPPLY_ENABLED ||
		supply_state(s) != SUPPLY_ENABLED);
}

static void fuzz_supply(struct reader *r)
{
	uint8_t octets[SUPPLY_OCTETS_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	struct span state = part(r), settings = part(r);
	struct supply_limit limit = { 0 };
	struct supply s;

	if (!supply_limit_decode(settings, &limit)) {
		supply_limit_encode(&limit, &w);
		same(&w, settings);
	}
	if (supply_decode(state, &s))
		return;
	w = wbuf_of(octets, sizeof(octets));
	supply_encode(&s, &w);
	same(&w, state);
	while (reader_left(r) && !r->bad)
		supply_event(&s, &limit, r);
	w = wbuf_of(octets, sizeof(octets));
	supply_encode(&s, &w);
	require(!w.bad && !supply_decode(SPAN(octets, w.len), &s));
}

static void aux_event(struct aux *aux, const struct aux_settings *set,
		      struct reader *r)
{
	unsigned int what = read_u8(r), n = what >> 3 & 7;
	int64_t now_s = aux->at_s + signed_be(r, what & 64 ? 8 : 2) % 10000000;
	int64_t start_s = now_s + signed_be(r, 2);
	uint8_t pct = read_u8(r);
	struct aux was = *aux;
	int ret;

	switch (what & 7) {
	case 0:
		ret = aux_set(aux, set, n, pct, start_s, start_s + 900, now_s);
		break;
	case 1:
		ret = aux_limit(aux, set, n, pct, start_s, start_s + 90, now_s);
		break;
	case 2:
		ret = aux_reset(aux, set, n, now_s);
		break;
	case 3:
		ret = aux_boost(aux, set, n, pct * 20, now_s);
		break;
	case 4:
		ret = aux_settings_changed(aux, set, now_s);
		break;
	default:
		ret = aux_advance(aux, set, now_s, NULL);
	}
	require(!aux_check(aux, set, NULL));
	require(!ret || !memcmp(&was, aux, sizeof(was)));
}

static void fuzz_aux(struct reader *r)
{
	uint8_t octets[AUX_SETTINGS_OCTETS_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	struct span settings = part(r), state = part(r);
	struct aux_settings set;
	struct aux aux;

	if (aux_settings_decode(settings, &set))
		return;
	aux_settings_encode(&set, &w);
	same(&w, settings);
	if (aux_decode(state, &set, &aux)) {
		if (aux_init(&aux, &set, 1000000))
			return;
	} else {
		w = wbuf_of(octets, sizeof(octets));
		aux_encode(&aux, &w);
		same(&w, state);
	}
	for (int n = 0; n < 40 && reader_left(r) && !r->bad; n++)
		aux_event(&aux, &set, r);
	w = wbuf_of(octets, AUX_OCTETS_MAX);
	aux_encode(&aux, &w);
	require(!w.bad && !aux_decode(SPAN(octets, w.len), &set, &aux));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = reader_of(SPAN(data, len));

	if (read_u8(&r) & 1)
		fuzz_aux(&r);
	else
		fuzz_supply(&r);
	return 0;
}
