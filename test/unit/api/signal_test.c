// SPDX-License-Identifier: Apache-2.0
//
// Faults that are no traps belong to the application, whichever way it handles them; and
// deep or nested calls between stores and host functions end as traps.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/wasm.h"
#include "test/unit/api/wat.h"

static wasm_instance_t *
instantiate(wasm_store_t *store, const char *text, wasm_extern_t *import)
{
    wasm_byte_vec_t bytes;
    wasm_extern_vec_t imports = {import ? 1 : 0, &import};
    wat_encode(text, &bytes);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    wasm_instance_t *instance = wasm_instance_new(store, module, &imports, NULL);
    wasm_module_delete(module);
    wasm_byte_vec_delete(&bytes);
    assert_non_null(instance);
    return instance;
}

static wasm_trap_t *
call(const wasm_extern_vec_t *exports, size_t at)
{
    wasm_val_vec_t none = WASM_EMPTY_VEC;
    return wasm_func_call(wasm_extern_as_func(exports->data[at]), &none, &none);
}

static void
assert_trap(wasm_trap_t *trap, const char *expected)
{
    wasm_message_t message;
    assert_non_null(trap);
    wasm_trap_message(trap, &message);
    assert_string_equal(message.data, expected);
    wasm_byte_vec_delete(&message);
    wasm_trap_delete(trap);
}

// ---- Faults of the application ----

static sigjmp_buf back;
static volatile sig_atomic_t seen;
static void *volatile seen_address;

static void
on_info(int number, siginfo_t *info, void *context)
{
    (void)context;
    seen = number;
    seen_address = info->si_addr;
    siglongjmp(back, 1);
}

static void
on_plain(int number)
{
    seen = number;
    siglongjmp(back, 1);
}

static wasm_trap_t *
fault(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)env, (void)args, (void)results;
    seen = 0;
    if (sigsetjmp(back, 1) == 0)
        *(volatile int *)(uintptr_t)0x123458 = 1;
    return NULL;
}

static wasm_func_t *
func_new(wasm_store_t *store, wasm_func_callback_with_env_t callback, void *env)
{
    wasm_functype_t *type = wasm_functype_new_0_0();
    wasm_func_t *func = wasm_func_new_with_env(store, type, callback, env, NULL);
    wasm_functype_delete(type);
    return func;
}

// A store whose module traps on its own, and calls a host function.
struct scene {
    wasm_engine_t *engine;
    wasm_store_t *store;
    wasm_func_t *func;
    wasm_instance_t *instance;
    wasm_extern_vec_t exports;
};
enum { BOUNDS, HOST, RECURSE };

static void
begin(struct scene *s, wasm_func_callback_with_env_t callback)
{
    s->engine = wasm_engine_new();
    s->store = wasm_store_new(s->engine);
    s->func = func_new(s->store, callback, s);
    s->instance = instantiate(
        s->store,
        "(module (import \"\" \"\" (func $f)) (memory 1)"
        "(func (export \"bounds\") (drop (i32.load (i32.const 65536))))"
        "(func (export \"host\") (call $f)) (func $r (export \"recurse\") (call $r)))",
        wasm_func_as_extern(s->func));
    wasm_instance_exports(s->instance, &s->exports);
}

static void
end(struct scene *s)
{
    wasm_extern_vec_delete(&s->exports);
    wasm_instance_delete(s->instance);
    wasm_func_delete(s->func);
    wasm_store_delete(s->store);
    wasm_engine_delete(s->engine);
}

static void
install(const struct sigaction *action)
{
    assert_int_equal(sigaction(SIGSEGV, action, NULL), 0);
}

static void
test_faults_reach_the_handler_before(void **state)
{
    (void)state;
    struct scene s;
    struct sigaction with_info = {.sa_sigaction = on_info, .sa_flags = SA_SIGINFO};
    install(&with_info);
    begin(&s, fault);
    for (int i = 0; i < 3; i++) {
        assert_null(call(&s.exports, HOST)); // within a call ...
        assert_int_equal(seen, SIGSEGV);
        assert_ptr_equal(seen_address, (void *)0x123458);
        (void)fault(NULL, NULL, NULL); // ... and outside
        assert_int_equal(seen, SIGSEGV);
        assert_trap(call(&s.exports, BOUNDS), "out of bounds memory access");
    }
    end(&s);
    // An engine later finds another handler.
    struct sigaction plain = {.sa_handler = on_plain};
    install(&plain);
    begin(&s, fault);
    assert_null(call(&s.exports, HOST));
    assert_int_equal(seen, SIGSEGV);
    assert_trap(call(&s.exports, BOUNDS), "out of bounds memory access");
    end(&s);
}

