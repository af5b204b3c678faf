// SPDX-License-Identifier: Apache-2.0
//
// The sections that fill the index spaces, and those that name their entries.
#include "engine/decode.h"

#include "engine/const_expr.h"
#include "engine/export.h"
#include "engine/heap.h"

// ---- Index spaces ----

static void
add_func(struct wasm_decoder *d)
{
    struct wasm_module *module = d->module;
    size_t at = cursor_offset(&d->c);
    uint32_t type = wasm_decode_func_type_index(d);
    if (module->func_count == WASM_LIMIT_FUNCTIONS)
        wasm_decode_fail(d, WASM_UNSUPPORTED, at,
                         "unsupported: more functions than the limit of %u",
                         WASM_LIMIT_FUNCTIONS);
    if (wasm_decode_ok(d) &&
        wasm_decode_append(d, &module->funcs, module->func_count, sizeof(type)))
        module->funcs[module->func_count++] = type;
}

static void
add_table(struct wasm_decoder *d, struct wasm_table_decl table)
{
    struct wasm_module *module = d->module;
    if (module->table_count == WASM_LIMIT_TABLES)
        wasm_decode_fail(d, WASM_UNSUPPORTED, cursor_offset(&d->c),
                         "unsupported: more tables than the limit of %u",
                         WASM_LIMIT_TABLES);
    if (wasm_decode_ok(d) &&
        wasm_decode_append(d, &module->tables, module->table_count, sizeof(table)))
        module->tables[module->table_count++] = table;
}

static void
add_memory(struct wasm_decoder *d)
{
    struct wasm_module *module = d->module;
    size_t at = cursor_offset(&d->c);
    struct wasm_memory_decl memory = wasm_decode_memory_type(d);
    if (module->memory_count == WASM_LIMIT_MEMORIES)
        wasm_decode_fail(d, WASM_UNSUPPORTED, at,
                         "unsupported: more memories than the limit of %u",
                         WASM_LIMIT_MEMORIES);
    if (wasm_decode_ok(d) &&
        wasm_decode_append(d, &module->memories, module->memory_count, sizeof(memory)))
        module->memories[module->memory_count++] = memory;
}

static void
add_tag(struct wasm_decoder *d)
{
    struct wasm_module *module = d->module;
    size_t at = cursor_offset(&d->c);
    struct wasm_tag_decl tag = wasm_decode_tag_type(d);
    if (module->tag_count == WASM_LIMIT_TAGS)
        wasm_decode_fail(d, WASM_UNSUPPORTED, at,
                         "unsupported: more tags than the limit of %u", WASM_LIMIT_TAGS);
    if (wasm_decode_ok(d) &&
        wasm_decode_append(d, &module->tags, module->tag_count, sizeof(tag)))
        module->tags[module->tag_count++] = tag;
}

static void
add_global(struct wasm_decoder *d, struct wasm_global_decl global)
{
    struct wasm_module *module = d->module;
    if (module->global_count == WASM_LIMIT_GLOBALS)
        wasm_decode_fail(d, WASM_UNSUPPORTED, cursor_offset(&d->c),
                         "unsupported: more globals than the limit of %u",
                         WASM_LIMIT_GLOBALS);
    if (wasm_decode_ok(d) &&
        wasm_decode_append(d, &module->globals, module->global_count, sizeof(global)))
        module->globals[module->global_count++] = global;
}

// ---- Imports ----

// Adds what is described at the cursor to its index space; returns its index there.
static uint32_t
import_external(struct wasm_decoder *d, uint8_t kind, size_t at)
{
    struct wasm_module *module = d->module;
    switch (kind) {
    case WASM_KIND_FUNC:
        add_func(d);
        return module->func_import_count++;
    case WASM_KIND_TABLE:
        add_table(d, wasm_decode_table_type(d));
        return module->table_import_count++;
    case WASM_KIND_MEMORY:
        add_memory(d);
        return module->memory_import_count++;
    case WASM_KIND_GLOBAL:
        add_global(d, wasm_decode_global_type(d));
        return module->global_import_count++;
    case WASM_KIND_TAG:
        add_tag(d);
        return module->tag_import_count++;
    default:
        cursor_fail_at(&d->c, at, "malformed import kind");
        return 0;
    }
}

void
wasm_decode_imports(struct wasm_decoder *d, struct wasm_range section)
{
    (void)section;
    struct wasm_module *module = d->module;
    uint32_t count = wasm_decode_count(d, "imports", WASM_LIMIT_IMPORTS);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++) {
        struct wasm_import_decl import = {.module = wasm_decode_name(d)};
        import.name = wasm_decode_name(d);
        size_t at = cursor_offset(&d->c);
        uint8_t kind = cursor_u8(&d->c);
        if (!wasm_decode_ok(d))
            return;
        import.kind = kind;
        import.index = import_external(d, kind, at);
        if (wasm_decode_ok(d) &&
            wasm_decode_append(d, &module->imports, i, sizeof(import)))
            module->imports[module->import_count++] = import;
    }
}

// ---- Definitions ----

void
wasm_decode_functions(struct wasm_decoder *d, struct wasm_range section)
{
    (void)section;
    uint32_t count = wasm_decode_count(d, "functions", WASM_LIMIT_FUNCTIONS);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++)
        add_func(d);
}

