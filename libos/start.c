// SPDX-License-Identifier: Apache-2.0
//
// A program's life, from the first instruction in its domain to the last. Everything that
// lives as long hangs on one struct on the initial stack.
#include "libos/libos.h"

#include "engine/engine.h"
#include "libos/bundle.h"
#include "libos/engine_port.h"
#include "libos/exit.h"
#include "libos/frames.h"
#include "libos/fs/fs.h"
#include "libos/heap.h"
#include "libos/link.h"
#include "libos/log.h"
#include "libos/mounts.h"
#include "libos/report.h"
#include "libos/run.h"
#include "libos/trap.h"
#include "libos/upcall.h"
#include "libos/wasi/wasi.h"
#include "libos/x86_64/cpu.h"

// Left below wasm frames for the library OS's own.
#define STACK_RESERVE (128u << 10)

struct libos {
    const struct sk_boot_info *boot;
    struct bundle bundle;
    struct frames frames;
    struct heap heap;
    struct allocator allocator;
    struct engine_port port;
    struct upcall upcall;
    struct fs fs;
    struct mounts mounts;
    struct wasi wasi;
    struct wasm_module *module;
    struct wasm_store *store;
    struct run run;
    uint64_t compile_begin; // time stamps, for the option icount
    uint64_t compile_end;
};

static uint64_t
now_ns(void)
{
    int64_t now = sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_REALTIME);
    return now > 0 ? (uint64_t)now : 0;
}

static void
hint(const struct libos *os)
{
    if (os->wasi.missed_grant)
        report_grant("no directory is granted to the program; if it needs files, grant a "
                     "directory with --dir");
}

// The program ended by its own will. Called on the program's stack.
static void
end(void *context, uint32_t code)
{
    const struct libos *os = context;
    mounts_write_back(&os->mounts, &os->bundle);
    if (code)
        hint(os);
    exit_code(code);
}

// It trapped: what it wrote stays unsaved.
static _Noreturn void
abandon(const struct libos *os)
{
    if (os->fs.is_changed)
        report_trace(0, "selkis: what it changed in its folders is not written back");
    hint(os);
    exit_fault();
}

static void
start_memory(struct libos *os)
{
    frames_init(&os->frames, os->boot);
    stack_init(&os->upcall.stack, os->boot, &os->frames);
    if (!heap_init(&os->heap, &os->frames) || !upcall_init(&os->upcall, &os->frames))
        exit_no_memory("starting");
    os->allocator = heap_allocator(&os->heap);
    engine_port_init(&os->port, os->boot, &os->frames, &os->heap);
}

static void
start_bundle(struct libos *os)
{
    const void *bytes = (const void *)(uintptr_t)os->boot->bundle_va;
    const char *error = bundle_open(&os->bundle, bytes, os->boot->bundle_len);
    if (error)
        exit_error("boot bundle: %s", error);
}

static void
start_files(struct libos *os)
{
    fs_init(&os->fs, &os->allocator, now_ns);
    const char *error = mounts_init(&os->mounts, &os->fs, &os->bundle);
    if (error)
        exit_error("%s", error);
    os->wasi.allocator = &os->allocator;
    os->wasi.fs = &os->fs;
    os->wasi.bundle = &os->bundle;
    os->wasi.exit = end;
    os->wasi.exit_context = os;
    if (!wasi_init(&os->wasi))
        exit_no_memory("starting");
    for (uint32_t i = 0; i < os->mounts.count; i++) {
        struct bundle_text name = bundle_name(&os->bundle, os->mounts.entries[i]);
        if (!wasi_preopen(&os->wasi, &os->mounts.mounts[i], name))
            exit_no_memory("starting");
    }
}

// Every error that the engine gives before the program runs.
static _Noreturn void
refuse_module(const struct libos *os, const struct wasm_error *error)
{
    struct bundle_text name =
        bundle_name(&os->bundle, bundle_next(&os->bundle, 0, SK_BUNDLE_MODULE));
    if (error->code == WASM_NO_MEMORY)
        exit_error("%s; give the program more with --mem", error->message);
    if (error->code == WASM_UNLINKABLE)
        exit_error("%.*s: %s", (int)name.len, name.bytes, error->message);
    exit_error("%.*s: at offset 0x%lx: %s", (int)name.len, name.bytes, error->offset,
               error->message);
}

static void
compile(struct libos *os)
{
    uint32_t index = bundle_next(&os->bundle, 0, SK_BUNDLE_MODULE);
    struct wasm_error error = {0};
    os->compile_begin = cpu_time_stamp();
    if (wasm_module_create(&os->port.port, bundle_data(&os->bundle, index),
                           os->bundle.entries[index].data_len, &os->module, &error))
        refuse_module(os, &error);
    os->compile_end = cpu_time_stamp();
}

static void
instantiate(struct libos *os)
{
    struct wasm_store_config config = {.stack_limit =
                                           os->upcall.stack.floor + STACK_RESERVE};
    struct wasm_extern *imports;
    struct wasm_trap trap;
    struct wasm_error error = {0};
    if (wasm_store_create(&os->port.port, &config, &os->store))
        exit_no_memory("starting");
    os->upcall.store = os->store;
    link_imports(os->store, os->module, &os->wasi, &os->allocator, &imports);
    enum wasm_error_code code = wasm_instance_create(os->store, os->module, imports,
                                                     wasm_module_import_count(os->module),
                                                     &os->run.instance, &trap, &error);
    if (code == WASM_TRAP)
        trap_log(&trap);
    if (code == WASM_EXCEPTION)
        trap_log_exception(&trap);
    if (code == WASM_TRAP || code == WASM_EXCEPTION)
        abandon(os);
    if (code)
        refuse_module(os, &error);
    struct wasm_extern memory;
    if (wasm_instance_export(os->run.instance, "memory", 6, &memory) &&
        memory.kind == WASM_KIND_MEMORY)
        os->wasi.memory = memory.memory;
}

// Instructions between the milestones, when the machine counts them as its time stamp.
static void
report_times(const struct libos *os)
{
    if (!bundle_option(&os->bundle, "icount").bytes)
        return;
    uint64_t now = cpu_time_stamp();
    uint64_t compiling = os->compile_end - os->compile_begin;
    report_stat("kernel", os->boot->tsc_init - os->boot->tsc_entry);
    report_stat("libos", now - os->boot->tsc_init - compiling);
    report_stat("compile", compiling);
    report_stat("instructions_to_first_wasm", now - os->boot->tsc_entry);
}

_Noreturn void
libos_main(const struct sk_boot_info *boot,
           void (*compiled)(const struct wasm_module *module))
{
    struct libos os;
    os = (struct libos){.boot = boot};
    start_memory(&os);
    start_bundle(&os);
    start_files(&os);
    compile(&os);
    if (compiled)
        compiled(os.module);
    instantiate(&os);
    os.run.store = os.store;
    os.run.bundle = &os.bundle;
    os.run.allocator = &os.allocator;
    run_init(&os.run);
    report_times(&os);
    if (!run_call(&os.run))
        abandon(&os);
    end(&os, 0);
    __builtin_unreachable();
}

_Noreturn void
sk_main(const struct sk_boot_info *boot)
{
    libos_main(boot, NULL);
}
