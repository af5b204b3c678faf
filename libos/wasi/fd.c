// SPDX-License-Identifier: Apache-2.0
//
// fd_*: what is done with an open descriptor.
#include "libos/log.h"
#include "libos/wasi/descriptor.h"
#include "libos/wasi/errno.h"
#include "libos/wasi/filestat.h"
#include "libos/wasi/guest.h"
#include "libos/wasi/input.h"
#include "libos/wasi/iovec.h"

static enum wasi_errno
move_from_file(struct wasi *w, struct wasi_fd *d, uint64_t offset, uint8_t *bytes,
               uint32_t len, uint32_t *moved)
{
    (void)w;
    *moved = (uint32_t)fs_file_read(d->inode, offset, bytes, len);
    return WASI_SUCCESS;
}

static enum wasi_errno
move_to_file(struct wasi *w, struct wasi_fd *d, uint64_t offset, uint8_t *bytes,
             uint32_t len, uint32_t *moved)
{
    size_t written = 0;
    enum fs_error error = fs_file_write(w->fs, d->inode, offset, bytes, len, &written);
    *moved = (uint32_t)written;
    return wasi_errno_of_fs(error);
}

static enum wasi_errno
move_to_output(struct wasi *w, struct wasi_fd *d, uint64_t offset, uint8_t *bytes,
               uint32_t len, uint32_t *moved)
{
    (void)w;
    (void)offset;
    int64_t status = console_write_all(d->console, bytes, len);
    *moved = status == SK_OK ? len : 0;
    return wasi_errno_of_sk(status);
}

// Waits only as long as nothing has been read.
static enum wasi_errno
move_from_input(struct wasi *w, struct wasi_fd *d, uint64_t offset, uint8_t *bytes,
                uint32_t len, uint32_t *moved)
{
    bool wait = !(d->flags & WASI_FDFLAG_NONBLOCK) && offset == 0;
    return input_read(w, d->console, wait, bytes, len, moved);
}

// What fd_read and fd_write ask of a descriptor before anything moves: a file or console
// with `right`, and room for the count at `out`.
static enum wasi_errno
transfer_check(struct wasi *w, uint32_t fd, uint64_t right, uint32_t out,
               struct wasi_fd **d)
{
    enum wasi_errno error = descriptor_get(w, fd, 0, d);
    if (error)
        return error;
    if ((*d)->kind == WASI_FD_DIR)
        return WASI_EISDIR;
    if (!((*d)->rights_base & right))
        return WASI_EBADF;
    return guest_holds(w, out, 4, 4) ? WASI_SUCCESS : WASI_EFAULT;
}

uint32_t
wasi_fd_read(void *env, uint32_t fd, uint32_t iovs, uint32_t iovs_count, uint32_t nread)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    uint32_t moved;
    enum wasi_errno error = transfer_check(w, fd, WASI_RIGHT_FD_READ, nread, &d);
    if (error)
        return error;
    bool is_file = d->kind == WASI_FD_FILE;
    error = iovec_transfer(w, d, iovs, iovs_count, is_file ? d->offset : 0,
                           is_file ? move_from_file : move_from_input, &moved);
    if (error)
        return error;
    d->offset += moved;
    guest_store_u32(w, nread, moved);
    return WASI_SUCCESS;
}

uint32_t
wasi_fd_write(void *env, uint32_t fd, uint32_t iovs, uint32_t iovs_count,
              uint32_t nwritten)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    uint32_t moved;
    enum wasi_errno error = transfer_check(w, fd, WASI_RIGHT_FD_WRITE, nwritten, &d);
    if (error)
        return error;
    bool is_file = d->kind == WASI_FD_FILE;
    if (is_file && d->flags & WASI_FDFLAG_APPEND)
        d->offset = d->inode->file.size;
    error = iovec_transfer(w, d, iovs, iovs_count, d->offset,
                           is_file ? move_to_file : move_to_output, &moved);
    if (error)
        return error;
    if (is_file)
        d->offset += moved;
    guest_store_u32(w, nwritten, moved);
    return WASI_SUCCESS;
}

