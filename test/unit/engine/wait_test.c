// SPDX-License-Identifier: Apache-2.0
//
// Waiting and notifying between threads, each with a store of its own on one memory.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <time.h>

#include "api/parking.h"
#include "engine/store.h"
#include "test/unit/engine/fixture.h"

#define SECOND 1000000000ll

static struct fixture f;

// Imports memory 0, which is shared; memory 1 is not.
static struct wasm_instance *
instantiate(struct wasm_store *store, const struct wasm_module *module,
            struct wasm_memory *memory)
{
    struct wasm_extern import = {.kind = WASM_KIND_MEMORY, .memory = memory};
    struct wasm_instance *instance = NULL;
    struct wasm_trap trap;
    struct wasm_error error;
    if (wasm_instance_create(store, module, &import, 1, &instance, &trap, &error))
        return NULL;
    return instance;
}

static struct wasm_module *module;
static struct wasm_memory *memory;
static struct wasm_instance *instance;

static int
setup(void **state)
{
    (void)state;
    static struct builder b;
    fixture_init(&f);
    f.port.port.memory_wait = parking_wait;
    f.port.port.memory_notify = parking_notify;
    builder_init(&b);
    builder_section(&b, 2, BYTES(1, 1, 'm', 1, 'x', 2, 3, 1, 1));
    builder_section(&b, 5, BYTES(1, 0, 1));
    module = fixture_module(&f, &b);
    struct wasm_limits limits = {.min = 1, .max = 1, .is_shared = true, .page_log2 = 16};
    if (wasm_memory_create(f.store, limits, &memory) != WASM_OK)
        return -1;
    instance = instantiate(f.store, module, memory);
    return instance ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    fixture_fini(&f);
    return 0;
}

// ---- What traps ----

static struct call {
    uint32_t memory;
    uint32_t width; // 0: notify
    uint64_t address;
} the_call;

static void
run_call(struct call *c)
{
    const struct wasm_builtins *ops = instance->builtins;
    if (c->width == 0)
        ops->memory_notify(instance, c->memory, c->address, 1);
    else if (c->width == 4)
        ops->memory_wait32(instance, c->memory, c->address, 0, 0);
    else
        ops->memory_wait64(instance, c->memory, c->address, 0, 0);
}

static enum wasm_trap_code
trap_of(uint32_t memory_index, uint32_t width, uint64_t address)
{
    struct wasm_functype type = {0};
    struct wasm_extern made =
        fixture_func(&f, &type, (void (*)(void))run_call, &the_call);
    the_call = (struct call){memory_index, width, address};
    if (wasm_func_invoke(f.store, made.func, NULL, NULL, &f.trap) == WASM_OK)
        return WASM_TRAP_NONE;
    return f.trap.code;
}

static void
checks_addresses(void **state)
{
    (void)state;
    assert_int_equal(trap_of(0, 4, 65532), WASM_TRAP_NONE);
    assert_int_equal(trap_of(0, 8, 65528), WASM_TRAP_NONE);
    assert_int_equal(trap_of(0, 0, 65532), WASM_TRAP_NONE);
    assert_int_equal(trap_of(1, 0, 0), WASM_TRAP_NONE);
    assert_int_equal(trap_of(0, 4, 2), WASM_TRAP_UNALIGNED_ATOMIC);
    assert_int_equal(trap_of(0, 8, 4), WASM_TRAP_UNALIGNED_ATOMIC);
    assert_int_equal(trap_of(0, 0, 65537), WASM_TRAP_UNALIGNED_ATOMIC);
    assert_int_equal(trap_of(0, 4, 65536), WASM_TRAP_MEMORY_BOUNDS);
    assert_int_equal(trap_of(0, 8, UINT64_MAX - 7), WASM_TRAP_MEMORY_BOUNDS);
    assert_int_equal(trap_of(1, 0, 65536), WASM_TRAP_MEMORY_BOUNDS);
    assert_int_equal(trap_of(1, 4, 0), WASM_TRAP_EXPECTED_SHARED);
    assert_int_equal(trap_of(1, 8, 0), WASM_TRAP_EXPECTED_SHARED);
}

// ---- One thread ----

static void
compares_and_times_out(void **state)
{
    (void)state;
    const struct wasm_builtins *ops = instance->builtins;
    uint64_t *word = (uint64_t *)(void *)wasm_memory_base(memory);
    *word = 5ull << 32 | 6;
    for (int round = 0; round < 2; round++) {
        assert_int_equal(ops->memory_wait32(instance, 0, 0, 5, -1), 1);
        assert_int_equal(ops->memory_wait32(instance, 0, 4, 6, -1), 1);
        assert_int_equal(ops->memory_wait64(instance, 0, 0, 6, -1), 1);
        assert_int_equal(ops->memory_wait32(instance, 0, 0, 6, 1000), 2);
        assert_int_equal(ops->memory_wait64(instance, 0, 0, *word, 0), 2);
        assert_int_equal(ops->memory_notify(instance, 0, 0, UINT32_MAX), 0);
        f.port.port.memory_wait = NULL; // and the same without a port that sleeps
        f.port.port.memory_notify = NULL;
    }
}

// ---- Several ----

enum { SLEEPERS = 3 };

struct sleeper {
    pthread_t thread;
    uint32_t answer;
};

// A thread with a store of its own.
static void *
sleep_once(void *context)
{
    struct sleeper *sleeper = context;
    struct wasm_store_config config = {.stack_limit = test_port_stack_limit()};
    struct wasm_store *store;
    sleeper->answer = 99;
    if (wasm_store_create(&f.port.port, &config, &store) != WASM_OK)
        return NULL;
    struct wasm_instance *own = NULL;
    if (wasm_memory_adopt(store, memory) == WASM_OK)
        own = instantiate(store, module, memory);
    if (own)
        sleeper->answer = own->builtins->memory_wait32(own, 0, 64, 0, 60 * SECOND);
    wasm_store_destroy(store);
    return NULL;
}

static void
pause_a_moment(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void
wakes_as_many_as_asked(void **state)
{
    (void)state;
    struct sleeper sleepers[SLEEPERS];
    const struct wasm_builtins *ops = instance->builtins;
    for (uint32_t i = 0; i < SLEEPERS; i++)
        assert_int_equal(
            pthread_create(&sleepers[i].thread, NULL, sleep_once, &sleepers[i]), 0);
    assert_int_equal(ops->memory_notify(instance, 0, 64, 0), 0);
    for (uint32_t woken = 0; woken < SLEEPERS;) {
        assert_int_equal(ops->memory_notify(instance, 0, 68, 1), 0);
        uint32_t now = ops->memory_notify(instance, 0, 64, 1);
        assert_in_range(now, 0, 1);
        woken += now;
        pause_a_moment();
    }
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        assert_int_equal(pthread_join(sleepers[i].thread, NULL), 0);
        assert_int_equal(sleepers[i].answer, 0);
    }
    assert_int_equal(memory->holders, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(checks_addresses),
        TEST(compares_and_times_out),
        TEST(wakes_as_many_as_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
