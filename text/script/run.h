// SPDX-License-Identifier: Apache-2.0
//
// The executor's parts. A runner is one thread's: its environment, the command at hand,
// and what it counted.
#pragma once

#include "text/script/environment.h"
#include "text/script/script.h"

struct script_thread;

struct script_runner {
    const struct script_host *host;
    const struct script_source *source;
    struct script_environment env;
    struct script_totals totals;
    struct script_command command;
    struct script_thread *threads; // started and not waited for, newest first
    uint32_t depth;                // threads that this one is inside of
};

// What becomes of a command.
void runner_pass(struct script_runner *run);
void runner_skip(struct script_runner *run);
// Reports the failure, or skips the command when it is expected; returns whether it is.
// `code`: why the engine refused a module, or WASM_OK when it refused none.
bool runner_fail(struct script_runner *run, enum wasm_error_code code, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));

// Whether a trap's message is the one that the script expects.
bool runner_trap_matches(const char *message, struct wasm_name expected);
const char *runner_trap_message(const struct wasm_trap *trap);

// Reads and runs commands until the script ends.
void runner_run(struct script_runner *run, struct script_body body);

// module.c, action.c, thread.c: one function for each kind of command.
void run_module(struct script_runner *run);
void run_instance(struct script_runner *run);
void run_register(struct script_runner *run);
void run_assert_malformed(struct script_runner *run);
void run_assert_invalid(struct script_runner *run);
void run_assert_custom(struct script_runner *run);
void run_assert_unlinkable(struct script_runner *run);
void run_assert_uninstantiable(struct script_runner *run);
void run_action(struct script_runner *run);
void run_assert_return(struct script_runner *run);
void run_assert_trap(struct script_runner *run);
void run_assert_exception(struct script_runner *run);
void run_thread(struct script_runner *run);
void run_wait(struct script_runner *run);
// Waits for all threads that are left.
void runner_join_all(struct script_runner *run);
