// SPDX-License-Identifier: GPL-2.0
/*
 * The IIO device of the meter MCU, as its ABI documents it. Wants the device
 * with an MCU that measures, and nobody else reading the buffer.
 */
#include <poll.h>
#include <time.h>

#include "kselftest_harness.h"
#include "sysfs.h"

#define N_CHANNELS 9
#define SCAN_LEN 64
#define WAIT_MS 30000

/* Order and format of a scan with everything in it. */
struct scan {
	int32_t value[5];
	int32_t pad;
	int64_t energy[4];
	int64_t timestamp;
};

_Static_assert(sizeof(struct scan) == SCAN_LEN, "scan layout");

static const struct channel {
	const char *name, *label, *scale, *type;
} channels[N_CHANNELS] = {
	{ "in_altvoltage0", "mains", "1", "le:s32/32>>0" },
	{ "in_current0", "live", "0.001000", "le:s32/32>>0" },
	{ "in_current1", "neutral", "0.001000", "le:s32/32>>0" },
	{ "in_power0", "active", "1", "le:s32/32>>0" },
	{ "in_power1", "reactive", "1", "le:s32/32>>0" },
	{ "in_energy0", "active_import", "3.600000", "le:s64/64>>0" },
	{ "in_energy1", "active_export", "3.600000", "le:s64/64>>0" },
	{ "in_energy2", "reactive_import", "3.600000", "le:s64/64>>0" },
	{ "in_energy3", "reactive_export", "3.600000", "le:s64/64>>0" },
};

FIXTURE(iio) {
	char dir[256];
	char node[64];
};

FIXTURE_SETUP(iio)
{
	if (sysfs_find("/sys/bus/iio/devices/iio:device*", "name",
		       "hearth-metrology", self->dir, sizeof(self->dir)))
		SKIP(return, "no hearth-metrology device");
	snprintf(self->node, sizeof(self->node), "/dev/%s",
		 strrchr(self->dir, '/') + 1);
}

FIXTURE_TEARDOWN(iio)
{
	sysfs_write(self->dir, "buffer/enable", "0");
}

static int attribute(const char *dir, const char *channel, const char *what,
		     char *text, size_t room)
{
	char name[128];

	snprintf(name, sizeof(name), "%s_%s", channel, what);
	return sysfs_read(dir, name, text, room);
}

/* Values are there a second or two after the MCU started. */
static int wait_for_values(const char *dir)
{
	char text[64];
	int n;

	for (n = 0; n < WAIT_MS / 100; n++) {
		if (sysfs_read(dir, "in_power0_raw", text, sizeof(text)) > 0)
			return 0;
		usleep(100000);
	}
	return -ETIMEDOUT;
}

static int start_buffer(const char *dir, unsigned int first, unsigned int last)
{
	char name[128];
	unsigned int n;

	for (n = 0; n < N_CHANNELS; n++) {
		snprintf(name, sizeof(name), "scan_elements/%s_en",
			 channels[n].name);
		if (sysfs_write(dir, name, n >= first && n <= last ? "1" : "0"))
			return -errno;
	}
	if (sysfs_write(dir, "scan_elements/in_timestamp_en", "1"))
		return -errno;
	return sysfs_write(dir, "buffer/enable", "1");
}

/* One scan, waiting for it if need be. */
static ssize_t next_scan(int fd, void *scan, size_t len)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	if (poll(&wait, 1, WAIT_MS) != 1)
		return -ETIMEDOUT;
	return read(fd, scan, len);
}

TEST_F(iio, attributes)
{
	char text[128];
	int n;

	ASSERT_EQ(0, wait_for_values(self->dir));
	for (n = 0; n < N_CHANNELS; n++) {
		TH_LOG("%s", channels[n].name);
		ASSERT_LT(0, attribute(self->dir, channels[n].name, "label",
				       text, sizeof(text)));
		EXPECT_STREQ(channels[n].label, text);
		ASSERT_LT(0, attribute(self->dir, channels[n].name, "scale",
				       text, sizeof(text)));
		EXPECT_STREQ(channels[n].scale, text);
		EXPECT_LT(0, attribute(self->dir, channels[n].name, "raw",
				       text, sizeof(text)));
	}
	ASSERT_LT(0, sysfs_read(self->dir, "in_altvoltage0_frequency", text,
				sizeof(text)));
	EXPECT_LT(40, atof(text));
	EXPECT_GT(70, atof(text));
}