static uint32_t
transfer_at(struct wasi *w, uint32_t fd, uint64_t right, uint32_t iovs,
            uint32_t iovs_count, uint64_t offset, iovec_move *move, uint32_t out)
{
    struct wasi_fd *d;
    uint32_t moved;
    enum wasi_errno error = descriptor_file(w, fd, right | WASI_RIGHT_FD_SEEK, &d);
    if (error)
        return error;
    if (offset > INT64_MAX)
        return WASI_EINVAL;
    if (!guest_holds(w, out, 4, 4))
        return WASI_EFAULT;
    error = iovec_transfer(w, d, iovs, iovs_count, offset, move, &moved);
    if (error)
        return error;
    guest_store_u32(w, out, moved);
    return WASI_SUCCESS;
}

uint32_t
wasi_fd_pread(void *env, uint32_t fd, uint32_t iovs, uint32_t iovs_count, uint64_t offset,
              uint32_t nread)
{
    return transfer_at(env, fd, WASI_RIGHT_FD_READ, iovs, iovs_count, offset,
                       move_from_file, nread);
}

uint32_t
wasi_fd_pwrite(void *env, uint32_t fd, uint32_t iovs, uint32_t iovs_count,
               uint64_t offset, uint32_t nwritten)
{
    return transfer_at(env, fd, WASI_RIGHT_FD_WRITE, iovs, iovs_count, offset,
                       move_to_file, nwritten);
}

static enum wasi_errno
seek(struct wasi_fd *d, int64_t offset, uint32_t whence)
{
    int64_t base;
    switch (whence) {
    case WASI_WHENCE_SET:
        base = 0;
        break;
    case WASI_WHENCE_CUR:
        base = (int64_t)d->offset;
        break;
    case WASI_WHENCE_END:
        base = (int64_t)d->inode->file.size;
        break;
    default:
        return WASI_EINVAL;
    }
    int64_t target;
    if (__builtin_add_overflow(base, offset, &target))
        return WASI_EOVERFLOW;
    if (target < 0)
        return WASI_EINVAL;
    d->offset = (uint64_t)target;
    return WASI_SUCCESS;
}

uint32_t
wasi_fd_seek(void *env, uint32_t fd, uint64_t offset, uint32_t whence, uint32_t newoffset)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    // To ask for the position is fd_tell, which needs less.
    bool is_tell = offset == 0 && whence == WASI_WHENCE_CUR;
    enum wasi_errno error =
        descriptor_file(w, fd, is_tell ? WASI_RIGHT_FD_TELL : WASI_RIGHT_FD_SEEK, &d);
    if (error)
        return error;
    if (!guest_holds(w, newoffset, 8, 8))
        return WASI_EFAULT;
    error = seek(d, (int64_t)offset, whence);
    if (error)
        return error;
    guest_store_u64(w, newoffset, d->offset);
    return WASI_SUCCESS;
}

uint32_t
wasi_fd_tell(void *env, uint32_t fd, uint32_t offset)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    enum wasi_errno error = descriptor_file(w, fd, WASI_RIGHT_FD_TELL, &d);
    if (error)
        return error;
    return guest_store_u64(w, offset, d->offset) ? WASI_SUCCESS : WASI_EFAULT;
}

uint32_t
wasi_fd_close(void *env, uint32_t fd)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    enum wasi_errno error = descriptor_get(w, fd, 0, &d);
    if (error)
        return error;
    descriptor_close(w, d);
    return WASI_SUCCESS;
}

uint32_t
wasi_fd_renumber(void *env, uint32_t fd, uint32_t to)
{
    struct wasi *w = env;
    struct wasi_fd *from_d;
    struct wasi_fd *to_d;
    enum wasi_errno error = descriptor_get(w, fd, 0, &from_d);
    if (!error)
        error = descriptor_get(w, to, 0, &to_d);
    if (error || fd == to)
        return error;
    descriptor_move(w, from_d, to_d);
    return WASI_SUCCESS;
}

// What is written is in the file at once; there is nothing behind it.
uint32_t
wasi_fd_sync(void *env, uint32_t fd)
{
    struct wasi_fd *d;
    return descriptor_get(env, fd, WASI_RIGHT_FD_SYNC, &d);
}

uint32_t
wasi_fd_datasync(void *env, uint32_t fd)
{
    struct wasi_fd *d;
    return descriptor_get(env, fd, WASI_RIGHT_FD_DATASYNC, &d);
}

uint32_t
wasi_fd_advise(void *env, uint32_t fd, uint64_t offset, uint64_t len, uint32_t advice)
{
    struct wasi_fd *d;
    enum wasi_errno error = descriptor_file(env, fd, WASI_RIGHT_FD_ADVISE, &d);
    if (error)
        return error;
    if (advice > WASI_ADVICE_LAST || offset > INT64_MAX || len > INT64_MAX)
        return WASI_EINVAL;
    return WASI_SUCCESS;
}

