// SPDX-License-Identifier: LGPL-2.1-or-later
#include "powercut-vfs.h"

#include <stdlib.h>
#include <string.h>

#include "powercut-disk.h"

#define SECTOR_SEEN 4096 /* what the unix VFS says */

struct handle {
	sqlite3_file base;
	struct powercut *disk;
	struct inode *inode;
	bool writable, unlink;
};

/* --- methods of an open file */

static int file_close(sqlite3_file *file)
{
	struct handle *handle = (struct handle *)file;

	handle->inode->opened--;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *data, int len,
		     sqlite3_int64 offset)
{
	struct handle *handle = (struct handle *)file;
	const struct image *seen = &handle->inode->seen;
	size_t there = 0;

	if (!handle->inode->spared &&
	    (handle->disk->off ||
	     ++handle->disk->reads == handle->disk->fail_read_at))
		return SQLITE_IOERR_READ;
	if ((size_t)offset < seen->size)
		there = seen->size - (size_t)offset;
	if (there > (size_t)len)
		there = (size_t)len;
	if (there)
		memcpy(data, seen->data + offset, there);
	memset((uint8_t *)data + there, 0, (size_t)len - there);
	return there == (size_t)len ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *data, int len,
		      sqlite3_int64 offset)
{
	struct handle *handle = (struct handle *)file;
	struct inode *inode = handle->inode;
	struct powercut *disk = handle->disk;
	size_t from = (size_t)offset, take = (size_t)len;
	bool full = false;

	if ((disk->read_only && !inode->spared) || !handle->writable)
		return SQLITE_IOERR_WRITE;
	switch (at_point(disk, inode->spared)) {
	case WAY_OFF:
	case WAY_FAILS:
		return SQLITE_IOERR_WRITE;
	case WAY_LAST:
		add_change(inode, data, take, from);
		return SQLITE_IOERR_WRITE;
	case WAY_FINE:
		break;
	}
	if (disk->full && !inode->spared && from + take > inode->seen.size) {
		full = true;
		take = from < inode->seen.size ? inode->seen.size - from : 0;
	}
	if (take) {
		image_write(&inode->seen, from, data, take);
		add_change(inode, data, take, from);
		disk->wear.octets += inode->spared ? 0 : take;
	}
	return full ? SQLITE_FULL : SQLITE_OK;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct handle *handle = (struct handle *)file;

	if ((handle->disk->read_only && !handle->inode->spared) ||
	    !handle->writable)
		return SQLITE_IOERR_TRUNCATE;
	switch (at_point(handle->disk, handle->inode->spared)) {
	case WAY_OFF:
	case WAY_FAILS:
		return SQLITE_IOERR_TRUNCATE;
	case WAY_LAST:
		add_change(handle->inode, NULL, 0, (size_t)size);
		return SQLITE_IOERR_TRUNCATE;
	case WAY_FINE:
		break;
	}
	image_resize(&handle->inode->seen, (size_t)size);
	add_change(handle->inode, NULL, 0, (size_t)size);
	return SQLITE_OK;
}

static int file_sync(sqlite3_file *file, int flags)
{
	struct handle *handle = (struct handle *)file;
	struct inode *inode = handle->inode;
	struct powercut *disk = handle->disk;

	(void)flags;
	switch (at_point(disk, inode->spared)) {
	case WAY_OFF:
	case WAY_LAST:
		return SQLITE_IOERR_FSYNC;
	case WAY_FAILS:
		for (size_t n = 0; n < inode->n_changes; n++)
			if (powercut_random(disk, 2))
				apply(&inode->durable, &inode->changes[n]);
		forget_changes(inode);
		return SQLITE_IOERR_FSYNC;
	case WAY_FINE:
		break;
	}
	for (size_t n = 0; n < inode->n_changes; n++)
		apply(&inode->durable, &inode->changes[n]);
	forget_changes(inode);
	disk->wear.syncs += !inode->spared;
	if (inode->sync_folder) {
		sync_folder(disk);
		inode->sync_folder = false;
	}
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	struct handle *handle = (struct handle *)file;

	if (handle->disk->off && !handle->inode->spared)
		return SQLITE_IOERR_FSTAT;
	*ret = (sqlite3_int64)handle->inode->seen.size;
	return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int level)
{
	(void)file, (void)level;
	return SQLITE_OK;
}

static int file_reserved(sqlite3_file *file, int *ret)
{
	(void)file;
	*ret = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int what, void *data)
{
	(void)file, (void)what, (void)data;
	return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
	(void)file;
	return SECTOR_SEEN;
}

static int file_device(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_lock,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_device,
};

/* --- methods of the disk */

static int create(struct powercut *disk, const char *name, int flags,
		  struct inode **ret)
{
	bool spared = !name || is_spared(name);
	enum way way = WAY_FINE;
	struct inode *inode;

