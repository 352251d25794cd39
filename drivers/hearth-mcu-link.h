/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Link layer of the meter MCU: requests and their replies, acknowledged
 * events, counters. Knows nothing of serdev, so that a test can be its wire.
 */
#ifndef HEARTH_MCU_LINK_H
#define HEARTH_MCU_LINK_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <hearth/mcu_frame.h>

#define HEARTH_LINK_RETRY_MS 300
#define HEARTH_LINK_TRIES 5

struct hearth_link;

/**
 * struct hearth_link_ops - what the link layer needs from below and above
 * @write: put a whole frame on the wire; may sleep; 0 or negative errno
 * @live: a LIVE message of at least the known length; must not sleep
 * @event: an EVENT message, a repeated one too; must not sleep. Acknowledge
 *	with hearth_link_ack_event() once it is dealt with.
 */
struct hearth_link_ops {
	int (*write)(struct hearth_link *link, const u8 *wire, size_t len);
	void (*live)(struct hearth_link *link,
		     const struct hearth_mcu_live *live);
	void (*event)(struct hearth_link *link,
		      const struct hearth_mcu_event *event);
};

enum hearth_link_counter {
	HEARTH_LINK_RX_FRAMES,		/* good frames */
	HEARTH_LINK_RX_BAD_CRC,
	HEARTH_LINK_RX_MALFORMED,	/* COBS, length, or payload too short */
	HEARTH_LINK_RX_OVERSIZE,
	HEARTH_LINK_RX_UNEXPECTED,	/* reply nobody waits for, unknown type */
	HEARTH_LINK_TX_FRAMES,
	HEARTH_LINK_TX_ERRORS,		/* frames the wire refused */
	HEARTH_LINK_REQUEST_RETRIES,
	HEARTH_LINK_REQUEST_TIMEOUTS,
	HEARTH_LINK_COUNTERS
};

/**
 * struct hearth_link - one end of the link
 * @ops: set before hearth_link_init()
 * @retry_ms: how long to wait for a reply before the request is repeated
 * @counter: enum hearth_link_counter
 * @rx: touched by the receive path only
 * @request_lock: one request at a time; taken before @tx_lock
 * @tx_lock: one frame at a time on the wire
 * @lock: protects @pending
 * @seq: of the last request; under @request_lock
 * @pending: the request that waits for its reply
 * @replied: its reply is there
 */
struct hearth_link {
	const struct hearth_link_ops *ops;
	unsigned int retry_ms;
	atomic_t counter[HEARTH_LINK_COUNTERS];
	struct hearth_deframer rx;
	struct mutex request_lock; /* one request at a time */
	struct mutex tx_lock; /* one frame at a time */
	spinlock_t lock; /* requester and receive path: pending */
	u8 seq;
	struct {
		bool waiting;
		u8 type;
		u8 seq;
		u8 *buf;
		size_t room;
		size_t len;
	} pending;
	struct completion replied;
};

void hearth_link_init(struct hearth_link *link,
		      const struct hearth_link_ops *ops);
void hearth_link_receive(struct hearth_link *link, const u8 *data, size_t len);
int hearth_link_request(struct hearth_link *link, u8 type, const void *req,
			size_t req_len, void *rep, size_t rep_len);
int hearth_link_ack_event(struct hearth_link *link, __le32 event_seq);

static inline unsigned int hearth_link_count(const struct hearth_link *link,
					     enum hearth_link_counter which)
{
	return (unsigned int)atomic_read(&link->counter[which]);
}

#endif /* HEARTH_MCU_LINK_H */
