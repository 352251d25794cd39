// SPDX-License-Identifier: GPL-2.0
/*
 * Link layer of the meter MCU; see include/hearth/mcu_proto.h for the rules
 * it keeps.
 *
 * Locks: request_lock, then tx_lock; lock (spin) is innermost and is never
 * held over a callback. The receive path takes only lock, so it may run while
 * a request waits.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <kunit/visibility.h>

#include "hearth-mcu-link.h"

static void hearth_link_inc(struct hearth_link *link,
			    enum hearth_link_counter which)
{
	atomic_inc(&link->counter[which]);
}

/**
 * hearth_link_init - make a link ready, with nothing under way
 * @link: to be set up; zeroed memory or one that is no longer used
 * @ops: stays the caller's, and must outlive the link
 */
void hearth_link_init(struct hearth_link *link,
		      const struct hearth_link_ops *ops)
{
	memset(link, 0, sizeof(*link));
	link->ops = ops;
	link->retry_ms = HEARTH_LINK_RETRY_MS;
	hearth_deframer_init(&link->rx);
	mutex_init(&link->request_lock);
	mutex_init(&link->tx_lock);
	spin_lock_init(&link->lock);
	init_completion(&link->replied);
}
EXPORT_SYMBOL_IF_KUNIT(hearth_link_init);

static void hearth_link_reply(struct hearth_link *link,
			      const struct hearth_frame *frame)
{
	bool expected;

	spin_lock(&link->lock);
	expected = link->pending.waiting &&
		   frame->type == (link->pending.type | HEARTH_MCU_REPLY) &&
		   frame->seq == link->pending.seq;
	if (expected) {
		link->pending.waiting = false;
		link->pending.len = frame->len;
		memcpy(link->pending.buf, frame->payload,
		       min_t(size_t, frame->len, link->pending.room));
		complete(&link->replied);
	}
	spin_unlock(&link->lock);
	if (!expected)
		hearth_link_inc(link, HEARTH_LINK_RX_UNEXPECTED);
}

static void hearth_link_dispatch(struct hearth_link *link,
				 const struct hearth_frame *frame)
{
	size_t need = 0;

	if (frame->type & HEARTH_MCU_REPLY) {
		hearth_link_reply(link, frame);
		return;
	}
	switch (frame->type) {
	case HEARTH_MCU_LIVE:
		need = sizeof(struct hearth_mcu_live);
		if (frame->len >= need)
			link->ops->live(link, (const void *)frame->payload);
		break;
	case HEARTH_MCU_EVENT:
		need = sizeof(struct hearth_mcu_event);
		if (frame->len >= need)
			link->ops->event(link, (const void *)frame->payload);
		break;
	default:
		hearth_link_inc(link, HEARTH_LINK_RX_UNEXPECTED);
		break;
	}
	if (frame->len < need)
		hearth_link_inc(link, HEARTH_LINK_RX_MALFORMED);
}

/**
 * hearth_link_receive - take bytes from the wire
 * @link: the link
 * @data: any bytes
 * @len: how many
 *
 * Not to be called twice at the same time; does not sleep.
 */
void hearth_link_receive(struct hearth_link *link, const u8 *data, size_t len)
{
	struct hearth_frame frame;

	while (len--) {
		switch (hearth_deframer_push(&link->rx, *data++, &frame)) {
		case HEARTH_RX_MORE:
			break;
		case HEARTH_RX_FRAME:
			hearth_link_inc(link, HEARTH_LINK_RX_FRAMES);
			hearth_link_dispatch(link, &frame);
			break;
		case HEARTH_RX_OVERSIZE:
			hearth_link_inc(link, HEARTH_LINK_RX_OVERSIZE);
			break;
		case HEARTH_RX_MALFORMED:
			hearth_link_inc(link, HEARTH_LINK_RX_MALFORMED);
			break;
		case HEARTH_RX_BAD_CRC:
			hearth_link_inc(link, HEARTH_LINK_RX_BAD_CRC);
			break;
		}
	}
}
EXPORT_SYMBOL_IF_KUNIT(hearth_link_receive);

/* Encode and write, one frame at a time. */
static int hearth_link_send(struct hearth_link *link, u8 type, u8 seq,
			    const void *payload, size_t len)
{
	u8 wire[HEARTH_FRAME_MAX_WIRE];
	size_t wire_len;
	int ret;

	wire_len = hearth_frame_encode(type, seq, payload, len, wire,
				       sizeof(wire));
	if (!wire_len)
		return -EMSGSIZE;
	mutex_lock(&link->tx_lock);
	ret = link->ops->write(link, wire, wire_len);
	mutex_unlock(&link->tx_lock);
	hearth_link_inc(link, ret ? HEARTH_LINK_TX_ERRORS :
				    HEARTH_LINK_TX_FRAMES);
	return ret;
}

