/* SPDX-License-Identifier: MIT */
/*
 * The link between the hub and its meter MCU: every message there is.
 *
 * This header is the only definition; kernel, firmware and host tools compile
 * it. How bytes become messages is in mcu_frame.h; the rules of the
 * conversation are below.
 *
 * All integers are little endian; the names carry the unit (_mv millivolt,
 * _ua microampere, _mw milliwatt, _mwh milliwatt hour, _mvarh millivar hour).
 *
 * Requests   The hub asks, the MCU answers with the same sequence number and
 *            the type with HEARTH_MCU_REPLY set. The hub has at most
 *            HEARTH_MCU_MAX_REQUESTS under way, and repeats one (same type,
 *            same sequence number) that is not answered in time. The MCU
 *            carries a request out once: if the type and sequence number of
 *            its last request come again it repeats its last reply. A hub
 *            that starts anew says so with a new session number in
 *            IDENTITY, and the MCU forgets the request before.
 * LIVE       Once a second, unacknowledged, as soon as the first measuring
 *            window has closed.
 * EVENT      Repeated every HEARTH_MCU_EVENT_REPEAT_MS until EVENT_ACK
 *            names its event_seq, one at a time, oldest first. Unacknowledged
 *            events and the event sequence outlive a reset of the MCU, so
 *            the hub can tell a repeated event from a new one.
 *
 * A receiver ignores a type it does not know (the MCU answers an unknown
 * request with HEARTH_MCU_EOPNOTSUPP) and accepts a payload that is longer
 * than the structure it knows: fields are only ever added at the end.
 */
#ifndef HEARTH_MCU_PROTO_H
#define HEARTH_MCU_PROTO_H

#if defined(__KERNEL__)
#include <linux/build_bug.h>
#include <linux/types.h>
#elif defined(__linux__)
#include <assert.h>
#include <linux/types.h>
#else
#include <assert.h>
#include <stdint.h>
typedef uint8_t __u8;
typedef uint16_t __le16;
typedef uint32_t __le32;
typedef uint64_t __le64;
#endif

#define HEARTH_MCU_PROTO_VERSION 1

#define HEARTH_MCU_MAX_PAYLOAD 256
#define HEARTH_MCU_MAX_REQUESTS 1
#define HEARTH_MCU_LIVE_PERIOD_MS 1000
#define HEARTH_MCU_EVENT_REPEAT_MS 1000

/* Message types; bit 7 marks a reply. */
#define HEARTH_MCU_REPLY 0x80

enum hearth_mcu_type {
	HEARTH_MCU_IDENTITY = 0x01,  /* request */
	HEARTH_MCU_REGISTERS = 0x02, /* request, no payload */
	HEARTH_MCU_LIVE = 0x40,	     /* MCU to hub, no reply */
	HEARTH_MCU_EVENT = 0x41,     /* MCU to hub, wants EVENT_ACK */
	HEARTH_MCU_EVENT_ACK = 0x42, /* hub to MCU, no reply */
};

/* Every reply starts with a status. */
enum hearth_mcu_status {
	HEARTH_MCU_OK = 0,
	HEARTH_MCU_EOPNOTSUPP = 1, /* unknown request */
	HEARTH_MCU_EINVAL = 2,	   /* payload too short, bad value */
	HEARTH_MCU_EBUSY = 3,	   /* try again */
	HEARTH_MCU_EIO = 4,	   /* a device of the MCU failed */
};

/* IDENTITY: features of the MCU, each a group of messages or a device. */
#define HEARTH_MCU_FEATURE_METROLOGY (1u << 0) /* LIVE, REGISTERS */

enum hearth_mcu_reset_cause {
	HEARTH_MCU_RESET_UNKNOWN = 0,
	HEARTH_MCU_RESET_POWER_ON = 1,
	HEARTH_MCU_RESET_PIN = 2, /* or debugger */
	HEARTH_MCU_RESET_WATCHDOG = 3,
	HEARTH_MCU_RESET_SOFTWARE = 4,
};

#define HEARTH_MCU_NAME_LEN 16

struct hearth_mcu_identity_req {
	__le32 session; /* of the hub's choice, new each start */
} __attribute__((packed));

