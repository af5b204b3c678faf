// SPDX-License-Identifier: Apache-2.0
#include "engine/link.h"

#include "base/fmt.h"
#include "engine/error.h"
#include "engine/export.h"
#include "engine/store.h"

#define TYPE_ROOM 64
#define NAME_ROOM 32

struct linker {
    const struct wasm_store *store;
    const struct wasm_module *module;
    const struct wasm_rtt *const *rtts;
};

static const char *
kind_name(enum wasm_kind kind)
{
    static const char *const names[] = {"function", "table", "memory", "global", "tag"};
    return (unsigned)kind < sizeof(names) / sizeof(names[0]) ? names[kind]
                                                             : "unknown kind";
}

// ---- Matching ----

static bool
limits_match(uint64_t len, struct wasm_limits given, struct wasm_limits expected)
{
    return given.is_64 == expected.is_64 && len >= expected.min &&
           given.max <= expected.max;
}

// Elements and mutable values are both read and written, so their types are the same.
static bool
table_matches(const struct linker *k, const struct wasm_table *given,
              const struct wasm_table_decl *expected)
{
    return given->type == wasm_rtt_type(k->rtts, expected->type) &&
           limits_match(given->len, given->limits, expected->limits);
}

static bool
memory_matches(const struct wasm_memory *given, const struct wasm_memory_decl *expected)
{
    uint64_t len = __atomic_load_n(&given->len, __ATOMIC_RELAXED);
    return given->limits.is_shared == expected->limits.is_shared &&
           given->limits.page_log2 == expected->limits.page_log2 &&
           limits_match(len >> given->limits.page_log2, given->limits, expected->limits);
}

static bool
global_matches(const struct linker *k, const struct wasm_global *given,
               const struct wasm_global_decl *expected)
{
    wasm_type_t type = wasm_rtt_type(k->rtts, expected->type);
    if (given->is_mutable != expected->is_mutable)
        return false;
    return given->is_mutable ? given->type == type
                             : wasm_store_type_matches(k->store, given->type, type);
}

static bool
matches(const struct linker *k, const struct wasm_import_decl *import,
        const struct wasm_extern *given)
{
    const struct wasm_module *module = k->module;
    if (given->kind != import->kind)
        return false;
    switch (import->kind) {
    case WASM_KIND_FUNC:
        return wasm_rtt_matches(given->func->rtt, k->rtts[module->funcs[import->index]]);
    case WASM_KIND_TABLE:
        return table_matches(k, given->table, &module->tables[import->index]);
    case WASM_KIND_MEMORY:
        return memory_matches(given->memory, &module->memories[import->index]);
    case WASM_KIND_GLOBAL:
        return global_matches(k, given->global, &module->globals[import->index]);
    case WASM_KIND_TAG:
        return given->tag->rtt == k->rtts[module->tags[import->index].type];
    }
    return false;
}

// ---- Telling ----

static size_t
show_types(char *out, size_t room, const wasm_type_t *types, uint32_t count)
{
    char name[NAME_ROOM];
    size_t len = fmt_string(out, room, "(");
    for (uint32_t i = 0; i < count; i++)
        len += fmt_string(out + len, room - len, i ? " %s" : "%s",
                          wasm_type_show(types[i], name, sizeof(name)));
    return len + fmt_string(out + len, room - len, ")");
}

static void
show_functype(char *out, const char *what, const struct wasm_functype *type)
{
    size_t len = fmt_string(out, TYPE_ROOM, "%s ", what);
    len += show_types(out + len, TYPE_ROOM - len, type->types, type->param_count);
    if (type->result_count == 0)
        return;
    len += fmt_string(out + len, TYPE_ROOM - len, " -> ");
    show_types(out + len, TYPE_ROOM - len, type->types + type->param_count,
               type->result_count);
}

static void
show_sized(char *out, const char *what, uint64_t min, struct wasm_limits limits)
{
    const char *index = limits.is_64 ? "i64 " : "";
    const char *shared = limits.is_shared ? "shared " : "";
    if (limits.max == UINT64_MAX)
        fmt_string(out, TYPE_ROOM, "%s%s%s of %lu", index, shared, what,
                   (unsigned long)min);
    else
        fmt_string(out, TYPE_ROOM, "%s%s%s of %lu to %lu", index, shared, what,
                   (unsigned long)min, (unsigned long)limits.max);
}