static void hearth_link_expect(struct hearth_link *link, u8 type, u8 *rep,
			       size_t rep_len)
{
	reinit_completion(&link->replied);
	spin_lock(&link->lock);
	link->pending.type = type;
	link->pending.seq = link->seq;
	link->pending.buf = rep;
	link->pending.room = rep_len;
	link->pending.waiting = true;
	spin_unlock(&link->lock);
}

/* Returns the reply's length, or -ETIMEDOUT; the buffer is the caller's now. */
static int hearth_link_settle(struct hearth_link *link)
{
	int ret;

	spin_lock(&link->lock);
	ret = link->pending.waiting ? -ETIMEDOUT : (int)link->pending.len;
	link->pending.waiting = false;
	link->pending.buf = NULL;
	spin_unlock(&link->lock);
	return ret;
}

static int hearth_link_status(const void *rep)
{
	switch (le16_to_cpup(rep)) {
	case HEARTH_MCU_OK:
		return 0;
	case HEARTH_MCU_EOPNOTSUPP:
		return -EOPNOTSUPP;
	case HEARTH_MCU_EINVAL:
		return -EINVAL;
	case HEARTH_MCU_EBUSY:
		return -EBUSY;
	default:
		return -EIO;
	}
}

/**
 * hearth_link_request - ask the MCU and wait for its answer
 * @link: the link
 * @type: enum hearth_mcu_type, a request
 * @req: its payload; may be NULL if @req_len is 0
 * @req_len: at most HEARTH_MCU_MAX_PAYLOAD
 * @rep: where the reply goes; starts with the status
 * @rep_len: how long the reply must be at least; more is cut off
 *
 * Sleeps, up to HEARTH_LINK_TRIES times retry_ms. Repeats have the same
 * sequence number, so the MCU carries the request out once.
 *
 * Return: 0; -ETIMEDOUT without a reply; -EPROTO if it is too short; the
 * MCU's refusal as -EOPNOTSUPP, -EINVAL, -EBUSY or -EIO; an error of the wire.
 */
int hearth_link_request(struct hearth_link *link, u8 type, const void *req,
			size_t req_len, void *rep, size_t rep_len)
{
	unsigned int attempt;
	int ret = 0;

	if (WARN_ON_ONCE(rep_len < sizeof(__le16)))
		return -EINVAL;

	mutex_lock(&link->request_lock);
	link->seq++;
	hearth_link_expect(link, type, rep, rep_len);
	for (attempt = 0; attempt < HEARTH_LINK_TRIES; attempt++) {
		if (attempt)
			hearth_link_inc(link, HEARTH_LINK_REQUEST_RETRIES);
		ret = hearth_link_send(link, type, link->seq, req, req_len);
		if (ret)
			break;
		if (wait_for_completion_timeout(&link->replied,
						msecs_to_jiffies(link->retry_ms)))
			break;
	}
	if (ret) {
		hearth_link_settle(link);
	} else {
		ret = hearth_link_settle(link);
		if (ret == -ETIMEDOUT)
			hearth_link_inc(link, HEARTH_LINK_REQUEST_TIMEOUTS);
	}
	mutex_unlock(&link->request_lock);

	if (ret < 0)
		return ret;
	/* A refusal is only a status. */
	if (ret < (int)sizeof(__le16))
		return -EPROTO;
	if (hearth_link_status(rep))
		return hearth_link_status(rep);
	return ret < (int)rep_len ? -EPROTO : 0;
}
EXPORT_SYMBOL_IF_KUNIT(hearth_link_request);

/**
 * hearth_link_ack_event - tell the MCU that an event has been dealt with
 * @link: the link
 * @event_seq: as it came
 *
 * Sleeps. Return: 0 or an error of the wire; the MCU then repeats the event.
 */
int hearth_link_ack_event(struct hearth_link *link, __le32 event_seq)
{
	struct hearth_mcu_event_ack ack = { .event_seq = event_seq };

	return hearth_link_send(link, HEARTH_MCU_EVENT_ACK, 0, &ack,
				sizeof(ack));
}
EXPORT_SYMBOL_IF_KUNIT(hearth_link_ack_event);
