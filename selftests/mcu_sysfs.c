// SPDX-License-Identifier: GPL-2.0
/* Identity and link statistics of the meter MCU, as the ABI documents them. */
#include <ctype.h>

#include "kselftest_harness.h"
#include "sysfs.h"

FIXTURE(mcu) {
	char dir[256];
};

FIXTURE_SETUP(mcu)
{
	if (sysfs_find("/sys/bus/serial/devices/*", "link_state", NULL,
		       self->dir, sizeof(self->dir)))
		SKIP(return, "no meter MCU");
}

FIXTURE_TEARDOWN(mcu)
{
}

static long number(const char *dir, const char *name)
{
	char text[64], *end;
	long value;

	if (sysfs_read(dir, name, text, sizeof(text)) <= 0)
		return -1;
	value = strtol(text, &end, 0);
	return *end ? -1 : value;
}

TEST_F(mcu, identity)
{
	char text[128];
	unsigned int major, minor, patch;
	int n, fields;

	for (n = 0; n < 300 && sysfs_read(self->dir, "firmware_version", text,
					  sizeof(text)) <= 0; n++)
		usleep(100000);
	fields = sscanf(text, "%u.%u.%u", &major, &minor, &patch);
	ASSERT_EQ(3, fields);
	EXPECT_EQ(1, number(self->dir, "proto_version"));
	EXPECT_LT(0, number(self->dir, "boot_count"));
	EXPECT_EQ(1, number(self->dir, "features") & 1);
	ASSERT_EQ(16, sysfs_read(self->dir, "serial_number", text,
				 sizeof(text)));
	for (n = 0; n < 16; n++)
		EXPECT_TRUE(isxdigit(text[n]));
	EXPECT_LT(0, sysfs_read(self->dir, "hardware", text, sizeof(text)));
	EXPECT_LT(0, sysfs_read(self->dir, "reset_cause", text, sizeof(text)));
}

TEST_F(mcu, statistics_grow)
{
	static const char *const names[] = {
		"link/rx_frames", "link/rx_bad_crc", "link/rx_malformed",
		"link/rx_oversize", "link/rx_unexpected", "link/tx_frames",
		"link/tx_errors", "link/request_retries",
		"link/request_timeouts", "link/events", "link/live_missed",
	};
	char text[32];
	long frames;
	size_t n;

	for (n = 0; n < ARRAY_SIZE(names); n++)
		EXPECT_LE(0, number(self->dir, names[n]));
	frames = number(self->dir, "link/rx_frames");
	for (n = 0; n < 300 && number(self->dir, "link/rx_frames") <= frames;
	     n++)
		usleep(100000);
	EXPECT_LT(frames, number(self->dir, "link/rx_frames"));
	ASSERT_LT(0, sysfs_read(self->dir, "link_state", text, sizeof(text)));
	EXPECT_STREQ("up", text);
}

TEST_F(mcu, read_only)
{
	EXPECT_GT(0, sysfs_write(self->dir, "boot_count", "0"));
	EXPECT_GT(0, sysfs_write(self->dir, "link/rx_frames", "0"));
}

TEST_HARNESS_MAIN
