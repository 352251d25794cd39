// SPDX-License-Identifier: LGPL-2.1-or-later
#include "iio-scan.h"

#include <errno.h>
#include <string.h>

static bool take_number(const char **at, unsigned int *ret)
{
	unsigned int value = 0;
	const char *p = *at;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (unsigned int)(*p - '0');
		if (value > 64)
			return false;
	}
	*at = p;
	*ret = value;
	return true;
}

static bool take(const char **at, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

int iio_scan_parse_type(const char *text, struct iio_scan_element *ret)
{
	struct iio_scan_element out = *ret;
	unsigned int storage_bits;

	out.big_endian = take(&text, "be:");
	if (!out.big_endian && !take(&text, "le:"))
		return -EINVAL;
	out.is_signed = take(&text, "s");
	if (!out.is_signed && !take(&text, "u"))
		return -EINVAL;
	if (!take_number(&text, &out.bits) || !take(&text, "/") ||
	    !take_number(&text, &storage_bits) || !take(&text, ">>") ||
	    !take_number(&text, &out.shift))
		return -EINVAL;
	if (*text && strcmp(text, "\n") != 0)
		return -EINVAL;
	if (storage_bits != 8 && storage_bits != 16 && storage_bits != 32 &&
	    storage_bits != 64)
		return -EINVAL;
	if (!out.bits || out.bits + out.shift > storage_bits)
		return -EINVAL;
	out.storage = storage_bits / 8;
	*ret = out;
	return 0;
}

int iio_scan_layout(struct iio_scan_element *elements, size_t n)
{
	size_t at = 0, largest = 1;
	unsigned int from = 0;

	if (!n || n > IIO_SCAN_MAX_CHANNELS)
		return -EINVAL;
	for (size_t done = 0; done < n; done++) {
		struct iio_scan_element *next = NULL;

		for (size_t i = 0; i < n; i++) {
			if (elements[i].index < from)
				continue;
			if (!next || elements[i].index < next->index)
				next = &elements[i];
			else if (elements[i].index == next->index)
				return -EINVAL;
		}
		if (!next)
			return -EINVAL;
		at = (at + next->storage - 1) / next->storage * next->storage;
		next->offset = at;
		at += next->storage;
		if (next->storage > largest)
			largest = next->storage;
		from = next->index + 1;
	}
	at = (at + largest - 1) / largest * largest;
	return at <= IIO_SCAN_MAX_LEN ? (int)at : -EINVAL;
}

int64_t iio_scan_value(const struct iio_scan_element *element,
		       const uint8_t *scan)
{
	uint64_t raw = 0;

	for (unsigned int n = 0; n < element->storage; n++) {
		unsigned int at =
			element->big_endian ? n : element->storage - 1 - n;

		raw = raw << 8 | scan[element->offset + at];
	}
	raw >>= element->shift;
	if (element->bits < 64) {
		uint64_t sign = UINT64_C(1) << (element->bits - 1);

		raw &= (sign << 1) - 1;
		if (element->is_signed && raw & sign)
			raw |= ~((sign << 1) - 1);
	}
	return (int64_t)raw;
}

bool iio_scan_no_value(const struct iio_scan_element *element, int64_t value)
{
	return element->is_signed &&
	       value == (int64_t)(UINT64_MAX << (element->bits - 1));
}
