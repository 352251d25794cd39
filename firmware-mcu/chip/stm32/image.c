// SPDX-License-Identifier: MIT
#include "image.h"

#include "../../app/app.h"
#include "board.h"

extern uint32_t _image_origin;

const struct image_header image_header
	__attribute__((section(".image_header"), used)) = {
		.magic = IMAGE_MAGIC,
		.header_version = IMAGE_HEADER_VERSION,
		.header_len = sizeof(struct image_header),
		.origin = (uint32_t)&_image_origin,
		.firmware_version = APP_FIRMWARE_VERSION,
		.hardware = BOARD_NAME,
	};
