// SPDX-License-Identifier: Apache-2.0
//
// Modules at the limits of the engine and beyond, each with what must come of it.
#pragma once

#include "engine/engine.h"
#include "test/limits/builder.h"

enum outcome {
    RETURNS,   // compiles; function 0 is called with zeros and returns
    EXHAUSTS,  // likewise, but traps with "call stack exhausted"
    COMPILES,  // and instantiates
    REFUSED,   // at instantiation, for want of memory, or by name when it compiles
    MALFORMED, // does not compile, with this error
    INVALID,
    UNSUPPORTED,
};

struct limit_case {
    const char *name;
    void (*build)(struct builder *b, uint32_t n);
    uint32_t n; // what `build` makes of it is up to it
    enum outcome outcome;
};

// All end with an entry without a name.
extern const struct limit_case body_cases[];
extern const struct limit_case section_cases[];
extern const struct limit_case feature_cases[];
