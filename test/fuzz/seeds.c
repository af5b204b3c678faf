// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/seeds.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "test/unit/engine/test_port.h"

#define MAX_SEED_LEN (512u << 10)

static bool
add_file(struct seeds *seeds, const char *path, size_t len)
{
    if (seeds->count == seeds->room) {
        seeds->room = seeds->room * 2 + 64;
        seeds->modules =
            reallocarray(seeds->modules, seeds->room, sizeof(*seeds->modules));
    }
    uint8_t *bytes = malloc(len + 1);
    FILE *file = fopen(path, "rb");
    bool ok = seeds->modules && bytes && file && fread(bytes, 1, len, file) == len;
    if (file)
        fclose(file);
    if (ok)
        seeds->modules[seeds->count++] = (struct bytes){bytes, len};
    else
        perror(path);
    return ok;
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
        free(entries);
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
    size_t len = (size_t)stat_now.st_size;
    return len > MAX_SEED_LEN || len == 0 || add_file(seeds, path, len);
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