TEST_F(iio, scan_elements)
{
	char name[128], text[64];
	int n;

	for (n = 0; n < N_CHANNELS; n++) {
		snprintf(name, sizeof(name), "scan_elements/%s_type",
			 channels[n].name);
		ASSERT_LT(0, sysfs_read(self->dir, name, text, sizeof(text)));
		EXPECT_STREQ(channels[n].type, text);
		snprintf(name, sizeof(name), "scan_elements/%s_index",
			 channels[n].name);
		ASSERT_LT(0, sysfs_read(self->dir, name, text, sizeof(text)));
		EXPECT_EQ(n, atoi(text));
	}
}

TEST_F(iio, nothing_can_be_set)
{
	EXPECT_GT(0, sysfs_write(self->dir, "in_power0_raw", "1"));
	EXPECT_GT(0, sysfs_write(self->dir, "in_energy0_raw", "0"));
	EXPECT_GT(0, sysfs_write(self->dir, "in_energy0_scale", "1"));
}

TEST_F(iio, one_scan_a_second)
{
	struct scan scan, before = { };
	int fd, n;

	ASSERT_EQ(0, wait_for_values(self->dir));
	fd = open(self->node, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sysfs_write(self->dir, "current_timestamp_clock",
				 "boottime"));
	ASSERT_EQ(0, start_buffer(self->dir, 0, N_CHANNELS - 1));
	for (n = 0; n < 4; n++) {
		int i;

		ASSERT_EQ(SCAN_LEN, next_scan(fd, &scan, sizeof(scan)));
		/* A noisy machine may hold one back, and bring it close to
		 * the next; a second apart is what the MCU means.
		 */
		if (n) {
			EXPECT_LT(before.timestamp + 50000000, scan.timestamp);
			EXPECT_GT(before.timestamp + 10000000000,
				  scan.timestamp);
		}
		for (i = 0; i < 4; i++) {
			EXPECT_LE(0, scan.energy[i]);
			EXPECT_LE(before.energy[i], scan.energy[i]);
		}
		EXPECT_NE(INT32_MIN, scan.value[0]);
		before = scan;
	}
	close(fd);
}

/* An attribute gives what the scan of the same message has. */
TEST_F(iio, attribute_equals_scan)
{
	struct scan scan;
	char text[64];
	int fd, tries, equal = 0;

	ASSERT_EQ(0, wait_for_values(self->dir));
	fd = open(self->node, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, start_buffer(self->dir, 0, N_CHANNELS - 1));
	/* The next message may come between the two reads. */
	for (tries = 0; tries < 5 && !equal; tries++) {
		ASSERT_EQ(SCAN_LEN, next_scan(fd, &scan, sizeof(scan)));
		ASSERT_LT(0, sysfs_read(self->dir, "in_current0_raw", text,
					sizeof(text)));
		if (atoll(text) != scan.value[1])
			continue;
		ASSERT_LT(0, sysfs_read(self->dir, "in_energy0_raw", text,
					sizeof(text)));
		equal = atoll(text) == scan.energy[0];
	}
	EXPECT_EQ(1, equal);
	close(fd);
}

/* A reader who wants less gets less, packed as the ABI says. */
TEST_F(iio, subset)
{
	struct {
		int64_t export, reactive;
		int64_t timestamp;
	} scan;
	char text[64];
	int fd;

	ASSERT_EQ(0, wait_for_values(self->dir));
	fd = open(self->node, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, start_buffer(self->dir, 6, 7));
	ASSERT_EQ((ssize_t)sizeof(scan), next_scan(fd, &scan, sizeof(scan)));
	ASSERT_LT(0, sysfs_read(self->dir, "in_energy1_raw", text,
				sizeof(text)));
	EXPECT_LE(scan.export, atoll(text));
	EXPECT_LT(0, scan.timestamp);
	close(fd);
}

TEST_F(iio, one_reader)
{
	int fd, second;

	fd = open(self->node, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, fd);
	second = open(self->node, O_RDONLY | O_NONBLOCK);
	EXPECT_EQ(-1, second);
	EXPECT_EQ(EBUSY, errno);
	close(fd);
	fd = open(self->node, O_RDONLY | O_NONBLOCK);
	EXPECT_LE(0, fd);
	close(fd);
}

TEST_HARNESS_MAIN
