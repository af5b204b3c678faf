// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/seeds.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "test/unit/engine/test_port.h"
#include "tools/file.h"

#define MAX_SEED_LEN (512 << 10)

static bool
add_file(struct seeds *seeds, const char *path)
{
    if (seeds->count == seeds->room) {
        size_t room = seeds->room * 2 + 64;
        struct bytes *modules = reallocarray(seeds->modules, room, sizeof(*modules));
        if (!modules)
            return false;
        seeds->modules = modules;
        seeds->room = room;
    }
    size_t len;
    const char *why;
    uint8_t *bytes = file_read(path, &len, &why);
    if (!bytes)
        fprintf(stderr, "%s: %s\n", path, why);
    else
        seeds->modules[seeds->count++] = (struct bytes){bytes, len};
    return bytes != NULL;
}

static int
is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool
add_folder(struct seeds *seeds, const char *path)
{
    struct dirent **entries;
    char below[PATH_MAX];
    int count = scandir(path, &entries, is_visible, alphasort);
    bool ok = count >= 0;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        const char *dot = strrchr(name, '.');
        bool is_folder = entries[i]->d_type == DT_DIR;
        snprintf(below, sizeof(below), "%s/%s", path, name);
        if (ok && (is_folder || (dot && strcmp(dot, ".wasm") == 0)))
            ok = seeds_add(seeds, below);
        free(entries[i]);
    }
    if (count >= 0)
        free((void *)entries);
    else
        perror(path);
    return ok;
}

bool
seeds_add(struct seeds *seeds, const char *path)
{
    struct stat stat_now;
    if (stat(path, &stat_now) != 0) {
        perror(path);
        return false;
    }
    if (S_ISDIR(stat_now.st_mode))
        return add_folder(seeds, path);
    off_t len = stat_now.st_size;
    return len > MAX_SEED_LEN || len == 0 || add_file(seeds, path);
}

static bool
compiles(struct bytes seed)
{
    struct test_port port;
    struct wasm_module *module;
    if (wasm_module_create(test_port_init(&port), seed.at, seed.len, &module, NULL))
        return false;
    wasm_module_destroy(module);
    return true;
}

void
seeds_sort(struct seeds *seeds)
{
    for (size_t i = 0; i < seeds->count; i++) {
        struct bytes seed = seeds->modules[i];
        if (!compiles(seed))
            continue;
        seeds->modules[i] = seeds->modules[seeds->whole_count];
        seeds->modules[seeds->whole_count++] = seed;
    }
}

void
seeds_fini(struct seeds *seeds)
{
    for (size_t i = 0; i < seeds->count; i++)
        free(seeds->modules[i].at);
    free(seeds->modules);
}
