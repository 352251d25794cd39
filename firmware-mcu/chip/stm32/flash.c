// SPDX-License-Identifier: MIT
/*
 * The store lies in the first half of an SPI NOR flash, not in the STM32's
 * own: that one lasts for 10,000 erases, a tenth of what is needed, and while
 * it erases one of its sectors, for up to 2 s, the CPU cannot fetch a single
 * instruction: no sample, no relay. The second half waits for an update.
 */
#include "../chip.h"
#include "../parts/w25q16.h"
#include "stm32f405.h"

#define STORE_SIZE (1u << 20)

static int alive;

void stm32_store_init(void)
{
	alive = !w25q16_init();
}

int stm32_store_alive(void)
{
	return alive;
}

struct chip_flash_geometry chip_flash_geometry(void)
{
	struct chip_flash_geometry geo = { STORE_SIZE, W25Q16_SECTOR };

	return geo;
}

static bool inside(uint32_t offset, size_t len)
{
	return alive && offset <= STORE_SIZE && len <= STORE_SIZE - offset;
}

int chip_flash_read(uint32_t offset, void *data, size_t len)
{
	return inside(offset, len) ? w25q16_read(offset, data, len) : -1;
}

int chip_flash_program(uint32_t offset, const void *data, size_t len)
{
	return inside(offset, len) ? w25q16_program(offset, data, len) : -1;
}

int chip_flash_erase(uint32_t offset)
{
	return inside(offset, W25Q16_SECTOR) ? w25q16_erase(offset) : -1;
}
