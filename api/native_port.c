// SPDX-License-Identifier: Apache-2.0
#include "api/native_port.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "api/parking.h"

// Any u32 address plus any u32 offset plus the access itself.
#define MEMORY_REACH ((8ull << 30) + WASM_PAGE_SIZE)
#define STACK_DEPTH  (2ull << 20)
_Static_assert(STACK_DEPTH + (1u << 20) <= NATIVE_PORT_STACK, "room above and below");

// For what a signal handler reads: no memory is allocated at the first use in a thread.
#define SIGNAL_SAFE __attribute__((tls_model("initial-exec")))

// A signal handler has no argument of ours.
static _Thread_local SIGNAL_SAFE struct wasm_store *faulting_store;
// A sanitizer's, for one.
static _Thread_local stack_t stack_before;

// ---- Memory ----

static bool
count(void *context, bool is_there)
{
    struct native_port *port = context;
    port->live += is_there;
    return is_there;
}

static void
uncount(void *context)
{
    struct native_port *port = context;
    port->live--;
}

static void *
heap_alloc(void *context, size_t len)
{
    void *bytes = calloc(1, len);
    (void)count(context, bytes != NULL);
    return bytes;
}

static void
heap_free(void *context, void *bytes, size_t len)
{
    (void)len;
    uncount(context);
    free(bytes);
}

static bool
reserve(uint64_t len, uint8_t **base)
{
    void *at =
        mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return false;
    *base = at;
    return true;
}

// A page behind memories without guards keeps the next mapping away from their end.
static uint64_t
memory_reach(uint64_t max, bool is_guarded)
{
    uint64_t room = max + WASM_PAGE_SIZE;
    return is_guarded && room < MEMORY_REACH ? MEMORY_REACH : room;
}

static bool
memory_reserve(void *context, uint64_t max, bool is_guarded, uint8_t **base)
{
    return count(context, reserve(memory_reach(max, is_guarded), base));
}

static bool
memory_commit(void *context, uint8_t *base, uint64_t old_len, uint64_t new_len)
{
    (void)context;
    return mprotect(base + old_len, new_len - old_len, PROT_READ | PROT_WRITE) == 0;
}

static void
memory_release(void *context, uint8_t *base, uint64_t len, uint64_t max, bool is_guarded)
{
    (void)len;
    uncount(context);
    munmap(base, memory_reach(max, is_guarded));
}

static bool
code_reserve(void *context, size_t room, uint8_t **base)
{
    return count(context, reserve(room, base));
}

static bool
code_commit(void *context, uint8_t *base, size_t old_len, size_t new_len)
{
    (void)context;
    return mprotect(base + old_len, new_len - old_len, PROT_READ | PROT_WRITE) == 0;
}

static bool
code_seal(void *context, uint8_t *base, size_t len)
{
    (void)context;
    return mprotect(base, len, PROT_READ | PROT_EXEC) == 0;
}

static void
code_release(void *context, uint8_t *base, size_t len, size_t room)
{
    (void)len;
    uncount(context);
    munmap(base, room);
}

// ---- Faults ----

#define MOST_BEFORE 8

// A signal, and what it did before: the newest last. The application may install handlers
// of its own between two engines, so there may be several, and one of them may pass on to
// ours what we passed on to it.
struct signal {
    int number;
    _Atomic uint32_t count;
    struct sigaction before[MOST_BEFORE];
};
static struct signal signals[] = {
    {.number = SIGSEGV}, {.number = SIGBUS}, {.number = SIGILL}, {.number = SIGFPE}};
#define SIGNAL_COUNT (sizeof(signals) / sizeof(signals[0]))
static pthread_mutex_t signals_lock = PTHREAD_MUTEX_INITIALIZER; // of installing

// The signal that is being passed on in this thread. A handler that is left by a jump
// leaves this as it is: another signal, even with its context at the same place, does not
// come from a deeper frame.
struct passing {
    const void *context;
    uintptr_t frame;
    uint32_t level; // how many of those before have had it
};
static _Thread_local SIGNAL_SAFE struct passing passing;

// A fault comes again when its instruction does, and that is the end; what somebody sent
// does not.
static void
end_process(int number, const siginfo_t *info)
{
    signal(number, SIG_DFL);
    if (info->si_code <= 0)
        raise(number);
}

