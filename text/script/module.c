// SPDX-License-Identifier: Apache-2.0
//
// Commands about modules and instances.
#include "base/fmt.h"
#include "base/string.h"
#include "engine/validate.h"
#include "text/script/run.h"

// What became of a module: how far it came, and why not further.
struct attempt {
    enum wasm_error_code code;
    const char *message;
    bool is_skipped; // it imports from what was skipped
    struct wasm_module *module;
    struct wasm_instance *instance;
    struct wasm_error error;
    struct script_position at; // of an error in text; line 0: none
    bool is_quoted;            // and the text has no place in the script
    struct wasm_trap trap;
};

static const char *
code_name(enum wasm_error_code code)
{
    static const char *const names[] = {
        [WASM_OK] = "no error",           [WASM_MALFORMED] = "malformed",
        [WASM_INVALID] = "invalid",       [WASM_UNSUPPORTED] = "unsupported",
        [WASM_UNLINKABLE] = "unlinkable", [WASM_TRAP] = "trap",
        [WASM_EXCEPTION] = "exception",   [WASM_NO_MEMORY] = "no memory",
    };
    return names[code];
}

static uint8_t *
copy_bytes(const struct script_runner *run, const char *bytes, size_t len)
{
    const struct wasm_port *port = run->host->port;
    uint8_t *copy = port->heap_alloc(port->context, len + 1);
    if (copy && len)
        memcpy(copy, bytes, len);
    return copy;
}

// Text becomes a binary module first. NULL, with attempt->error: it cannot be read.
static uint8_t *
read_module(struct script_runner *run, struct attempt *attempt, size_t *len)
{
    const struct script_module *m = &run->command.module;
    uint8_t *bytes = NULL;
    attempt->error.code = WASM_NO_MEMORY;
    *len = m->len;
    if (!m->is_text) {
        bytes = copy_bytes(run, m->bytes, m->len);
        (void)fmt_string(attempt->error.message, sizeof(attempt->error.message),
                         "out of memory");
    } else if (run->source->encode) {
        bytes =
            run->source->encode(run->host->port, m, len, &attempt->error, &attempt->at);
        attempt->is_quoted = m->at.line == 0;
    } else {
        attempt->error.code = WASM_UNSUPPORTED;
        (void)fmt_string(attempt->error.message, sizeof(attempt->error.message),
                         "unsupported: modules as text");
    }
    if (!bytes)
        attempt->code = attempt->error.code;
    return bytes;
}

static void
load(struct script_runner *run, struct attempt *attempt)
{
    memset(attempt, 0, sizeof(*attempt));
    attempt->message = attempt->error.message;
    size_t len;
    uint8_t *bytes = read_module(run, attempt, &len);
    if (bytes)
        attempt->code = environment_load(&run->env, run->command.name, bytes, len,
                                         &attempt->module, &attempt->error);
    // Only where nobody expects it: it takes as long as encoding.
    if (attempt->error.offset && run->command.module.is_text &&
        run->command.kind == SCRIPT_MODULE && run->source->locate)
        (void)run->source->locate(run->host->port, &run->command.module,
                                  attempt->error.offset, &attempt->at);
}

static void
instantiate(struct script_runner *run, struct attempt *attempt)
{
    if (attempt->code != WASM_OK)
        return;
    attempt->code =
        environment_instantiate(&run->env, attempt->module, &attempt->instance,
                                &attempt->trap, &attempt->error, &attempt->is_skipped);
    if (attempt->code == WASM_TRAP)
        attempt->message = runner_trap_message(&attempt->trap);
    if (attempt->code == WASM_EXCEPTION)
        attempt->message = "the start function threw";
}

// "invalid at offset 12: unknown type"
static void
show_attempt(const struct attempt *attempt, char *out, size_t room)
{
    const char *name = code_name(attempt->code);
    if (attempt->code == WASM_OK)
        (void)fmt_string(out, room, "none");
    else if (attempt->at.line)
        (void)fmt_string(out, room, "%s at %u:%u%s: %s", name, attempt->at.line,
                         attempt->at.column, attempt->is_quoted ? " of the text" : "",
                         attempt->message);
    else if (attempt->error.offset)
        (void)fmt_string(out, room, "%s at offset 0x%lx: %s", name, attempt->error.offset,
                         attempt->message);
    else
        (void)fmt_string(out, room, "%s: %s", name, attempt->message);
}

