// SPDX-License-Identifier: Apache-2.0
//
// Waiting for a notification at an address of a shared memory. #threads: the proposal's
// memory.atomic.wait and notify. The port sleeps and wakes; without it there is one
// thread, which nobody wakes.
#include "engine/invoke.h"
#include "engine/store.h"

enum {
    NOT_EQUAL = 1,
    TIMED_OUT = 2,
};

static struct wasm_memory *
check(struct wasm_instance *instance, uint32_t index, uint64_t address, uint32_t width)
{
    struct wasm_memory *memory = wasm_instance_memories(instance)[index];
    if (address % width)
        wasm_trap_raise(instance->store, WASM_TRAP_UNALIGNED_ATOMIC);
    if (!wasm_is_inside(address, width, wasm_memory_len(memory)))
        wasm_trap_raise(instance->store, WASM_TRAP_MEMORY_BOUNDS);
    return memory;
}

static uint64_t
load(const uint8_t *at, uint32_t width)
{
    return width == 4
               ? __atomic_load_n((const uint32_t *)(const void *)at, __ATOMIC_SEQ_CST)
               : __atomic_load_n((const uint64_t *)(const void *)at, __ATOMIC_SEQ_CST);
}

static uint32_t
wait(struct wasm_instance *instance, uint32_t index, uint64_t address, uint32_t width,
     uint64_t expected, int64_t timeout_ns)
{
    struct wasm_memory *memory = check(instance, index, address, width);
    if (!memory->limits.is_shared)
        wasm_trap_raise(instance->store, WASM_TRAP_EXPECTED_SHARED);
    const struct wasm_port *port = instance->store->port;
    uint8_t *at = memory->base + address;
    if (port->memory_wait)
        return port->memory_wait(port->context, at, width, expected, timeout_ns);
    return load(at, width) == expected ? TIMED_OUT : NOT_EQUAL;
}

uint32_t
wasm_memory_wait32(struct wasm_instance *instance, uint32_t memory, uint64_t address,
                   uint32_t expected, int64_t timeout_ns)
{
    return wait(instance, memory, address, 4, expected, timeout_ns);
}

uint32_t
wasm_memory_wait64(struct wasm_instance *instance, uint32_t memory, uint64_t address,
                   uint64_t expected, int64_t timeout_ns)
{
    return wait(instance, memory, address, 8, expected, timeout_ns);
}

// On a memory that is not shared nobody waits.
uint32_t
wasm_memory_notify(struct wasm_instance *instance, uint32_t index, uint64_t address,
                   uint32_t count)
{
    struct wasm_memory *memory = check(instance, index, address, 4);
    const struct wasm_port *port = instance->store->port;
    if (!memory->limits.is_shared || !port->memory_notify)
        return 0;
    return port->memory_notify(port->context, memory->base + address, count);
}