uint32_t
wasi_fd_allocate(void *env, uint32_t fd, uint64_t offset, uint64_t len)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    enum wasi_errno error = descriptor_file(w, fd, WASI_RIGHT_FD_ALLOCATE, &d);
    if (error)
        return error;
    if (!(d->rights_base & WASI_RIGHT_FD_WRITE))
        return WASI_EBADF;
    uint64_t end;
    if (len == 0 || __builtin_add_overflow(offset, len, &end) || end > INT64_MAX)
        return WASI_EINVAL;
    if (end <= d->inode->file.size)
        return WASI_SUCCESS;
    return wasi_errno_of_fs(fs_file_resize(w->fs, d->inode, end));
}

// Programs take a character device for a terminal and write for people. Of what else a
// standard stream may be, a pipe or a file, nothing is said.
static enum wasi_filetype
filetype(const struct wasi_fd *d)
{
    if (d->inode)
        return filestat_type(d->inode);
    return d->is_terminal ? WASI_FILETYPE_CHARACTER_DEVICE : WASI_FILETYPE_UNKNOWN;
}

uint32_t
wasi_fd_fdstat_get(void *env, uint32_t fd, uint32_t stat)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    enum wasi_errno error = descriptor_get(w, fd, 0, &d);
    if (error)
        return error;
    struct wasi_fdstat out = {
        .fs_filetype = (uint8_t)filetype(d),
        .fs_flags = (uint16_t)d->flags,
        .fs_rights_base = d->rights_base,
        .fs_rights_inheriting = d->rights_inheriting,
    };
    return guest_store(w, stat, &out, sizeof(out), 8) ? WASI_SUCCESS : WASI_EFAULT;
}

uint32_t
wasi_fd_fdstat_set_flags(void *env, uint32_t fd, uint32_t flags)
{
    struct wasi_fd *d;
    enum wasi_errno error = descriptor_get(env, fd, WASI_RIGHT_FD_FDSTAT_SET_FLAGS, &d);
    if (error)
        return error;
    if (flags & ~WASI_FDFLAGS_ALL)
        return WASI_EINVAL;
    d->flags = flags;
    return WASI_SUCCESS;
}

uint32_t
wasi_fd_fdstat_set_rights(void *env, uint32_t fd, uint64_t base, uint64_t inheriting)
{
    struct wasi_fd *d;
    enum wasi_errno error = descriptor_get(env, fd, 0, &d);
    if (error)
        return error;
    if (base & ~d->rights_base || inheriting & ~d->rights_inheriting)
        return WASI_ENOTCAPABLE;
    d->rights_base = base;
    d->rights_inheriting = inheriting;
    return WASI_SUCCESS;
}

uint32_t
wasi_fd_filestat_get(void *env, uint32_t fd, uint32_t stat)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    enum wasi_errno error = descriptor_get(w, fd, WASI_RIGHT_FD_FILESTAT_GET, &d);
    if (error)
        return error;
    struct wasi_filestat out = {
        .filetype = (uint8_t)filetype(d), .ino = d->console, .nlink = 1};
    if (d->inode)
        filestat_of(d->inode, &out);
    return guest_store(w, stat, &out, sizeof(out), 8) ? WASI_SUCCESS : WASI_EFAULT;
}

uint32_t
wasi_fd_filestat_set_size(void *env, uint32_t fd, uint64_t size)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    enum wasi_errno error = descriptor_file(w, fd, WASI_RIGHT_FD_FILESTAT_SET_SIZE, &d);
    if (error)
        return error;
    if (!(d->rights_base & WASI_RIGHT_FD_WRITE) || size > INT64_MAX)
        return WASI_EINVAL;
    return wasi_errno_of_fs(fs_file_resize(w->fs, d->inode, size));
}

uint32_t
wasi_fd_filestat_set_times(void *env, uint32_t fd, uint64_t atim, uint64_t mtim,
                           uint32_t fst_flags)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    enum wasi_errno error = descriptor_get(w, fd, 0, &d);
    if (error)
        return error;
    if (!d->inode)
        return WASI_EINVAL;
    error = descriptor_get(w, fd, WASI_RIGHT_FD_FILESTAT_SET_TIMES, &d);
    if (error)
        return error;
    return filestat_set_times(w->fs, d->inode, atim, mtim, fst_flags);
}
