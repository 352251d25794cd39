// SPDX-License-Identifier: LGPL-2.1-or-later
/* What storaged does as time goes on. */
#include <errno.h>
#include <string.h>

#include "storaged.h"

#define BEHIND_US (60 * USEC_PER_SEC)
/* Less is a start, not waiting for the clock to be set. */
#define WAITED_US (120 * USEC_PER_SEC)
#define ROUNDS_MAX 400 /* of 48 hours each */
#define MEASURED 2     /* meters of metrologyd's */

static bool disk_said(int r)
{
	return r == -ENOSPC || r == -EROFS || r == -EACCES || r == -EIO ||
	       r == -EBUSY;
}

int storage_wrote(struct storage *storage, int r)
{
	storage->alerts &= ~(unsigned int)(ALERT_DISK_FULL | ALERT_DISK_FAILED);
	if (r == -ENOSPC)
		storage->alerts |= ALERT_DISK_FULL;
	else if (disk_said(r))
		storage->alerts |= ALERT_DISK_FAILED;
	if ((r == -EBADMSG || disk_said(r)) && storage->daemon)
		(void)daemon_store_failed(storage->daemon, r);
	storage_bus_alerts(storage);
	return r;
}

/* A meter on its way to now. */
struct catch_up {
	int meter;
	bool done;
	int n;
	struct profile_latch latch[STORAGE_LATCHES];
};

/* What it has after what is stored; up to now, for it may be ahead. */
static void fetch_next(struct storage *storage, struct catch_up *of,
		       uint64_t now_us)
{
	struct profile_latch last;
	int r = storaged_last(&storage->service, of->meter, &last);

	of->n = 0;
	of->done = true;
	if (r == -ENOENT) {
		last.slot = 0;
	} else if (r < 0) {
		(void)storage_wrote(storage, r);
		return;
	}
	if (last.slot * PROFILE_SLOT_US > now_us + BEHIND_US)
		storage->service.clock_behind = true;
	if (last.slot >= now_us / PROFILE_SLOT_US)
		return;
	of->n = storage_fetch(storage, of->meter, last.slot * PROFILE_SLOT_US,
			      of->latch);
	while (of->n > 0 &&
	       of->latch[of->n - 1].slot * PROFILE_SLOT_US > now_us)
		of->n--;
	of->done = of->n <= 0 || of->latch[of->n - 1].slot <= last.slot;
}

static int put(struct storage *storage, struct catch_up *const *some, size_t n,
	       uint64_t now_us)
{
	struct storaged_readings readings[MEASURED];

	for (size_t at = 0; at < n; at++)
		readings[at] = (struct storaged_readings){
			some[at]->meter, some[at]->latch, (size_t)some[at]->n
		};
	return storaged_put_each(&storage->service, readings, n, now_us);
}

/* All in one; if that fails each by itself: none is held up by another. */
static void put_round(struct storage *storage, struct catch_up **some, size_t n,
		      uint64_t now_us)
{
	int r = put(storage, some, n, now_us);

	if (r > 0 || n == 1) {
		(void)storage_wrote(storage, r);
		some[0]->done = r <= 0;
		return;
	}
	for (size_t at = 0; at < n; at++) {
		r = storage_wrote(storage, put(storage, &some[at], 1, now_us));
		some[at]->done = r <= 0;
	}
}

static void catch_up(struct storage *storage, uint64_t now_us)
{
	static const char *const names[MEASURED] = { "electricity0", "gas0" };
	struct catch_up all[MEASURED], *some[MEASURED];
	size_t n;

	for (n = 0; n < MEASURED; n++) {
		all[n].meter = meter_id_of(names[n]);
		all[n].done = false;
	}
	for (int round = 0; round < ROUNDS_MAX; round++) {
		n = 0;
		for (size_t at = 0; at < MEASURED; at++) {
			if (!all[at].done)
				fetch_next(storage, &all[at], now_us);
			if (!all[at].done)
				some[n++] = &all[at];
		}
		if (!n)
			return;
		put_round(storage, some, n, now_us);
	}
}

static void first_time(struct storage *storage, uint64_t now_us)
{
	struct log_record record = {
		.meter = "electricity0",
		.log = LOG_EVENT,
		.at_us = now_us,
		.text = "The history was damaged: it is put aside, and begun "
			"anew",
	};

	if (storage->alerts & ALERT_SET_ASIDE)
		(void)storage_wrote(storage,
				    storaged_note(&storage->service, &record));
	storage->timed = true;
}

int storage_cycle(struct storage *storage, uint64_t now_us)
{
	uint64_t waited_us = now_boottime_us() - storage->boot_us;

	storaged_time(&storage->service, now_us,
		      !storage->timed && waited_us > WAITED_US ? waited_us : 0);
	if (!storage->timed)
		first_time(storage, now_us);
	catch_up(storage, now_us);
	storage_bus_alerts(storage);
	return 0;
}
