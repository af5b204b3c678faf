// SPDX-License-Identifier: Apache-2.0
//
// Representation: compiled code may loop for ever, so a timer of processor time
// interrupts it. Leaving by siglongjmp is safe only where no C function is under way; the
// handler leaves when the program counter is in compiled code and else comes back a
// little later. A loop that does little else than allocate is seldom met there: it ends
// because there is no memory any more.
#include "test/fuzz/target.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>

#include "test/unit/engine/test_port.h"

#define HEAP_LIMIT         (512ull << 20)
#define MEMORY_LIMIT       (16ull << 20)
#define CALL_MICROSECONDS  20000
#define RETRY_MICROSECONDS 500
#define MAX_CALLS          16

// Compiling may take this much heap: a fixed part and a multiple of the module's length.
#define COMPILE_HEAP_BASE  (16ull << 20)
#define COMPILE_HEAP_RATIO 512

struct target {
    struct test_port port; // first: the port's functions take it as their context
    struct wasm_port inner;
    struct random *random;
    struct target_stats *stats;
    struct wasm_module *module;
    struct wasm_store *store;
};

// A signal handler has no argument of ours.
static struct {
    const uint8_t *code;
    size_t code_room;
    sigjmp_buf leave;
    volatile sig_atomic_t is_over; // the call's time is; from now on there is no memory
} timer;

static void *
heap_alloc(void *context, size_t len)
{
    struct target *target = context;
    if (len > HEAP_LIMIT - target->port.heap_len || timer.is_over)
        return NULL;
    return target->inner.heap_alloc(context, len);
}

static bool
code_reserve(void *context, size_t room, uint8_t **base)
{
    struct target *target = context;
    if (!target->inner.code_reserve(context, room, base))
        return false;
    timer.code = *base;
    timer.code_room = room;
    return true;
}

// ---- Time ----

static void
set_timer(long microseconds)
{
    struct itimerval value = {.it_value = {.tv_usec = microseconds}};
    setitimer(ITIMER_PROF, &value, NULL);
}

