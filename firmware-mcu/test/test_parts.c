// SPDX-License-Identifier: MIT
/* The drivers of parts on SPI, against models made of their data sheets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../chip/parts/ads131m04.h"
#include "../chip/parts/spi.h"
#include "../chip/parts/w25q16.h"

/* --- a model of the converter: SBAS890, 8.5 and 8.6 */

static struct {
	uint16_t reg[64];
	uint16_t response; /* to the last frame's command */
	bool absent, deaf; /* nobody; registers that keep nothing */
	int damaged;	   /* frames to come with a bit wrong */
	uint8_t tx[64];
	size_t len;
	int32_t sample[4];
	unsigned int frames;
} adc;

static void adc_reset(void)
{
	memset(adc.reg, 0, sizeof(adc.reg));
	adc.reg[0x00] = 0x2403;
	adc.reg[0x01] = 0x0500;
	adc.reg[0x02] = 0x0510;
	adc.reg[0x03] = 0x0f0e;
	adc.reg[0x06] = 0x0600;
	adc.response = 0xff24;
}

static void put_word(uint8_t *frame, int word, uint32_t value)
{
	frame[word * 3] = (uint8_t)(value >> 16);
	frame[word * 3 + 1] = (uint8_t)(value >> 8);
	frame[word * 3 + 2] = (uint8_t)value;
}

static void adc_frame(uint8_t frame[ADS131M04_FRAME])
{
	put_word(frame, 0, (uint32_t)adc.response << 8);
	for (int c = 0; c < 4; c++)
		put_word(frame, c + 1, (uint32_t)adc.sample[c] & 0xffffff);
	put_word(frame, 5, (uint32_t)ads131m04_crc(frame, 15) << 8);
	if (adc.damaged > 0) {
		adc.damaged--;
		frame[rand() % 17] ^= (uint8_t)(1 << rand() % 8);
	}
}

/* At the end of a frame the command in it is carried out. */
static void adc_deselect(void)
{
	uint16_t command = (uint16_t)(adc.tx[0] << 8 | adc.tx[1]);
	uint16_t value = (uint16_t)(adc.tx[3] << 8 | adc.tx[4]);
	unsigned int reg = command >> 7 & 63;

	adc.frames++;
	/* A frame that is cut short is ignored. */
	if (adc.len != ADS131M04_FRAME)
		return;
	adc.len = 0;
	/* The mode's flag for a reset shows in the status until cleared. */
	adc.response = (uint16_t)(0x0500 & (adc.reg[2] | 0xfbff)) | 0x000f;
	if (command == 0x0011)
		adc_reset();
	else if (command >> 13 == 5)
		adc.response = adc.reg[reg];
	else if (command >> 13 == 3 && !adc.deaf)
		adc.reg[reg] = value;
}

/* --- a model of the flash */

static struct {
	uint8_t cells[W25Q16_SIZE];
	bool absent, stuck_busy, protect;
	bool enabled;
	unsigned int busy_polls; /* to come after each write */
	unsigned int busy;
	uint8_t tx[300];
	size_t len;
	unsigned int erases;
} nor;

static uint32_t nor_address(void)
{
	return (uint32_t)nor.tx[1] << 16 | (uint32_t)nor.tx[2] << 8 | nor.tx[3];
}

static uint8_t nor_byte(uint8_t in)
{
	static const uint8_t id[] = { 0xef, 0x40, 0x15 };
	size_t n = nor.len;

	if (n < sizeof(nor.tx))
		nor.tx[n] = in;
	nor.len++;
	if (n == 0)
		return 0;
	switch (nor.tx[0]) {
	case 0x05:
		if (nor.busy)
			nor.busy -= !nor.stuck_busy;
		return (uint8_t)((nor.busy ? 1 : 0) | (nor.enabled ? 2 : 0));
	case 0x9f:
		return n <= 3 ? id[n - 1] : 0;
	case 0x03:
		return n >= 4 ?
			       nor.cells[(nor_address() + n - 4) % W25Q16_SIZE] :
			       0;
	default:
		return 0;
	}
}

static void nor_deselect(void)
{
	uint32_t at = nor_address();

	assert_true(!nor.busy || nor.tx[0] == 0x05 || nor.tx[0] == 0xab ||
		    nor.tx[0] == 0x66 || nor.tx[0] == 0x99);
	if (nor.len == 1 && nor.tx[0] == 0x99)
		nor.busy = 0;
	if (nor.len == 1 && nor.tx[0] == 0x06)
		nor.enabled = !nor.protect;
	if (nor.enabled && nor.tx[0] == 0x20 && nor.len == 4) {
		memset(nor.cells + at / W25Q16_SECTOR * W25Q16_SECTOR, 0xff,
		       W25Q16_SECTOR);
		nor.enabled = false;
		nor.busy = nor.busy_polls;
		nor.erases++;
	}
	if (nor.enabled && nor.tx[0] == 0x02 && nor.len > 4) {
		for (size_t n = 4; n < nor.len; n++) {
			uint32_t page = at / W25Q16_PAGE * W25Q16_PAGE;

			nor.cells[page + (at + n - 4) % W25Q16_PAGE] &=
				nor.tx[n];
		}
		nor.enabled = false;
		nor.busy = nor.busy_polls;
	}
}

