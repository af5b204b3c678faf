// SPDX-License-Identifier: Apache-2.0
#include "debug/perf_map.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "debug/function_name.h"
#include "engine/engine.h"

#define PATH_ROOM 64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pid_t begun_by; // the process that has begun its file; others are before a fork

// The folder is everybody's: whatever is there under that name is not written to.
static int
open_map(void)
{
    char path[PATH_ROOM];
    int flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_APPEND;
    snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)getpid());
    if (begun_by == getpid())
        return open(path, flags);
    if (unlink(path) != 0 && errno != ENOENT)
        return -1;
    int fd = open(path, flags | O_CREAT | O_EXCL, 0600);
    if (fd >= 0)
        begun_by = getpid();
    return fd;
}

static bool
write_lines(FILE *file, const struct wasm_module *module)
{
    struct wasm_module_stats stats;
    size_t code_len;
    uintptr_t code = (uintptr_t)wasm_module_code(module, &code_len);
    wasm_module_stats(module, &stats);
    if (code == 0 || stats.function_count == 0)
        return true;
    struct wasm_function_code *functions =
        malloc(stats.function_count * sizeof(*functions));
    if (functions == NULL)
        return false;
    wasm_module_functions(module, functions);
    for (uint32_t i = 0; i < stats.function_count; i++) {
        char name[FUNCTION_NAME_ROOM];
        function_name(&functions[i], name);
        fprintf(file, "%lx %x %s\n", code + functions[i].offset, functions[i].len, name);
    }
    free(functions);
    return true;
}

static bool
add(const struct wasm_module *module)
{
    int fd = open_map();
    FILE *file = fd >= 0 ? fdopen(fd, "a") : NULL;
    if (file == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool done = write_lines(file, module);
    return fclose(file) == 0 && done;
}

bool
perf_map_add(const struct wasm_module *module)
{
    pthread_mutex_lock(&lock);
    bool done = add(module);
    pthread_mutex_unlock(&lock);
    return done;
}
