// SPDX-License-Identifier: Apache-2.0
//
// Functions: callbacks of the host, and calls from it.
#include "api/api.h"

#include <stdlib.h>
#include <string.h>

// A callback; it lives as long as its store.
struct callback {
    wasm_store_t *store;
    wasm_func_callback_t plain;
    wasm_func_callback_with_env_t with_env;
    void *env;
    void (*finalizer)(void *);
    uint32_t param_count;
    uint32_t result_count;
    wasm_type_t types[];
};

// ---- Out of wasm code ----

static bool
take_args(const struct callback *it, const union wasm_value *args, wasm_val_vec_t *out)
{
    wasm_val_vec_new_uninitialized(out, it->param_count);
    bool ok = out->size == it->param_count;
    for (size_t i = 0; i < out->size; i++)
        ok &= api_value_out(it->store, it->types[i], args[i], &out->data[i]);
    return ok;
}

static const char * // what is wrong; NULL: nothing
give_results(const struct callback *it, const wasm_val_vec_t *values,
             union wasm_value *results)
{
    const wasm_type_t *types = it->types + it->param_count;
    for (uint32_t i = 0; i < it->result_count; i++)
        if (!api_value_in(it->store, types[i], &values->data[i], &results[i]))
            return "host function returned a value of another type";
    return NULL;
}

// The message must outlast the trap's way up, and a trap is told of by its text alone;
// the store's last one is kept.
static const char *
keep_message(wasm_store_t *store, wasm_trap_t *trap)
{
    const char *message = trap->ref.object->trap->message;
    size_t room = strlen(message) + 1;
    free(store->host_message);
    store->host_message = malloc(room);
    if (store->host_message)
        memcpy(store->host_message, message, room);
    wasm_trap_delete(trap);
    return store->host_message ? store->host_message : "out of memory";
}

static const char *
call(const struct callback *it, const wasm_val_vec_t *args, wasm_val_vec_t *values,
     union wasm_value *results)
{
    wasm_trap_t *trap =
        it->plain ? it->plain(args, values) : it->with_env(it->env, args, values);
    return trap ? keep_message(it->store, trap) : give_results(it, values, results);
}

static void
enter(void *context, const union wasm_value *args, union wasm_value *results)
{
    const struct callback *it = context;
    const char *message = "out of memory";
    wasm_val_vec_t in, out;
    bool has_args = take_args(it, args, &in);
    wasm_val_vec_new_uninitialized(&out, it->result_count);
    for (size_t i = 0; i < out.size; i++)
        out.data[i] = (wasm_val_t){.kind = api_kind_of(it->types[it->param_count + i])};
    if (has_args && out.size == it->result_count)
        message = call(it, &in, &out, results);
    wasm_val_vec_delete(&in);
    wasm_val_vec_delete(&out);
    if (message)
        wasm_trap_throw(it->store->store, message);
}

// ---- Making ----

static void
finalize(void *context)
{
    struct callback *it = context;
    if (it->finalizer)
        it->finalizer(it->env);
    free(it);
}

static struct callback *
callback_new(wasm_store_t *store, const struct wasm_functype *type)
{
    size_t count = (size_t)type->param_count + type->result_count;
    struct callback *it = calloc(1, sizeof *it + count * sizeof(wasm_type_t));
    if (!it)
        return NULL;
    it->store = store;
    it->param_count = type->param_count;
    it->result_count = type->result_count;
    memcpy(it->types, type->types, count * sizeof(wasm_type_t));
    return it;
}

static wasm_func_t *
func_new(wasm_store_t *store, const wasm_functype_t *type, const struct callback *what)
{
    struct wasm_functype engine_type;
    struct api_kept_callback *kept = calloc(1, sizeof *kept);
    struct callback *it = NULL;
    struct wasm_func *func = NULL;
    if (!kept || !api_engine_functype(type, &engine_type)) {
        free(kept);
        return NULL;
    }
    it = callback_new(store, &engine_type);
    bool ok = it && wasm_func_create_callback(store->store, &engine_type, enter, it,
                                              &func) == WASM_OK;
    free((void *)(uintptr_t)engine_type.types);
    if (!ok) {
        free(it);
        free(kept);
        return NULL;
    }
    it->plain = what->plain;
    it->with_env = what->with_env;
    it->env = what->env;
    it->finalizer = what->finalizer;
    *kept = (struct api_kept_callback){finalize, it, store->callbacks};
    store->callbacks = kept;
    wasm_func_t *ref = api_ref_new(store, API_FUNC, func);
    if (!ref)
        it->finalizer = NULL; // the caller keeps an environment that nobody got
    return ref;
}