static void
run_action(const struct sigaction *action, int number, siginfo_t *info, void *context)
{
    sigset_t own;
    sigemptyset(&own);
    sigaddset(&own, number);
    pthread_sigmask(SIG_BLOCK, &action->sa_mask, NULL);
    if (action->sa_flags & SA_NODEFER)
        pthread_sigmask(SIG_UNBLOCK, &own, NULL);
    if (action->sa_flags & SA_SIGINFO)
        action->sa_sigaction(number, info, context);
    else
        action->sa_handler(number);
}

static void
pass_on(int number, siginfo_t *info, void *context)
{
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    bool is_back = passing.context == context && frame < passing.frame;
    passing = (struct passing){context, frame, is_back ? passing.level + 1 : 0};
    const struct signal *it = signals;
    while (it->number != number)
        it++;
    if (passing.level >= it->count) {
        end_process(number, info);
        return;
    }
    const struct sigaction *action = &it->before[it->count - 1 - passing.level];
    bool is_plain = !(action->sa_flags & SA_SIGINFO);
    if (is_plain && action->sa_handler == SIG_IGN && info->si_code <= 0)
        return;
    if (is_plain && (action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN))
        end_process(number, info);
    else
        run_action(action, number, info, context);
}

static void
handle_fault(int number, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    bool is_memory = number == SIGSEGV || number == SIGBUS;
    struct wasm_fault fault = {
        .pc = (uint64_t)regs[REG_RIP],
        .sp = (uint64_t)regs[REG_RSP],
        .fp = (uint64_t)regs[REG_RBP],
        .address = is_memory ? (uint64_t)info->si_addr : 0,
        .is_memory = is_memory,
    };
    // What a process sent is no fault, wherever it came upon the code.
    if (info->si_code <= 0 || !faulting_store ||
        !wasm_store_fault(faulting_store, &fault)) {
        pass_on(number, info, context);
        return;
    }
    regs[REG_RIP] = (greg_t)fault.pc;
    regs[REG_RSP] = (greg_t)fault.sp;
    regs[REG_RBP] = (greg_t)fault.fp;
    regs[REG_RDI] = (greg_t)fault.arg0;
}

static bool
is_same(const struct sigaction *a, const struct sigaction *b)
{
    return a->sa_sigaction == b->sa_sigaction && a->sa_flags == b->sa_flags;
}

static bool
install_handler(struct signal *it)
{
    struct sigaction now,
        action = {.sa_sigaction = handle_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    if (sigaction(it->number, NULL, &now) != 0)
        return false;
    if (now.sa_sigaction == handle_fault)
        return true;
    uint32_t count = it->count;
    if (count == 0 || !is_same(&now, &it->before[count - 1])) {
        count += count < MOST_BEFORE;
        it->before[count - 1] = now;
        it->count = count;
    }
    return sigaction(it->number, &action, NULL) == 0;
}

static bool
install_handlers(void)
{
    bool ok = true;
    pthread_mutex_lock(&signals_lock);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        ok &= install_handler(&signals[i]);
    pthread_mutex_unlock(&signals_lock);
    return ok;
}

bool
native_port_init(struct native_port *port)
{
    *port = (struct native_port){.port = {
                                     .context = port,
                                     .heap_alloc = heap_alloc,
                                     .heap_free = heap_free,
                                     .memory_reserve = memory_reserve,
                                     .memory_commit = memory_commit,
                                     .memory_release = memory_release,
                                     .memory_wait = parking_wait,
                                     .memory_notify = parking_notify,
                                     .code_reserve = code_reserve,
                                     .code_commit = code_commit,
                                     .code_seal = code_seal,
                                     .code_release = code_release,
                                 }};
    return install_handlers();
}

bool
native_port_enter(void *stack)
{
    stack_t alternate = {.ss_sp = stack, .ss_size = NATIVE_PORT_SIGNAL_STACK};
    return sigaltstack(&alternate, &stack_before) == 0;
}

void
native_port_leave(void)
{
    (void)sigaltstack(&stack_before, NULL);
}

void
native_port_use(struct wasm_store *store)
{
    faulting_store = store;
}

uintptr_t
native_port_stack_limit(void)
{
    return (uintptr_t)__builtin_frame_address(0) - STACK_DEPTH;
}