	if (!spared) {
		if (disk->read_only)
			return SQLITE_CANTOPEN;
		way = at_point(disk, false);
		if (way == WAY_OFF || way == WAY_FAILS || disk->full)
			return SQLITE_CANTOPEN;
	}
	inode = new_inode(disk);
	inode->spared = spared;
	inode->sync_folder = flags &
			     (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL |
			      SQLITE_OPEN_SUPER_JOURNAL);
	if (name)
		set_version(disk, name, inode);
	if (way == WAY_LAST)
		return SQLITE_CANTOPEN;
	*ret = inode;
	return SQLITE_OK;
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
		     int flags, int *ret_flags)
{
	struct handle *handle = (struct handle *)file;
	struct powercut *disk = vfs->pAppData;
	struct inode *inode;
	int r;

	memset(handle, 0, sizeof(*handle));
	if (disk->off && name && !is_spared(name))
		return SQLITE_CANTOPEN;
	inode = name ? present(disk, name) : NULL;
	if (!inode) {
		if (!(flags & SQLITE_OPEN_CREATE))
			return SQLITE_CANTOPEN;
		r = create(disk, name, flags, &inode);
		if (r != SQLITE_OK)
			return r;
	}
	if (disk->read_only && !inode->spared)
		flags = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
	inode->opened++;
	handle->base.pMethods = &methods;
	handle->disk = disk;
	handle->inode = inode;
	handle->writable = flags & SQLITE_OPEN_READWRITE;
	if (ret_flags)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	struct powercut *disk = vfs->pAppData;
	enum way way;

	if (!present(disk, name))
		return disk->off ? SQLITE_IOERR_DELETE :
				   SQLITE_IOERR_DELETE_NOENT;
	if (disk->read_only && !is_spared(name))
		return SQLITE_IOERR_DELETE;
	way = at_point(disk, is_spared(name));
	if (way == WAY_OFF || way == WAY_FAILS)
		return SQLITE_IOERR_DELETE;
	set_version(disk, name, NULL);
	if (way == WAY_LAST)
		return SQLITE_IOERR_DELETE;
	if (sync)
		sync_folder(disk);
	return SQLITE_OK;
}

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	struct powercut *disk = vfs->pAppData;
	const struct inode *inode = present(disk, name);

	if (disk->off && !is_spared(name))
		return SQLITE_IOERR_ACCESS;
	*ret = flags == SQLITE_ACCESS_READWRITE ? inode && !disk->read_only :
						  inode && inode->seen.size;
	return SQLITE_OK;
}

static int disk_path(sqlite3_vfs *vfs, const char *name, int room, char *ret)
{
	(void)vfs;
	if (strlen(name) >= (size_t)room)
		return SQLITE_CANTOPEN;
	strcpy(ret, name);
	return SQLITE_OK;
}

/* --- for tests */

struct powercut *powercut_new(uint64_t seed)
{
	const sqlite3_vfs *unix_vfs = sqlite3_vfs_find("unix");
	struct powercut *disk = grown(NULL, sizeof(*disk));

	memset(disk, 0, sizeof(*disk));
	disk->dice = seed;
	disk->before = sqlite3_vfs_find(NULL);
	/* Chance, time and the like stay those of the machine. */
	disk->vfs = *unix_vfs;
	disk->vfs.iVersion = 1;
	disk->vfs.szOsFile = sizeof(struct handle);
	disk->vfs.pNext = NULL;
	disk->vfs.zName = "powercut";
	disk->vfs.pAppData = disk;
	disk->vfs.xOpen = disk_open;
	disk->vfs.xDelete = disk_delete;
	disk->vfs.xAccess = disk_access;
	disk->vfs.xFullPathname = disk_path;
	sqlite3_vfs_register(&disk->vfs, 1);
	return disk;
}

void powercut_free(struct powercut *disk)
{
	if (!disk)
		return;
	sqlite3_vfs_unregister(&disk->vfs);
	sqlite3_vfs_register(disk->before, 1);
	forget_all(disk);
	free(disk);
}

void powercut_at(struct powercut *disk, uint64_t n)
{
	disk->cut_at = n ? disk->points + n : 0;
}

bool powercut_is_off(const struct powercut *disk)
{
	return disk->off;
}

uint64_t powercut_points(const struct powercut *disk)
{
	return disk->points;
}

void powercut_full(struct powercut *disk, bool full)
{
	disk->full = full;
}

void powercut_read_only(struct powercut *disk, bool read_only)
{
	disk->read_only = read_only;
}

void powercut_fail(struct powercut *disk, uint64_t n, uint64_t count)
{
	disk->fail_from = n ? disk->points + n : 0;
	disk->fail_to = n ? disk->fail_from + count : 0;
}

void powercut_fail_read(struct powercut *disk, uint64_t n)
{
	disk->fail_read_at = n ? disk->reads + n : 0;
}

const uint8_t *powercut_file(const struct powercut *disk, const char *name,
			     size_t *ret_size)
{
	const struct inode *inode = present(disk, name);

	if (!inode)
		return NULL;
	*ret_size = inode->seen.size;
	return inode->seen.data ? inode->seen.data : (const uint8_t *)"";
}

void powercut_flip(struct powercut *disk, const char *name, size_t offset,
		   uint8_t mask)
{
	struct inode *inode = present(disk, name);

	inode->seen.data[offset] ^= mask;
	if (offset < inode->durable.size)
		inode->durable.data[offset] ^= mask;
}

struct powercut_wear powercut_wear(const struct powercut *disk)
{
	return disk->wear;
}
