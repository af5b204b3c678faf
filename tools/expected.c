// SPDX-License-Identifier: Apache-2.0
#include "tools/expected.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tools/message.h"

#define ROOM(array) (sizeof(array) / sizeof((array)[0]))

// False: the line is no entry.
static bool
read_entry(const char *text, struct expected_entry *entry)
{
    size_t len = strcspn(text, " \t\n");
    const char *colon = memchr(text, ':', len);
    size_t script_len = colon ? (size_t)(colon - text) : len;
    if (script_len > 5 && memcmp(text + script_len - 5, ".wast", 5) == 0)
        script_len -= 5;
    bool has_reason = text[len + strspn(text + len, " \t\n")] != '\0';
    if (script_len == 0 || script_len >= sizeof(entry->script) || !has_reason)
        return false;
    memcpy(entry->script, text, script_len);
    entry->line = colon ? (uint32_t)strtoul(colon + 1, NULL, 10) : 0;
    return !colon || entry->line > 0;
}

static bool
read_entries(FILE *file, const char *path, struct expected *list)
{
    char text[400];
    for (uint32_t line = 1; fgets(text, sizeof(text), file); line++) {
        if (text[0] == '#' || text[0] == '\n')
            continue;
        if (list->count == ROOM(list->entries) ||
            !read_entry(text, &list->entries[list->count])) {
            message_error("%s:%u: not an entry: SCRIPT[:LINE] REASON", path, line);
            return false;
        }
        list->count++;
    }
    return true;
}

struct expected *
expected_read(const char *path)
{
    struct expected *list = mmap(NULL, sizeof(*list), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    FILE *file = list != MAP_FAILED ? fopen(path, "r") : NULL;
    if (!file) {
        message_error("cannot open %s: %s", path, strerror(errno));
        return NULL;
    }
    bool ok = read_entries(file, path, list);
    (void)fclose(file);
    return ok ? list : NULL;
}

// Whether the path `script` ends with the entry's, at a folder's border.
static bool
is_for(const struct expected_entry *entry, const char *script)
{
    size_t len = strlen(script), own = strlen(entry->script);
    return len >= own && strcmp(script + len - own, entry->script) == 0 &&
           (len == own || script[len - own - 1] == '/');
}

void
expected_try(struct expected *list, const char *script)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (is_for(&list->entries[i], script))
            list->entries[i].is_tried = true;
    }
}

bool
expected_use(struct expected *list, const char *script, uint32_t line)
{
    for (uint32_t i = 0; i < list->count; i++) {
        struct expected_entry *entry = &list->entries[i];
        if (entry->line == line && is_for(entry, script)) {
            entry->is_used = true;
            return true;
        }
    }
    return false;
}

uint32_t
expected_print_unused(const struct expected *list)
{
    uint32_t unused = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct expected_entry *entry = &list->entries[i];
        if (!entry->is_tried || entry->is_used)
            continue;
        printf("%s:%u: listed as an expected failure, but passes\n", entry->script,
               entry->line);
        unused++;
    }
    return unused;
}