static void
handle_timer(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    uint64_t pc = (uint64_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
    if (pc - (uint64_t)timer.code < timer.code_room)
        siglongjmp(timer.leave, 1);
    timer.is_over = true;
    set_timer(RETRY_MICROSECONDS);
}

static void
install_timer(void)
{
    struct sigaction action = {.sa_sigaction = handle_timer, .sa_flags = SA_SIGINFO};
    sigaction(SIGPROF, &action, NULL);
}

// ---- Imports ----

// Returns 0 in the integer and in the float register, whichever the function's type
// means.
struct any_result {
    double number;
    uint64_t word;
};

static struct any_result
return_zero(void *env)
{
    (void)env;
    return (struct any_result){0};
}

static void throw(void *env)
{
    wasm_trap_throw(((struct target *)env)->store, "host function of the fuzzer");
}

static bool
has_zero(wasm_type_t type)
{
    return !wasm_type_is_ref(type) || wasm_type_is_nullable(type);
}

static bool
has_zero_results(const struct wasm_externtype *type)
{
    const struct wasm_functype *functype = &type->functype;
    for (uint32_t i = 0; i < functype->result_count; i++) {
        if (!has_zero(functype->types[functype->param_count + i]))
            return false;
    }
    return true;
}

static enum wasm_error_code
make_import(struct target *target, const struct wasm_externtype *type,
            struct wasm_extern *out)
{
    // Further results would have to be written through a pointer that a stub of no
    // particular type does not know, and null is no value of every type, so such
    // functions only throw.
    bool is_throwing = type->functype.result_count > 1 || !has_zero_results(type) ||
                       random_below(target->random, 4) == 0;
    void (*code)(void) =
        is_throwing ? (void (*)(void)) throw : (void (*)(void))return_zero;
    out->kind = type->kind;
    switch (type->kind) {
    case WASM_KIND_FUNC:
        return wasm_func_create(target->store, &type->functype, code, target, &out->func);
    case WASM_KIND_TAG:
        return wasm_tag_create(target->store, &type->functype, &out->tag);
    case WASM_KIND_TABLE:
        if (!has_zero(type->type))
            return WASM_UNLINKABLE;
        return wasm_table_create(target->store, type->type, type->limits, &out->table);
    case WASM_KIND_MEMORY:
        return wasm_memory_create(target->store, type->limits, &out->memory);
    default:
        if (!has_zero(type->type))
            return WASM_UNLINKABLE;
        return wasm_global_create(target->store, type->type, type->is_mutable,
                                  (union wasm_value){0}, &out->global);
    }
}

static bool
make_imports(struct target *target, struct wasm_extern *externs)
{
    uint32_t count = wasm_module_import_count(target->module);
    for (uint32_t i = 0; i < count; i++) {
        struct wasm_import import;
        wasm_module_import(target->module, i, &import);
        if (make_import(target, &import.type, &externs[i]) != WASM_OK)
            return false;
    }
    return true;
}

// ---- Calls ----

// Reads all that a trap points to.
static const char *
check_trap(const struct wasm_trap *trap)
{
    static volatile char sink;
    if (trap->code == WASM_TRAP_NONE || trap->code >= WASM_TRAP_COUNT)
        return "a trap without a code";
    if (trap->frame_count > WASM_TRAP_FRAMES)
        return "a trap with too many frames";
    if (trap->code == WASM_TRAP_HOST && !trap->host_message)
        return "a trap of the host without a message";
    for (uint32_t i = 0; i < trap->frame_count; i++) {
        struct wasm_name name = wasm_trap_frame_name(&trap->frames[i]);
        for (uint32_t j = 0; j < name.len; j++)
            sink = name.bytes[j];
    }
    (void)sink;
    return NULL;
}

static union wasm_value
some_value(struct target *target, wasm_type_t type)
{
    union wasm_value value = {0};
    if (wasm_type_is_ref(type) || random_below(target->random, 2) == 0)
        return value;
    uint64_t bits = random_next(target->random) >> random_below(target->random, 64);
    if (type == WASM_TYPE_I32 || type == WASM_TYPE_F32)
        value.i32 = (uint32_t)bits;
    else
        value.i64 = bits;
    return value;
}

static const char *
call(struct target *target, struct wasm_func *func)
{
    static union wasm_value args[WASM_LIMIT_PARAMS], results[WASM_LIMIT_RESULTS];
    struct wasm_functype type;
    struct wasm_trap trap = {0};
    wasm_func_functype(func, &type);
    for (uint32_t i = 0; i < type.param_count; i++) {
        if (!has_zero(type.types[i]))
            return NULL;
        args[i] = some_value(target, type.types[i]);
    }
    target->stats->calls++;
    enum wasm_error_code code =
        wasm_func_invoke(target->store, func, args, results, &trap);
    if (code == WASM_OK)
        return NULL;
    if (code == WASM_EXCEPTION)
        return wasm_exception_tag(wasm_store_exception(target->store))
                   ? NULL
                   : "an exception without a tag";
    if (code != WASM_TRAP)
        return "a call neither returned nor trapped";
    target->stats->traps++;
    return check_trap(&trap);
}

static const char *
call_exports(struct target *target, struct wasm_instance *instance)
{
    uint32_t count = wasm_module_export_count(target->module);
    uint32_t calls = 0;
    for (uint32_t i = 0; i < count && calls < MAX_CALLS; i++) {
        struct wasm_export export;
        struct wasm_extern value;
        wasm_module_export(target->module, i, &export);
        if (!wasm_instance_export(instance, export.name.bytes, export.name.len, &value))
            return "an export that is not there";
        if (value.kind != export.type.kind)
            return "an export of another kind";
        if (value.kind != WASM_KIND_FUNC)
            continue;
        calls++;
        const char *problem = call(target, value.func);
        if (problem)
            return problem;
    }
    return NULL;
}

// A type of a function or tag may be one that no host function has: not final, or in a
// group with others.
static bool
imports_types(const struct target *target)
{
    uint32_t count = wasm_module_import_count(target->module);
    for (uint32_t i = 0; i < count; i++) {
        struct wasm_import import;
        wasm_module_import(target->module, i, &import);
        if (import.type.kind == WASM_KIND_FUNC || import.type.kind == WASM_KIND_TAG)
            return true;
    }
    return false;
}

static const char *
instantiate_and_call(struct target *target, const struct wasm_extern *externs)
{
    struct wasm_instance *instance = NULL;
    struct wasm_trap trap = {0};
    struct wasm_error error = {0};
    enum wasm_error_code code = wasm_instance_create(
        target->store, target->module, externs, wasm_module_import_count(target->module),
        &instance, &trap, &error);
    if (code == WASM_TRAP)
        return check_trap(&trap);
    if (code == WASM_UNLINKABLE && imports_types(target))
        return NULL;
    if (code != WASM_OK)
        return code == WASM_NO_MEMORY || code == WASM_EXCEPTION
                   ? NULL
                   : "imports of the right types do not link";
    target->stats->instantiated++;
    return call_exports(target, instance);
}

static const char *
run_store(struct target *target)
{
    uint32_t count = wasm_module_import_count(target->module);
    struct wasm_extern *externs = calloc(count + 1, sizeof(*externs));
    const char *volatile problem = NULL;
    test_port_set_store(target->store);
    if (externs && make_imports(target, externs)) {
        if (sigsetjmp(timer.leave, 1) == 0) {
            timer.is_over = false;
            set_timer(CALL_MICROSECONDS);
            problem = instantiate_and_call(target, externs);
        } else {
            target->stats->interrupted++;
        }
        set_timer(0);
        timer.is_over = false;
    }
    test_port_set_store(NULL);
    free(externs);
    return problem;
}

static const char *
run_module(struct target *target)
{
    struct wasm_store_config config = {
        .stack_limit = test_port_stack_limit(),
        .memory_limit = MEMORY_LIMIT,
        .heap_limit = MEMORY_LIMIT,
        .gc_stress = random_below(target->random, 4) == 0,
    };
    if (wasm_store_create(&target->port.port, &config, &target->store) != WASM_OK)
        return "no store";
    const char *problem = run_store(target);
    wasm_store_destroy(target->store);
    return problem;
}

// ---- The case ----

static const char *
check_error(const struct wasm_error *error, enum wasm_error_code code, size_t len)
{
    if (error->code != code || code == WASM_UNLINKABLE || code == WASM_TRAP)
        return "an error with the wrong code";
    if (error->offset > len)
        return "an error beyond the module's end";
    if (error->message[0] == '\0' || !memchr(error->message, 0, sizeof(error->message)))
        return "an error without a message";
    return NULL;
}

// A module that compiles must also decode, with as many imports and exports.
static const char *
check_decode(struct target *target, const uint8_t *bytes, size_t len)
{
    struct wasm_module *decoded;
    struct wasm_error error = {0};
    if (wasm_module_decode(&target->port.port, bytes, len, &decoded, &error) != WASM_OK)
        return "a module that compiles and does not decode";
    bool is_same =
        wasm_module_import_count(decoded) == wasm_module_import_count(target->module) &&
        wasm_module_export_count(decoded) == wasm_module_export_count(target->module);
    wasm_module_destroy(decoded);
    return is_same ? NULL : "a module that decodes in two ways";
}

static const char *
run_bytes(struct target *target, const uint8_t *bytes, size_t len)
{
    struct wasm_error error = {0};
    enum wasm_error_code code =
        wasm_module_create(&target->port.port, bytes, len, &target->module, &error);
    if (target->port.heap_peak > COMPILE_HEAP_BASE + len * COMPILE_HEAP_RATIO)
        return "compiling took memory out of proportion";
    if (code != WASM_OK)
        return check_error(&error, code, len);
    target->stats->compiled++;
    const char *problem = check_decode(target, bytes, len);
    if (!problem)
        problem = run_module(target);
    wasm_module_destroy(target->module);
    return problem;
}

const char *
target_run(struct random *random, const uint8_t *bytes, size_t len,
           struct target_stats *stats)
{
    struct target target = {.random = random, .stats = stats};
    test_port_init(&target.port);
    install_timer();
    target.inner = target.port.port;
    target.port.port.heap_alloc = heap_alloc;
    target.port.port.code_reserve = code_reserve;

    // A block of exactly this length, so that a sanitizer sees reads beyond it.
    uint8_t *copy = malloc(len + (len == 0));
    if (!copy)
        return "the fuzzer has no memory";
    memcpy(copy, bytes, len);
    const char *problem = run_bytes(&target, copy, len);
    free(copy);
    if (!problem && target.port.live > 0)
        return "memory was not given back";
    return problem;
}
