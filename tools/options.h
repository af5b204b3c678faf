// SPDX-License-Identifier: Apache-2.0
//
// The command line of `selkis run`.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum platform { PLATFORM_ANY, PLATFORM_VM, PLATFORM_HOST };
enum accel { ACCEL_ANY, ACCEL_KVM, ACCEL_TCG };

// --dir HOST[::GUEST][:ro]
struct grant_dir {
    char *host; // guest points into it
    const char *guest;
    bool read_only;
};

struct run_options {
    enum platform platform;
    enum accel accel;
    bool icount;
    bool perf; // tell perf, gdb of compiled functions
    bool gdb;
    uint64_t memory_len; // bytes, whole pages
    uint64_t timeout_ns; // 0: none
    const char *invoke;  // NULL: the start function
    struct grant_dir *dirs;
    uint32_t dir_count;
    char **envs; // K=V
    uint32_t env_count;
    char *const *args; // args[0] is APP.wasm
    uint32_t arg_count;
};

enum options_result { OPTIONS_OK, OPTIONS_HELP, OPTIONS_ERROR };

// Reads the words after `run`; invoke and args point to them. OPTIONS_ERROR: the message
// has been printed. *out needs options_fini in any case.
enum options_result options_parse(int argc, char *const *argv, struct run_options *out);
void options_fini(struct run_options *options);

// "512M", "64K", "2G", "4096" to bytes; "500ms", "2s", "1.5s", "1m", "10" (seconds) to
// nanoseconds. False: not such a text, or too large.
bool options_size(const char *text, uint64_t *bytes);
bool options_duration(const char *text, uint64_t *ns);
