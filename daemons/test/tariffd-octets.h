/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All that tariffd has on disk, as octets to compare. */
#ifndef HEARTH_TARIFFD_OCTETS_H
#define HEARTH_TARIFFD_OCTETS_H

#include "../tariffd/tariff-codec.h"
#include "../tariffd/tariffd-service.h"
#include "test.h"

#define TARIFFD_OCTETS 16384

static inline void put_logs(struct store *store, const char *meter,
			    struct wbuf *w)
{
	static const char *const logs[] = { LOG_EVENT, LOG_BILLING,
					    LOG_DAILY_READ };

	for (size_t k = 0; k < ARRAY_SIZE(logs); k++) {
		sqlite3_stmt *row;

		assert_int_equal(store_row(store, &row,
					   "SELECT count(*), sum(at_us) FROM "
					   "outbox WHERE log = ? AND meter = ?",
					   "ss", logs[k], meter),
				 1);
		write_be(w, (uint64_t)sqlite3_column_int64(row, 0), 8);
		write_be(w, (uint64_t)sqlite3_column_int64(row, 1), 8);
		store_done(row);
	}
}

static inline size_t tariffd_octets(struct tariffd_service *service,
				    uint8_t *octets)
{
	static struct tariffd_point point[2000];
	struct wbuf w = wbuf_of(octets, TARIFFD_OCTETS);

	for (unsigned int m = 0; m < TARIFFD_METERS; m++) {
		const struct tariffd_meter *meter = &service->meter[m];
		const struct tariffd_state *s = &meter->stored;
		size_t n;

		tariff_put_hot(&w, &s->first);
		tariff_put_cold(&w, &s->first);
		tariff_put_slots(&w, &s->first);
		write_u8(&w, s->second_begun);
		if (s->second_begun) {
			tariff_put_hot(&w, &s->second);
			tariff_put_cold(&w, &s->second);
		}
		cost_put_hot(&w, &s->cost);
		cost_put_past(&w, &s->cost);
		gas_put(&w, &s->gas);
		assert_int_equal(
			tariffd_points(service, meter, 0, point, 2000, &n), 0);
		write_be(&w, n, 4);
		for (size_t k = n < 30 ? 0 : n - 30; k < n; k++)
			write_bytes(&w, &point[k], sizeof(point[k]));
		put_logs(service->store, meter->name, &w);
	}
	assert_false(w.bad);
	return w.len;
}

#endif /* HEARTH_TARIFFD_OCTETS_H */
