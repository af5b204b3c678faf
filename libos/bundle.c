// SPDX-License-Identifier: Apache-2.0
//
// The checks are one pass over the entries; they leave the names of files to fs/.
#include "libos/bundle.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/string.h"

static bool
range_fits(uint64_t off, uint64_t len, uint64_t total)
{
    return off <= total && len <= total - off;
}

static bool
holds_zero(const uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        if (bytes[i] == 0)
            return true;
    }
    return false;
}

static bool
is_below_preopen(uint32_t kind)
{
    return kind == SK_BUNDLE_DIR || kind == SK_BUNDLE_FILE || kind == SK_BUNDLE_SYMLINK;
}

static const char *
check_entry(const struct bundle *bundle, uint32_t index, uint64_t len)
{
    const struct sk_bundle_entry *entry = &bundle->entries[index];
    if (entry->kind < SK_BUNDLE_INIT || entry->kind > SK_BUNDLE_SYMLINK)
        return "entry of an unknown kind";
    if (!range_fits(entry->name_off, entry->name_len, len))
        return "name outside the bundle";
    if (!range_fits(entry->data_off, entry->data_len, len))
        return "data outside the bundle";
    if (holds_zero(bundle->bytes + entry->name_off, entry->name_len))
        return "zero byte in a name";
    if (is_below_preopen(entry->kind)) {
        if (entry->parent >= index)
            return "entry before its preopen";
        if (bundle->entries[entry->parent].kind != SK_BUNDLE_PREOPEN)
            return "parent is no preopen";
    }
    return NULL;
}

static const char *
check_modules(const struct bundle *bundle)
{
    uint32_t first = bundle_next(bundle, 0, SK_BUNDLE_MODULE);
    if (first == bundle->entry_count)
        return "no module";
    if (bundle_next(bundle, first + 1, SK_BUNDLE_MODULE) != bundle->entry_count)
        return "more than one module";
    return NULL;
}

const char *
bundle_open(struct bundle *bundle, const void *bytes, uint64_t len)
{
    const struct sk_bundle *header = bytes;
    if (len < sizeof(*header) || len > SK_BUNDLE_MAX)
        return "length out of range";
    if (header->magic != SK_BUNDLE_MAGIC)
        return "not a bundle";
    if (header->version != SK_BUNDLE_VERSION)
        return "unknown version";
    if (header->len > len || header->len < sizeof(*header))
        return "cut short";
    uint64_t room = (header->len - sizeof(*header)) / sizeof(struct sk_bundle_entry);
    if (header->entry_count > room)
        return "entries outside the bundle";
    *bundle = (struct bundle){
        .bytes = bytes,
        .entries = (const struct sk_bundle_entry *)(header + 1),
        .entry_count = header->entry_count,
    };
    for (uint32_t i = 0; i < bundle->entry_count; i++) {
        const char *error = check_entry(bundle, i, header->len);
        if (error)
            return error;
    }
    return check_modules(bundle);
}

struct bundle_text
bundle_name(const struct bundle *bundle, uint32_t index)
{
    const struct sk_bundle_entry *entry = &bundle->entries[index];
    return (struct bundle_text){
        .bytes = (const char *)bundle->bytes + entry->name_off,
        .len = entry->name_len,
    };
}

const uint8_t *
bundle_data(const struct bundle *bundle, uint32_t index)
{
    return bundle->bytes + bundle->entries[index].data_off;
}

uint32_t
bundle_next(const struct bundle *bundle, uint32_t index, enum sk_bundle_kind kind)
{
    while (index < bundle->entry_count && bundle->entries[index].kind != (uint32_t)kind)
        index++;
    return index;
}

struct bundle_text
bundle_option(const struct bundle *bundle, const char *key)
{
    uint32_t i = bundle_next(bundle, 0, SK_BUNDLE_OPTION);
    for (; i < bundle->entry_count; i = bundle_next(bundle, i + 1, SK_BUNDLE_OPTION)) {
        struct bundle_text name = bundle_name(bundle, i);
        uint32_t at = 0;
        while (at < name.len && key[at] && name.bytes[at] == key[at])
            at++;
        if (!key[at] && at < name.len && name.bytes[at] == '=')
            return (struct bundle_text){name.bytes + at + 1, name.len - at - 1};
    }
    return (struct bundle_text){0};
}
