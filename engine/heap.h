// SPDX-License-Identifier: Apache-2.0
//
// The engine's heap: the port's, with the length kept before each block, so that
// structures built from hostile input need not remember how far they got. Internal to the
// engine.
#pragma once

#include "engine/port.h"

// `count` zeroed elements of `size` bytes; NULL when there is no more. A count of 0 is as
// good as any.
void *wasm_heap_alloc(const struct wasm_port *port, uint64_t count, size_t size);

// `block` may be NULL.
void wasm_heap_free(const struct wasm_port *port, void *block);

// Makes room for element `count` of an array that was grown by this function alone, from
// NULL and count 0. Returns the array, which may have moved; or NULL, and the old one
// stays. At most twice the room in use.
void *wasm_heap_append(const struct wasm_port *port, void *array, uint32_t count,
                       size_t size);

// Makes room for `need` elements in an array that has *room, of which all are kept: twice
// the room at least. Returns like wasm_heap_append.
void *wasm_heap_grow(const struct wasm_port *port, void *array, uint32_t *room,
                     uint64_t need, size_t size);
