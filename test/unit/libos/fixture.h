// SPDX-License-Identifier: Apache-2.0
//
// A WASI program without a program: a linear memory of two wasm pages, preopens made from
// a bundle, and the functions called directly.
#pragma once

#include "engine/engine.h"
#include "libos/fs/fs.h"
#include "libos/mounts.h"
#include "libos/wasi/wasi.h"
#include "test/unit/libos/bundle_maker.h"
#include "test/unit/libos/fake_sk.h"

#define GUEST_LEN (2 * WASM_PAGE_SIZE)

struct fixture {
    struct counting_allocator memory; // of the file system and of WASI
    struct bundle_maker maker;
    struct bundle bundle;
    struct fs fs;
    struct mounts mounts;
    struct wasi wasi;
    uint8_t *guest; // the linear memory
    struct wasm_port port;
    struct wasm_store *store;
};

// Makes everything from what stands in f->maker. A machine with 1000 frames, reset.
void fixture_init(struct fixture *f);
// Takes it apart and checks that nothing is left.
void fixture_fini(struct fixture *f);

// "/": d/, d/f "content", l -> d/f; descriptor 3.   "/ro": f "fixed"; descriptor 4, read
// only. Arguments "prog", "arg", environment "K=V".
void fixture_init_sample(struct fixture *f);

#define ROOT      3u
#define READ_ONLY 4u

// Puts text at a guest address, not terminated.
void guest_put(struct fixture *f, uint32_t at, const char *text);
uint32_t guest_u32(const struct fixture *f, uint32_t at);
uint64_t guest_u64(const struct fixture *f, uint32_t at);
// Puts one iovec at `at`.
void guest_iovec(struct fixture *f, uint32_t at, uint32_t buf, uint32_t len);

// path_open of `path` below `dir` with all rights but what `access` leaves out of reading
// and writing. The descriptor is in *fd on success.
uint32_t open_path(struct fixture *f, uint32_t dir, const char *path, uint32_t oflags,
                   uint64_t access, uint32_t *fd);
