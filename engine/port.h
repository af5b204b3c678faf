// SPDX-License-Identifier: Apache-2.0
//
// What the engine needs from below. The embedder fills one struct and passes it in; the
// engine keeps the pointer and calls nothing else of the platform. All functions may be
// called from the thread that called the engine, and fail cleanly.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wasm_port {
    void *context; // first argument of every function below

    // Heap: zeroed bytes, 16-byte aligned; NULL when there is no more. `len` > 0 and
    // the same in both.
    void *(*heap_alloc)(void *context, size_t len);
    void (*heap_free)(void *context, void *bytes, size_t len);

    // Linear memory: reserves addresses for `max` bytes (a multiple of 64 KiB); nothing
    // is accessible yet. The base may be address 0, so success is the return value. With
    // `is_guarded`, guards lie behind it, so that base + any u32 + any u32 offset + 16
    // stays inside. Only a guarded one may lie at address 0, and only the first.
    bool (*memory_reserve)(void *context, uint64_t max, bool is_guarded, uint8_t **base);
    // Makes [old_len, new_len) accessible and zero; both multiples of 64 KiB.
    bool (*memory_commit)(void *context, uint8_t *base, uint64_t old_len,
                          uint64_t new_len);
    // Gives back what was reserved with `max` and committed up to `len`.
    void (*memory_release)(void *context, uint8_t *base, uint64_t len, uint64_t max,
                           bool is_guarded);

    // Threads: sleeps until notified, at most timeout_ns (negative: for ever), unless the
    // bytes (4 or 8) at `address` are no longer `expected`, atomically. 0: woken, 1: not
    // equal, 2: timed out. NULL both: a single thread, then a wait can only time out.
    uint32_t (*memory_wait)(void *context, uint8_t *address, uint32_t width,
                            uint64_t expected, int64_t timeout_ns);
    uint32_t // how many were woken, at most `count`
        (*memory_notify)(void *context, uint8_t *address, uint32_t count);

    // Code: reserves `room` bytes of addresses (page multiple, below 2 GiB).
    bool (*code_reserve)(void *context, size_t room, uint8_t **base);
    // Makes [old_len, new_len) readable and writable; page multiples.
    bool (*code_commit)(void *context, uint8_t *base, size_t old_len, size_t new_len);
    // Makes [0, len) read-only and executable.
    bool (*code_seal)(void *context, uint8_t *base, size_t len);
    void (*code_release)(void *context, uint8_t *base, size_t len, size_t room);

    // Linear memory 0 of 32-bit index lies at address 0: the compiler adds no base.
    bool memory_at_zero;

    // For tests: compiled code fills the upper half of every i32 that it makes undefined
    // by convention, and checks at each use as an address or index that it is zero.
    bool poison;
};
