// SPDX-License-Identifier: MIT
#include "ads131m04.h"

#include <stddef.h>
#include <string.h>

#include "spi.h"

#define WORD 3 /* bytes */

enum {
	CMD_NULL = 0x0000,
	CMD_RESET = 0x0011,
	CMD_RREG = 0xa000,
	CMD_WREG = 0x6000,
};

#define RESET_DONE 0xff24 /* 0xff20 and the number of channels */

enum {
	REG_ID = 0x00,
	REG_MODE = 0x02,
	REG_CLOCK = 0x03,
	REG_GAIN1 = 0x04
};

#define ID_MASK 0xff00
#define ID_M04 0x2400
/* Words of 24 bits, SPI timeout on; the reset's flag cleared. */
#define MODE_VALUE 0x0110
/* All channels, oversampling 512, high resolution: 4.096 MHz / 512. */
#define CLOCK_VALUE 0x0f0a
#define STATUS_RESET (1u << 10)
#define RESET_US 1000 /* tREGACQ is 5 us, and the crystal is running */

const uint8_t ads131m04_null_frame[ADS131M04_FRAME];

uint16_t ads131m04_crc(const uint8_t *data, uint32_t len)
{
	uint32_t crc = 0xffff;

	for (uint32_t n = 0; n < len; n++) {
		crc ^= (uint32_t)data[n] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
	}
	return (uint16_t)crc;
}

static uint16_t word_at(const uint8_t *frame, unsigned int word)
{
	return (uint16_t)(frame[word * WORD] << 8 | frame[word * WORD + 1]);
}

static bool intact(const uint8_t *frame)
{
	return word_at(frame, 5) == ads131m04_crc(frame, 5 * WORD);
}

/* Sends a command; *ret_response is the answer to the one before. */
static bool exchange(uint16_t command, uint16_t value, uint16_t *ret_response)
{
	uint8_t tx[ADS131M04_FRAME] = { (uint8_t)(command >> 8),
					(uint8_t)command, 0,
					(uint8_t)(value >> 8), (uint8_t)value };
	uint8_t rx[ADS131M04_FRAME];

	spi_select(SPI_CONVERTER, true);
	spi_transfer(SPI_CONVERTER, tx, rx, sizeof(tx));
	spi_select(SPI_CONVERTER, false);
	*ret_response = word_at(rx, 0);
	return intact(rx);
}

static bool read_register(uint8_t reg, uint16_t *ret_value)
{
	uint16_t before;

	(void)exchange((uint16_t)(CMD_RREG | reg << 7), 0, &before);
	return exchange(CMD_NULL, 0, ret_value);
}

/* And see whether it is there. */
static bool write_register(uint8_t reg, uint16_t value)
{
	uint16_t before, back;

	(void)exchange((uint16_t)(CMD_WREG | reg << 7), value, &before);
	return read_register(reg, &back) && back == value;
}

static uint16_t gain_code(uint8_t gain)
{
	uint16_t code = 0;

	while (gain > 1 && code < 7) {
		gain >>= 1;
		code++;
	}
	return code;
}

enum ads131m04_result ads131m04_init(const struct ads131m04_config *config)
{
	uint16_t response, gains = 0;

	for (unsigned int c = 0; c < ADS131M04_CHANNELS; c++)
		gains = (uint16_t)(gains | gain_code(config->gain[c]) << 4 * c);
	/* Twice: the first frame may find it in the middle of another. */
	(void)exchange(CMD_NULL, 0, &response);
	(void)exchange(CMD_RESET, 0, &response);
	spi_wait_us(RESET_US);
	if (!exchange(CMD_NULL, 0, &response) || response != RESET_DONE)
		return ADS131M04_SILENT;
	if (!read_register(REG_ID, &response))
		return ADS131M04_SILENT;
	if ((response & ID_MASK) != ID_M04)
		return ADS131M04_STRANGE;
	if (!write_register(REG_CLOCK, CLOCK_VALUE) ||
	    !write_register(REG_GAIN1, gains) ||
	    !write_register(REG_MODE, MODE_VALUE))
		return ADS131M04_STUBBORN;
	return ADS131M04_OK;
}

bool ads131m04_frame(const uint8_t frame[ADS131M04_FRAME],
		     int32_t ret_sample[ADS131M04_CHANNELS], bool *ret_reset)
{
	if (!intact(frame))
		return false;
	*ret_reset = word_at(frame, 0) & STATUS_RESET;
	for (unsigned int c = 0; c < ADS131M04_CHANNELS; c++) {
		const uint8_t *p = frame + (c + 1) * WORD;
		uint32_t raw = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 |
			       p[2];

		/* 24 bits, signed. */
		ret_sample[c] = (int32_t)(raw ^ 0x800000u) - 0x800000;
	}
	return true;
}
