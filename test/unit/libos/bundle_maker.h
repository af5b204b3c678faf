// SPDX-License-Identifier: Apache-2.0
//
// Makes boot bundles for tests.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "abi/layout.h"

struct bundle_maker {
    struct sk_bundle_entry entries[64];
    uint32_t count;
    uint8_t text[16384]; // names and data, in order
    uint64_t text_len;
    _Alignas(16) uint8_t bytes[32768]; // the result
    uint64_t len;
};

// Returns the entry's index. data may be NULL.
uint32_t bundle_add(struct bundle_maker *m, enum sk_bundle_kind kind, uint32_t parent,
                    const char *name, const char *data);
uint32_t bundle_add_bytes(struct bundle_maker *m, enum sk_bundle_kind kind,
                          uint32_t parent, const char *name, const void *data,
                          size_t data_len);
// Lays it all out in `bytes`.
void bundle_make(struct bundle_maker *m);
