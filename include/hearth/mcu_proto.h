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
 * EVENT_LOG  Gives the newest events again, acknowledged or not: the MCU keeps
 *            them over a loss of power.
 * Commands   SWITCH_COMMAND and VALVE_COMMAND are answered with the state they
 *            lead to, at once; that it has been reached is an EVENT. What the
 *            MCU's rules forbid changes nothing: status HEARTH_MCU_EREFUSED,
 *            and a reason.
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
typedef uint32_t __u32;
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
	HEARTH_MCU_IDENTITY = 0x01,	  /* request */
	HEARTH_MCU_REGISTERS = 0x02,	  /* request, no payload */
	HEARTH_MCU_CLOCK_SET = 0x03,	  /* request */
	HEARTH_MCU_CLOCK = 0x04,	  /* request, no payload */
	HEARTH_MCU_LATCHES = 0x05,	  /* request */
	HEARTH_MCU_SWITCH_COMMAND = 0x06, /* request */
	HEARTH_MCU_SWITCH = 0x07,	  /* request, no payload */
	HEARTH_MCU_VALVE_COMMAND = 0x08,  /* request */
	HEARTH_MCU_VALVE = 0x09,	  /* request, no payload */
	HEARTH_MCU_PULSES = 0x0a,	  /* request, no payload */
	HEARTH_MCU_TAMPER = 0x0b,	  /* request, no payload */
	HEARTH_MCU_EVENT_LOG = 0x0c,	  /* request */
	HEARTH_MCU_LIVE = 0x40,		  /* MCU to hub, no reply */
	HEARTH_MCU_EVENT = 0x41,	  /* MCU to hub, wants EVENT_ACK */
	HEARTH_MCU_EVENT_ACK = 0x42,	  /* hub to MCU, no reply */
};

/* Every reply starts with a status. */
enum hearth_mcu_status {
	HEARTH_MCU_OK = 0,
	HEARTH_MCU_EOPNOTSUPP = 1, /* unknown request */
	HEARTH_MCU_EINVAL = 2,	   /* payload too short, bad value */
	HEARTH_MCU_EBUSY = 3,	   /* try again */
	HEARTH_MCU_EIO = 4,	   /* a device of the MCU failed */
	HEARTH_MCU_EREFUSED = 5,   /* understood, and not done: see reason */
};

/* IDENTITY: features of the MCU, each a group of messages or a device. */
#define HEARTH_MCU_FEATURE_METROLOGY (1u << 0) /* LIVE, REGISTERS */
#define HEARTH_MCU_FEATURE_CLOCK (1u << 1)     /* CLOCK_SET, CLOCK */
#define HEARTH_MCU_FEATURE_LATCHES (1u << 2)   /* LATCHES */
#define HEARTH_MCU_FEATURE_SWITCH (1u << 3)    /* SWITCH_COMMAND, SWITCH */
#define HEARTH_MCU_FEATURE_VALVE (1u << 4)     /* VALVE_COMMAND, VALVE */
#define HEARTH_MCU_FEATURE_PULSES (1u << 5)    /* PULSES */
#define HEARTH_MCU_FEATURE_TAMPER (1u << 6)    /* TAMPER */
#define HEARTH_MCU_FEATURE_EVENT_LOG (1u << 7) /* EVENT_LOG */

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
	HEARTH_MCU_EVENT_MAINS_FAILED = 5, /* arg: UTC, s; 0: not known */
	HEARTH_MCU_EVENT_MAINS_RETURNED = 6, /* without a restart; arg: ms */
	/* The first CLOCK_SET after a loss of power; arg: how long it was, s */
	HEARTH_MCU_EVENT_OUTAGE = 7,
	HEARTH_MCU_EVENT_CLOCK_REFUSED = 8, /* arg: step asked for, s, signed */
	HEARTH_MCU_EVENT_CLOCK_STEPPED = 9, /* forced; arg: s, signed */
	HEARTH_MCU_EVENT_SWITCH = 10,	    /* arg: HEARTH_MCU_STATE_ARG() */
	HEARTH_MCU_EVENT_VALVE = 11,	    /* arg: HEARTH_MCU_STATE_ARG() */
	HEARTH_MCU_EVENT_TAMPER = 12,	  /* arg: inputs | those changed << 8 */
	HEARTH_MCU_EVENT_PULSE_HELD = 13, /* arg: 1 held closed, 0 no longer */
	HEARTH_MCU_EVENT_GAS_WHEN_SHUT = 14,	/* arg: pulses since it shut */
	HEARTH_MCU_EVENT_CONVERTER_FAULT = 15,	/* arg: as the chip says */
	HEARTH_MCU_EVENT_CALIBRATION_LOST = 16, /* none in the store is whole */
};

