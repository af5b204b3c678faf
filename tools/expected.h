// SPDX-License-Identifier: Apache-2.0
//
// The list of what is not expected to pass in specification scripts, one entry a line:
//
//   core/elem:123  reason    the command of this line may fail; with .wast, too
//   core/ref       reason    modules of this script may be refused as unsupported; in
//                            folders that are not ours for any reason
//
// What depends on a module that is absent for a listed reason is skipped with it. An
// entry that nothing needed is an error, so that the list stays true. '#' starts a
// comment.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct expected_entry {
    char script[64];
    uint32_t line; // 0: the whole script
    bool is_tried; // its script was run
    bool is_used;  // and it was needed
};

// Lies in memory that forked children share, because they mark entries as used.
struct expected {
    uint32_t count;
    struct expected_entry entries[1000];
};

// Reads the file. NULL, after a message to stderr, when it cannot be read.
struct expected *expected_read(const char *path);

// `script` is a name like those of the list, or a longer path that ends with one: the
// entry core/ref is for spec/core/ref too.

// Marks the script's entries as tried.
void expected_try(struct expected *list, const char *script);
// Whether there is an entry for the line, or with line 0 for the whole script; marks it.
bool expected_use(struct expected *list, const char *script, uint32_t line);
// Prints the entries that were tried in vain, and returns how many.
uint32_t expected_print_unused(const struct expected *list);
