// SPDX-License-Identifier: Apache-2.0
//
// Runs one script of the suite: its commands in order, in one store.
#pragma once

#include "test/spec/exceptions.h"

// What came of it. Lies in memory shared with the parent, so that it survives a crash.
struct report {
    uint32_t passed; // assertions
    uint32_t skipped;
    uint32_t failed; // and other commands
    uint32_t compiled;
    uint32_t unsupported; // modules refused by name
    uint32_t line;        // of the command that is run now
};

struct script {
    const char *folder; // of the .json and .wasm files
    const char *name;   // "core/i32"
    struct exceptions *exceptions;
    // A valid module may be refused as unsupported, and an invalid one with any reason.
    bool is_foreign;
    struct report *report;
};

// Prints a line for each failure. Counts one when the script itself cannot be read.
void script_run(const struct script *script);