/* A switch or valve has changed: to which state, why, and what is sensed. */
#define HEARTH_MCU_STATE_ARG(state, reason, sensed) \
	((__u32)(state) | (__u32)(reason) << 8 | (__u32)(sensed) << 16)

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

/*
 * EVENT_LOG: events from first_seq on, oldest first, as many as there are and
 * fit. To be asked again with the last one's number plus one.
 */
#define HEARTH_MCU_EVENTS_PER_REPLY 10

struct hearth_mcu_event_log_req {
	__le32 first_seq;
} __attribute__((packed));

struct hearth_mcu_event_log_rep {
	__le16 status;
	__le16 count;
	struct hearth_mcu_event event[HEARTH_MCU_EVENTS_PER_REPLY];
} __attribute__((packed));

/*
 * The MCU's UTC, which it does not have after a loss of power until the hub
 * sets it. A difference of up to HEARTH_MCU_CLOCK_TOLERANCE_MS is worked off
 * by running at most HEARTH_MCU_CLOCK_SLEW_PPM fast or slow; a larger one is
 * refused and reported, unless HEARTH_MCU_CLOCK_FORCE is set. The first
 * setting after a start takes any time that is not before the last one known.
 */
#define HEARTH_MCU_CLOCK_TOLERANCE_MS 10000
#define HEARTH_MCU_CLOCK_SLEW_PPM 1000
/* Not set for so long: HEARTH_MCU_CLOCK_HOLDOVER. */
#define HEARTH_MCU_CLOCK_FRESH_S 86400

#define HEARTH_MCU_CLOCK_FORCE (1u << 0)

struct hearth_mcu_clock_set_req {
	__le64 utc_us;	  /* since 1970, leap seconds not counted */
	__le32 within_ms; /* how good that is */
	__le32 flags;	  /* HEARTH_MCU_CLOCK_FORCE */
} __attribute__((packed));

enum hearth_mcu_clock_quality {
	HEARTH_MCU_CLOCK_UNSET = 0,    /* utc_us means nothing */
	HEARTH_MCU_CLOCK_GOOD = 1,     /* set not long ago */
	HEARTH_MCU_CLOCK_HOLDOVER = 2, /* on its own crystal since */
};

enum hearth_mcu_clock_action {
	HEARTH_MCU_CLOCK_NONE = 0, /* CLOCK only asks */
	HEARTH_MCU_CLOCK_TAKEN = 1,
	HEARTH_MCU_CLOCK_SLEWING = 2,
	HEARTH_MCU_CLOCK_STEPPED = 3,
	HEARTH_MCU_CLOCK_REFUSED = 4, /* with HEARTH_MCU_EREFUSED */
};

/* Answers both CLOCK_SET and CLOCK. */
struct hearth_mcu_clock_rep {
	__le16 status;
	__u8 quality;	  /* enum hearth_mcu_clock_quality */
	__u8 action;	  /* enum hearth_mcu_clock_action */
	__le32 within_ms; /* error bound: setting, crystal, what is to slew */
	__le64 utc_us;
	__le64 uptime_us; /* at the same instant */
	__le32 slew_us;	  /* signed; still to be worked off */
	__le32 offset_ms; /* signed; what the last CLOCK_SET asked for */
} __attribute__((packed));

/*
 * LATCHES: the registers at the boundaries of half hours, the last
 * HEARTH_MCU_LATCHES_KEPT of them, kept over a loss of power. half_hour is
 * UTC seconds / 1800 of the boundary. A reply has those from first to last
 * that exist, oldest first, as many as fit; ask again from the last one's
 * half_hour plus one.
 */
#define HEARTH_MCU_LATCHES_KEPT 96
#define HEARTH_MCU_LATCHES_PER_REPLY 5

/* The clock was HEARTH_MCU_CLOCK_GOOD at the boundary. */
#define HEARTH_MCU_LATCH_CLOCK_GOOD (1u << 0)
/* The MCU had no power then; its registers are those of the loss: exact. */
#define HEARTH_MCU_LATCH_OUTAGE (1u << 1)
/* Not latched when it was due (no UTC yet): interpolated, monotonic. */
#define HEARTH_MCU_LATCH_ESTIMATED (1u << 2)
/* Not every sample set since the latch before was measured. */
#define HEARTH_MCU_LATCH_SAMPLES_LOST (1u << 3)
/* The clock was stepped since the latch before. */
#define HEARTH_MCU_LATCH_STEPPED (1u << 4)

struct hearth_mcu_latches_req {
	__le32 first; /* half_hour, both included */
	__le32 last;
} __attribute__((packed));

