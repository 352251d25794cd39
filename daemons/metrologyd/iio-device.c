// SPDX-License-Identifier: LGPL-2.1-or-later
#include "iio-device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/util.h"

/* Channels we want, and by what raw x scale (mV, mA, mW, J) is multiplied. */
static const struct wanted {
	const char *channel;
	int value;
	int64_t num, den;
} wanted[] = {
	{ "in_altvoltage0", METER_VOLTAGE, 1, 1 },
	{ "in_current0", METER_CURRENT_LIVE, 1000, 1 },
	{ "in_current1", METER_CURRENT_NEUTRAL, 1000, 1 },
	{ "in_power0", METER_ACTIVE_POWER, 1, 1 },
	{ "in_power1", METER_REACTIVE_POWER, 1, 1 },
	{ "in_energy0", METER_ACTIVE_IMPORT, 1, 3600 },
	{ "in_energy1", METER_ACTIVE_EXPORT, 1, 3600 },
	{ "in_energy2", METER_REACTIVE_IMPORT, 1, 3600 },
	{ "in_energy3", METER_REACTIVE_EXPORT, 1, 3600 },
	{ "in_timestamp", -1, 1, 1 },
};

void iio_device_init(struct iio_device *device, const char *sysfs,
		     const char *dev)
{
	memset(device, 0, sizeof(*device));
	device->sysfs = sysfs;
	device->dev = dev;
	device->fd = -1;
}

static int attribute_path(const struct iio_device *device, const char *name,
			  char *path, size_t room)
{
	int len = snprintf(path, room, "%s/%s", device->path, name);

	return len < 0 || (size_t)len >= room ? -ENAMETOOLONG : 0;
}

static int read_attribute(const struct iio_device *device, const char *name,
			  char *text, size_t room)
{
	CLEANUP(cleanup_close) int fd = -1;
	char path[512];
	ssize_t len;

	if (attribute_path(device, name, path, sizeof(path)))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, text, room - 1);
	if (len < 0)
		return -errno;
	text[len] = 0;
	text[strcspn(text, "\n")] = 0;
	return 0;
}

