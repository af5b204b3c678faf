// SPDX-License-Identifier: Apache-2.0
#include "tools/observe.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "debug/gdb.h"
#include "debug/perf_map.h"
#include "engine/engine.h"
#include "libos/libos.h"
#include "tools/message.h"

static bool is_for_perf;
static bool is_for_gdb;

// The domain's frames are pages of a shared file. perf asks the map that we write for
// anonymous memory only, and gdb cannot set breakpoints in a file that is mapped shared.
// The code does not change any more, so a copy in its place is the same.
static bool
make_private(const struct wasm_module *module)
{
    size_t len;
    const uint8_t *code = wasm_module_code(module, &len);
    if (code == NULL || len == 0)
        return true;
    void *copy =
        mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED)
        return false;
    memcpy(copy, code, len);
    void *place = (void *)(uintptr_t)code;
    if (mremap(copy, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, place) != place)
        return false;
    return mprotect(place, len, PROT_READ | PROT_EXEC) == 0;
}

static void
compiled(const struct wasm_module *module)
{
    if (!make_private(module))
        message_error("cannot copy the code for an observer: %s", strerror(errno));
    if (is_for_perf && !perf_map_add(module))
        message_error("cannot write the map for perf: %s", strerror(errno));
    if (is_for_gdb && gdb_register(module) == NULL)
        message_error("cannot tell gdb of the code");
}

static void
observed_main(const struct sk_boot_info *boot)
{
    libos_main(boot, compiled);
}

observe_entry_fn *
observe_entry(bool perf, bool gdb)
{
    is_for_perf = perf;
    is_for_gdb = gdb;
    return perf || gdb ? observed_main : sk_main;
}