/* --- the bus */

static uint64_t waited_us;
static bool selected[2];

void spi_select(enum spi_part part, bool on)
{
	assert_int_not_equal(selected[part], on);
	selected[part] = on;
	if (on) {
		if (part == SPI_CONVERTER)
			adc.len = 0;
		else
			nor.len = 0;
		return;
	}
	if (part == SPI_CONVERTER)
		adc_deselect();
	else
		nor_deselect();
}

void spi_transfer(enum spi_part part, const uint8_t *tx, uint8_t *rx,
		  size_t len)
{
	uint8_t frame[ADS131M04_FRAME];

	assert_true(selected[part]);
	adc_frame(frame);
	for (size_t n = 0; n < len; n++) {
		uint8_t in = tx ? tx[n] : 0, out;

		if (part == SPI_FLASH) {
			out = nor.absent ? 0xff : nor_byte(in);
		} else {
			out = adc.absent ? 0 : n < sizeof(frame) ? frame[n] : 0;
			if (adc.len < sizeof(adc.tx))
				adc.tx[adc.len++] = in;
		}
		if (rx)
			rx[n] = out;
	}
}

void spi_wait_us(uint32_t us)
{
	waited_us += us;
}

static bool hurry;

bool spi_hurry(void)
{
	return hurry;
}

/* --- the converter */

static const struct ads131m04_config config = { { 1, 32, 4, 1 } };

static int new_adc(void **unused)
{
	(void)unused;
	memset(&adc, 0, sizeof(adc));
	adc_reset();
	return 0;
}

static void the_converter_is_set_up(void **unused)
{
	(void)unused;
	assert_int_equal(ads131m04_init(&config), ADS131M04_OK);
	/* 8.192 MHz / 2 / 512 = 8000 a second, all four, high resolution. */
	assert_int_equal(adc.reg[3], 0x0f0a);
	/* Gains 1, 32, 4, 1: from the last channel to the first. */
	assert_int_equal(adc.reg[4], 0x0250);
	assert_int_equal(adc.reg[2], 0x0110);
}

static void a_converter_that_is_not_there(void **unused)
{
	(void)unused;
	adc.absent = true;
	assert_int_equal(ads131m04_init(&config), ADS131M04_SILENT);
	new_adc(NULL);
	adc.deaf = true;
	assert_int_equal(ads131m04_init(&config), ADS131M04_STUBBORN);
	new_adc(NULL);
	adc.damaged = 100;
	assert_int_equal(ads131m04_init(&config), ADS131M04_SILENT);
	assert_true(adc.frames < 30);
}

