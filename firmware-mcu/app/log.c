// SPDX-License-Identifier: MIT
#include "log.h"

#include <string.h>

#include <hearth/mcu_frame.h>

#include "../chip/chip.h"

#define LOG_NONE UINT32_MAX

static uint32_t sequence_of(const uint8_t *rec)
{
	uint32_t sequence;

	memcpy(&sequence, rec, sizeof(sequence));
	return sequence;
}

static bool erased(const uint8_t *rec, size_t len)
{
	for (size_t n = 0; n < len; n++)
		if (rec[n] != 0xff)
			return false;
	return true;
}

static bool whole(const struct log *log, const uint8_t *rec, uint32_t magic)
{
	uint32_t sequence = sequence_of(rec), crc;

	if (sequence == 0 || sequence == UINT32_MAX)
		return false;
	memcpy(&crc, rec + log->area.record - 4, sizeof(crc));
	return crc == (hearth_crc32(rec, log->area.record - 4) ^ magic);
}

static uint32_t slots(const struct log *log)
{
	return chip_flash_geometry().sector / log->area.record;
}

static uint32_t offset_of(const struct log *log, uint32_t sector, uint32_t slot)
{
	return (log->area.first + sector) * chip_flash_geometry().sector +
	       slot * log->area.record;
}

/* Look at every slot: a sector's first may be torn and its second good. */
int log_open(struct log *log, const struct log_area *area, uint32_t *last,
	     void *ret_newest)
{
	uint8_t rec[LOG_MAX_RECORD];
	bool spoilt = false;

	memset(log, 0, sizeof(*log));
	log->area = *area;
	log->last = last;
	log->next = LOG_NONE;
	/* Begin at the end, so that the first write erases sector 0. */
	log->sector = area->sectors - 1;
	log->slot = slots(log);
	for (uint32_t sector = 0; sector < area->sectors; sector++) {
		last[sector] = 0;
		for (uint32_t slot = 0; slot < slots(log); slot++) {
			if (chip_flash_read(offset_of(log, sector, slot), rec,
					    area->record))
				return LOG_UNREADABLE;
			if (erased(rec, area->record))
				continue;
			if (log->sequence && sector == log->sector)
				log->slot = slot + 1;
			if (!whole(log, rec, area->magic)) {
				/*
				 * Nothing was told before the very first
				 * record; and store.c looks for old ones.
				 */
				spoilt |= (sector > 0 || slot > 0) &&
					  !whole(log, rec, 0);
				continue;
			}
			if (sequence_of(rec) > last[sector])
				last[sector] = sequence_of(rec);
			if (sequence_of(rec) <= log->sequence)
				continue;
			log->sequence = sequence_of(rec);
			log->sector = sector;
			log->slot = slot + 1;
			memcpy(ret_newest, rec + 4,
			       area->record - LOG_OVERHEAD);
		}
	}
	log->tried = log->sector;
	log->given = log->sequence;
	if (log->sequence)
		return 1;
	return spoilt ? LOG_SPOILT : 0;
}

/* It has one of the records to be kept. */
static bool protected(const struct log *log, uint32_t sector)
{
	uint32_t last = log->last[sector];

	return last && log->sequence - last < log->area.keep;
}

/* One sector, the next that may be; whether it is there now. */
static bool erase_next(struct log *log)
{
	uint32_t sector = log->tried;

	if (log->next != LOG_NONE)
		return true;
	for (uint32_t n = 0; n < log->area.sectors; n++) {
		sector = (sector + 1) % log->area.sectors;
		if (protected(log, sector) ||
		    (sector == log->sector && log->slot < slots(log)))
			continue;
		/* If this fails the next try takes the sector after it. */
		log->tried = sector;
		log->last[sector] = 0;
		if (chip_flash_erase(offset_of(log, sector, 0))) {
			log->failures++;
			return false;
		}
		log->next = sector;
		return true;
	}
	return false;
}

bool log_prepare(struct log *log)
{
	if (log->next != LOG_NONE || log->slot + LOG_AHEAD < slots(log))
		return false;
	(void)erase_next(log);
	return true;
}

static int write_record(struct log *log, const uint8_t *rec)
{
	uint8_t back[LOG_MAX_RECORD];
	uint32_t offset;

	if (log->slot >= slots(log)) {
		if (!erase_next(log))
			return -1;
		log->sector = log->next;
		log->next = LOG_NONE;
		log->slot = 0;
	}
	offset = offset_of(log, log->sector, log->slot++);
	if (!chip_flash_program(offset, rec, log->area.record) &&
	    !chip_flash_read(offset, back, log->area.record) &&
	    !memcmp(back, rec, log->area.record))
		return 0;
	log->failures++;
	/* A bad slot says little good of its sector: take the next. */
	log->slot = slots(log);
	return -1;
}

int log_write(struct log *log, const void *payload)
{
	uint8_t rec[LOG_MAX_RECORD];
	/* One that failed may be whole yet: its number is not used again. */
	uint32_t sequence = ++log->given, crc;

	memcpy(rec, &sequence, sizeof(sequence));
	memcpy(rec + 4, payload, log->area.record - LOG_OVERHEAD);
	crc = hearth_crc32(rec, log->area.record - 4) ^ log->area.magic;
	memcpy(rec + log->area.record - 4, &crc, sizeof(crc));
	for (int attempt = 0; attempt < LOG_TRIES; attempt++) {
		if (write_record(log, rec))
			continue;
		log->sequence = sequence;
		log->last[log->sector] = sequence;
		return 0;
	}
	return -1;
}

/* The sector that goes on where the cursor is: no two of them overlap. */
static uint32_t sector_after(const struct log *log, uint32_t done)
{
	uint32_t sector = LOG_NONE;

	for (uint32_t s = 0; s < log->area.sectors; s++)
		if (log->last[s] > done &&
		    (sector == LOG_NONE || log->last[s] < log->last[sector]))
			sector = s;
	return sector;
}

bool log_next(const struct log *log, struct log_cursor *cursor,
	      void *ret_payload)
{
	uint8_t rec[LOG_MAX_RECORD];

	for (uint32_t n = 0; n <= log->area.sectors; n++) {
		if (!cursor->slot) {
			cursor->sector = sector_after(log, cursor->done);
			if (cursor->sector == LOG_NONE)
				return false;
		}
		while (cursor->slot < slots(log)) {
			uint32_t at =
				offset_of(log, cursor->sector, cursor->slot++);

			if (chip_flash_read(at, rec, log->area.record) ||
			    !whole(log, rec, log->area.magic))
				continue;
			memcpy(ret_payload, rec + 4,
			       log->area.record - LOG_OVERHEAD);
			return true;
		}
		cursor->done = log->last[cursor->sector];
		cursor->slot = 0;
	}
	return false;
}