struct hearth_mcu_identity_rep {
	__le16 status;
	__le16 proto_version;	 /* HEARTH_MCU_PROTO_VERSION */
	__le32 features;	 /* HEARTH_MCU_FEATURE_* */
	__le32 firmware_version; /* major << 16 | minor << 8 | patch */
	__le32 boot_count;	 /* starts since manufacture */
	__u8 reset_cause;	 /* enum hearth_mcu_reset_cause */
	__u8 reserved[3];
	__u8 serial[8]; /* EUI-64, most significant byte first */
	__u8 hardware[HEARTH_MCU_NAME_LEN]; /* ASCII, zero padded */
} __attribute__((packed));

/*
 * The energy registers. They never decrease, and a value that has been told
 * to the hub is one that a restart of the MCU finds again.
 */
struct hearth_mcu_registers {
	__le64 active_import_mwh;
	__le64 active_export_mwh;
	__le64 reactive_import_mvarh;
	__le64 reactive_export_mvarh;
} __attribute__((packed));

struct hearth_mcu_registers_rep {
	__le16 status;
	__le16 reserved;
	__le32 valid; /* HEARTH_MCU_VALID_ENERGY or 0 */
	struct hearth_mcu_registers reg;
} __attribute__((packed));

/* LIVE: which of its values are measurements; the others mean nothing. */
#define HEARTH_MCU_VALID_VOLTAGE (1u << 0)
#define HEARTH_MCU_VALID_CURRENT (1u << 1)
#define HEARTH_MCU_VALID_POWER (1u << 2)
#define HEARTH_MCU_VALID_FREQUENCY (1u << 3) /* not without voltage */
#define HEARTH_MCU_VALID_ENERGY (1u << 4)

/* Averages over the last measuring window, registers at its end. */
struct hearth_mcu_live {
	__le32 live_seq;	    /* windows since the MCU started */
	__le32 valid;		    /* HEARTH_MCU_VALID_* */
	__le64 uptime_ms;	    /* at the end of the window */
	__le32 window_us;	    /* its length, about a second */
	__le32 voltage_mv;	    /* RMS */
	__le32 current_live_ua;	    /* RMS */
	__le32 current_neutral_ua;  /* RMS */
	__le32 active_power_mw;	    /* signed; import is positive */
	__le32 reactive_power_mvar; /* signed; inductive import positive */
	__le32 frequency_mhz;	    /* millihertz */
	struct hearth_mcu_registers reg;
} __attribute__((packed));

enum hearth_mcu_event_code {
	HEARTH_MCU_EVENT_BOOT = 1, /* arg: enum hearth_mcu_reset_cause */
	HEARTH_MCU_EVENT_SAMPLES_LOST = 2, /* arg: sample sets not measured */
	HEARTH_MCU_EVENT_STORE_FAULT = 3,  /* arg: failed writes of registers */
	HEARTH_MCU_EVENT_EVENTS_LOST = 4,  /* arg: events lost, at least */
};

struct hearth_mcu_event {
	__le32 event_seq; /* counts up over resets; never 0 */
	__le16 code;	  /* enum hearth_mcu_event_code */
	__le16 reserved;
	__le32 boot_count; /* of the run in which it happened */
	__le32 arg;	   /* as the code says */
	__le64 uptime_ms;  /* when, in that run */
} __attribute__((packed));

struct hearth_mcu_event_ack {
	__le32 event_seq;
} __attribute__((packed));

static_assert(sizeof(struct hearth_mcu_identity_req) == 4, "wire size");
static_assert(sizeof(struct hearth_mcu_identity_rep) == 44, "wire size");
static_assert(sizeof(struct hearth_mcu_registers) == 32, "wire size");
static_assert(sizeof(struct hearth_mcu_registers_rep) == 40, "wire size");
static_assert(sizeof(struct hearth_mcu_live) == 76, "wire size");
static_assert(sizeof(struct hearth_mcu_event) == 24, "wire size");
static_assert(sizeof(struct hearth_mcu_event_ack) == 4, "wire size");

#endif /* HEARTH_MCU_PROTO_H */
