/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Layout of an IIO buffer's scans, from what sysfs says of its channels
 * (kernel documentation, iio/iio_devbuf). Pure.
 *
 * libiio does this and much more; it would bring Avahi, USB and XML into a
 * daemon that needs one local device.
 */
#ifndef HEARTH_IIO_SCAN_H
#define HEARTH_IIO_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IIO_SCAN_MAX_CHANNELS 16
#define IIO_SCAN_MAX_LEN 256

/* One channel's place in a scan. */
struct iio_scan_element {
	unsigned int index; /* order in the scan */
	bool big_endian;
	bool is_signed;
	unsigned int bits;    /* valid ones */
	unsigned int storage; /* bytes: 1, 2, 4 or 8 */
	unsigned int shift;
	size_t offset; /* filled in by iio_scan_layout() */
};

/* "le:s32/64>>0" and the like. 0, or -EINVAL with *ret unchanged. */
int iio_scan_parse_type(const char *text, struct iio_scan_element *ret);

/*
 * Give every element its offset: in order of index, each on a multiple of its
 * size. Returns the length of a scan; -EINVAL for two of the same index, none,
 * or a scan over IIO_SCAN_MAX_LEN.
 */
int iio_scan_layout(struct iio_scan_element *elements, size_t n);

/* The value of an element, sign-extended; scan is a whole one. */
int64_t iio_scan_value(const struct iio_scan_element *element,
		       const uint8_t *scan);

/* The most negative number of the element's type: "not measured". */
bool iio_scan_no_value(const struct iio_scan_element *element, int64_t value);

#endif /* HEARTH_IIO_SCAN_H */