struct hearth_mcu_latch {
	__le32 half_hour;
	__le32 flags; /* HEARTH_MCU_LATCH_* */
	struct hearth_mcu_registers reg;
	__le64 pulses;
} __attribute__((packed));

struct hearth_mcu_latches_rep {
	__le16 status;
	__le16 count;
	__le32 oldest; /* half_hour of those kept; 0: none is */
	__le32 newest;
	__le32 reserved;
	struct hearth_mcu_latch latch[HEARTH_MCU_LATCHES_PER_REPLY];
} __attribute__((packed));

/* Why a switch or valve is as it is, or a command was refused. */
enum hearth_mcu_reason {
	HEARTH_MCU_REASON_NONE = 0,
	HEARTH_MCU_REASON_COMMAND = 1, /* the hub said so */
	HEARTH_MCU_REASON_BUTTON = 2,  /* the consumer did, at the meter */
	HEARTH_MCU_REASON_BUSY = 3,    /* moving: try again */
	HEARTH_MCU_REASON_NOT_ARMED = 4,
	HEARTH_MCU_REASON_REMOTE = 5, /* a valve is opened on site only */
	HEARTH_MCU_REASON_NO_MAINS = 6,
	HEARTH_MCU_REASON_WELDED = 7,	   /* contact stays closed */
	HEARTH_MCU_REASON_STUCK = 8,	   /* contact stays open */
	HEARTH_MCU_REASON_LOAD_LIVE = 9,   /* voltage from the load's side */
	HEARTH_MCU_REASON_MISMATCH = 10,   /* it moved without a command */
	HEARTH_MCU_REASON_JAM = 11,	   /* stalled before the end stop */
	HEARTH_MCU_REASON_TIMEOUT = 12,	   /* no end stop in time */
	HEARTH_MCU_REASON_NO_CURRENT = 13, /* motor not connected */
	HEARTH_MCU_REASON_FLOW = 14,	   /* the no-flow test failed */
	HEARTH_MCU_REASON_BATTERY = 15,	   /* kept for closing the valve */
	HEARTH_MCU_REASON_POSITION = 16,   /* not known: close it first */
	HEARTH_MCU_REASON_FAULT = 17,	   /* close it first */
	HEARTH_MCU_REASON_POWER = 18,	   /* mains failing: nothing is moved */
	HEARTH_MCU_REASON_VALUE = 19,	   /* no such command */
};

enum hearth_mcu_switch_command {
	HEARTH_MCU_SWITCH_DISABLE = 0, /* open */
	HEARTH_MCU_SWITCH_ARM = 1,     /* open; the consumer may close it */
	HEARTH_MCU_SWITCH_ENABLE = 2,  /* close */
};

enum hearth_mcu_switch_state {
	HEARTH_MCU_SWITCH_UNKNOWN = 0,
	HEARTH_MCU_SWITCH_OPEN = 1,
	HEARTH_MCU_SWITCH_ARMED = 2,
	HEARTH_MCU_SWITCH_CLOSED = 3,
	HEARTH_MCU_SWITCH_OPENING = 4,
	HEARTH_MCU_SWITCH_CLOSING = 5,
	HEARTH_MCU_SWITCH_WELDED = 6, /* should be open and is not */
	HEARTH_MCU_SWITCH_STUCK = 7,  /* should be closed and is not */
};

/* The contact as voltage and current on its load side show it. */
enum hearth_mcu_contact {
	HEARTH_MCU_CONTACT_UNKNOWN = 0, /* no mains, or not yet */
	HEARTH_MCU_CONTACT_OPEN = 1,
	HEARTH_MCU_CONTACT_CLOSED = 2,
	HEARTH_MCU_CONTACT_FOREIGN = 3, /* a voltage that is not the mains' */
};

/* Local: the consumer asked for it in the home, not a remote party. */
#define HEARTH_MCU_COMMAND_LOCAL (1u << 0)

struct hearth_mcu_switch_command_req {
	__u8 command; /* enum hearth_mcu_switch_command */
	__u8 flags;   /* HEARTH_MCU_COMMAND_LOCAL */
	__le16 reserved;
} __attribute__((packed));

/* Answers both SWITCH_COMMAND and SWITCH. */
struct hearth_mcu_switch_rep {
	__le16 status;
	__u8 state;   /* enum hearth_mcu_switch_state */
	__u8 contact; /* enum hearth_mcu_contact */
	__u8 reason;  /* enum hearth_mcu_reason: of the state, or refusal */
	__u8 reserved[3];
	__le32 operations;    /* of the coils, since manufacture */
	__le16 open_delay_us; /* measured: coil to contact */
	__le16 close_delay_us;
} __attribute__((packed));

