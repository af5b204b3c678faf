// SPDX-License-Identifier: Apache-2.0
//
// The engine's port on a Linux process, for commands that run modules in this very
// process: memory by mmap, traps by signals. Each thread that runs compiled code enters
// the port and names the store whose code faults there.
#pragma once

#include "engine/engine.h"

struct native_port {
    struct wasm_port port; // hand this to the engine
    _Atomic uint64_t live; // blocks, memories and code areas not given back
};

// Fills *port, which stays where it is, and installs the process's signal handlers. What
// is no trap goes to the handler that was there before. False: they cannot be.
bool native_port_init(struct native_port *port);

// Gives the calling thread a stack for signal handlers: `bytes` at `stack`, which stay
// until it leaves. False: it cannot be.
#define NATIVE_PORT_SIGNAL_STACK (64u << 10)
bool native_port_enter(void *stack);
// Before the thread ends: gives back the stack that was there before.
void native_port_leave(void);

// The store whose code faults in the calling thread from now on; NULL: none.
void native_port_use(struct wasm_store *store);

// A limit for struct wasm_store_config some MiB below the caller's frame. Threads need
// stacks of NATIVE_PORT_STACK bytes.
#define NATIVE_PORT_STACK (4u << 20)
uintptr_t native_port_stack_limit(void);
