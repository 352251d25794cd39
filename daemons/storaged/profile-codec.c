// SPDX-License-Identifier: LGPL-2.1-or-later
#include "profile-codec.h"

#include <errno.h>

#include <hearth/mcu_frame.h>

#include "profile-values.h"

#define VERSION 1
#define NUMBER_OCTETS 10 /* of 64 bits */
#define CRC_OCTETS 4

/* How the values of a channel are written. */
enum form {
	FORM_PLAIN,
	FORM_CODED,
	FORMS
};

/* --- numbers */

static void write_number(struct wbuf *w, uint64_t value)
{
	while (value >= 0x80) {
		write_u8(w, (uint8_t)(value | 0x80));
		value >>= 7;
	}
	write_u8(w, (uint8_t)value);
}

static uint64_t read_number(struct reader *r, uint64_t max)
{
	uint64_t value = 0;
	uint8_t octet = 0x80;

	for (unsigned int shift = 0; octet & 0x80; shift += 7) {
		octet = read_u8(r);
		if (shift == 63 && octet > 1)
			r->bad = true;
		if (r->bad)
			return 0;
		value |= (uint64_t)(octet & 0x7f) << shift;
	}
	if (value > max)
		r->bad = true;
	return r->bad ? 0 : value;
}

static void write_registers(struct wbuf *w, const struct profile_latch *latch,
			    unsigned int channels)
{
	for (unsigned int n = 0; n < channels; n++)
		write_number(w, latch->registers[n]);
}

static void read_registers(struct reader *r, struct profile_latch *latch,
			   unsigned int channels)
{
	for (unsigned int n = 0; n < channels; n++)
		latch->registers[n] = read_number(r, UINT64_MAX);
}

/* --- writing */

static bool valid(const struct profile *profile)
{
	if (!profile->channels || profile->channels > PROFILE_CHANNELS ||
	    !profile->n || profile->n > PROFILE_LATCHES)
		return false;
	for (size_t n = 1; n < profile->n; n++)
		if (!profile_follows(&profile->latch[n - 1], &profile->latch[n],
				     profile->channels))
			return false;
	return true;
}

static void write_exceptions(struct wbuf *w, const struct profile *profile)
{
	const struct profile_latch *latch = profile->latch;
	size_t count = 0, exact = 0;

	for (size_t n = 1; n < profile->n; n++)
		count += latch[n].reason != PROFILE_EXACT;
	write_number(w, count);
	for (size_t n = 1; n < profile->n; n++) {
		if (latch[n].reason == PROFILE_EXACT) {
			exact++;
			continue;
		}
		write_number(w, exact);
		exact = 0;
		write_number(w, latch[n].slot - latch[n - 1].slot);
		write_u8(w, latch[n].reason);
		if (profile_is_break(latch[n].reason))
			write_registers(w, &latch[n], profile->channels);
	}
}

static void write_flags(struct wbuf *w, const struct profile *profile)
{
	size_t next;

	for (size_t n = 1; n < profile->n; n = next) {
		uint32_t flags = profile->latch[n].flags;

		next = n + 1;
		while (next < profile->n && profile->latch[next].flags == flags)
			next++;
		write_number(w, next - n);
		write_number(w, flags);
	}
}

static size_t number_octets(uint64_t value)
{
	size_t n = 1;

	while (value >>= 7)
		n++;
	return n;
}

/* Coded, unless that would be longer than the plain values. */
static void write_channel(struct wbuf *w, const struct profile *profile,
			  unsigned int channel)
{
	uint64_t values[PROFILE_LATCHES];
	uint8_t coded[PROFILE_LATCHES * NUMBER_OCTETS];
	size_t n_values = 0, plain = 0, octets;

	for (size_t n = 1; n < profile->n; n++) {
		struct profile_interval interval = profile_interval_of(
			&profile->latch[n - 1], &profile->latch[n], channel);

		if (profile_is_break(interval.reason))
			continue;
		values[n_values++] = interval.amount;
		plain += number_octets(interval.amount);
	}
	octets = plain ? values_encode(values, n_values, coded, plain) : 0;
	write_u8(w, octets ? FORM_CODED : FORM_PLAIN);
	write_number(w, octets ? octets : plain);
	write_bytes(w, coded, octets);
	for (size_t n = 0; !octets && n < n_values; n++)
		write_number(w, values[n]);
}

size_t profile_encode(const struct profile *profile, uint8_t *out, size_t room)
{
	struct wbuf w = wbuf_of(out, room);

	if (!valid(profile))
		return 0;
	write_u8(&w, VERSION);
	write_u8(&w, (uint8_t)profile->channels);
	write_number(&w, profile->latch[0].slot);
	write_number(&w, profile->latch[0].flags);
	write_registers(&w, &profile->latch[0], profile->channels);
	write_number(&w, profile->n - 1);
	write_exceptions(&w, profile);
	write_flags(&w, profile);
	for (unsigned int n = 0; n < profile->channels; n++)
		write_channel(&w, profile, n);
	if (w.bad)
		return 0;
	write_le(&w, hearth_crc32(out, w.len), CRC_OCTETS);
	return w.bad ? 0 : w.len;
}

