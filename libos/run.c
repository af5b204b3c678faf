// SPDX-License-Identifier: Apache-2.0
#include "libos/run.h"

#include "base/fmt.h"
#include "engine/engine.h"
#include "libos/bundle.h"
#include "libos/exit.h"
#include "libos/log.h"
#include "libos/trap.h"
#include "libos/value.h"

#define EXPORTS_NAMED 8u // in an error message

static struct wasm_func *
find_func(struct run *run, const char *name, size_t len)
{
    struct wasm_extern found;
    if (!wasm_instance_export(run->instance, name, len, &found) ||
        found.kind != WASM_KIND_FUNC)
        return NULL;
    return found.func;
}

// "a, b, c" of the exported functions.
static void
list_exports(const struct wasm_module *module, char *out, size_t room)
{
    uint32_t named = 0;
    size_t len = 0;
    out[0] = 0;
    for (uint32_t i = 0; i < wasm_module_export_count(module); i++) {
        struct wasm_export e;
        wasm_module_export(module, i, &e);
        if (e.type.kind != WASM_KIND_FUNC)
            continue;
        if (named++ == EXPORTS_NAMED) {
            (void)fmt_string(out + len, room - len, ", ...");
            return;
        }
        len += fmt_string(out + len, room - len, "%s%.*s", len ? ", " : "",
                          (int)e.name.len, e.name.bytes);
    }
    if (!named)
        (void)fmt_string(out, room, "none");
}

static _Noreturn void
refuse(const struct run *run, const char *what, struct bundle_text name, const char *hint)
{
    char exports[600];
    list_exports(wasm_instance_module(run->instance), exports, sizeof(exports));
    exit_error("%s%.*s; functions that the module exports: %s%s", what, (int)name.len,
               name.bytes, exports, hint);
}

// The entry of the program's argument behind that of entry `index`, or entry_count.
static uint32_t
argument_after(const struct bundle *bundle, uint32_t index)
{
    return index < bundle->entry_count ? bundle_next(bundle, index + 1, SK_BUNDLE_ARG)
                                       : index;
}

// How many arguments there are behind the first, which names the program.
static uint32_t
count_params(const struct bundle *bundle, uint32_t first)
{
    uint32_t count = 0;
    for (uint32_t i = argument_after(bundle, first); i < bundle->entry_count;
         i = argument_after(bundle, i))
        count++;
    return count;
}

static _Noreturn void
refuse_argument(uint32_t number, struct bundle_text text, wasm_type_t type)
{
    char name[32];
    const char *shown = wasm_type_show(type, name, sizeof(name));
    if (!value_is_number(type))
        exit_error(
            "argument %u is a value of type %s, which cannot be written here: only "
            "numbers can",
            number, shown);
    exit_error("argument %u, \"%.*s\", is no %s", number, (int)text.len, text.bytes,
               shown);
}

static void
parse_args(struct run *run, struct bundle_text name)
{
    struct wasm_functype type;
    wasm_func_functype(run->entry, &type);
    uint32_t at = bundle_next(run->bundle, 0, SK_BUNDLE_ARG);
    uint32_t given = count_params(run->bundle, at);
    if (given != type.param_count)
        exit_error("wrong number of arguments for %.*s: it takes %u, %u given",
                   (int)name.len, name.bytes, type.param_count, given);
    if (!given)
        return;
    run->args = allocator_alloc(run->allocator, given * sizeof(*run->args));
    if (!run->args)
        exit_no_memory("arguments");
    for (uint32_t i = 0; i < given; i++) {
        at = argument_after(run->bundle, at);
        struct bundle_text text = bundle_name(run->bundle, at);
        if (!value_parse(type.types[i], text.bytes, text.len, &run->args[i]))
            refuse_argument(i + 1, text, type.types[i]);
    }
}

static void
check_no_params(struct wasm_func *func, const char *name)
{
    struct wasm_functype type;
    wasm_func_functype(func, &type);
    if (type.param_count || type.result_count)
        exit_error("the module's %s takes or returns values", name);
}

void
run_init(struct run *run)
{
    struct bundle_text invoke = bundle_option(run->bundle, "invoke");
    struct bundle_text start = {"_start", 6};
    if (!invoke.bytes) {
        run->entry = find_func(run, start.bytes, start.len);
        if (!run->entry)
            refuse(run, "the module exports no function ", start,
                   "; call one with --invoke NAME");
        check_no_params(run->entry, start.bytes);
        return;
    }
    run->entry = find_func(run, invoke.bytes, invoke.len);
    if (!run->entry)
        refuse(run, "the module exports no function ", invoke, "");
    parse_args(run, invoke);
    run->initialize = find_func(run, "_initialize", 11);
    if (run->initialize)
        check_no_params(run->initialize, "_initialize");
}

static bool
call(struct run *run, struct wasm_func *func, const union wasm_value *args,
     union wasm_value *results)
{
    struct wasm_trap trap;
    enum wasm_error_code code = wasm_func_invoke(run->store, func, args, results, &trap);
    if (code == WASM_TRAP)
        trap_log(&trap);
    else if (code == WASM_EXCEPTION)
        trap_log_exception(&trap);
    return code == WASM_OK;
}

static void
print_results(const struct wasm_functype *type, const union wasm_value *results)
{
    for (uint32_t i = 0; i < type->result_count; i++) {
        char line[VALUE_TEXT_MAX + 1];
        size_t len = value_print(type->types[type->param_count + i], &results[i], line);
        line[len++] = '\n';
        (void)console_write_all(SK_SLOT_CONSOLE, line, len);
    }
}

bool
run_call(struct run *run)
{
    struct wasm_functype type;
    wasm_func_functype(run->entry, &type);
    union wasm_value *results = NULL;
    if (type.result_count)
        results = allocator_alloc(run->allocator, type.result_count * sizeof(*results));
    if (type.result_count && !results)
        exit_no_memory("results");
    if (run->initialize && !call(run, run->initialize, NULL, NULL))
        return false;
    if (!call(run, run->entry, run->args, results))
        return false;
    print_results(&type, results);
    return true;
}
