// SPDX-License-Identifier: LGPL-2.1-or-later
/* What storaged does as time goes on. */
#include <errno.h>
#include <string.h>

#include "storaged.h"

#define BEHIND_US (60 * USEC_PER_SEC)
/* Less is a start, not waiting for the clock to be set. */
#define WAITED_US (120 * USEC_PER_SEC)
#define ROUNDS_MAX 400 /* of 48 hours each */

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

/* Everything it has after what is stored; up to now, for it may be ahead. */
static int catch_up(struct storage *storage, int meter, uint64_t now_us)
{
	struct profile_latch last, latch[STORAGE_LATCHES];
	int r, n;

	for (int round = 0; round < ROUNDS_MAX; round++) {
		r = storaged_last(&storage->service, meter, &last);
		if (r == -ENOENT)
			last.slot = 0;
		else if (r < 0)
			return storage_wrote(storage, r);
		if (last.slot * PROFILE_SLOT_US > now_us + BEHIND_US)
			storage->service.clock_behind = true;
		if (last.slot >= now_us / PROFILE_SLOT_US)
			return 0;
		n = storage_fetch(storage, meter, last.slot * PROFILE_SLOT_US,
				  latch);
		while (n > 0 && latch[n - 1].slot * PROFILE_SLOT_US > now_us)
			n--;
		if (n <= 0)
			return 0;
		r = storaged_put(&storage->service, meter, latch, (size_t)n,
				 now_us);
		(void)storage_wrote(storage, r);
		if (r <= 0)
			return r;
	}
	return 0;
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
	static const char *const measured[] = { "electricity0", "gas0" };
	uint64_t waited_us = now_boottime_us() - storage->boot_us;

	storaged_time(&storage->service, now_us,
		      !storage->timed && waited_us > WAITED_US ? waited_us : 0);
	if (!storage->timed)
		first_time(storage, now_us);
	for (size_t n = 0; n < ARRAY_SIZE(measured); n++)
		(void)catch_up(storage, meter_id_of(measured[n]), now_us);
	storage_bus_alerts(storage);
	return 0;
}
