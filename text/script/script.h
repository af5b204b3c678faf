// SPDX-License-Identifier: Apache-2.0
//
// Specification scripts: the commands, as data, and the executor.
//
//   front end (text, or the suite's JSON) -> struct script_command -> script_run
//
// Nothing here knows the platform; what is needed from below is in struct script_host.
#pragma once

#include "engine/engine.h"
#include "text/script/value.h"

// Threads inside threads.
#define SCRIPT_LIMIT_THREAD_DEPTH 8u

struct script_position {
    uint32_t line;   // from 1
    uint32_t column; // from 1, in characters; 0: not known
};

// ---- Commands ----

enum script_command_kind {
    SCRIPT_END,      // there are no more
    SCRIPT_BROKEN,   // no command: `text` says what is wrong
    SCRIPT_MODULE,   // define, and instantiate unless it is only a definition
    SCRIPT_INSTANCE, // instantiate the definition `other` as `name`
    SCRIPT_REGISTER, // instance `name` as `other`
    SCRIPT_ACTION,
    SCRIPT_ASSERT_RETURN,
    SCRIPT_ASSERT_TRAP,
    SCRIPT_ASSERT_EXHAUSTION,
    SCRIPT_ASSERT_EXCEPTION,
    SCRIPT_ASSERT_MALFORMED,
    SCRIPT_ASSERT_MALFORMED_CUSTOM,
    SCRIPT_ASSERT_INVALID,
    SCRIPT_ASSERT_INVALID_CUSTOM,
    SCRIPT_ASSERT_UNLINKABLE,
    SCRIPT_ASSERT_UNINSTANTIABLE, // assert_trap of a module
    SCRIPT_THREAD,                // `name` runs `body`, sharing instance `other`
    SCRIPT_WAIT,                  // for thread `name`
};

struct script_module {
    bool is_text;       // of a module, or fields of one; else binary
    bool is_definition; // do not instantiate
    const char *bytes;  // valid until the next command is read
    size_t len;
    struct script_position at; // of a text that stands in the script; else line 0
};

struct script_action {
    bool is_get; // of a global; else a function is invoked
    struct wasm_name module;
    struct wasm_name field;
    const struct script_value *args;
    uint32_t arg_count;
};

// The commands of a thread: something that the front end can open again, from any thread
// and as long as the script is there.
struct script_body {
    const void *start;
    const void *end;
    const void *context; // what else the front end has to know
    struct script_position at;
};

// Everything in it is valid until the next command is read. Names are "$name" or empty.
struct script_command {
    enum script_command_kind kind;
    struct script_position at;
    struct wasm_name name;
    struct wasm_name other;
    struct script_module module;
    struct script_action action;
    const struct script_value *results; // patterns, see value.h
    uint32_t result_entries;            // array entries, not results
    struct wasm_name text;              // the failure that is expected
    struct script_body body;
};

bool script_is_assertion(enum script_command_kind kind);
const char *script_command_name(enum script_command_kind kind); // "assert_return"

// Where commands come from.
struct script_source {
    // Makes a reader of a body's commands; NULL: no memory. Thread-safe.
    void *(*open)(const struct wasm_port *port, struct script_body body);
    // Reads the next command; behind the last one it is SCRIPT_END for ever.
    void (*next)(void *reader, struct script_command *out);
    void (*close)(void *reader);
    // Makes a binary module of one that is text: *len bytes in a block of the port's heap
    // that is one byte longer. NULL, with *error and the place in the script (or the
    // quoted text): it is malformed. May be NULL where there is no text.
    uint8_t *(*encode)(const struct wasm_port *port, const struct script_module *module,
                       size_t *len, struct wasm_error *error, struct script_position *at);
    // Where byte `offset` of what `encode` makes comes from. False: not known. May be
    // NULL.
    bool (*locate)(const struct wasm_port *port, const struct script_module *module,
                   size_t offset, struct script_position *at);
};

// ---- Running ----

struct script_totals {
    uint32_t passed; // assertions
    uint32_t failed; // and other commands
    uint32_t skipped;
};

// All functions are called with `context` first, from the thread that runs the commands.
struct script_host {
    void *context;
    const struct wasm_port *port;
    // How the stores of the calling thread are made. Store and limits are set anew for
    // each thread.
    struct wasm_store_config (*store_config)(void *context);
    // From now on faults of this thread are the store's; NULL: nobody's.
    void (*use_store)(void *context, struct wasm_store *store);
    // A command is about to run; NULL: nobody wants to know.
    void (*begin)(void *context, struct script_position at);
    // A command failed, as `text` says. is_unsupported: because the engine refuses a
    // feature by name. Returns whether that is expected: then it counts as skipped.
    bool (*failed)(void *context, struct script_position at, bool is_unsupported,
                   const char *text);
    // A line that a print function of spectest wrote; NULL: nobody wants it.
    void (*print)(void *context, const char *line);
    // Runs run(argument) in a thread of its own; NULL: no thread. The pointer itself is
    // NULL where there are none.
    void *(*thread_start)(void *context, void (*run)(void *argument), void *argument);
    // Waits for its end, and forgets it.
    void (*thread_join)(void *context, void *thread);
};

// Runs all commands of a script, which stays valid, in one store, and gives back all that
// it made. What fails does not stop the rest.
void script_run(const struct script_host *host, const struct script_source *source,
                struct script_body script, struct script_totals *totals);
