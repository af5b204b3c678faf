// SPDX-License-Identifier: Apache-2.0
#include "tools/trace.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "debug/source.h"
#include "tools/message.h"

#define PLACES_MAX 128u  // further lines have no source
#define SHOWN_MAX  1024u // of a place

struct bundle_map {
    const uint8_t *bytes;
    size_t len;
};

static struct bundle_map
map_bundle(int fd)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0 || stat.st_size <= 0)
        return (struct bundle_map){.len = 0};
    size_t len = (size_t)stat.st_size;
    void *bytes = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
    return bytes == MAP_FAILED ? (struct bundle_map){.len = 0}
                               : (struct bundle_map){bytes, len};
}

static bool
find_module(struct bundle_map map, const uint8_t **module, size_t *len)
{
    struct sk_bundle header;
    struct sk_bundle_entry entry;
    if (map.len < sizeof(header))
        return false;
    memcpy(&header, map.bytes, sizeof(header));
    for (uint64_t i = 0; i < header.entry_count; i++) {
        uint64_t at = sizeof(header) + i * sizeof(entry);
        if (at + sizeof(entry) > map.len)
            return false;
        memcpy(&entry, map.bytes + at, sizeof(entry));
        if (entry.kind != SK_BUNDLE_MODULE)
            continue;
        *module = map.bytes + entry.data_off;
        *len = entry.data_len;
        return entry.data_off <= map.len && entry.data_len <= map.len - entry.data_off;
    }
    return false;
}

// The places that TRACE records name, in the order of addresses; order[i] is where that
// of the i-th such record stands.
struct places {
    struct dwarf_place at[PLACES_MAX];
    size_t order[PLACES_MAX];
    size_t count;
};

static void
insert(struct places *places, uint64_t offset)
{
    size_t at = places->count;
    for (; at > 0 && places->at[at - 1].address > offset; at--)
        places->at[at] = places->at[at - 1];
    places->at[at] = (struct dwarf_place){.address = offset};
    for (size_t i = 0; i < places->count; i++)
        places->order[i] += places->order[i] >= at;
    places->order[places->count++] = at;
}

static void
collect(const struct report *report, struct places *places)
{
    struct report_record record;
    for (size_t at = 0;
         places->count < PLACES_MAX && report_next(report, &at, &record);) {
        if (record.kind == SK_REPORT_TRACE && record.value != 0)
            insert(places, record.value);
    }
}

static void
print_line(const struct report_record *record, const struct dwarf_place *place)
{
    char shown[SHOWN_MAX] = "";
    if (place != NULL)
        dwarf_place_show(place, shown, sizeof(shown));
    message_line("%.*s%s%s", (int)record->name_len, record->name,
                 shown[0] != '\0' ? " " : "", shown);
}

void
trace_print(const struct report *report, int bundle_fd)
{
    struct places places = {.count = 0};
    struct bundle_map map = {.len = 0};
    const uint8_t *module;
    size_t len;
    collect(report, &places);
    if (places.count != 0)
        map = map_bundle(bundle_fd);
    if (find_module(map, &module, &len))
        source_find(module, len, places.at, places.count);
    struct report_record record;
    size_t next = 0;
    for (size_t at = 0; report_next(report, &at, &record);) {
        if (record.kind != SK_REPORT_TRACE)
            continue;
        bool has_place = record.value != 0 && next < places.count;
        print_line(&record, has_place ? &places.at[places.order[next++]] : NULL);
    }
    if (map.len != 0)
        munmap((void *)(uintptr_t)map.bytes, map.len);
}
