// SPDX-License-Identifier: Apache-2.0
//
// A byte of a file is, in this order: in its chunk, in the source, zero. Bytes of a chunk
// beyond the file's size are zero, so that a file that grows again shows zeros there.
#include "libos/fs/fs.h"

#include "base/string.h"

static size_t
min_size(uint64_t a, size_t b)
{
    return a < b ? (size_t)a : b;
}

// Reads a piece that lies inside one chunk and inside the file.
static void
read_piece(const struct fs_file *file, uint64_t offset, uint8_t *bytes, size_t len)
{
    uint64_t index = offset / FS_CHUNK;
    if (index < file->chunk_room && file->chunks[index]) {
        memcpy(bytes, file->chunks[index] + offset % FS_CHUNK, len);
        return;
    }
    size_t from_source = 0;
    if (offset < file->source_len) {
        from_source = min_size(file->source_len - offset, len);
        memcpy(bytes, file->source + offset, from_source);
    }
    memset(bytes + from_source, 0, len - from_source);
}

size_t
fs_file_read(const struct fs_inode *inode, uint64_t offset, void *bytes, size_t len)
{
    const struct fs_file *file = &inode->file;
    if (offset >= file->size)
        return 0;
    len = min_size(file->size - offset, len);
    uint8_t *to = bytes;
    for (size_t done = 0; done < len;) {
        size_t piece =
            min_size(len - done, FS_CHUNK - (size_t)((offset + done) % FS_CHUNK));
        read_piece(file, offset + done, to + done, piece);
        done += piece;
    }
    return len;
}

static bool
make_chunk_room(struct fs *fs, struct fs_file *file, uint64_t count)
{
    if (count <= file->chunk_room)
        return true;
    uint64_t room = file->chunk_room ? file->chunk_room * 2 : 4;
    if (room < count)
        room = count;
    uint8_t **chunks = allocator_alloc(fs->allocator, room * sizeof(*chunks));
    if (!chunks)
        return false;
    if (file->chunk_room)
        memcpy(chunks, file->chunks, file->chunk_room * sizeof(*chunks));
    allocator_free(fs->allocator, file->chunks, file->chunk_room * sizeof(*chunks));
    file->chunks = chunks;
    file->chunk_room = room;
    return true;
}

// The chunk at `index`, with what the source holds there; NULL: no memory.
static uint8_t *
own_chunk(struct fs *fs, struct fs_file *file, uint64_t index)
{
    if (!make_chunk_room(fs, file, index + 1))
        return NULL;
    if (file->chunks[index])
        return file->chunks[index];
    uint8_t *chunk = allocator_alloc(fs->allocator, FS_CHUNK);
    if (!chunk)
        return NULL;
    uint64_t offset = index * FS_CHUNK;
    if (offset < file->source_len)
        memcpy(chunk, file->source + offset,
               min_size(file->source_len - offset, FS_CHUNK));
    file->chunks[index] = chunk;
    return chunk;
}

enum fs_error
fs_file_write(struct fs *fs, struct fs_inode *inode, uint64_t offset, const void *bytes,
              size_t len, size_t *written)
{
    struct fs_file *file = &inode->file;
    if (inode->mount->is_read_only)
        return FS_READ_ONLY;
    if (offset > FS_FILE_MAX || len > FS_FILE_MAX - offset)
        return FS_TOO_BIG;
    const uint8_t *from = bytes;
    size_t done = 0;
    while (done < len) {
        uint64_t at = offset + done;
        uint8_t *chunk = own_chunk(fs, file, at / FS_CHUNK);
        if (!chunk)
            break;
        size_t piece = min_size(len - done, FS_CHUNK - (size_t)(at % FS_CHUNK));
        memcpy(chunk + at % FS_CHUNK, from + done, piece);
        done += piece;
    }
    if (len && !done)
        return FS_NO_SPACE;
    if (done && offset + done > file->size)
        file->size = offset + done;
    if (done)
        fs_inode_touch(fs, inode);
    *written = done;
    return FS_OK;
}

static void
drop_chunks(struct fs *fs, struct fs_file *file, uint64_t from)
{
    for (uint64_t i = from; i < file->chunk_room; i++) {
        allocator_free(fs->allocator, file->chunks[i], FS_CHUNK);
        file->chunks[i] = NULL;
    }
}

enum fs_error
fs_file_resize(struct fs *fs, struct fs_inode *inode, uint64_t size)
{
    struct fs_file *file = &inode->file;
    if (inode->mount->is_read_only)
        return FS_READ_ONLY;
    if (size > FS_FILE_MAX)
        return FS_TOO_BIG;
    if (size < file->size) {
        uint64_t last = size / FS_CHUNK;
        size_t keep = (size_t)(size % FS_CHUNK);
        drop_chunks(fs, file, keep ? last + 1 : last);
        if (keep && last < file->chunk_room && file->chunks[last])
            memset(file->chunks[last] + keep, 0, FS_CHUNK - keep);
    }
    if (size < file->source_len)
        file->source_len = size;
    file->size = size;
    fs_inode_touch(fs, inode);
    return FS_OK;
}

void
fs_file_clear(struct fs *fs, struct fs_file *file)
{
    drop_chunks(fs, file, 0);
    allocator_free(fs->allocator, file->chunks, file->chunk_room * sizeof(*file->chunks));
    *file = (struct fs_file){0};
}
