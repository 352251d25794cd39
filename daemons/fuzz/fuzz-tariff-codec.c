// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Stored parts of any octets: what is read is written the same again, and can
 * go on.
 */
#include "../tariffd/tariff-codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void same(struct wbuf w, struct span from)
{
	must(!w.bad && span_equal(SPAN(w.p, w.len), from));
}

/* Two octets of length before each part but the last. */
static struct span next(struct reader *r, bool last)
{
	size_t n = last ? reader_left(r) : read_be16(r);

	return read_bytes(r, n < reader_left(r) ? n : reader_left(r));
}

static void fuzz_tariff(struct reader *r)
{
	static uint8_t octets[TARIFF_COLD_MAX];
	struct span hot = next(r, false), cold = next(r, false),
		    slots = next(r, true);
	static struct tariff t;
	struct tariff_step step;
	struct wbuf w = wbuf_of(octets, sizeof(octets));

	if (tariff_get(hot, cold, slots, &t, NULL))
		return;
	tariff_put_hot(&w, &t);
	same(w, hot);
	w.len = 0;
	tariff_put_cold(&w, &t);
	same(w, cold);
	w.len = 0;
	tariff_put_slots(&w, &t);
	same(w, slots);
	if (!tariff_advance(&t, t.upto_s + 90000, t.upto_wh + 77, &step))
		must(!tariff_check(&t, NULL));
}

static void fuzz_cost(struct reader *r)
{
	uint8_t octets[COST_PAST_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	struct span hot = next(r, false), past = next(r, true);
	struct tariff_cost c;

	if (cost_read(hot, past, &c, NULL))
		return;
	cost_put_hot(&w, &c);
	same(w, hot);
	w.len = 0;
	cost_put_past(&w, &c);
	same(w, past);
	if (!cost_update(&c, c.last_s + 90000, c.last_wh + 77, c.last_up))
		must(!cost_check(&c, NULL));
}

static void fuzz_gas(struct reader *r)
{
	uint8_t octets[GAS_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	struct span from = next(r, true);
	struct gas_energy g;

	if (gas_get(from, &g, NULL))
		return;
	gas_put(&w, &g);
	same(w, from);
	if (!gas_advance(&g, g.upto_dm3 + 9999))
		must(!gas_check(&g));
}

static void fuzz_entry(struct reader *r)
{
	uint8_t octets[TARIFF_ENTRY_MAX];
	struct wbuf w = wbuf_of(octets, sizeof(octets));
	struct span from = next(r, true);
	struct tariff_entry e;

	if (tariff_get_entry(from, &e, NULL))
		return;
	tariff_put_entry(&w, &e);
	same(w, from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = reader_of(SPAN(data, len));

	switch (read_u8(&r) % 4) {
	case 0:
		fuzz_tariff(&r);
		break;
	case 1:
		fuzz_cost(&r);
		break;
	case 2:
		fuzz_gas(&r);
		break;
	default:
		fuzz_entry(&r);
	}
	return 0;
}
