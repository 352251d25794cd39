/* SPDX-License-Identifier: MIT */
/*
 * What a bootloader, or whoever sends an update, has to know of an image. It
 * lies IMAGE_HEADER_AT bytes into it, behind the vector table. image.py fills
 * in length, hash and check after linking, and checks them.
 *
 * The hash is over the whole image with the hash's and the check's own bytes
 * as zeros. It says that an image is complete and which one it is, not who
 * made it: a signature comes around the image, not into it.
 */
#ifndef HEARTH_IMAGE_H
#define HEARTH_IMAGE_H

#include <assert.h>
#include <stdint.h>

#define IMAGE_HEADER_AT 0x200u
#define IMAGE_MAGIC 0x4d434d48u /* "HMCM" */
#define IMAGE_HEADER_VERSION 1

struct image_header {
	uint32_t magic;
	uint16_t header_version;
	uint16_t header_len;
	uint32_t image_len;	   /* bytes, from the vector table */
	uint32_t origin;	   /* where it has to lie */
	uint32_t firmware_version; /* as in IDENTITY */
	uint32_t reserved[3];
	uint8_t hardware[16]; /* as in IDENTITY: what it is for */
	uint8_t sha256[32];
	uint32_t crc; /* CRC-32 of the header up to here */
};

static_assert(sizeof(struct image_header) == 84, "image layout");

#endif /* HEARTH_IMAGE_H */
