// SPDX-License-Identifier: Apache-2.0
#include "test/unit/engine/test_port.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

// Any u32 address plus any u32 offset plus the access itself.
#define MEMORY_REACH ((8ull << 30) + WASM_PAGE_SIZE)
#define STACK_DEPTH  (2ull << 20)

// A signal handler has no argument of ours.
static _Thread_local struct wasm_store *faulting_store;
static char signal_stack[64 << 10];

static bool
refuse(struct test_port *port)
{
    return ++port->requests == port->fail_at;
}

static void *
heap_alloc(void *context, size_t len)
{
    struct test_port *port = context;
    void *bytes = refuse(port) ? NULL : calloc(1, len);
    if (bytes) {
        port->live++;
        port->heap_len += len;
        if (port->heap_peak < port->heap_len)
            port->heap_peak = port->heap_len;
    }
    return bytes;
}

static void
heap_free(void *context, void *bytes, size_t len)
{
    struct test_port *port = context;
    port->live--;
    port->heap_len -= len;
    free(bytes);
}

static bool
reserve(struct test_port *port, size_t len, uint8_t **base)
{
    if (refuse(port))
        return false;
    void *at =
        mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return false;
    port->live++;
    *base = at;
    return true;
}

static bool
commit(struct test_port *port, uint8_t *base, uint64_t old_len, uint64_t new_len)
{
    return !refuse(port) &&
           mprotect(base + old_len, new_len - old_len, PROT_READ | PROT_WRITE) == 0;
}

static uint64_t
memory_reach(uint64_t max, bool is_guarded)
{
    return is_guarded && max < MEMORY_REACH ? MEMORY_REACH : max;
}

static bool
memory_reserve(void *context, uint64_t max, bool is_guarded, uint8_t **base)
{
    return reserve(context, memory_reach(max, is_guarded), base);
}

static bool
memory_commit(void *context, uint8_t *base, uint64_t old_len, uint64_t new_len)
{
    return commit(context, base, old_len, new_len);
}

static void
memory_release(void *context, uint8_t *base, uint64_t len, uint64_t max, bool is_guarded)
{
    (void)len;
    ((struct test_port *)context)->live--;
    munmap(base, memory_reach(max, is_guarded));
}

static bool
code_reserve(void *context, size_t room, uint8_t **base)
{
    return reserve(context, room, base);
}

static bool
code_commit(void *context, uint8_t *base, size_t old_len, size_t new_len)
{
    return commit(context, base, old_len, new_len);
}

static bool
code_seal(void *context, uint8_t *base, size_t len)
{
    return !refuse(context) && mprotect(base, len, PROT_READ | PROT_EXEC) == 0;
}

static void
code_release(void *context, uint8_t *base, size_t len, size_t room)
{
    (void)len;
    ((struct test_port *)context)->live--;
    munmap(base, room);
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
    if (!faulting_store || !wasm_store_fault(faulting_store, &fault)) {
        signal(number, SIG_DFL); // the instruction faults again, and that is the end
        return;
    }
    regs[REG_RIP] = (greg_t)fault.pc;
    regs[REG_RSP] = (greg_t)fault.sp;
    regs[REG_RBP] = (greg_t)fault.fp;
    regs[REG_RDI] = (greg_t)fault.arg0;
}

static void
install_handlers(void)
{
    stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof(signal_stack)};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_sigaction = handle_fault,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        sigaction(numbers[i], &action, NULL);
}

const struct wasm_port *
test_port_init(struct test_port *port)
{
    install_handlers();
    *port = (struct test_port){.port = {
                                   .context = port,
                                   .heap_alloc = heap_alloc,
                                   .heap_free = heap_free,
                                   .memory_reserve = memory_reserve,
                                   .memory_commit = memory_commit,
                                   .memory_release = memory_release,
                                   .code_reserve = code_reserve,
                                   .code_commit = code_commit,
                                   .code_seal = code_seal,
                                   .code_release = code_release,
                               }};
    return &port->port;
}

void
test_port_set_store(struct wasm_store *store)
{
    faulting_store = store;
}

uintptr_t
test_port_stack_limit(void)
{
    return (uintptr_t)__builtin_frame_address(0) - STACK_DEPTH;
}
