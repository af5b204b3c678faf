// SPDX-License-Identifier: Apache-2.0
//
// Reads the boot bundle (abi/layout.h). Nothing in it is trusted: bundle_open checks
// every offset, length, kind and reference once; afterwards entries are read freely.
#pragma once

#include <stdint.h>

#include "abi/layout.h"

struct bundle {
    const uint8_t *bytes;
    const struct sk_bundle_entry *entries;
    uint32_t entry_count;
};

struct bundle_text {
    const char *bytes; // no terminator, no zero byte inside
    uint32_t len;
};

// Checks `len` bytes at `bytes` (8-byte aligned), which must stay as long as the bundle
// is used. Returns NULL, or what is wrong with it.
const char *bundle_open(struct bundle *bundle, const void *bytes, uint64_t len);

struct bundle_text // index < entry_count
bundle_name(const struct bundle *bundle, uint32_t index);
const uint8_t * // entries[index].data_len bytes
bundle_data(const struct bundle *bundle, uint32_t index);

// The index of the first entry of `kind` from `index` on, or entry_count.
uint32_t bundle_next(const struct bundle *bundle, uint32_t index,
                     enum sk_bundle_kind kind);

// The value of the option `key`; .bytes is NULL when it is not there.
struct bundle_text bundle_option(const struct bundle *bundle, const char *key);
