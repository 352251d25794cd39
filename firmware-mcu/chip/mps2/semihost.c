// SPDX-License-Identifier: MIT
#include "semihost.h"

#include <string.h>

enum {
	SYS_OPEN = 0x01,
	SYS_WRITE0 = 0x04,
	SYS_WRITE = 0x05,
	SYS_READ = 0x06,
	SYS_SEEK = 0x0a,
	SYS_FLEN = 0x0c,
	SYS_GET_CMDLINE = 0x15,
	SYS_EXIT = 0x18,
};

#define ADP_STOPPED_APPLICATION_EXIT 0x20026
#define ADP_STOPPED_INTERNAL_ERROR 0x20024

static int call(int operation, const void *arguments)
{
	register int r0 __asm("r0") = operation;
	register const void *r1 __asm("r1") = arguments;

	__asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

int semihost_open(const char *path, int mode)
{
	uint32_t arguments[3] = { (uint32_t)path, (uint32_t)mode,
				  strlen(path) };

	return call(SYS_OPEN, arguments);
}

static int seek(int file, uint32_t offset)
{
	uint32_t arguments[2] = { (uint32_t)file, offset };

	return call(SYS_SEEK, arguments);
}

/* Both return how many bytes were not done. */
int semihost_read(int file, uint32_t offset, void *data, size_t len)
{
	uint32_t arguments[3] = { (uint32_t)file, (uint32_t)data, len };

	return seek(file, offset) || call(SYS_READ, arguments) ? -1 : 0;
}

int semihost_write(int file, uint32_t offset, const void *data, size_t len)
{
	uint32_t arguments[3] = { (uint32_t)file, (uint32_t)data, len };

	return seek(file, offset) || call(SYS_WRITE, arguments) ? -1 : 0;
}

int semihost_length(int file)
{
	uint32_t arguments[1] = { (uint32_t)file };

	return call(SYS_FLEN, arguments);
}

void semihost_print(const char *text)
{
	call(SYS_WRITE0, text);
}

int semihost_command_line(char *text, size_t room)
{
	uint32_t arguments[2] = { (uint32_t)text, room };

	return call(SYS_GET_CMDLINE, arguments) ? -1 : 0;
}

void semihost_exit(int failed)
{
	call(SYS_EXIT, (void *)(failed ? ADP_STOPPED_INTERNAL_ERROR :
					 ADP_STOPPED_APPLICATION_EXIT));
	for (;;)
		;
}