/* --- reading */

static void read_exceptions(struct reader *r, struct profile *profile)
{
	size_t count = read_number(r, profile->n - 1), at = 0;

	for (; count && !r->bad; count--) {
		struct profile_latch *latch;

		at += 1 + read_number(r, profile->n);
		if (at >= profile->n) {
			r->bad = true;
			return;
		}
		latch = &profile->latch[at];
		/* The difference, until all are known. */
		latch->slot = (uint32_t)read_number(r, UINT32_MAX);
		latch->reason = read_u8(r);
		if (latch->reason == PROFILE_EXACT ||
		    latch->reason >= PROFILE_REASONS)
			r->bad = true;
		if (profile_is_break(latch->reason))
			read_registers(r, latch, profile->channels);
	}
}

static void read_flags(struct reader *r, struct profile *profile)
{
	size_t n = 1;

	while (n < profile->n && !r->bad) {
		size_t run = read_number(r, profile->n - n);
		uint32_t flags = (uint32_t)read_number(r, UINT32_MAX);

		if (!run)
			r->bad = true;
		for (; run; run--)
			profile->latch[n++].flags = flags;
	}
}

static bool read_values(uint8_t form, struct span in, uint64_t *values,
			size_t n)
{
	struct reader r = reader_of(in);

	if (form == FORM_CODED)
		return values_decode(in, values, n);
	for (size_t at = 0; at < n && !r.bad; at++)
		values[at] = read_number(&r, UINT64_MAX);
	return !reader_done(&r);
}

static void read_channel(struct reader *r, struct profile *profile,
			 unsigned int channel, size_t breaks, bool wanted)
{
	uint64_t values[PROFILE_LATCHES], *value = values;
	uint8_t form = read_u8(r);
	struct span in = read_bytes(r, read_number(r, reader_left(r)));

	if (r->bad || form >= FORMS) {
		r->bad = true;
		return;
	}
	if (wanted && !read_values(form, in, values, profile->n - 1 - breaks)) {
		r->bad = true;
		return;
	}
	for (size_t n = 1; n < profile->n; n++) {
		struct profile_latch *latch = &profile->latch[n];
		uint64_t before = latch[-1].registers[channel];

		if (!wanted)
			latch->registers[channel] = 0;
		else if (!profile_is_break(latch->reason) &&
			 __builtin_add_overflow(before, *value++,
						&latch->registers[channel]))
			r->bad = true;
	}
	if (!wanted)
		profile->latch[0].registers[channel] = 0;
}

static bool read_all(struct reader *r, unsigned int wanted,
		     struct profile *profile)
{
	struct profile_latch *latch = profile->latch;
	size_t breaks = 0;

	if (read_u8(r) != VERSION)
		return false;
	profile->channels = read_u8(r);
	if (!profile->channels || profile->channels > PROFILE_CHANNELS)
		return false;
	latch[0].slot = (uint32_t)read_number(r, UINT32_MAX);
	latch[0].flags = (uint32_t)read_number(r, UINT32_MAX);
	latch[0].reason = PROFILE_EXACT;
	for (unsigned int n = 0; n < PROFILE_CHANNELS; n++)
		latch[0].registers[n] = 0;
	read_registers(r, &latch[0], profile->channels);
	profile->n = 1 + read_number(r, PROFILE_LATCHES - 1);
	for (size_t n = 1; n < profile->n; n++)
		latch[n] = (struct profile_latch){ .slot = 1 };
	read_exceptions(r, profile);
	read_flags(r, profile);
	if (r->bad)
		return false;
	for (size_t n = 1; n < profile->n; n++) {
		breaks += profile_is_break(latch[n].reason);
		if (__builtin_add_overflow(latch[n - 1].slot, latch[n].slot,
					   &latch[n].slot))
			return false;
	}
	for (unsigned int n = 0; n < profile->channels; n++)
		read_channel(r, profile, n, breaks, wanted >> n & 1);
	return !reader_done(r);
}

int profile_decode(struct span in, unsigned int wanted, struct profile *profile)
{
	struct reader r, crc;

	if (in.len < CRC_OCTETS)
		return -EBADMSG;
	in.len -= CRC_OCTETS;
	r = reader_of(in);
	crc = reader_of(SPAN(in.p + in.len, CRC_OCTETS));
	if (hearth_crc32(in.p, in.len) != read_le32(&crc) ||
	    !read_all(&r, wanted, profile) || !valid(profile))
		return -EBADMSG;
	return 0;
}
