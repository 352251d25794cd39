/* SPDX-License-Identifier: MIT */
/*
 * Frames of the MCU link: bytes on the wire to messages and back. Pure: no
 * I/O, no clock, no allocation. Compiled by kernel, firmware and host tools,
 * so both ends share one reading of the rules.
 *
 *   0x00 | COBS( type, seq, length (le16), payload, CRC-32 (le32) ) | 0x00
 *
 * COBS (Cheshire and Baker, 1999) keeps 0x00 out of the frame, so 0x00 always
 * ends one: after garbage, or a start in mid-frame, the receiver is in step
 * again at the next 0x00. A sender also puts one in front, so that what it
 * sends is not lost to the garbage before it; empty frames are not errors.
 * The CRC is CRC-32/ISO-HDLC (that of Ethernet and zlib) over the header and
 * the payload.
 */
#ifndef HEARTH_MCU_FRAME_H
#define HEARTH_MCU_FRAME_H

#include <hearth/mcu_proto.h>

#if defined(__KERNEL__)
#include <linux/crc32.h>
#include <linux/string.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#endif

#define HEARTH_FRAME_HEADER_LEN 4
#define HEARTH_FRAME_CRC_LEN 4
/* A frame before COBS: header, payload, CRC. */
#define HEARTH_FRAME_MAX_RAW                                \
	(HEARTH_FRAME_HEADER_LEN + HEARTH_MCU_MAX_PAYLOAD + \
	 HEARTH_FRAME_CRC_LEN)
/* On the wire: a code byte every 254 bytes, and a 0x00 at either end. */
#define HEARTH_FRAME_MAX_WIRE \
	(HEARTH_FRAME_MAX_RAW + HEARTH_FRAME_MAX_RAW / 254 + 1 + 2)

#if defined(__KERNEL__)
static inline uint32_t hearth_crc32(const void *data, size_t len)
{
	return ~crc32_le(~0u, data, len);
}
#else
/* Four bits at a time: a table of 64 bytes suits an MCU. */
static inline uint32_t hearth_crc32(const void *data, size_t len)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const uint8_t *p = data;
	uint32_t crc = 0xffffffff;

	while (len--) {
		crc ^= *p++;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}
#endif

/* A received message; payload points into the deframer, good until its next
 * byte.
 */
struct hearth_frame {
	uint8_t type;
	uint8_t seq;
	uint16_t len;
	const uint8_t *payload;
};

/* What one more byte did to a deframer. */
enum hearth_rx {
	HEARTH_RX_MORE,	     /* nothing to report yet */
	HEARTH_RX_FRAME,     /* *frame is filled in */
	HEARTH_RX_OVERSIZE,  /* frame too long, dropped at its end */
	HEARTH_RX_MALFORMED, /* broken COBS, too short, length wrong */
	HEARTH_RX_BAD_CRC,
};

struct hearth_deframer {
	uint16_t len;	/* decoded so far */
	uint8_t left;	/* bytes up to the next code byte */
	bool zero_next; /* the next code byte stands for a 0x00 */
	bool oversize;
	bool started; /* a code byte was seen since the last 0x00 */
	uint8_t buf[HEARTH_FRAME_MAX_RAW];
};

static inline void hearth_deframer_init(struct hearth_deframer *d)
{
	d->len = 0;
	d->left = 0;
	d->zero_next = false;
	d->oversize = false;
	d->started = false;
}

static inline void hearth_deframer_put(struct hearth_deframer *d, uint8_t byte)
{
	if (d->len < sizeof(d->buf))
		d->buf[d->len++] = byte;
	else
		d->oversize = true;
}

static inline enum hearth_rx
hearth_deframer_end(const struct hearth_deframer *d, struct hearth_frame *frame)
{
	const uint8_t *p = d->buf;
	uint16_t body;
	uint32_t crc;

	if (!d->started)
		return HEARTH_RX_MORE;
	if (d->oversize)
		return HEARTH_RX_OVERSIZE;
	if (d->left || d->len < HEARTH_FRAME_HEADER_LEN + HEARTH_FRAME_CRC_LEN)
		return HEARTH_RX_MALFORMED;

	body = d->len - HEARTH_FRAME_CRC_LEN;
	if ((p[2] | p[3] << 8) != body - HEARTH_FRAME_HEADER_LEN)
		return HEARTH_RX_MALFORMED;
	crc = (uint32_t)p[body] | (uint32_t)p[body + 1] << 8 |
	      (uint32_t)p[body + 2] << 16 | (uint32_t)p[body + 3] << 24;
	if (crc != hearth_crc32(p, body))
		return HEARTH_RX_BAD_CRC;

	frame->type = p[0];
	frame->seq = p[1];
	frame->len = body - HEARTH_FRAME_HEADER_LEN;
	frame->payload = p + HEARTH_FRAME_HEADER_LEN;
	return HEARTH_RX_FRAME;
}

/*
 * Take one byte from the wire. *frame is written only with HEARTH_RX_FRAME.
 * Any byte sequence is safe; the deframer is in step after any 0x00.
 */
static inline enum hearth_rx hearth_deframer_push(struct hearth_deframer *d,
						  uint8_t byte,
						  struct hearth_frame *frame)
{
	enum hearth_rx rx;

	if (byte == 0) {
		rx = hearth_deframer_end(d, frame);
		hearth_deframer_init(d);
		return rx;
	}
	if (d->left) {
		hearth_deframer_put(d, byte);
		d->left--;
		return HEARTH_RX_MORE;
	}
	if (d->zero_next)
		hearth_deframer_put(d, 0);
	d->started = true;
	d->left = byte - 1;
	d->zero_next = byte != 0xff;
	return HEARTH_RX_MORE;
}

/*
 * Write a message as wire bytes, both delimiters included. Returns how many,
 * or 0 if the payload is over HEARTH_MCU_MAX_PAYLOAD or the room too small
 * (HEARTH_FRAME_MAX_WIRE always does). The payload may be NULL if len is 0.
 */
static inline size_t hearth_frame_encode(uint8_t type, uint8_t seq,
					 const void *payload, size_t len,
					 uint8_t *wire, size_t room)
{
	uint8_t raw[HEARTH_FRAME_MAX_RAW];
	size_t body = HEARTH_FRAME_HEADER_LEN + len;
	size_t raw_len = body + HEARTH_FRAME_CRC_LEN;
	size_t out = 2, code = 1, i;
	uint32_t crc;

	if (len > HEARTH_MCU_MAX_PAYLOAD ||
	    room < raw_len + raw_len / 254 + 1 + 2)
		return 0;

	raw[0] = type;
	raw[1] = seq;
	raw[2] = len & 0xff;
	raw[3] = len >> 8 & 0xff;
	if (len)
		memcpy(raw + HEARTH_FRAME_HEADER_LEN, payload, len);
	crc = hearth_crc32(raw, body);
	for (i = 0; i < HEARTH_FRAME_CRC_LEN; i++)
		raw[body + i] = crc >> 8 * i & 0xff;

	wire[0] = 0;
	wire[code] = 1;
	for (i = 0; i < raw_len; i++) {
		if (wire[code] == 0xff) {
			code = out++;
			wire[code] = 1;
		}
		if (raw[i]) {
			wire[out++] = raw[i];
			wire[code]++;
		} else {
			code = out++;
			wire[code] = 1;
		}
	}
	wire[out++] = 0;
	return out;
}

#endif /* HEARTH_MCU_FRAME_H */
