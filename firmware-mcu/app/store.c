// SPDX-License-Identifier: MIT
#include "store.h"

#include <assert.h>
#include <string.h>

#include <hearth/mcu_frame.h>

#include "../chip/chip.h"

/* As they lie in the flash; little endian everywhere. */
struct registers_record {
	uint32_t utc_s;
	uint32_t event_seq;
	uint32_t part[MET_REGISTERS];
	uint64_t milli[MET_REGISTERS] __attribute__((packed, aligned(4)));
};

static_assert(sizeof(struct registers_record) + LOG_OVERHEAD ==
		      STORE_RECORD_LEN,
	      "flash layout");
static_assert(sizeof(struct store_state) + LOG_OVERHEAD == STORE_RECORD_LEN,
	      "flash layout");
static_assert(sizeof(struct store_latch) + LOG_OVERHEAD == STORE_RECORD_LEN,
	      "flash layout");
static_assert(sizeof(struct hearth_mcu_event) + LOG_OVERHEAD == STORE_EVENT_LEN,
	      "flash layout");

/*
 * The first format: one log of such records over the whole flash, without a
 * magic in its CRC.
 */
struct first_record {
	uint32_t sequence;
	uint32_t boot_count;
	uint32_t event_seq;
	uint32_t part[MET_REGISTERS];
	uint64_t milli[MET_REGISTERS] __attribute__((packed, aligned(4)));
	uint32_t crc;
};

static_assert(sizeof(struct first_record) == STORE_RECORD_LEN, "flash layout");

enum area {
	REGISTERS,
	STATE,
	LATCHES,
	EVENTS,
	CALIBRATION,
	AREAS
};

static const struct kind {
	uint32_t record, keep, magic;
} kinds[AREAS] = {
	[REGISTERS] = { STORE_RECORD_LEN, 1, 0x52454731 },
	[STATE] = { STORE_RECORD_LEN, 1, 0x53544131 },
	[LATCHES] = { STORE_RECORD_LEN, HEARTH_MCU_LATCHES_KEPT, 0x4c415431 },
	[EVENTS] = { STORE_EVENT_LEN, STORE_EVENTS, 0x45564531 },
	[CALIBRATION] = { LOG_MAX_RECORD, 2, 0x43414c31 },
};

/*
 * Sectors of an area. The newest `keep` records lie in at most one sector
 * more than they fill, another is written to, one more is erased ahead. State
 * has a twelfth: one record a gas pulse, against one register a second.
 */
static uint32_t small_area(enum area area, struct chip_flash_geometry geo)
{
	uint32_t slots = geo.sector / kinds[area].record;
	uint32_t twelfth = geo.size / geo.sector / 12;

	if (area == STATE)
		return twelfth > 4 ? twelfth : 4;
	return (kinds[area].keep + slots - 1) / slots + 3;
}

/* Registers have what the others leave. */
static uint32_t sectors_of(enum area area, struct chip_flash_geometry geo)
{
	uint32_t all = geo.size / geo.sector, small = 0;

	if (area != REGISTERS)
		return small_area(area, geo);
	for (enum area a = STATE; a < AREAS; a++)
		small += small_area(a, geo);
	return all > small ? all - small : 0;
}

static struct log *log_of(struct store *store, enum area area)
{
	struct log *const logs[AREAS] = {
		&store->registers, &store->state,	&store->latches,
		&store->events,	   &store->calibration,
	};

	return logs[area];
}

/* --- a store of the first format */

static bool first_whole(const struct first_record *rec)
{
	return rec->sequence != 0 && rec->sequence != UINT32_MAX &&
	       rec->crc == hearth_crc32(rec, sizeof(*rec) - 4);
}

/* Its newest record; false where there is none. */
static bool find_first(struct chip_flash_geometry geo, struct first_record *ret,
		       uint32_t *ret_sector)
{
	struct first_record rec;
	uint32_t newest = 0;

	for (uint32_t at = 0; at + sizeof(rec) <= geo.size; at += sizeof(rec)) {
		if (chip_flash_read(at, &rec, sizeof(rec)) ||
		    !first_whole(&rec) || rec.sequence <= newest)
			continue;
		newest = rec.sequence;
		*ret = rec;
		*ret_sector = at / geo.sector;
	}
	return newest != 0;
}

/*
 * Take the registers over. The old record stays until the new one is whole:
 * the first write must not erase its sector. Once a state is whole, which is
 * written after that, no record of the first format counts any more.
 */
