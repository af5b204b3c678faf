// SPDX-License-Identifier: Apache-2.0
//
// A domain that runs one specification script: the module of its boot bundle. It stands
// on the library OS's memory and faults, and on nothing else of it. Failures and the
// totals go to the console, as `selkis wast` prints them; the exit code is 1 when
// something failed.
#include "abi/layout.h"
#include "base/fmt.h"
#include "engine/engine.h"
#include "libos/bundle.h"
#include "libos/engine_port.h"
#include "libos/exit.h"
#include "libos/frames.h"
#include "libos/heap.h"
#include "libos/libos.h"
#include "libos/log.h"
#include "libos/upcall.h"
#include "text/script/parse.h"

// Left below wasm frames for the domain's own.
#define STACK_RESERVE (128u << 10)

struct spec {
    struct frames frames;
    struct heap heap;
    struct engine_port port;
    struct upcall upcall;
    struct bundle bundle;
    struct bundle_text name; // of the script
};

static void
say(const char *line, size_t len)
{
    (void)console_write_all(SK_SLOT_CONSOLE, line, len);
}

// ---- The script's host ----

static struct wasm_store_config
store_config(void *context)
{
    const struct spec *spec = context;
    return (struct wasm_store_config){.stack_limit =
                                          spec->upcall.stack.floor + STACK_RESERVE};
}

static void
use_store(void *context, struct wasm_store *store)
{
    struct spec *spec = context;
    spec->upcall.store = store;
}

static bool
failed(void *context, struct script_position at, bool is_unsupported, const char *text)
{
    const struct spec *spec = context;
    char line[1200];
    (void)is_unsupported;
    say(line, fmt_string(line, sizeof(line), "%.*s:%u:%u: %s\n", (int)spec->name.len,
                         spec->name.bytes, at.line, at.column, text));
    return false;
}

// ---- The domain ----

static void
start(struct spec *spec, const struct sk_boot_info *boot)
{
    frames_init(&spec->frames, boot);
    stack_init(&spec->upcall.stack, boot, &spec->frames);
    if (!heap_init(&spec->heap, &spec->frames) ||
        !upcall_init(&spec->upcall, &spec->frames))
        exit_no_memory("starting");
    // A script has many memories: none of them is the one at address 0.
    engine_port_init(&spec->port, boot, &spec->frames, &spec->heap);
    spec->port.port.memory_at_zero = false;
    spec->port.linear_taken = true;
    const void *bytes = (const void *)(uintptr_t)boot->bundle_va;
    const char *error = bundle_open(&spec->bundle, bytes, boot->bundle_len);
    if (error)
        exit_error("boot bundle: %s", error);
}

_Noreturn void
sk_main(const struct sk_boot_info *boot)
{
    struct spec spec = {0};
    start(&spec, boot);
    struct script_host host = {
        .context = &spec,
        .port = &spec.port.port,
        .store_config = store_config,
        .use_store = use_store,
        .failed = failed,
    };
    uint32_t index = bundle_next(&spec.bundle, 0, SK_BUNDLE_MODULE);
    spec.name = bundle_name(&spec.bundle, index);
    struct script_totals totals;
    struct script_body body =
        script_text_body((const char *)bundle_data(&spec.bundle, index),
                         spec.bundle.entries[index].data_len);
    script_run(&host, &script_text_source, body, &totals);
    char line[100];
    say(line, fmt_string(line, sizeof(line), "%u passed, %u failed, %u skipped\n",
                         totals.passed, totals.failed, totals.skipped));
    exit_code(totals.failed > 0);
}
