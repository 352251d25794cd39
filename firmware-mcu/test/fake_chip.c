// SPDX-License-Identifier: MIT
#include "fake_chip.h"

#include <stdlib.h>
#include <string.h>

struct fake_chip fake;

static uint8_t cells[FAKE_FLASH_MAX];

void fake_chip_power_on(void)
{
	uint32_t size = fake.size, sector = fake.sector;

	memset(&fake, 0, sizeof(fake));
	fake.flash = cells;
	fake.size = size;
	fake.sector = sector;
	fake.power_bytes = -1;
	fake.cause = HEARTH_MCU_RESET_POWER_ON;
	board_init();
}

void fake_chip_flash(uint32_t size, uint32_t sector)
{
	fake.size = size;
	fake.sector = sector;
	memset(cells, 0xff, size);
	fake_chip_power_on();
}

void fake_chip_new(void)
{
	fake_chip_flash(FAKE_FLASH_SIZE, FAKE_FLASH_SECTOR);
}

void chip_init(void)
{
}

uint64_t chip_uptime_us(void)
{
	return fake.now_us;
}

void chip_idle(void)
{
}

enum hearth_mcu_reset_cause chip_reset_cause(void)
{
	return fake.cause;
}

const char *chip_hardware_name(void)
{
	static const char name[HEARTH_MCU_NAME_LEN] = "fake";

	return name;
}

void chip_serial_number(uint8_t serial[CHIP_SERIAL_LEN])
{
	memset(serial, 0x42, CHIP_SERIAL_LEN);
}

void chip_log(const char *line)
{
	(void)line;
}

void *chip_retained(void)
{
	return fake.retained;
}

size_t chip_link_read(uint8_t *data, size_t room)
{
	size_t len = fake.rx_len - fake.rx_at;

	if (fake.rx_endless) {
		memset(data, 0, room);
		return room;
	}
	if (len > room)
		len = room;
	memcpy(data, fake.rx + fake.rx_at, len);
	fake.rx_at += len;
	return len;
}

bool chip_link_write(const uint8_t *data, size_t len)
{
	if (fake.wire_full || len > sizeof(fake.tx) - fake.tx_len)
		return false;
	memcpy(fake.tx + fake.tx_len, data, len);
	fake.tx_len += len;
	return true;
}

struct chip_flash_geometry chip_flash_geometry(void)
{
	struct chip_flash_geometry geo = { fake.size, fake.sector };

	return geo;
}

/* False once the power is gone: in the middle of whatever was going on. */
static bool powered(void)
{
	if (fake.dead)
		return false;
	if (fake.power_bytes < 0)
		return true;
	if (fake.power_bytes == 0) {
		fake.dead = true;
		return false;
	}
	fake.power_bytes--;
	return true;
}

int chip_flash_read(uint32_t offset, void *data, size_t len)
{
	if (offset > fake.size || len > fake.size - offset)
		return -1;
	if (fake.bad_reads) {
		fake.bad_reads--;
		return -1;
	}
	memcpy(data, fake.flash + offset, len);
	return 0;
}

/* Bits on their way from what they are: each may have arrived, or not. */
static void tear(uint32_t offset, uint8_t to)
{
	uint8_t arrived = (uint8_t)rand();

	fake.flash[offset] =
		(uint8_t)((fake.flash[offset] & ~arrived) | (to & arrived));
}

int chip_flash_program(uint32_t offset, const void *data, size_t len)
{
	const uint8_t *new = data;

	if (fake.fail_programs || fake.dead)
		return -1;
	fake.flash_us += FAKE_PROGRAM_US;
	for (size_t n = 0; n < len; n++) {
		if (!powered()) {
			/* The byte under way is half done. */
			if (!fake.torn_anyhow)
				fake.flash[offset + n] &= new[n] | 0x0f;
			for (; fake.torn_anyhow && n < len; n++)
				tear((uint32_t)(offset + n),
				     fake.flash[offset + n] & new[n]);
			return -1;
		}
		if (!fake.stuck || n != len / 2)
			fake.flash[offset + n] &= new[n];
	}
	return 0;
}

int chip_flash_erase(uint32_t offset)
{
	if (fake.dead)
		return -1;
	fake.flash_us += FAKE_ERASE_US;
	fake.erases++;
	fake.erased[offset / fake.sector]++;
	for (uint32_t n = 0; n < fake.sector; n++) {
		if (!powered()) {
			for (; fake.torn_anyhow && n < fake.sector; n++)
				tear(offset + n, 0xff);
			return -1;
		}
		fake.flash[offset + n] = 0xff;
	}
	return 0;
}