static void
show_memory(char *out, uint64_t min, struct wasm_limits limits)
{
    show_sized(out, limits.page_log2 == 16 ? "memory" : "memory in bytes", min, limits);
}

static void
show_table(char *out, wasm_type_t type, uint64_t min, struct wasm_limits limits)
{
    char what[2 * NAME_ROOM], name[NAME_ROOM];
    fmt_string(what, sizeof(what), "%s table", wasm_type_show(type, name, sizeof(name)));
    show_sized(out, what, min, limits);
}

static void
show_global(char *out, wasm_type_t type, bool is_mutable)
{
    char name[NAME_ROOM];
    fmt_string(out, TYPE_ROOM, "%s global %s", is_mutable ? "mutable" : "immutable",
               wasm_type_show(type, name, sizeof(name)));
}

// Both sides are shown as types of the store, so that numbers of types compare.
static void
show_expected(char *out, const struct linker *k, const struct wasm_import_decl *import)
{
    const struct wasm_module *module = k->module;
    uint32_t index = import->index;
    switch (import->kind) {
    case WASM_KIND_FUNC:
        show_functype(out, "function", &k->rtts[module->funcs[index]]->func);
        break;
    case WASM_KIND_TABLE:
        show_table(out, wasm_rtt_type(k->rtts, module->tables[index].type),
                   module->tables[index].limits.min, module->tables[index].limits);
        break;
    case WASM_KIND_MEMORY:
        show_memory(out, module->memories[index].limits.min,
                    module->memories[index].limits);
        break;
    case WASM_KIND_GLOBAL:
        show_global(out, wasm_rtt_type(k->rtts, module->globals[index].type),
                    module->globals[index].is_mutable);
        break;
    case WASM_KIND_TAG:
        show_functype(out, "tag", &k->rtts[module->tags[index].type]->func);
        break;
    }
}

static void
show_given(char *out, const struct wasm_extern *given)
{
    switch (given->kind) {
    case WASM_KIND_FUNC:
        show_functype(out, "function", &given->func->rtt->func);
        break;
    case WASM_KIND_TABLE:
        show_table(out, given->table->type, given->table->len, given->table->limits);
        break;
    case WASM_KIND_MEMORY:
        show_memory(out,
                    wasm_memory_len(given->memory) >> given->memory->limits.page_log2,
                    given->memory->limits);
        break;
    case WASM_KIND_GLOBAL:
        show_global(out, given->global->type, given->global->is_mutable);
        break;
    case WASM_KIND_TAG:
        show_functype(out, "tag", &given->tag->rtt->func);
        break;
    }
}

static enum wasm_error_code
fail_unknown(const struct wasm_import_decl *import, struct wasm_error *error)
{
    return wasm_fail(error, WASM_UNLINKABLE, 0, "unknown import: %s \"%.*s\" \"%.*s\"",
                     kind_name(import->kind), wasm_name_shown(import->module),
                     import->module.bytes, wasm_name_shown(import->name),
                     import->name.bytes);
}

static enum wasm_error_code
fail_incompatible(const struct linker *k, const struct wasm_import_decl *import,
                  const struct wasm_extern *given, struct wasm_error *error)
{
    char expected[TYPE_ROOM], got[TYPE_ROOM];
    show_expected(expected, k, import);
    show_given(got, given);
    return wasm_fail(error, WASM_UNLINKABLE, 0,
                     "incompatible import type: \"%.*s\" \"%.*s\": expected %s, given %s",
                     wasm_name_shown(import->module), import->module.bytes,
                     wasm_name_shown(import->name), import->name.bytes, expected, got);
}

enum wasm_error_code
wasm_link_check(const struct wasm_store *store, const struct wasm_module *module,
                const struct wasm_rtt *const *rtts, const struct wasm_extern *imports,
                uint32_t import_count, struct wasm_error *error)
{
    const struct linker k = {store, module, rtts};
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_import_decl *import = &module->imports[i];
        if (i >= import_count || !imports[i].func)
            return fail_unknown(import, error);
        if (!matches(&k, import, &imports[i]))
            return fail_incompatible(&k, import, &imports[i], error);
    }
    return WASM_OK;
}
