// SPDX-License-Identifier: LGPL-2.1-or-later
#include "checked.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHECK 8
#define BODY (CHECKED_PAGE - CHECK)

/* One file: the one of the layer below is behind it. */
struct checked {
	sqlite3_file base;
	sqlite3_file *below;
	bool pages; /* a database; journals and logs are passed on */
};

/*
 * Two sums over words, the second of the first, as the log has: the place of
 * an octet counts. The page's number is in it: a page written at another's
 * place is not that.
 */
static uint64_t check_of(const uint8_t *page, sqlite3_int64 offset)
{
	uint32_t one = UINT32_C(0x9e3779b9) + (uint32_t)(offset / CHECKED_PAGE);
	uint32_t two = UINT32_C(0x85ebca6b);

	for (size_t n = 0; n < BODY; n += 8) {
		uint32_t low, high;

		memcpy(&low, page + n, 4);
		memcpy(&high, page + n + 4, 4);
		one += low + two;
		two += high + one;
	}
	return (uint64_t)two << 32 | one;
}

static bool all_zero(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, CHECKED_PAGE - 1);
}

static bool is_right(const uint8_t *page, sqlite3_int64 offset)
{
	uint64_t check;

	memcpy(&check, page + BODY, CHECK);
	return check == check_of(page, offset) || all_zero(page);
}

static unsigned int failed_reads;

unsigned int checked_failed_reads(void)
{
	return failed_reads;
}

static sqlite3_file *below(sqlite3_file *file)
{
	return ((struct checked *)file)->below;
}

static int file_close(sqlite3_file *file)
{
	int r = below(file)->pMethods->xClose(below(file));

	sqlite3_free(below(file));
	return r;
}

static int file_read(sqlite3_file *file, void *data, int len,
		     sqlite3_int64 offset)
{
	int r = below(file)->pMethods->xRead(below(file), data, len, offset);

	if (r != SQLITE_OK && r != SQLITE_IOERR_SHORT_READ) {
		failed_reads++;
		return r;
	}
	/* Less than a page is the header, read again with the page. */
	if (!((struct checked *)file)->pages || len < 512)
		return r;
	/* What is missing of a page has been made zero. */
	if (len != CHECKED_PAGE || offset % CHECKED_PAGE ||
	    !is_right(data, offset))
		return SQLITE_CORRUPT;
	return r;
}

static int file_write(sqlite3_file *file, const void *data, int len,
		      sqlite3_int64 offset)
{
	uint8_t page[CHECKED_PAGE];
	uint64_t check;

	if (((struct checked *)file)->pages) {
		if (len != CHECKED_PAGE || offset % CHECKED_PAGE)
			return SQLITE_IOERR_WRITE;
		memcpy(page, data, BODY);
		check = check_of(page, offset);
		memcpy(page + BODY, &check, CHECK);
		data = page;
	}
	return below(file)->pMethods->xWrite(below(file), data, len, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return below(file)->pMethods->xTruncate(below(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
	return below(file)->pMethods->xSync(below(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	return below(file)->pMethods->xFileSize(below(file), ret);
}

static int file_lock(sqlite3_file *file, int level)
{
	return below(file)->pMethods->xLock(below(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
	return below(file)->pMethods->xUnlock(below(file), level);
}

static int file_reserved(sqlite3_file *file, int *ret)
{
	return below(file)->pMethods->xCheckReservedLock(below(file), ret);
}

static int file_control(sqlite3_file *file, int what, void *data)
{
	return below(file)->pMethods->xFileControl(below(file), what, data);
}

static int file_sector(sqlite3_file *file)
{
	return below(file)->pMethods->xSectorSize(below(file));
}

static int file_device(sqlite3_file *file)
{
	return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

/* Version 1: no shared memory, which exclusive locking does not need. */
static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_device,
};

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
		     int flags, int *ret_flags)
{
	struct checked *checked = (struct checked *)file;
	sqlite3_vfs *base = sqlite3_vfs_find(NULL);
	int r;

	(void)vfs;
	memset(checked, 0, sizeof(*checked));
	checked->below = sqlite3_malloc(base->szOsFile);
	if (!checked->below)
		return SQLITE_NOMEM;
	memset(checked->below, 0, (size_t)base->szOsFile);
	r = base->xOpen(base, name, checked->below, flags, ret_flags);
	checked->pages = flags & SQLITE_OPEN_MAIN_DB;
	if (checked->below->pMethods) {
		checked->base.pMethods = &methods;
		return r;
	}
	sqlite3_free(checked->below);
	return r;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	vfs = sqlite3_vfs_find(NULL);
	return vfs->xDelete(vfs, name, sync);
}

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	(void)vfs;
	vfs = sqlite3_vfs_find(NULL);
	return vfs->xAccess(vfs, name, flags, ret);
}

static int disk_path(sqlite3_vfs *vfs, const char *name, int room, char *ret)
{
	(void)vfs;
	vfs = sqlite3_vfs_find(NULL);
	return vfs->xFullPathname(vfs, name, room, ret);
}

int checked_register(void)
{
	static sqlite3_vfs own;
	sqlite3_vfs *base = sqlite3_vfs_find(NULL);

	if (own.zName)
		return SQLITE_OK;
	if (!base)
		return SQLITE_CANTOPEN;
	/* Time, chance and the like are those below. */
	own = *base;
	own.iVersion = 1;
	own.szOsFile = sizeof(struct checked);
	own.pNext = NULL;
	own.zName = CHECKED_VFS;
	own.pAppData = NULL;
	own.xOpen = disk_open;
	own.xDelete = disk_delete;
	own.xAccess = disk_access;
	own.xFullPathname = disk_path;
	return sqlite3_vfs_register(&own, 0);
}

int checked_prepare(sqlite3 *db)
{
	int octets = CHECK;

	return sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES,
				    &octets);
}
