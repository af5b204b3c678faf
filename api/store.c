// SPDX-License-Identifier: Apache-2.0
//
// Engines and stores, and what a thread needs before it runs code in one: a stack for
// signal handlers, and to know how deep its own stack is.
#include "api/api.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

// Of the thread's stack, kept for the host functions that wasm code calls: half of a
// small stack, and what is smaller than twice the least is none.
#define STACK_RESERVE (256u << 10)
#define STACK_LEAST   (64u << 10)

// ---- Engines ----

wasm_config_t *
wasm_config_new(void)
{
    return calloc(1, sizeof(wasm_config_t));
}

void
wasm_config_delete(wasm_config_t *config)
{
    free(config);
}

wasm_engine_t *
wasm_engine_new(void)
{
    wasm_engine_t *engine = calloc(1, sizeof *engine);
    if (engine && !native_port_init(&engine->native)) {
        free(engine);
        return NULL;
    }
    if (engine)
        engine->owners = 1;
    return engine;
}

wasm_engine_t *
wasm_engine_new_with_config(wasm_config_t *config)
{
    wasm_config_delete(config);
    return wasm_engine_new();
}

void
api_engine_retain(wasm_engine_t *engine)
{
    atomic_fetch_add(&engine->owners, 1);
}

void
api_engine_release(wasm_engine_t *engine)
{
    if (atomic_fetch_sub(&engine->owners, 1) == 1)
        free(engine);
}

void
wasm_engine_delete(wasm_engine_t *engine)
{
    if (engine)
        api_engine_release(engine);
}

// ---- Stores ----

wasm_store_t *
wasm_store_new(wasm_engine_t *engine)
{
    struct wasm_store_config config = {.stack_limit = 0};
    wasm_store_t *store = calloc(1, sizeof *store);
    if (!store)
        return NULL;
    store->engine = engine;
    if (wasm_store_create(&engine->native.port, &config, &store->store) != WASM_OK) {
        free(store);
        return NULL;
    }
    api_engine_retain(engine);
    return store;
}

static void
finalize_callbacks(wasm_store_t *store)
{
    while (store->callbacks) {
        struct api_kept_callback *kept = store->callbacks;
        store->callbacks = kept->next;
        kept->finalize(kept->callback);
        free(kept);
    }
}

void
wasm_store_delete(wasm_store_t *store)
{
    if (!store)
        return;
    // All finalizers come before anything goes, for they may own references.
    api_objects_finalize(store);
    finalize_callbacks(store);
    api_objects_destroy(store);
    wasm_store_destroy(store->store);
    while (store->modules) {
        struct api_kept_module *kept = store->modules;
        store->modules = kept->next;
        api_module_release(kept->module);
        free(kept);
    }
    wasm_engine_t *engine = store->engine;
    free(store->host_message);
    free(store);
    api_engine_release(engine);
}

// ---- Threads ----

static pthread_once_t stack_key_once = PTHREAD_ONCE_INIT;
static pthread_key_t stack_key;
static bool has_stack_key;
static _Thread_local struct wasm_store *running;
static _Thread_local uintptr_t stack_limit;

// The thread may have one of its own by now.
static void
drop_signal_stack(void *stack)
{
    stack_t none = {.ss_flags = SS_DISABLE}, current;
    if (sigaltstack(NULL, &current) == 0 && current.ss_sp == stack)
        sigaltstack(&none, NULL);
    free(stack);
}

static void
make_stack_key(void)
{
    has_stack_key = pthread_key_create(&stack_key, drop_signal_stack) == 0;
}

// The application's own signal stack will do, when it has one of some size.
static bool
ensure_signal_stack(void)
{
    stack_t current;
    if (sigaltstack(NULL, &current) != 0)
        return false;
    if (!(current.ss_flags & SS_DISABLE))
        return true;
    pthread_once(&stack_key_once, make_stack_key);
    void *stack = has_stack_key ? malloc(NATIVE_PORT_SIGNAL_STACK) : NULL;
    if (!stack)
        return false;
    if (pthread_setspecific(stack_key, stack) == 0 && native_port_enter(stack))
        return true;
    (void)pthread_setspecific(stack_key, NULL);
    free(stack);
    return false;
}

static bool
find_stack_limit(void)
{
    pthread_attr_t attributes;
    void *lowest;
    size_t len;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return false;
    bool ok = pthread_attr_getstack(&attributes, &lowest, &len) == 0;
    pthread_attr_destroy(&attributes);
    if (!ok || len / 2 < STACK_LEAST)
        return false;
    stack_limit = (uintptr_t)lowest + (len / 2 < STACK_RESERVE ? len / 2 : STACK_RESERVE);
    return true;
}

bool
api_activate(wasm_store_t *store, struct api_activation *activation)
{
    if (!stack_limit && (!ensure_signal_stack() || !find_stack_limit()))
        return false;
    activation->outer = running;
    running = store->store;
    native_port_use(running);
    wasm_store_set_stack_limit(running, stack_limit);
    return true;
}

void
api_deactivate(const struct api_activation *activation)
{
    running = activation->outer;
    native_port_use(running);
}
