// SPDX-License-Identifier: Apache-2.0
//
// The modules that cases are made of.
#pragma once

#include <stdbool.h>

#include "test/fuzz/mutate.h"

struct seeds {
    struct bytes *modules; // each in a block of its own
    size_t count;
    size_t whole_count; // the first of them compile
    size_t room;
};

// Adds the file, or all *.wasm files below the folder in the order of their names. False,
// after a message to stderr, when something cannot be read.
bool seeds_add(struct seeds *seeds, const char *path);
// Puts those that compile first; for when all are added.
void seeds_sort(struct seeds *seeds);

void seeds_fini(struct seeds *seeds);