// The script needs the module. Returns whether its absence is expected.
static bool
require(struct script_runner *run, const struct attempt *attempt)
{
    char shown[300];
    if (attempt->code == WASM_OK || attempt->is_skipped)
        return attempt->is_skipped;
    show_attempt(attempt, shown, sizeof(shown));
    return runner_fail(run, attempt->code, "%s", shown);
}

static void
add_instance(struct script_runner *run, const struct attempt *attempt)
{
    struct script_instance instance = {
        .instance = attempt->instance,
        .is_skipped = require(run, attempt),
    };
    if (!environment_add(&run->env, run->command.name, &instance))
        (void)runner_fail(run, WASM_OK, "out of memory");
}

void
run_module(struct script_runner *run)
{
    struct attempt attempt;
    load(run, &attempt);
    if (run->command.module.is_definition) {
        (void)require(run, &attempt);
        return;
    }
    instantiate(run, &attempt);
    add_instance(run, &attempt);
}

void
run_instance(struct script_runner *run)
{
    struct wasm_name name = run->command.other;
    struct attempt attempt = {.message = attempt.error.message};
    attempt.module = environment_module(&run->env, name);
    if (!attempt.module) {
        attempt.code = WASM_UNSUPPORTED;
        (void)fmt_string(attempt.error.message, sizeof(attempt.error.message),
                         "no module %.*s", (int)name.len, name.bytes);
    }
    instantiate(run, &attempt);
    add_instance(run, &attempt);
}

void
run_register(struct script_runner *run)
{
    struct wasm_name name = run->command.name;
    const struct script_instance *found = environment_instance(&run->env, name);
    if (!found)
        (void)runner_fail(run, WASM_OK, "there is no instance %.*s", (int)name.len,
                          name.bytes);
    else if (!environment_register(&run->env, run->command.other, found))
        (void)runner_fail(run, WASM_OK, "out of memory");
}

// ---- Modules that are to be refused ----

static bool
begins_with(const char *message, struct wasm_name expected)
{
    uint32_t at = 0;
    while (at < expected.len && message[at] && message[at] == expected.bytes[at])
        at++;
    return at == expected.len;
}

// The module must be refused, at this stage and with the words of the script.
static void
judge_refusal(struct script_runner *run, const struct attempt *attempt,
              enum wasm_error_code code)
{
    struct wasm_name expected = run->command.text;
    char shown[300];
    if (attempt->is_skipped) {
        runner_skip(run);
        return;
    }
    if (attempt->code == code &&
        (code == WASM_TRAP ? runner_trap_matches(attempt->message, expected)
                           : begins_with(attempt->message, expected))) {
        runner_pass(run);
        return;
    }
    show_attempt(attempt, shown, sizeof(shown));
    (void)runner_fail(run, attempt->code, "expected %s: \"%.*s\", got %s",
                      code_name(code), (int)expected.len, expected.bytes, shown);
}

void
run_assert_malformed(struct script_runner *run)
{
    struct attempt attempt;
    load(run, &attempt);
    judge_refusal(run, &attempt, WASM_MALFORMED);
}

void
run_assert_invalid(struct script_runner *run)
{
    struct attempt attempt;
    load(run, &attempt);
    judge_refusal(run, &attempt, WASM_INVALID);
}

// What is wrong with a custom section shows when the module is read, whatever it is, or
// when the tool asks for it: the engine itself ignores hints that make no sense.
void
run_assert_custom(struct script_runner *run)
{
    struct attempt attempt;
    load(run, &attempt);
    if (attempt.code == WASM_OK && attempt.module)
        attempt.code = wasm_module_check_hints(attempt.module, &attempt.error);
    bool is_refused = attempt.code == WASM_MALFORMED || attempt.code == WASM_INVALID;
    judge_refusal(run, &attempt, is_refused ? attempt.code : WASM_MALFORMED);
}

static void
judge_instantiation(struct script_runner *run, enum wasm_error_code code)
{
    struct attempt attempt;
    load(run, &attempt);
    instantiate(run, &attempt);
    judge_refusal(run, &attempt, code);
}

void
run_assert_unlinkable(struct script_runner *run)
{
    judge_instantiation(run, WASM_UNLINKABLE);
}

void
run_assert_uninstantiable(struct script_runner *run)
{
    judge_instantiation(run, WASM_TRAP);
}