enum hearth_mcu_valve_command {
	HEARTH_MCU_VALVE_CLOSE = 0,
	HEARTH_MCU_VALVE_ARM = 1,  /* shut; may be opened on site */
	HEARTH_MCU_VALVE_OPEN = 2, /* armed, and HEARTH_MCU_COMMAND_LOCAL */
};

enum hearth_mcu_valve_state {
	HEARTH_MCU_VALVE_UNKNOWN = 0,
	HEARTH_MCU_VALVE_CLOSED = 1,
	HEARTH_MCU_VALVE_ARMED = 2,
	HEARTH_MCU_VALVE_TESTING = 3, /* no flow, before it opens */
	HEARTH_MCU_VALVE_OPENING = 4,
	HEARTH_MCU_VALVE_OPENED = 5,
	HEARTH_MCU_VALVE_CLOSING = 6,
	HEARTH_MCU_VALVE_FAULT = 7, /* somewhere in between */
};

struct hearth_mcu_valve_command_req {
	__u8 command; /* enum hearth_mcu_valve_command */
	__u8 flags;   /* HEARTH_MCU_COMMAND_LOCAL */
	__le16 reserved;
} __attribute__((packed));

#define HEARTH_MCU_VALVE_AT_CLOSED (1u << 0) /* limit switches */
#define HEARTH_MCU_VALVE_AT_OPEN (1u << 1)

/* Answers both VALVE_COMMAND and VALVE. */
struct hearth_mcu_valve_rep {
	__le16 status;
	__u8 state;  /* enum hearth_mcu_valve_state */
	__u8 sensed; /* HEARTH_MCU_VALVE_AT_* */
	__u8 reason; /* enum hearth_mcu_reason: of the state, or refusal */
	__u8 reserved;
	__le16 battery_mv;
	__le32 operations; /* of the motor, since manufacture */
	__le32 charge_mas; /* left of the battery's share, mA s */
} __attribute__((packed));

/* Gas pulses; a value told is one that a restart finds again. */
struct hearth_mcu_pulses_rep {
	__le16 status;
	__u8 valid;	 /* 0: the count is lost, and means nothing */
	__u8 held;	 /* the input is closed for longer than a wheel turns */
	__le32 rejected; /* too short or too soon, since the MCU started */
	__le64 pulses;
} __attribute__((packed));

#define HEARTH_MCU_TAMPER_TERMINAL_COVER (1u << 0)
#define HEARTH_MCU_TAMPER_METER_COVER (1u << 1)
#define HEARTH_MCU_TAMPER_MAGNET (1u << 2)

struct hearth_mcu_tamper_rep {
	__le16 status;
	__u8 active; /* HEARTH_MCU_TAMPER_* */
	__u8 reserved;
	__le32 count[3]; /* times each began, since the MCU started */
} __attribute__((packed));

static_assert(sizeof(struct hearth_mcu_identity_req) == 4, "wire size");
static_assert(sizeof(struct hearth_mcu_identity_rep) == 44, "wire size");
static_assert(sizeof(struct hearth_mcu_registers) == 32, "wire size");
static_assert(sizeof(struct hearth_mcu_registers_rep) == 40, "wire size");
static_assert(sizeof(struct hearth_mcu_live) == 76, "wire size");
static_assert(sizeof(struct hearth_mcu_event) == 24, "wire size");
static_assert(sizeof(struct hearth_mcu_event_ack) == 4, "wire size");
static_assert(sizeof(struct hearth_mcu_event_log_req) == 4, "wire size");
static_assert(sizeof(struct hearth_mcu_event_log_rep) == 244, "wire size");
static_assert(sizeof(struct hearth_mcu_clock_set_req) == 16, "wire size");
static_assert(sizeof(struct hearth_mcu_clock_rep) == 32, "wire size");
static_assert(sizeof(struct hearth_mcu_latches_req) == 8, "wire size");
static_assert(sizeof(struct hearth_mcu_latch) == 48, "wire size");
static_assert(sizeof(struct hearth_mcu_latches_rep) == HEARTH_MCU_MAX_PAYLOAD,
	      "wire size");
static_assert(sizeof(struct hearth_mcu_switch_command_req) == 4, "wire size");
static_assert(sizeof(struct hearth_mcu_switch_rep) == 16, "wire size");
static_assert(sizeof(struct hearth_mcu_valve_command_req) == 4, "wire size");
static_assert(sizeof(struct hearth_mcu_valve_rep) == 16, "wire size");
static_assert(sizeof(struct hearth_mcu_pulses_rep) == 16, "wire size");
static_assert(sizeof(struct hearth_mcu_tamper_rep) == 16, "wire size");

#endif /* HEARTH_MCU_PROTO_H */
