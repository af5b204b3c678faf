// SPDX-License-Identifier: Apache-2.0
//
// One case: everything that an embedder does with a module, for any bytes. The module is
// compiled; if that succeeds it is instantiated with imports of the right types and its
// exported functions are called, for a bounded time.
#pragma once

#include "engine/engine.h"
#include "test/fuzz/random.h"

struct target_stats {
    uint64_t compiled;
    uint64_t instantiated;
    uint64_t calls;
    uint64_t traps;
    uint64_t interrupted; // ran out of time in a call
};

// Returns NULL, or what the engine did wrong. May crash instead. Not reentrant.
const char *target_run(struct random *random, const uint8_t *bytes, size_t len,
                       struct target_stats *stats);
