// SPDX-License-Identifier: MIT
#include "store.h"

#include <assert.h>
#include <string.h>

#include <hearth/mcu_frame.h>

#include "../chip/chip.h"

#define STORE_TRIES 3
#define STORE_CRC_AT (STORE_RECORD_LEN - 4)

/* As it lies in the flash; the CPU's byte order, little endian everywhere. */
struct record {
	uint32_t sequence; /* 1, 2, ...; 0xffffffff is erased flash */
	uint32_t boot_count;
	uint32_t event_seq;
	uint32_t part[MET_REGISTERS];
	uint64_t milli[MET_REGISTERS] __attribute__((packed, aligned(4)));
	uint32_t crc;
};

static_assert(sizeof(struct record) == STORE_RECORD_LEN, "flash layout");
static_assert(offsetof(struct record, crc) == STORE_CRC_AT, "flash layout");

static uint32_t sectors(void)
{
	struct chip_flash_geometry geo = chip_flash_geometry();

	return geo.size / geo.sector;
}

static uint32_t slots(void)
{
	return chip_flash_geometry().sector / STORE_RECORD_LEN;
}

static uint32_t offset_of(uint32_t sector, uint32_t slot)
{
	return sector * chip_flash_geometry().sector + slot * STORE_RECORD_LEN;
}

static bool erased(const struct record *rec)
{
	const uint8_t *p = (const uint8_t *)rec;

	for (size_t n = 0; n < sizeof(*rec); n++)
		if (p[n] != 0xff)
			return false;
	return true;
}

static bool whole(const struct record *rec)
{
	return rec->sequence != 0 && rec->sequence != UINT32_MAX &&
	       rec->crc == hearth_crc32(rec, STORE_CRC_AT);
}

/* Look at every slot: a sector's first may be torn and its second good. */
int store_open(struct store *store, struct store_state *ret_state)
{
	struct record rec, newest;
	bool any = false, spoilt = false;

	memset(store, 0, sizeof(*store));
	memset(ret_state, 0, sizeof(*ret_state));
	memset(&newest, 0, sizeof(newest));
	for (uint32_t sector = 0; sector < sectors(); sector++) {
		for (uint32_t slot = 0; slot < slots(); slot++) {
			if (chip_flash_read(offset_of(sector, slot), &rec,
					    sizeof(rec)))
				return -1;
			if (erased(&rec))
				continue;
			/* Nothing was told before the very first record. */
			spoilt |= sector > 0 || slot > 0;
			if (sector == store->sector && slot >= store->slot &&
			    any)
				store->slot = slot + 1;
			if (!whole(&rec) ||
			    (any && rec.sequence <= newest.sequence))
				continue;
			any = true;
			newest = rec;
			store->home = sector;
			store->sector = sector;
			store->slot = slot + 1;
		}
	}
	if (!any) {
		/* Begin at the end, so that the first write erases sector 0. */
		store->sector = sectors() - 1;
		store->slot = slots();
		return spoilt ? -1 : 0;
	}
	store->sequence = newest.sequence;
	ret_state->boot_count = newest.boot_count;
	ret_state->event_seq = newest.event_seq;
	memcpy(ret_state->registers.milli, newest.milli, sizeof(newest.milli));
	memcpy(ret_state->registers.part, newest.part, sizeof(newest.part));
	return 1;
}

static int write_record(struct store *store, const struct record *rec)
{
	struct record back;
	uint32_t offset;

	if (store->slot >= slots()) {
		uint32_t next = (store->sector + 1) % sectors();

		if (store->sequence && next == store->home)
			next = (next + 1) % sectors();
		/* If this fails the next try takes the sector after it. */
		store->sector = next;
		if (chip_flash_erase(offset_of(next, 0)))
			return -1;
		store->slot = 0;
	}
	offset = offset_of(store->sector, store->slot++);
	if (chip_flash_program(offset, rec, sizeof(*rec)) ||
	    chip_flash_read(offset, &back, sizeof(back)) ||
	    memcmp(&back, rec, sizeof(back)))
		return -1;
	return 0;
}

int store_write(struct store *store, const struct store_state *state)
{
	struct record rec;

	memset(&rec, 0, sizeof(rec));
	rec.sequence = store->sequence + 1;
	rec.boot_count = state->boot_count;
	rec.event_seq = state->event_seq;
	memcpy(rec.milli, state->registers.milli, sizeof(rec.milli));
	memcpy(rec.part, state->registers.part, sizeof(rec.part));
	rec.crc = hearth_crc32(&rec, STORE_CRC_AT);

	for (int attempt = 0; attempt < STORE_TRIES; attempt++) {
		if (!write_record(store, &rec)) {
			store->sequence = rec.sequence;
			store->home = store->sector;
			return 0;
		}
		store->failures++;
		/* A bad slot says little good of its sector: take the next. */
		store->slot = slots();
	}
	return -1;
}
