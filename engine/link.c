// SPDX-License-Identifier: Apache-2.0
#include "engine/link.h"

#include "base/fmt.h"
#include "engine/error.h"
#include "engine/export.h"

#define TYPE_ROOM 64

static const char *
kind_name(enum wasm_kind kind)
{
    static const char *const names[] = {"function", "table", "memory", "global"};
    return (unsigned)kind < sizeof(names) / sizeof(names[0]) ? names[kind]
                                                             : "unknown kind";
}

// ---- Matching ----

static bool
limits_match(uint64_t len, struct wasm_limits given, struct wasm_limits expected)
{
    return len >= expected.min && given.max <= expected.max;
}

static bool
func_matches(const struct wasm_func *given, uint32_t sig_id)
{
    return given->sig_id == sig_id;
}

static bool
table_matches(const struct wasm_table *given, const struct wasm_table_decl *expected)
{
    return given->type == expected->type &&
           limits_match(given->len, given->limits, expected->limits);
}

static bool
memory_matches(const struct wasm_memory *given, const struct wasm_memory_decl *expected)
{
    return limits_match(given->len / WASM_PAGE_SIZE, given->limits, expected->limits);
}

static bool
global_matches(const struct wasm_global *given, const struct wasm_global_decl *expected)
{
    return given->type == expected->type && given->is_mutable == expected->is_mutable;
}

static bool
matches(const struct wasm_module *module, const uint32_t *sig_ids,
        const struct wasm_import_decl *import, const struct wasm_extern *given)
{
    if (given->kind != import->kind)
        return false;
    switch (import->kind) {
    case WASM_KIND_FUNC:
        return func_matches(given->func, sig_ids[module->funcs[import->index]]);
    case WASM_KIND_TABLE:
        return table_matches(given->table, &module->tables[import->index]);
    case WASM_KIND_MEMORY:
        return memory_matches(given->memory, &module->memories[import->index]);
    case WASM_KIND_GLOBAL:
        return global_matches(given->global, &module->globals[import->index]);
    }
    return false;
}

// ---- Telling ----

static size_t
show_types(char *out, size_t room, const uint8_t *types, uint32_t count)
{
    size_t len = fmt_string(out, room, "(");
    for (uint32_t i = 0; i < count; i++)
        len +=
            fmt_string(out + len, room - len, i ? " %s" : "%s", wasm_type_name(types[i]));
    return len + fmt_string(out + len, room - len, ")");
}

static void
show_functype(char *out, const struct wasm_functype *type)
{
    size_t len = fmt_string(out, TYPE_ROOM, "function ");
    len += show_types(out + len, TYPE_ROOM - len, type->types, type->param_count);
    len += fmt_string(out + len, TYPE_ROOM - len, " -> ");
    show_types(out + len, TYPE_ROOM - len, type->types + type->param_count,
               type->result_count);
}

static void
show_sized(char *out, const char *what, uint64_t min, uint64_t max)
{
    if (max == UINT64_MAX)
        fmt_string(out, TYPE_ROOM, "%s of %lu", what, (unsigned long)min);
    else
        fmt_string(out, TYPE_ROOM, "%s of %lu to %lu", what, (unsigned long)min,
                   (unsigned long)max);
}

static void
show_global(char *out, uint8_t type, bool is_mutable)
{
    fmt_string(out, TYPE_ROOM, "%s global %s", is_mutable ? "mutable" : "immutable",
               wasm_type_name(type));
}

static void
show_table(char *out, uint8_t type, uint64_t min, uint64_t max)
{
    show_sized(out, type == WASM_TYPE_FUNCREF ? "funcref table" : "externref table", min,
               max);
}

static void
show_expected(char *out, const struct wasm_module *module,
              const struct wasm_import_decl *import)
{
    struct wasm_import type;
    wasm_module_import(module, (uint32_t)(import - module->imports), &type);
    switch (type.type.kind) {
    case WASM_KIND_FUNC:
        show_functype(out, &type.type.functype);
        break;
    case WASM_KIND_TABLE:
        show_table(out, type.type.type, type.type.limits.min, type.type.limits.max);
        break;
    case WASM_KIND_MEMORY:
        show_sized(out, "memory", type.type.limits.min, type.type.limits.max);
        break;
    case WASM_KIND_GLOBAL:
        show_global(out, type.type.type, type.type.is_mutable);
        break;
    }
}

static void
show_given(char *out, const struct wasm_extern *given)
{
    switch (given->kind) {
    case WASM_KIND_FUNC:
        show_functype(out, given->func->type);
        break;
    case WASM_KIND_TABLE:
        show_table(out, given->table->type, given->table->len, given->table->limits.max);
        break;
    case WASM_KIND_MEMORY:
        show_sized(out, "memory", given->memory->len / WASM_PAGE_SIZE,
                   given->memory->limits.max);
        break;
    case WASM_KIND_GLOBAL:
        show_global(out, given->global->type, given->global->is_mutable);
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
fail_incompatible(const struct wasm_module *module, const struct wasm_import_decl *import,
                  const struct wasm_extern *given, struct wasm_error *error)
{
    char expected[TYPE_ROOM], got[TYPE_ROOM];
    show_expected(expected, module, import);
    show_given(got, given);
    return wasm_fail(error, WASM_UNLINKABLE, 0,
                     "incompatible import type: \"%.*s\" \"%.*s\": expected %s, given %s",
                     wasm_name_shown(import->module), import->module.bytes,
                     wasm_name_shown(import->name), import->name.bytes, expected, got);
}

enum wasm_error_code
wasm_link_check(const struct wasm_module *module, const uint32_t *sig_ids,
                const struct wasm_extern *imports, uint32_t import_count,
                struct wasm_error *error)
{
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_import_decl *import = &module->imports[i];
        if (i >= import_count || !imports[i].func)
            return fail_unknown(import, error);
        if (!matches(module, sig_ids, import, &imports[i]))
            return fail_incompatible(module, import, &imports[i], error);
    }
    return WASM_OK;
}
