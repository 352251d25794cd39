// SPDX-License-Identifier: MIT
/*
 * QEMU's board has no flash that keeps anything: a file of the emulating
 * machine stands in for a 1 MB NOR, with its semantics (erase sets, program
 * clears). The first argument after the program's name is its path.
 */
#include <string.h>

#include "../chip.h"
#include "flash.h"
#include "semihost.h"

#define FLASH_SIZE (1u << 20)
#define FLASH_SECTOR 4096u

static int file = -1;

static int blank(int handle)
{
	static uint8_t ones[FLASH_SECTOR];

	memset(ones, 0xff, sizeof(ones));
	for (uint32_t at = 0; at < FLASH_SIZE; at += FLASH_SECTOR)
		if (semihost_write(handle, at, ones, sizeof(ones)))
			return -1;
	return 0;
}

/* Whether it is 0xff to its end, as where blanking was cut short. */
static bool nothing_in(int handle, uint32_t len)
{
	static uint8_t part[FLASH_SECTOR];

	for (uint32_t at = 0; at < len; at += FLASH_SECTOR) {
		uint32_t n = len - at < FLASH_SECTOR ? len - at : FLASH_SECTOR;

		if (semihost_read(handle, at, part, n))
			return false;
		while (n)
			if (part[--n] != 0xff)
				return false;
	}
	return true;
}

const char *mps2_flash_init(void)
{
	static const char none[] =
		"flash: no file for it; give qemu -semihosting-config "
		"enable=on,target=native,arg=hearth-mcu,arg=FILE";
	static char line[256];
	char *path, *end;
	int len;

	if (semihost_command_line(line, sizeof(line)))
		return none;
	path = strchr(line, ' ');
	if (!path)
		return none;
	path++;
	end = strchr(path, ' ');
	if (end)
		*end = 0;
	file = semihost_open(path, SEMIHOST_READ_WRITE);
	if (file < 0)
		file = semihost_open(path, SEMIHOST_CREATE);
	len = file < 0 ? -1 : semihost_length(file);
	if (len < 0)
		return "flash: its file cannot be opened";
	if (len == (int)FLASH_SIZE)
		return NULL;
	/* A file we did not make is not ours to blank. */
	if (len > (int)FLASH_SIZE || !nothing_in(file, (uint32_t)len))
		return "flash: its file is not 1 MiB long and not empty: "
		       "another file? Remove it to begin with a blank flash";
	return blank(file) ? "flash: its file cannot be written" : NULL;
}

struct chip_flash_geometry chip_flash_geometry(void)
{
	struct chip_flash_geometry geo = { FLASH_SIZE, FLASH_SECTOR };

	return geo;
}

static bool inside(uint32_t offset, size_t len)
{
	return file >= 0 && offset <= FLASH_SIZE && len <= FLASH_SIZE - offset;
}

int chip_flash_read(uint32_t offset, void *data, size_t len)
{
	return inside(offset, len) ? semihost_read(file, offset, data, len) :
				     -1;
}

int chip_flash_program(uint32_t offset, const void *data, size_t len)
{
	static uint8_t cells[FLASH_SECTOR];
	const uint8_t *new = data;

	if (len > sizeof(cells) || !inside(offset, len) ||
	    semihost_read(file, offset, cells, len))
		return -1;
	for (size_t n = 0; n < len; n++)
		cells[n] &= new[n];
	return semihost_write(file, offset, cells, len);
}

int chip_flash_erase(uint32_t offset)
{
	static uint8_t ones[FLASH_SECTOR];

	if (offset % FLASH_SECTOR || !inside(offset, FLASH_SECTOR))
		return -1;
	memset(ones, 0xff, sizeof(ones));
	return semihost_write(file, offset, ones, sizeof(ones));
}
