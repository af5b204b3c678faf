// SPDX-License-Identifier: Apache-2.0
#include "test/unit/libos/bundle_maker.h"

#include <string.h>

uint32_t
bundle_add(struct bundle_maker *m, enum sk_bundle_kind kind, uint32_t parent,
           const char *name, const char *data)
{
    return bundle_add_bytes(m, kind, parent, name, data, data ? strlen(data) : 0);
}

uint32_t
bundle_add_bytes(struct bundle_maker *m, enum sk_bundle_kind kind, uint32_t parent,
                 const char *name, const void *data, size_t data_len)
{
    struct sk_bundle_entry *entry = &m->entries[m->count];
    *entry = (struct sk_bundle_entry){
        .kind = (uint32_t)kind,
        .parent = parent,
        .name_len = (uint32_t)strlen(name),
        .name_off = m->text_len,
        .data_off = m->text_len + strlen(name),
        .data_len = data_len,
        .mtime_ns = 1000,
    };
    memcpy(m->text + entry->name_off, name, entry->name_len);
    if (data_len)
        memcpy(m->text + entry->data_off, data, entry->data_len);
    m->text_len = entry->data_off + entry->data_len;
    return m->count++;
}

void
bundle_make(struct bundle_maker *m)
{
    uint64_t front = sizeof(struct sk_bundle) + m->count * sizeof(m->entries[0]);
    struct sk_bundle header = {
        .magic = SK_BUNDLE_MAGIC,
        .version = SK_BUNDLE_VERSION,
        .entry_count = m->count,
        .len = front + m->text_len,
    };
    memcpy(m->bytes, &header, sizeof(header));
    for (uint32_t i = 0; i < m->count; i++) {
        struct sk_bundle_entry entry = m->entries[i];
        entry.name_off += front;
        entry.data_off += front;
        memcpy(m->bytes + sizeof(header) + i * sizeof(entry), &entry, sizeof(entry));
    }
    memcpy(m->bytes + front, m->text, m->text_len);
    m->len = header.len;
}