wasm_func_t *
wasm_func_new(wasm_store_t *store, const wasm_functype_t *type,
              wasm_func_callback_t callback)
{
    struct callback what = {.plain = callback};
    return func_new(store, type, &what);
}

wasm_func_t *
wasm_func_new_with_env(wasm_store_t *store, const wasm_functype_t *type,
                       wasm_func_callback_with_env_t callback, void *env,
                       void (*finalizer)(void *))
{
    struct callback what = {.with_env = callback, .env = env, .finalizer = finalizer};
    return func_new(store, type, &what);
}

// ---- Into wasm code ----

wasm_functype_t *
wasm_func_type(const wasm_func_t *func)
{
    struct wasm_functype type;
    wasm_func_functype(func->ref.object->func, &type);
    return api_functype(&type);
}

size_t
wasm_func_param_arity(const wasm_func_t *func)
{
    struct wasm_functype type;
    wasm_func_functype(func->ref.object->func, &type);
    return type.param_count;
}

size_t
wasm_func_result_arity(const wasm_func_t *func)
{
    struct wasm_functype type;
    wasm_func_functype(func->ref.object->func, &type);
    return type.result_count;
}

// Types that wasm.h has no values for cannot be passed, nor received.
static const char *
check_type(const struct wasm_functype *type, const wasm_val_vec_t *args,
           const wasm_val_vec_t *results)
{
    if (args->size != type->param_count)
        return "call with a wrong number of arguments";
    if (results->size < type->result_count)
        return "call with too little room for results";
    for (uint32_t i = 0; i < type->param_count + type->result_count; i++)
        if (!api_has_kind(type->types[i]))
            return "call of a function with types beyond wasm.h";
    return NULL;
}

static wasm_trap_t *
call_with(wasm_store_t *store, struct wasm_func *func, const struct wasm_functype *type,
          union wasm_value *values, wasm_val_vec_t *results)
{
    struct wasm_trap trap;
    struct api_activation activation;
    union wasm_value *out = values + type->param_count;
    if (!api_activate(store, &activation))
        return api_trap_new(store, "call stack exhausted", NULL);
    enum wasm_error_code code = wasm_func_invoke(store->store, func, values, out, &trap);
    api_deactivate(&activation);
    if (code != WASM_OK)
        return api_trap_of(store, code, &trap);
    bool ok = true;
    for (uint32_t i = 0; i < type->result_count; i++)
        ok &= api_value_out(store, type->types[type->param_count + i], out[i],
                            &results->data[i]);
    if (ok)
        return NULL;
    for (uint32_t i = 0; i < type->result_count; i++) {
        wasm_val_delete(&results->data[i]);
        results->data[i] = (wasm_val_t)WASM_INIT_VAL;
    }
    return api_trap_new(store, "out of memory", NULL);
}

wasm_trap_t *
wasm_func_call(const wasm_func_t *func, const wasm_val_vec_t *args,
               wasm_val_vec_t *results)
{
    struct api_object *object = func->ref.object;
    wasm_store_t *store = object->store;
    struct wasm_functype type;
    wasm_func_functype(object->func, &type);
    const char *message = check_type(&type, args, results);
    if (message)
        return api_trap_new(store, message, NULL);
    union wasm_value *values =
        calloc((size_t)type.param_count + type.result_count + 1, sizeof *values);
    if (!values)
        return api_trap_new(store, "out of memory", NULL);
    for (uint32_t i = 0; i < type.param_count && !message; i++)
        if (!api_value_in(store, type.types[i], &args->data[i], &values[i]) ||
            (wasm_type_is_ref(type.types[i]) &&
             !wasm_func_takes(store->store, object->func, i, values[i].ref)))
            message = "call with an argument of another type";
    wasm_trap_t *trap = message ? api_trap_new(store, message, NULL)
                                : call_with(store, object->func, &type, values, results);
    free(values);
    return trap;
}