void
wasm_decode_tables(struct wasm_decoder *d, struct wasm_range section)
{
    (void)section;
    static const uint8_t with_init[2] = {0x40, 0x00};
    uint32_t count = wasm_decode_count(d, "tables", WASM_LIMIT_TABLES);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++) {
        bool has_init = !cursor_done(&d->c) && *d->c.at == with_init[0];
        if (has_init) {
            cursor_u8(&d->c);
            if (cursor_u8(&d->c) != with_init[1])
                cursor_fail(&d->c, "zero byte expected");
        }
        struct wasm_table_decl table = wasm_decode_table_type(d);
        if (has_init)
            table.init = wasm_const_expr_validate(d, table.type);
        else if (wasm_decode_ok(d) && !wasm_type_is_nullable(table.type))
            wasm_decode_fail(d, WASM_INVALID, cursor_offset(&d->c),
                             "type mismatch: elements without an initial value");
        add_table(d, table);
    }
}

void
wasm_decode_memories(struct wasm_decoder *d, struct wasm_range section)
{
    (void)section;
    uint32_t count = wasm_decode_count(d, "memories", WASM_LIMIT_MEMORIES);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++)
        add_memory(d);
}

void
wasm_decode_tags(struct wasm_decoder *d, struct wasm_range section)
{
    (void)section;
    uint32_t count = wasm_decode_count(d, "tags", WASM_LIMIT_TAGS);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++)
        add_tag(d);
}

void
wasm_decode_globals(struct wasm_decoder *d, struct wasm_range section)
{
    (void)section;
    uint32_t count = wasm_decode_count(d, "globals", WASM_LIMIT_GLOBALS);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++) {
        struct wasm_global_decl global = wasm_decode_global_type(d);
        global.init = wasm_const_expr_validate(d, global.type);
        add_global(d, global);
    }
}

void
wasm_decode_start(struct wasm_decoder *d, struct wasm_range section)
{
    struct wasm_module *module = d->module;
    uint32_t index = wasm_decode_index(d, "function", module->func_count);
    if (!wasm_decode_ok(d))
        return;
    const struct wasm_functype *type = wasm_module_functype(module, index);
    if (type->param_count || type->result_count)
        wasm_decode_fail(d, WASM_INVALID, section.lo,
                         "start function %u has parameters or results", index);
    module->start = index;
}

void
wasm_decode_code(struct wasm_decoder *d, struct wasm_range section)
{
    struct wasm_module *module = d->module;
    module->code_section = section;
    uint32_t count = wasm_decode_count(d, "functions", WASM_LIMIT_FUNCTIONS);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++) {
        uint32_t len = wasm_decode_len(d);
        uint32_t lo = (uint32_t)cursor_offset(&d->c);
        struct wasm_range body = {lo, lo + len};
        if (len > WASM_LIMIT_FUNCTION_BYTES)
            wasm_decode_fail(d, WASM_UNSUPPORTED, lo,
                             "unsupported: function of %u bytes, the limit is %u", len,
                             WASM_LIMIT_FUNCTION_BYTES);
        cursor_bytes(&d->c, len);
        if (wasm_decode_ok(d) && wasm_decode_append(d, &module->bodies, i, sizeof(body)))
            module->bodies[d->body_count++] = body;
    }
}

// ---- Exports ----

static uint32_t
export_index(struct wasm_decoder *d, uint8_t kind, size_t at)
{
    struct wasm_module *module = d->module;
    switch (kind) {
    case WASM_KIND_FUNC: {
        uint32_t index = wasm_decode_index(d, "function", module->func_count);
        wasm_decode_declare(d, index);
        return index;
    }
    case WASM_KIND_TABLE:
        return wasm_decode_index(d, "table", module->table_count);
    case WASM_KIND_MEMORY:
        return wasm_decode_index(d, "memory", module->memory_count);
    case WASM_KIND_GLOBAL:
        return wasm_decode_index(d, "global", module->global_count);
    case WASM_KIND_TAG:
        return wasm_decode_index(d, "tag", module->tag_count);
    default:
        cursor_fail_at(&d->c, at, "malformed export kind");
        return 0;
    }
}

void
wasm_decode_exports(struct wasm_decoder *d, struct wasm_range section)
{
    struct wasm_module *module = d->module;
    uint32_t count = wasm_decode_count(d, "exports", WASM_LIMIT_EXPORTS);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++) {
        struct wasm_export_decl export = {.name = wasm_decode_name(d)};
        size_t at = cursor_offset(&d->c);
        uint8_t kind = cursor_u8(&d->c);
        if (!wasm_decode_ok(d))
            return;
        export.kind = kind;
        export.index = export_index(d, kind, at);
        if (wasm_decode_ok(d) &&
            wasm_decode_append(d, &module->exports, i, sizeof(export)))
            module->exports[module->export_count++] = export;
    }
    if (!wasm_decode_ok(d))
        return;
    if (!wasm_exports_sort(module)) {
        wasm_decode_no_memory(d);
        return;
    }
    const struct wasm_export_decl *twice = wasm_exports_duplicate(module);
    if (twice)
        wasm_decode_fail(d, WASM_INVALID, section.lo, "duplicate export name \"%.*s\"",
                         wasm_name_shown(twice->name), twice->name.bytes);
}
