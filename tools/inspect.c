// SPDX-License-Identifier: Apache-2.0
//
// `selkis inspect`: the module is decoded, described, and compiled to see whether it can
// be. Text from the module is printed with control characters replaced.
#include "tools/inspect.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "libos/libos.h"
#include "tools/compile_port.h"
#include "tools/file.h"
#include "tools/message.h"
#include "tools/supervise.h"
#include "tools/wat.h"

static void
print_name(struct wasm_name name)
{
    for (uint32_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.bytes[i];
        putchar(c < ' ' || c == 0x7f ? '?' : c);
    }
}

static void
print_limits(struct wasm_limits limits)
{
    printf("%s%" PRIu64, limits.is_64 ? "i64 " : "", limits.min);
    if (limits.max != UINT64_MAX)
        printf("..%" PRIu64, limits.max);
}

static void
print_memory(struct wasm_limits limits)
{
    printf("memory ");
    print_limits(limits);
    printf(limits.page_log2 == 0 ? " pages of 1 byte" : " pages of 64 KiB");
    puts(limits.is_shared ? ", shared" : "");
}

static void
print_valtype(wasm_type_t type)
{
    char shown[40];
    printf("%s", wasm_type_show(type, shown, sizeof(shown)));
}

static void
print_functype(const struct wasm_functype *type)
{
    printf("func (");
    for (uint32_t i = 0; i < type->param_count; i++) {
        printf(i == 0 ? "" : " ");
        print_valtype(type->types[i]);
    }
    printf(") -> (");
    for (uint32_t i = 0; i < type->result_count; i++) {
        printf(i == 0 ? "" : " ");
        print_valtype(type->types[type->param_count + i]);
    }
    printf(")\n");
}

static void
print_type(const struct wasm_externtype *type)
{
    switch (type->kind) {
    case WASM_KIND_FUNC:
        print_functype(&type->functype);
        break;
    case WASM_KIND_TABLE:
        printf("table ");
        print_limits(type->limits);
        putchar(' ');
        print_valtype(type->type);
        putchar('\n');
        break;
    case WASM_KIND_MEMORY:
        print_memory(type->limits);
        break;
    case WASM_KIND_GLOBAL:
        printf("global %s", type->is_mutable ? "mut " : "");
        print_valtype(type->type);
        putchar('\n');
        break;
    case WASM_KIND_TAG:
        printf("tag ");
        print_functype(&type->functype);
        break;
    }
}

static bool
name_is(struct wasm_name name, const char *text)
{
    return name.len == strlen(text) && memcmp(name.bytes, text, name.len) == 0;
}

static bool
name_starts(struct wasm_name name, const char *text)
{
    return name.len >= strlen(text) && memcmp(name.bytes, text, strlen(text)) == 0;
}

struct needs {
    uint32_t missing;          // imports that no runtime has
    const char *missing_error; // why not, of the first
    bool folders;
    bool sockets;
};

static struct needs
print_imports(const struct wasm_module *module)
{
    struct needs needs = {.missing = 0};
    uint32_t count = wasm_module_import_count(module);
    printf("imports: %u\n", count);
    for (uint32_t i = 0; i < count; i++) {
        struct wasm_import import;
        wasm_module_import(module, i, &import);
        const char *error = libos_import_error(&import);
        printf(error == NULL ? "  " : "! ");
        print_name(import.module);
        putchar('.');
        print_name(import.name);
        printf(": ");
        print_type(&import.type);
        if (error != NULL && needs.missing++ == 0)
            needs.missing_error = error;
        needs.folders |= error == NULL && name_starts(import.name, "path_");
        needs.sockets |= error == NULL && name_starts(import.name, "sock_");
    }
    return needs;
}

// Returns whether there is a start function to run.
static bool
print_exports(const struct wasm_module *module)
{
    bool start = false;
    uint32_t count = wasm_module_export_count(module);
    printf("exports: %u\n", count);
    for (uint32_t i = 0; i < count; i++) {
        struct wasm_export export;
        wasm_module_export(module, i, &export);
        printf("  ");
        print_name(export.name);
        printf(": ");
        print_type(&export.type);
        start |= export.type.kind == WASM_KIND_FUNC && name_is(export.name, "_start");
    }
    return start;
}

static void
print_needs(struct needs needs, bool start)
{
    printf("runtime: %s\n", needs.missing == 0 ? "cli (WASI preview 1)" : "none");
    if (needs.missing != 0)
        printf("  imports marked ! are of no runtime here: %u; the first: %s\n",
               needs.missing, needs.missing_error);
    if (!start)
        puts("  no function _start: say --invoke NAME");
    puts("grants:");
    puts(needs.folders ? "  --dir: it can use folders" : "  none");
    if (needs.sockets)
        puts("  sockets: not there yet, calls return ENOTSUP");
}

static void
print_size(uint64_t bytes)
{
    if (bytes < 1000) {
        printf("%" PRIu64 " bytes", bytes);
        return;
    }
    bool large = bytes >= 1000000;
    printf("%.1f %s", (double)bytes / (large ? 1e6 : 1e3), large ? "MB" : "KB");
}

// Whether the function bodies are valid and have nothing that is not done yet.
static void
print_engine(const uint8_t *bytes, size_t len)
{
    struct wasm_module *module;
    struct wasm_error error;
    enum wasm_error_code code =
        wasm_module_create(&compile_port, bytes, len, &module, &error);
    if (code == WASM_NO_MEMORY) {
        printf("engine: %s\n", error.message);
        return;
    }
    if (code != WASM_OK) {
        printf("engine: refuses it at offset 0x%" PRIx64 ": %s\n", error.offset,
               error.message);
        return;
    }
    struct wasm_module_stats stats;
    wasm_module_stats(module, &stats);
    wasm_module_destroy(module);
    printf("engine: compiles (%" PRIu32 " function%s, ", stats.function_count,
           stats.function_count == 1 ? "" : "s");
    print_size(stats.code_section_bytes);
    printf(" of code to ");
    print_size(stats.native_bytes);
    puts(")");
}

static int
inspect_bytes(const char *path, const uint8_t *bytes, size_t len)
{
    struct wasm_module *module;
    struct wasm_error error;
    if (wasm_module_decode(&compile_port, bytes, len, &module, &error) != WASM_OK) {
        message_error("%s: at offset 0x%" PRIx64 ": %s", path, error.offset,
                      error.message);
        return CODE_FAILED;
    }
    struct needs needs = print_imports(module);
    bool start = print_exports(module);
    print_needs(needs, start);
    wasm_module_destroy(module);
    print_engine(bytes, len);
    return 0;
}

int
inspect(const char *path)
{
    size_t len;
    const char *why;
    uint8_t *bytes = file_read(path, &len, &why);
    if (bytes == NULL) {
        message_error("cannot open %s: %s", path, why);
        return CODE_FAILED;
    }
    int code = CODE_FAILED;
    if (wat_encode_bytes(path, &bytes, &len))
        code = inspect_bytes(path, bytes, len);
    free(bytes);
    return code;
}