// A handler of the application that passes on what is not its own, as ours does.
static struct sigaction next;
static volatile sig_atomic_t passed;

static void
pass_on(int number, siginfo_t *info, void *context)
{
    passed++;
    next.sa_sigaction(number, info, context);
}

static void
test_handlers_may_chain_in_a_ring(void **state)
{
    (void)state;
    struct scene s, other;
    struct sigaction first = {.sa_sigaction = on_info, .sa_flags = SA_SIGINFO};
    install(&first);
    begin(&s, fault);
    struct sigaction own = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO};
    assert_int_equal(sigaction(SIGSEGV, &own, &next), 0);
    begin(&other, fault); // ours, then pass_on, then ours
    passed = 0;
    assert_trap(call(&other.exports, BOUNDS), "out of bounds memory access");
    assert_int_equal(passed, 0);
    (void)fault(NULL, NULL, NULL);
    assert_int_equal(passed, 1);
    assert_int_equal(seen, SIGSEGV);
    end(&other);
    end(&s);
}

// What a process gets that handles no faults.
static int
status_of_child(int (*run)(struct scene *))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct scene s;
        struct sigaction none = {.sa_handler = SIG_DFL};
        alarm(10);
        install(&none);
        sigaction(SIGILL, &none, NULL);
        begin(&s, fault);
        _exit(run(&s));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static int
run_fault(struct scene *s)
{
    (void)call(&s->exports, HOST);
    return 0;
}

static int
run_raise(struct scene *s)
{
    (void)s;
    raise(SIGSEGV);
    return 0;
}

static int
run_ignored(struct scene *s)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    install(&ignore);
    struct scene other; // finds that signals are ignored
    begin(&other, fault);
    raise(SIGSEGV);
    (void)s;
    return 7;
}

static void
test_faults_of_nobody_end_the_process(void **state)
{
    (void)state;
    int status = status_of_child(run_fault);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    status = status_of_child(run_raise);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    status = status_of_child(run_ignored);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

// A signal that somebody sends is no trap, wherever it comes upon the code.
static volatile sig_atomic_t sent;

static void
on_sent(int number)
{
    (void)number;
    sent++;
}

static void *
send_signals(void *target)
{
    for (int i = 0; i < 2000; i++)
        pthread_kill(*(pthread_t *)target, SIGSEGV);
    return NULL;
}

static void
test_signals_that_are_sent_are_no_traps(void **state)
{
    (void)state;
    struct sigaction plain = {.sa_handler = on_sent};
    install(&plain);
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_instance_t *instance = instantiate(
        store,
        "(module (memory 1) (func (export \"f\") (local $i i32)"
        "(loop $l (drop (i32.load offset=0 (local.get $i)))"
        "(drop (i32.load offset=4 (local.get $i)))"
        "(drop (i32.load offset=8 (local.get $i)))"
        "(br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))"
        "(i32.const 60000))))))",
        NULL);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    pthread_t self = pthread_self(), sender;
    sent = 0;
    assert_int_equal(pthread_create(&sender, NULL, send_signals, &self), 0);
    for (int i = 0; i < 3000; i++)
        assert_null(call(&exports, 0));
    pthread_join(sender, NULL);
    assert_true(sent > 0);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
}

// ---- Nested calls ----

// The first store's host function calls the second store, which calls the first again.
struct pair {
    struct scene a, b;
    int depth;
};
static struct pair pair;

// At the end of the stack nothing is entered any more.
static void
assert_bounds(const struct scene *s)
{
    wasm_message_t message;
    wasm_trap_t *trap = call(&s->exports, BOUNDS);
    wasm_trap_message(trap, &message);
    if (strcmp(message.data, "call stack exhausted") != 0 || pair.depth < 1000)
        assert_string_equal(message.data, "out of bounds memory access");
    wasm_byte_vec_delete(&message);
    wasm_trap_delete(trap);
}

static wasm_trap_t *
from_a(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)env, (void)args, (void)results;
    if (pair.depth == 0)
        return NULL;
    pair.depth--;
    assert_bounds(&pair.b);
    assert_bounds(&pair.a);
    assert_trap(call(&pair.b.exports, RECURSE), "call stack exhausted");
    wasm_trap_t *trap = call(&pair.b.exports, HOST);
    assert_bounds(&pair.a);
    return trap;
}

