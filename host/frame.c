// SPDX-License-Identifier: Apache-2.0
//
// Representation: uses[frame] counts the frame's mappings; FRAME_RETYPED marks a frame
// that became a kernel object.
#include "host/frame.h"

#include <sys/mman.h>
#include <unistd.h>

#include "host/host.h"

#define FRAME_RETYPED UINT32_MAX

static int memory_fd;
static int bundle_fd;
static uint64_t bundle_first;
static uint32_t *uses;

// Kernels that can refuse to execute memory files want to be told; older ones do not know
// the flag.
static int
memory_file(const char *name, uint64_t len)
{
#ifndef MFD_EXEC
#define MFD_EXEC 0x10u
#endif
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_EXEC);
    if (fd < 0)
        fd = memfd_create(name, MFD_CLOEXEC);
    if (fd >= 0 && ftruncate(fd, (off_t)len) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

void *
host_sparse(size_t len)
{
    int fd = memory_file("selkis-table", len);
    if (fd < 0)
        return NULL;
    void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return at == MAP_FAILED ? NULL : at;
}

const char *
host_frame_init(uint64_t memory_count, int fd, uint64_t bundle_count)
{
    bundle_fd = fd;
    bundle_first = memory_count;
    memory_fd = memory_file("selkis-memory", memory_count * SK_PAGE_SIZE);
    if (memory_fd < 0)
        return "cannot make the memory file";
    uses = host_sparse((memory_count + bundle_count) * sizeof(uses[0]));
    return uses == NULL ? "cannot make the frame table" : NULL;
}

bool
host_frame_show(uint64_t frame, uint64_t count, uint64_t va, int linux_prot)
{
    bool of_bundle = frame >= bundle_first;
    uint64_t offset = (of_bundle ? frame - bundle_first : frame) * SK_PAGE_SIZE;
    void *at = (void *)va;
    return mmap(at, count * SK_PAGE_SIZE, linux_prot, MAP_SHARED | MAP_FIXED,
                of_bundle ? bundle_fd : memory_fd, (off_t)offset) != MAP_FAILED;
}

int64_t
host_frame_map_check(uint64_t frame, uint64_t count)
{
    for (uint64_t i = frame; i < frame + count; i++) {
        if (uses[i] == FRAME_RETYPED)
            return SK_E_BUSY;
        if (uses[i] == FRAME_RETYPED - 1)
            return SK_E_RANGE;
    }
    return SK_OK;
}

void
host_frame_map(uint64_t frame, uint64_t count)
{
    for (uint64_t i = frame; i < frame + count; i++)
        uses[i]++;
}

void
host_frame_unmap(uint64_t frame)
{
    uses[frame]--;
}

int64_t
host_frame_retype_check(uint64_t frame, uint64_t count)
{
    for (uint64_t i = frame; i < frame + count; i++) {
        if (uses[i] != 0)
            return SK_E_BUSY;
    }
    return SK_OK;
}

void
host_frame_retype(uint64_t frame, uint64_t count)
{
    for (uint64_t i = frame; i < frame + count; i++)
        uses[i] = FRAME_RETYPED;
}
