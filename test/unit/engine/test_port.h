// SPDX-License-Identifier: Apache-2.0
//
// The engine's port on a Linux process, for test programs: counts what is allocated, lets
// a chosen allocation fail, and turns signals into traps of one store at a time.
#pragma once

#include "engine/engine.h"

struct test_port {
    struct wasm_port port;
    _Atomic uint64_t requests; // for heap, linear memory or code, so far
    uint64_t fail_at;          // the request of this number (from 1) fails; 0: none does
    _Atomic uint64_t live;     // blocks, memories and code areas not given back
    _Atomic uint64_t heap_len; // bytes of heap in use
    _Atomic uint64_t heap_peak;
};

// Fills *port and installs the signal handlers on a stack of
// their own. The struct must stay where it is. Returns &port->port.
const struct wasm_port *test_port_init(struct test_port *port);

// The store whose code faults in this thread from now on; NULL: none. Other faults kill
// the process.
void test_port_set_store(struct wasm_store *store);

// A limit some MiB below the caller's frame, for struct wasm_store_config.
uintptr_t test_port_stack_limit(void);
