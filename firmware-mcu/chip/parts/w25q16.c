// SPDX-License-Identifier: MIT
#include "w25q16.h"

#include <stdbool.h>
#include <string.h>

#include "spi.h"

enum {
	CMD_PROGRAM = 0x02,
	CMD_READ = 0x03,
	CMD_STATUS = 0x05,
	CMD_WRITE_ENABLE = 0x06,
	CMD_ERASE = 0x20,
	CMD_ID = 0x9f,
	CMD_RESET_ENABLE = 0x66,
	CMD_RESET = 0x99,
	CMD_WAKE = 0xab,
};

#define STATUS_BUSY 1u
#define STATUS_ENABLED 2u
/* What the data sheet gives at most, and a quarter of it. */
#define PROGRAM_US 4000u
#define ERASE_US 500000u
#define POLL_US 25u
#define RESET_US 40u

static bool ready;

static void command(uint8_t what)
{
	spi_select(SPI_FLASH, true);
	spi_transfer(SPI_FLASH, &what, NULL, 1);
	spi_select(SPI_FLASH, false);
}

static uint8_t status(void)
{
	static const uint8_t tx[2] = { CMD_STATUS, 0 };
	uint8_t rx[2];

	spi_select(SPI_FLASH, true);
	spi_transfer(SPI_FLASH, tx, rx, sizeof(tx));
	spi_select(SPI_FLASH, false);
	return rx[1];
}

/* 0xff is nobody at all. */
static int wait_done(uint32_t limit_us, bool may_stop)
{
	for (uint32_t us = 0; us <= limit_us; us += POLL_US) {
		uint8_t now = status();

		if (now == 0xff || (may_stop && spi_hurry()))
			return -1;
		if (!(now & STATUS_BUSY))
			return 0;
		spi_wait_us(POLL_US);
	}
	return -1;
}

/* Ends whatever it is at. */
static void reset(void)
{
	command(CMD_RESET_ENABLE);
	command(CMD_RESET);
	spi_wait_us(RESET_US);
}

int w25q16_init(void)
{
	/* Manufacturer, type, capacity 2^21. */
	static const uint8_t known[][3] = {
		{ 0xef, 0x40, 0x15 }, /* W25Q16JV-IQ */
		{ 0xef, 0x70, 0x15 }, /* W25Q16JV-IM */
		{ 0xc8, 0x40, 0x15 }, /* GD25Q16C */
	};
	static const uint8_t tx[4] = { CMD_ID, 0, 0, 0 };
	uint8_t rx[4];

	ready = false;
	/* A reset of the MCU may have come in the middle of an erase. */
	command(CMD_WAKE);
	reset();
	spi_select(SPI_FLASH, true);
	spi_transfer(SPI_FLASH, tx, rx, sizeof(tx));
	spi_select(SPI_FLASH, false);
	for (size_t n = 0; n < sizeof(known) / sizeof(known[0]); n++)
		if (!memcmp(rx + 1, known[n], sizeof(known[n])))
			ready = true;
	return ready && !wait_done(ERASE_US, false) ? 0 : -1;
}

static void address(uint8_t what, uint32_t at)
{
	uint8_t tx[4] = { what, (uint8_t)(at >> 16), (uint8_t)(at >> 8),
			  (uint8_t)at };

	spi_transfer(SPI_FLASH, tx, NULL, sizeof(tx));
}

static bool inside(uint32_t at, size_t len)
{
	return ready && at <= W25Q16_SIZE && len <= W25Q16_SIZE - at;
}

int w25q16_read(uint32_t at, void *data, size_t len)
{
	if (!inside(at, len))
		return -1;
	spi_select(SPI_FLASH, true);
	address(CMD_READ, at);
	spi_transfer(SPI_FLASH, NULL, data, len);
	spi_select(SPI_FLASH, false);
	return 0;
}

static int enable(void)
{
	command(CMD_WRITE_ENABLE);
	return status() & STATUS_ENABLED ? 0 : -1;
}

int w25q16_program(uint32_t at, const void *data, size_t len)
{
	const uint8_t *from = data;

	if (!inside(at, len))
		return -1;
	while (len) {
		/* Beyond its page's end it would go on at the beginning. */
		size_t part = W25Q16_PAGE - at % W25Q16_PAGE;

		if (part > len)
			part = len;
		if (enable())
			return -1;
		spi_select(SPI_FLASH, true);
		address(CMD_PROGRAM, at);
		spi_transfer(SPI_FLASH, from, NULL, part);
		spi_select(SPI_FLASH, false);
		if (wait_done(PROGRAM_US, false))
			return -1;
		at += (uint32_t)part;
		from += part;
		len -= part;
	}
	return 0;
}

int w25q16_erase(uint32_t at)
{
	if (at % W25Q16_SECTOR || !inside(at, W25Q16_SECTOR) || enable())
		return -1;
	spi_select(SPI_FLASH, true);
	address(CMD_ERASE, at);
	spi_select(SPI_FLASH, false);
	if (!wait_done(ERASE_US, true))
		return 0;
	reset();
	return -1;
}
