/* SPDX-License-Identifier: MIT */
/*
 * What survives a loss of power, at whatever instruction: five logs (log.h)
 * over one NOR flash, by how often they are written.
 *
 *   registers    64 bytes, every window (a second)
 *   state        64 bytes, at a gas pulse, a start, a switching
 *   latches      64 bytes, every half hour; the newest 96 at least are kept
 *   events       32 bytes, the newest 64 at least are kept
 *   calibration  256 bytes, in the factory; two at least are kept
 *
 * Registers have most of the sectors. README.md has the wear.
 */
#ifndef HEARTH_STORE_H
#define HEARTH_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include <hearth/mcu_proto.h>

#include "../metrology/registers.h"
#include "log.h"

#define STORE_RECORD_LEN 64
#define STORE_EVENT_LEN 32
#define STORE_CALIBRATION_LEN (LOG_MAX_RECORD - LOG_OVERHEAD)
#define STORE_EVENTS 64
#define STORE_MAX_SECTORS 512 /* of the whole flash */

/* Every second. */
struct store_registers {
	uint32_t utc_s;	    /* when; 0: not known */
	uint32_t event_seq; /* no event sent has a higher one */
	struct met_registers registers;
};

/* What changes seldom. */
struct store_state {
	uint32_t boot_count;
	uint32_t event_acked; /* the last one the hub has */
	uint64_t pulses;
	uint32_t switch_operations;
	uint32_t valve_operations;
	uint32_t valve_charge_mas; /* used of the battery's share */
	uint16_t open_delay_us, close_delay_us;
	uint8_t switch_state, switch_reason;
	uint8_t valve_state, valve_reason;
	uint8_t clockless; /* this run has not had the time yet */
	uint8_t zero[19];  /* for what comes; no padding */
};

struct store_latch {
	uint32_t half_hour; /* UTC seconds / 1800 */
	uint32_t flags;	    /* HEARTH_MCU_LATCH_* */
	uint64_t milli[MET_REGISTERS];
	uint64_t pulses;
	uint64_t zero;
};

struct store {
	struct log registers, state, latches, events, calibration;
	uint32_t last[STORE_MAX_SECTORS];
	bool calibration_lost; /* there is none whole, but something */
};

/* What was found. */
struct store_found {
	struct store_registers registers;
	struct store_state state;
	bool calibrated;
	uint8_t calibration[STORE_CALIBRATION_LEN];
};

/*
 * Find the newest records. Returns 1; 0 where there are none (a new part:
 * *ret is all zero); -1 where the flash cannot be read, or registers or state
 * hold something but no whole record. After -1 a meter must not write: its
 * records may be there still, and nothing protects them.
 */
int store_open(struct store *store, struct store_found *ret);

/*
 * Write one and read it back. Returns 0 when it is there; -1 after
 * LOG_TRIES sectors failed: what was there before is still there.
 */
int store_registers(struct store *store, const struct store_registers *reg);
int store_state(struct store *store, const struct store_state *state);
int store_latch(struct store *store, const struct store_latch *latch);
int store_event(struct store *store, const struct hearth_mcu_event *event);
int store_calibration(struct store *store,
		      const uint8_t data[STORE_CALIBRATION_LEN]);

/* The next one, oldest first; false at the end. The cursor begins all zero. */
bool store_next_latch(const struct store *store, struct log_cursor *cursor,
		      struct store_latch *ret);
bool store_next_event(const struct store *store, struct log_cursor *cursor,
		      struct hearth_mcu_event *ret);

/*
 * Get ready for the next writes; at most one erase, so this may take 400 ms.
 * Called in between, writes only program: see LOG_AHEAD.
 */
void store_prepare(struct store *store);

/* Writes and erases that failed since the start. */
uint32_t store_failures(const struct store *store);

#endif /* HEARTH_STORE_H */