static int take_over(struct store *store, struct chip_flash_geometry geo,
		     bool have_registers, struct store_found *found)
{
	struct first_record rec;
	struct log *log = &store->registers;
	uint32_t sector;

	if (!find_first(geo, &rec, &sector))
		return -1;
	found->state.boot_count = rec.boot_count;
	if (have_registers)
		return 1;
	found->registers.event_seq = rec.event_seq;
	memcpy(found->registers.registers.part, rec.part, sizeof(rec.part));
	memcpy(found->registers.registers.milli, rec.milli, sizeof(rec.milli));
	if (sector < log->area.sectors)
		log->tried = sector;
	return store_registers(store, &found->registers) ? -1 : 1;
}

/* --- opening */

static void unpack(const struct registers_record *rec,
		   struct store_registers *ret)
{
	ret->utc_s = rec->utc_s;
	ret->event_seq = rec->event_seq;
	memcpy(ret->registers.part, rec->part, sizeof(rec->part));
	memcpy(ret->registers.milli, rec->milli, sizeof(rec->milli));
}

int store_open(struct store *store, struct store_found *ret)
{
	struct chip_flash_geometry geo = chip_flash_geometry();
	struct registers_record reg;
	union {
		struct store_latch latch;
		struct hearth_mcu_event event;
	} unused;
	void *const newest[AREAS] = { &reg, &ret->state, &unused, &unused,
				      ret->calibration };
	int found[AREAS];
	uint32_t first = 0;

	memset(store, 0, sizeof(*store));
	memset(ret, 0, sizeof(*ret));
	if (geo.size / geo.sector > STORE_MAX_SECTORS ||
	    sectors_of(REGISTERS, geo) < 3)
		return -1;
	for (enum area a = 0; a < AREAS; a++) {
		struct log_area area = {
			.first = first,
			.sectors = sectors_of(a, geo),
			.record = kinds[a].record,
			.keep = kinds[a].keep,
			.magic = kinds[a].magic,
		};

		found[a] = log_open(log_of(store, a), &area,
				    store->last + first, newest[a]);
		if (found[a] == LOG_UNREADABLE)
			return -1;
		first += area.sectors;
	}
	ret->calibrated = found[CALIBRATION] == 1;
	store->calibration_lost = found[CALIBRATION] < 0;
	if (found[REGISTERS] == 1)
		unpack(&reg, &ret->registers);
	/* A state is written after the first registers. */
	if (found[REGISTERS] == found[STATE] && found[STATE] > 0)
		return 1;
	if (found[STATE] == 1)
		return -1;
	if (take_over(store, geo, found[REGISTERS] == 1, ret) == 1)
		return 1;
	if (found[STATE] < 0 || found[REGISTERS] < 0)
		return -1;
	return found[REGISTERS];
}

/* --- writing */

int store_registers(struct store *store, const struct store_registers *reg)
{
	struct registers_record rec = {
		.utc_s = reg->utc_s,
		.event_seq = reg->event_seq,
	};

	memcpy(rec.part, reg->registers.part, sizeof(rec.part));
	memcpy(rec.milli, reg->registers.milli, sizeof(rec.milli));
	return log_write(&store->registers, &rec);
}

int store_state(struct store *store, const struct store_state *state)
{
	return log_write(&store->state, state);
}

int store_latch(struct store *store, const struct store_latch *latch)
{
	return log_write(&store->latches, latch);
}

int store_event(struct store *store, const struct hearth_mcu_event *event)
{
	return log_write(&store->events, event);
}

int store_calibration(struct store *store,
		      const uint8_t data[STORE_CALIBRATION_LEN])
{
	return log_write(&store->calibration, data);
}

/* --- reading back */

bool store_next_latch(const struct store *store, struct log_cursor *cursor,
		      struct store_latch *ret)
{
	return log_next(&store->latches, cursor, ret);
}

bool store_next_event(const struct store *store, struct log_cursor *cursor,
		      struct hearth_mcu_event *ret)
{
	return log_next(&store->events, cursor, ret);
}

void store_prepare(struct store *store)
{
	for (enum area a = 0; a < AREAS; a++)
		if (log_prepare(log_of(store, a)))
			return;
}

uint32_t store_failures(const struct store *store)
{
	return store->registers.failures + store->state.failures +
	       store->latches.failures + store->events.failures +
	       store->calibration.failures;
}
