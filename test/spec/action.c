// SPDX-License-Identifier: Apache-2.0
#include "test/spec/action.h"

#include <string.h>

#include "test/spec/value.h"

// False: they are not what the function takes.
static bool
read_args(const struct json *action, const struct wasm_functype *type,
          union wasm_value *args)
{
    const struct json *list = json_member(action, "args");
    const struct json *arg = list ? list->first : NULL;
    for (uint32_t i = 0; i < type->param_count; i++) {
        uint8_t arg_type;
        if (!arg || !value_read(arg, &arg_type, &args[i]) || arg_type != type->types[i])
            return false;
        arg = arg->next;
    }
    return arg == NULL;
}

static void
invoke(struct environment *env, struct wasm_func *func, const struct json *action,
       struct action_result *result)
{
    static union wasm_value args[WASM_LIMIT_PARAMS];
    struct wasm_functype type;
    wasm_func_functype(func, &type);
    if (!read_args(action, &type, args)) {
        result->problem = "arguments do not match the function's type";
        return;
    }
    result->count = type.result_count;
    memcpy(result->types, type.types + type.param_count, type.result_count);
    enum wasm_error_code code =
        wasm_func_invoke(env->store, func, args, result->values, &result->trap);
    result->is_trap = code == WASM_TRAP;
    if (code != WASM_OK && code != WASM_TRAP)
        result->problem = "a call neither returned nor trapped";
}

static void
get(struct wasm_global *global, struct action_result *result)
{
    result->count = 1;
    result->types[0] = wasm_global_valtype(global);
    result->values[0] = wasm_global_value(global);
}

void
action_run(struct environment *env, struct wasm_instance *instance,
           const struct json *action, struct action_result *result)
{
    const struct json *field = json_member(action, "field");
    const char *type = json_member_string(action, "type");
    struct wasm_extern export;
    memset(result, 0, sizeof(*result));
    if (!field || field->kind != JSON_STRING ||
        !wasm_instance_export(instance, field->string, field->len, &export))
        result->problem = "no export of that name";
    else if (strcmp(type, "invoke") == 0 && export.kind == WASM_KIND_FUNC)
        invoke(env, export.func, action, result);
    else if (strcmp(type, "get") == 0 && export.kind == WASM_KIND_GLOBAL)
        get(export.global, result);
    else
        result->problem = "the export is of another kind";
}
