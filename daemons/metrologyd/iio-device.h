/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's metrology device: find it, start its buffer, read scans. */
#ifndef HEARTH_IIO_DEVICE_H
#define HEARTH_IIO_DEVICE_H

#include "iio-scan.h"
#include "meter.h"

#define IIO_DEVICE_NAME "hearth-metrology"

struct iio_device {
	const char *sysfs; /* /sys/bus/iio/devices */
	const char *dev;   /* /dev */
	char path[256];	   /* its folder in sysfs */
	int fd;		   /* -1: closed */
	size_t n;
	struct iio_scan_element element[IIO_SCAN_MAX_CHANNELS];
	struct {
		int value;	  /* enum meter_value; -1: the time stamp */
		int64_t num, den; /* raw x num / den is in meter.h's unit */
	} meaning[IIO_SCAN_MAX_CHANNELS];
	int scan_len;
	size_t have; /* of the next scan */
	uint8_t scan[IIO_SCAN_MAX_LEN];
};

void iio_device_init(struct iio_device *device, const char *sysfs,
		     const char *dev);

/*
 * Find the device and start its buffer. 0; -ENODEV if there is none; -EBUSY if
 * somebody else reads it; -EPROTO if its channels are not what is expected; or
 * another negative errno (-EACCES: not allowed).
 */
int iio_device_open(struct iio_device *device);
void iio_device_close(struct iio_device *device);

/*
 * Next scan: 1 with the values (METER_UNKNOWN where not measured) and the time
 * the kernel gave it (boot time, us); 0 if there is none yet; negative errno
 * if the device is gone.
 */
int iio_device_read(struct iio_device *device, int64_t values[METER_VALUES],
		    uint64_t *ret_boot_us);

/* "3.600000" x 10^6 as 3600000, up to 10 million; -EINVAL. For tests. */
int iio_parse_micro(const char *text, int64_t *ret);

#endif /* HEARTH_IIO_DEVICE_H */