static int write_attribute(const struct iio_device *device, const char *name,
			   const char *text)
{
	CLEANUP(cleanup_close) int fd = -1;
	char path[512];

	if (attribute_path(device, name, path, sizeof(path)))
		return -ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* Far above any scale or frequency, and small enough to be multiplied. */
#define MICRO_MAX_WHOLE 1000000

int iio_parse_micro(const char *text, int64_t *ret)
{
	int64_t value = 0;
	int decimals = -1;

	for (; *text && decimals < 6; text++) {
		if (*text == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (*text < '0' || *text > '9' ||
		    (decimals < 0 && value > MICRO_MAX_WHOLE))
			return -EINVAL;
		value = value * 10 + (*text - '0');
		decimals += decimals >= 0;
	}
	/* More decimals (the kernel may print nine) are below our interest. */
	for (; *text; text++)
		if (*text < '0' || *text > '9')
			return -EINVAL;
	for (decimals = decimals < 0 ? 0 : decimals; decimals < 6; decimals++)
		value *= 10;
	if (!value)
		return -EINVAL;
	*ret = value;
	return 0;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
	while (b) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static int open_channel(struct iio_device *device, const struct wanted *want)
{
	struct iio_scan_element *element = &device->element[device->n];
	int64_t index, scale = 1000000, divisor;
	char name[128], text[64];
	int r;

	snprintf(name, sizeof(name), "scan_elements/%s_type", want->channel);
	r = read_attribute(device, name, text, sizeof(text));
	if (r < 0)
		return r;
	if (iio_scan_parse_type(text, element))
		return -EPROTO;
	snprintf(name, sizeof(name), "scan_elements/%s_index", want->channel);
	r = read_attribute(device, name, text, sizeof(text));
	if (r < 0)
		return r;
	if (parse_int(text, 0, 1000, &index))
		return -EPROTO;
	element->index = (unsigned int)index;
	if (want->value >= 0) {
		snprintf(name, sizeof(name), "%s_scale", want->channel);
		r = read_attribute(device, name, text, sizeof(text));
		if (r < 0)
			return r;
		if (iio_parse_micro(text, &scale))
			return -EPROTO;
	}
	device->meaning[device->n].value = want->value;
	device->meaning[device->n].num = scale * want->num;
	device->meaning[device->n].den = 1000000 * want->den;
	divisor = common_divisor(device->meaning[device->n].num,
				 device->meaning[device->n].den);
	device->meaning[device->n].num /= divisor;
	device->meaning[device->n].den /= divisor;
	device->n++;

	snprintf(name, sizeof(name), "scan_elements/%s_en", want->channel);
	return write_attribute(device, name, "1");
}

static int find_device(struct iio_device *device, char *node, size_t room)
{
	DIR *dir = opendir(device->sysfs);
	struct dirent *entry;
	char name[64];
	int r = -ENODEV;

	if (!dir)
		return errno == ENOENT ? -ENODEV : -errno;
	while (r == -ENODEV && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "iio:device", 10) != 0)
			continue;
		if ((size_t)snprintf(device->path, sizeof(device->path),
				     "%s/%s", device->sysfs,
				     entry->d_name) >= sizeof(device->path) ||
		    (size_t)snprintf(node, room, "%s/%s", device->dev,
				     entry->d_name) >= room)
			continue;
		if (!read_attribute(device, "name", name, sizeof(name)) &&
		    !strcmp(name, IIO_DEVICE_NAME))
			r = 0;
	}
	closedir(dir);
	return r;
}

static int start(struct iio_device *device, const char *node)
{
	int r;

	/* The node first: it is what keeps others out (-EBUSY). */
	device->fd = open(node, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (device->fd < 0)
		return errno == ENOENT ? -ENODEV : -errno;
	/* One that died may have left the buffer running. */
	r = write_attribute(device, "buffer/enable", "0");
	if (r < 0)
		return r;
	r = write_attribute(device, "current_timestamp_clock", "boottime");
	if (r < 0)
		return r;
	for (size_t n = 0; n < ARRAY_SIZE(wanted); n++) {
		r = open_channel(device, &wanted[n]);
		if (r < 0)
			return r;
	}
	device->scan_len = iio_scan_layout(device->element, device->n);
	if (device->scan_len < 0)
		return -EPROTO;
	return write_attribute(device, "buffer/enable", "1");
}

int iio_device_open(struct iio_device *device)
{
	char node[256];
	int r;

	iio_device_close(device);
	r = find_device(device, node, sizeof(node));
	if (r < 0)
		return r;
	r = start(device, node);
	if (r < 0)
		iio_device_close(device);
	return r;
}

void iio_device_close(struct iio_device *device)
{
	if (device->fd >= 0) {
		/* If the device is gone there is nothing to stop. */
		(void)write_attribute(device, "buffer/enable", "0");
		close(device->fd);
	}
	device->fd = -1;
	device->n = 0;
	device->have = 0;
}

/* Frequency has no place in a scan; the attribute belongs to the same one. */
static int64_t read_frequency_mhz(const struct iio_device *device)
{
	char text[64];
	int64_t micro;

	if (read_attribute(device, "in_altvoltage0_frequency", text,
			   sizeof(text)) ||
	    iio_parse_micro(text, &micro))
		return METER_UNKNOWN;
	return micro / 1000;
}

static void decode(const struct iio_device *device,
		   int64_t values[METER_VALUES], uint64_t *ret_boot_us)
{
	for (int n = 0; n < METER_VALUES; n++)
		values[n] = METER_UNKNOWN;
	for (size_t n = 0; n < device->n; n++) {
		const struct iio_scan_element *element = &device->element[n];
		int64_t raw = iio_scan_value(element, device->scan);
		int64_t value;

		if (device->meaning[n].value < 0) {
			*ret_boot_us = (uint64_t)raw / 1000;
			continue;
		}
		if (iio_scan_no_value(element, raw) ||
		    __builtin_mul_overflow(raw, device->meaning[n].num, &value))
			continue;
		values[device->meaning[n].value] =
			value / device->meaning[n].den;
	}
	values[METER_FREQUENCY] = read_frequency_mhz(device);
}

int iio_device_read(struct iio_device *device, int64_t values[METER_VALUES],
		    uint64_t *ret_boot_us)
{
	ssize_t len;

	len = read(device->fd, device->scan + device->have,
		   (size_t)device->scan_len - device->have);
	if (len < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (len == 0)
		return -ENODEV;
	device->have += (size_t)len;
	if (device->have < (size_t)device->scan_len)
		return 0;
	device->have = 0;
	decode(device, values, ret_boot_us);
	return 1;
}