static void samples_are_taken_apart(void **unused)
{
	static const int32_t values[] = { 0, 1, -1, 8388607, -8388608, 123456 };
	int32_t sample[4];
	uint8_t frame[ADS131M04_FRAME];
	bool reset;

	(void)unused;
	assert_int_equal(ads131m04_init(&config), ADS131M04_OK);
	for (unsigned int n = 0; n < 6; n++) {
		for (unsigned int c = 0; c < 4; c++)
			adc.sample[c] = values[(n + c) % 6];
		spi_select(SPI_CONVERTER, true);
		spi_transfer(SPI_CONVERTER, ads131m04_null_frame, frame,
			     sizeof(frame));
		spi_select(SPI_CONVERTER, false);
		assert_true(ads131m04_frame(frame, sample, &reset));
		assert_memory_equal(sample, adc.sample, sizeof(sample));
		/* The one after the set-up still answers a command. */
		assert_true(n == 0 || !reset);
		for (int bit = 0; bit < 17 * 8; bit++) {
			frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(ads131m04_frame(frame, sample, &reset));
			frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
	/* A brown-out of the converter alone. */
	adc_reset();
	adc_deselect();
	for (int n = 0; n < 2; n++) {
		spi_select(SPI_CONVERTER, true);
		spi_transfer(SPI_CONVERTER, ads131m04_null_frame, frame,
			     sizeof(frame));
		spi_select(SPI_CONVERTER, false);
	}
	assert_true(ads131m04_frame(frame, sample, &reset));
	assert_true(reset);
}

/* The check value every description of this CRC gives. */
static void the_crc_is_the_one(void **unused)
{
	(void)unused;
	assert_int_equal(ads131m04_crc((const uint8_t *)"123456789", 9),
			 0x29b1);
}

/* --- the flash */

static int new_nor(void **unused)
{
	(void)unused;
	memset(&nor, 0, sizeof(nor));
	memset(nor.cells, 0xff, sizeof(nor.cells));
	nor.busy_polls = 3;
	waited_us = 0;
	return 0;
}

static void the_flash_keeps_what_is_written(void **unused)
{
	uint8_t data[700], back[700];

	(void)unused;
	nor.busy = 5; /* in an erase, when the MCU was reset */
	assert_int_equal(w25q16_init(), 0);
	for (unsigned int n = 0; n < sizeof(data); n++)
		data[n] = (uint8_t)(n * 7);
	/* Across three pages, from the middle of one. */
	assert_int_equal(w25q16_program(4096 + 200, data, sizeof(data)), 0);
	assert_int_equal(w25q16_read(4096 + 200, back, sizeof(back)), 0);
	assert_memory_equal(back, data, sizeof(data));
	/* Bits are only cleared. */
	assert_int_equal(w25q16_program(4096 + 201, "\xff\x01", 2), 0);
	assert_int_equal(nor.cells[4096 + 201], 7);
	assert_int_equal(nor.cells[4096 + 202], 14 & 1);
	assert_int_equal(w25q16_erase(4096), 0);
	assert_int_equal(nor.cells[4096 + 200], 0xff);
	assert_int_equal(nor.erases, 1);
	assert_int_equal(w25q16_read(W25Q16_SIZE - 1, back, 1), 0);
}

static void what_is_not_its_own_is_refused(void **unused)
{
	uint8_t byte = 0;

	(void)unused;
	assert_int_equal(w25q16_init(), 0);
	assert_int_equal(w25q16_read(W25Q16_SIZE, &byte, 1), -1);
	assert_int_equal(w25q16_read(UINT32_MAX, &byte, 1), -1);
	assert_int_equal(w25q16_program(W25Q16_SIZE - 1, "ab", 2), -1);
	assert_int_equal(w25q16_erase(W25Q16_SIZE), -1);
	assert_int_equal(w25q16_erase(17), -1);
	assert_int_equal(nor.erases, 0);
}

static void a_flash_that_fails_says_so(void **unused)
{
	uint8_t byte = 0;

	(void)unused;
	nor.absent = true;
	assert_int_equal(w25q16_init(), -1);
	assert_int_equal(w25q16_read(0, &byte, 1), -1);
	assert_int_equal(w25q16_program(0, &byte, 1), -1);
	new_nor(NULL);
	assert_int_equal(w25q16_init(), 0);
	nor.protect = true;
	assert_int_equal(w25q16_program(0, &byte, 1), -1);
	assert_int_equal(w25q16_erase(0), -1);
	nor.protect = false;
	nor.stuck_busy = true;
	waited_us = 0;
	assert_int_equal(w25q16_program(0, &byte, 1), -1);
	assert_in_range(waited_us, 3000, 5000);
	nor.busy = 0;
	waited_us = 0;
	assert_int_equal(w25q16_erase(0), -1);
	assert_in_range(waited_us, 400000, 600000);
}

/* The mains fails in an erase: a record can be written at once. */
static void an_erase_is_given_up_in_a_hurry(void **unused)
{
	uint8_t byte = 0x5a;

	(void)unused;
	nor.busy_polls = 1000;
	assert_int_equal(w25q16_init(), 0);
	hurry = true;
	waited_us = 0;
	assert_int_equal(w25q16_erase(4096), -1);
	assert_true(waited_us < 1000);
	nor.busy_polls = 3;
	assert_int_equal(w25q16_program(8192, &byte, 1), 0);
	assert_int_equal(nor.cells[8192], 0x5a);
	hurry = false;
	assert_int_equal(w25q16_erase(4096), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_crc_is_the_one),
		cmocka_unit_test_setup(the_converter_is_set_up, new_adc),
		cmocka_unit_test_setup(a_converter_that_is_not_there, new_adc),
		cmocka_unit_test_setup(samples_are_taken_apart, new_adc),
		cmocka_unit_test_setup(the_flash_keeps_what_is_written,
				       new_nor),
		cmocka_unit_test_setup(what_is_not_its_own_is_refused, new_nor),
		cmocka_unit_test_setup(a_flash_that_fails_says_so, new_nor),
		cmocka_unit_test_setup(an_erase_is_given_up_in_a_hurry,
				       new_nor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