static wasm_trap_t *
from_b(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)env, (void)args, (void)results;
    assert_bounds(&pair.a);
    return call(&pair.a.exports, HOST);
}

static void
test_stores_nest(void **state)
{
    (void)state;
    begin(&pair.a, from_a);
    begin(&pair.b, from_b);
    pair.depth = 20;
    assert_null(call(&pair.a.exports, HOST));
    assert_int_equal(pair.depth, 0);
    pair.depth = INT32_MAX; // until the stack ends
    assert_trap(call(&pair.a.exports, HOST), "call stack exhausted");
    assert_trap(call(&pair.b.exports, BOUNDS), "out of bounds memory access");
    end(&pair.b);
    end(&pair.a);
}

static wasm_trap_t *
again(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    const struct scene *s = env;
    (void)args, (void)results;
    return call(&s->exports, HOST);
}

static void *
recurse_through_host(void *unused)
{
    struct scene s;
    begin(&s, again);
    for (int i = 0; i < 3; i++)
        assert_trap(call(&s.exports, HOST), "call stack exhausted");
    assert_trap(call(&s.exports, BOUNDS), "out of bounds memory access");
    end(&s);
    return unused;
}

// No wasm code at all.
static wasm_trap_t *
call_itself(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    const struct scene *s = env;
    return wasm_func_call(s->func, args, results);
}

static void
test_host_functions_calling_themselves_trap(void **state)
{
    (void)state;
    struct scene s;
    wasm_val_vec_t none = WASM_EMPTY_VEC;
    begin(&s, call_itself);
    assert_trap(wasm_func_call(s.func, &none, &none), "call stack exhausted");
    assert_trap(call(&s.exports, BOUNDS), "out of bounds memory access");
    end(&s);
}

// A stack that code could jump over is none.
static void *
call_on_tiny_stack(void *scene)
{
    const struct scene *s = scene;
    assert_trap(call(&s->exports, BOUNDS), "call stack exhausted");
    return NULL;
}

static void
test_tiny_stacks_are_refused(void **state)
{
    (void)state;
    struct scene s;
    pthread_attr_t attributes;
    pthread_t thread;
    begin(&s, call_itself);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    assert_int_equal(pthread_create(&thread, &attributes, call_on_tiny_stack, &s), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    end(&s);
}

static void
test_recursion_through_the_host_traps(void **state)
{
    (void)state;
    pthread_attr_t attributes;
    pthread_t thread;
    recurse_through_host(NULL);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 768 << 10);
    assert_int_equal(pthread_create(&thread, &attributes, recurse_through_host, NULL), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
}

// A thread's own signal stack is not taken from it.
static void *
keep_own_stack(void *memory)
{
    stack_t own = {.ss_sp = memory, .ss_size = 64 << 10}, before, now;
    struct scene s;
    begin(&s, again);
    assert_trap(call(&s.exports, BOUNDS), "out of bounds memory access");
    assert_int_equal(sigaltstack(&own, &before), 0);
    assert_trap(call(&s.exports, BOUNDS), "out of bounds memory access");
    end(&s);
    assert_int_equal(sigaltstack(NULL, &now), 0);
    assert_ptr_equal(now.ss_sp, memory);
    assert_int_equal(sigaltstack(&before, NULL), 0); // a sanitizer's, perhaps
    return NULL;
}

static void
test_threads_have_signal_stacks(void **state)
{
    (void)state;
    void *memory = malloc(64 << 10);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, keep_own_stack, memory), 0);
    pthread_join(thread, NULL);
    free(memory);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults_reach_the_handler_before),
        cmocka_unit_test(test_handlers_may_chain_in_a_ring),
        cmocka_unit_test(test_faults_of_nobody_end_the_process),
        cmocka_unit_test(test_signals_that_are_sent_are_no_traps),
        cmocka_unit_test(test_stores_nest),
        cmocka_unit_test(test_host_functions_calling_themselves_trap),
        cmocka_unit_test(test_tiny_stacks_are_refused),
        cmocka_unit_test(test_recursion_through_the_host_traps),
        cmocka_unit_test(test_threads_have_signal_stacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
