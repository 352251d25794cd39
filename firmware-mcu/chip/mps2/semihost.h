/* SPDX-License-Identifier: MIT */
/*
 * Semihosting: the emulator opens files for the board. Only the stand-in for
 * the board's flash and the measurements of bench/ use it.
 */
#ifndef HEARTH_SEMIHOST_H
#define HEARTH_SEMIHOST_H

#include <stddef.h>
#include <stdint.h>

#define SEMIHOST_READ_WRITE 3 /* "r+b" */
#define SEMIHOST_CREATE 7     /* "w+b" */

/* A handle, or -1. */
int semihost_open(const char *path, int mode);
/* All of it, or -1. */
int semihost_read(int file, uint32_t offset, void *data, size_t len);
int semihost_write(int file, uint32_t offset, const void *data, size_t len);
/* Length of the file, or -1. */
int semihost_length(int file);
/* The emulator's arguments for the board, separated by blanks; or -1. */
int semihost_command_line(char *text, size_t room);
/* To the emulator's standard error. */
void semihost_print(const char *text);
_Noreturn void semihost_exit(int failed);

#endif /* HEARTH_SEMIHOST_H */
