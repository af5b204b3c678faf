// SPDX-License-Identifier: Apache-2.0
#include "debug/announce.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "debug/gdb.h"
#include "debug/perf_map.h"

static bool
is_set(const char *name)
{
    const char *value = secure_getenv(name);
    return value != NULL && *value != '\0' && strcmp(value, "0") != 0;
}

uint32_t
announce_wanted(void)
{
    return (is_set("SELKIS_PERF") ? (uint32_t)ANNOUNCE_PERF : 0) |
           (is_set("SELKIS_GDB") ? (uint32_t)ANNOUNCE_GDB : 0);
}

struct gdb_code *
announce(const struct wasm_module *module, uint32_t wanted)
{
    if (wanted & ANNOUNCE_PERF)
        (void)perf_map_add(module);
    return wanted & ANNOUNCE_GDB ? gdb_register(module) : NULL;
}

void
announce_end(struct gdb_code *gdb)
{
    if (gdb != NULL)
        gdb_unregister(gdb);
}
