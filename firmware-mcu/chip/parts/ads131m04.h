/* SPDX-License-Identifier: MIT */
/*
 * TI ADS131M04: four simultaneous 24-bit delta-sigma converters, 8000 sets a
 * second from an 8.192 MHz crystal (data sheet SBAS890). Frames of six words
 * of 24 bits: response, four channels, CRC; each frame carries the answer to
 * the command in the one before.
 */
#ifndef HEARTH_ADS131M04_H
#define HEARTH_ADS131M04_H

#include <stdbool.h>
#include <stdint.h>

#define ADS131M04_CHANNELS 4
#define ADS131M04_FRAME 18 /* bytes */

/* Gain of each channel: 1, 2, 4, ... 128. */
struct ads131m04_config {
	uint8_t gain[ADS131M04_CHANNELS];
};

enum ads131m04_result {
	ADS131M04_OK = 0,
	ADS131M04_SILENT = 1,	/* no answer that makes sense */
	ADS131M04_STRANGE = 2,	/* another part's identity */
	ADS131M04_STUBBORN = 3, /* a register does not keep what is written */
};

/* Reset, find, set up; then it converts, and DRDY falls for each set. */
enum ads131m04_result ads131m04_init(const struct ads131m04_config *config);

/* What to send for a set: nothing is asked. */
extern const uint8_t ads131m04_null_frame[ADS131M04_FRAME];

/*
 * Take a received frame apart; false if it is damaged. *ret_reset: the part
 * has been reset meanwhile, and has to be set up anew.
 */
bool ads131m04_frame(const uint8_t frame[ADS131M04_FRAME],
		     int32_t ret_sample[ADS131M04_CHANNELS], bool *ret_reset);

/* CRC-16-CCITT, from 0xffff. */
uint16_t ads131m04_crc(const uint8_t *data, uint32_t len);

#endif /* HEARTH_ADS131M04_H */
