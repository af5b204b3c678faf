// SPDX-License-Identifier: Apache-2.0
#include "test/spec/exceptions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ROOM(array) (sizeof(array) / sizeof((array)[0]))

// False: the line is no entry.
static bool
read_entry(const char *text, struct exception *entry)
{
    size_t len = strcspn(text, " \t\n");
    const char *colon = memchr(text, ':', len);
    size_t script_len = colon ? (size_t)(colon - text) : len;
    bool has_reason = text[len + strspn(text + len, " \t\n")] != '\0';
    if (script_len == 0 || script_len >= sizeof(entry->script) || !has_reason)
        return false;
    memcpy(entry->script, text, script_len);
    entry->line = colon ? (uint32_t)strtoul(colon + 1, NULL, 10) : 0;
    return !colon || entry->line > 0;
}

static bool
read_entries(FILE *file, const char *path, struct exceptions *list)
{
    char text[400];
    for (uint32_t line = 1; fgets(text, sizeof(text), file); line++) {
        if (text[0] == '#' || text[0] == '\n')
            continue;
        if (list->count == ROOM(list->entries) ||
            !read_entry(text, &list->entries[list->count])) {
            fprintf(stderr, "%s:%u: not an entry: script[:line]  reason\n", path, line);
            return false;
        }
        list->count++;
    }
    return true;
}

struct exceptions *
exceptions_read(const char *path)
{
    struct exceptions *list = mmap(NULL, sizeof(*list), PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    FILE *file = list != MAP_FAILED ? fopen(path, "r") : NULL;
    if (!file) {
        perror(path);
        return NULL;
    }
    bool ok = read_entries(file, path, list);
    (void)fclose(file);
    return ok ? list : NULL;
}

void
exceptions_try(struct exceptions *list, const char *script)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (strcmp(list->entries[i].script, script) == 0)
            list->entries[i].is_tried = true;
    }
}

bool
exceptions_use(struct exceptions *list, const char *script, uint32_t line)
{
    for (uint32_t i = 0; i < list->count; i++) {
        struct exception *entry = &list->entries[i];
        if (entry->line == line && strcmp(entry->script, script) == 0) {
            entry->is_used = true;
            return true;
        }
    }
    return false;
}

uint32_t
exceptions_print_unused(const struct exceptions *list)
{
    uint32_t unused = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct exception *entry = &list->entries[i];
        if (!entry->is_tried || entry->is_used)
            continue;
        printf("%s:%u: listed as an expected failure, but passes\n", entry->script,
               entry->line);
        unused++;
    }
    return unused;
}
