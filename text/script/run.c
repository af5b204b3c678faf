// SPDX-License-Identifier: Apache-2.0
#include "text/script/run.h"

#include <stdarg.h>

#include "base/fmt.h"
#include "base/string.h"

static void
run_broken(struct script_runner *run)
{
    (void)runner_fail(run, WASM_OK, "%.*s", (int)run->command.text.len,
                      run->command.text.bytes);
}

static const struct command {
    const char *name;
    void (*run)(struct script_runner *run);
    bool is_assertion;
} commands[] = {
    [SCRIPT_BROKEN] = {"script", run_broken, false},
    [SCRIPT_MODULE] = {"module", run_module, false},
    [SCRIPT_INSTANCE] = {"module instance", run_instance, false},
    [SCRIPT_REGISTER] = {"register", run_register, false},
    [SCRIPT_ACTION] = {"action", run_action, false},
    [SCRIPT_ASSERT_RETURN] = {"assert_return", run_assert_return, true},
    [SCRIPT_ASSERT_TRAP] = {"assert_trap", run_assert_trap, true},
    [SCRIPT_ASSERT_EXHAUSTION] = {"assert_exhaustion", run_assert_trap, true},
    [SCRIPT_ASSERT_EXCEPTION] = {"assert_exception", run_assert_exception, true},
    [SCRIPT_ASSERT_MALFORMED] = {"assert_malformed", run_assert_malformed, true},
    [SCRIPT_ASSERT_MALFORMED_CUSTOM] = {"assert_malformed_custom", run_assert_custom,
                                        true},
    [SCRIPT_ASSERT_INVALID] = {"assert_invalid", run_assert_invalid, true},
    [SCRIPT_ASSERT_INVALID_CUSTOM] = {"assert_invalid_custom", run_assert_custom, true},
    [SCRIPT_ASSERT_UNLINKABLE] = {"assert_unlinkable", run_assert_unlinkable, true},
    [SCRIPT_ASSERT_UNINSTANTIABLE] = {"assert_trap", run_assert_uninstantiable, true},
    [SCRIPT_THREAD] = {"thread", run_thread, false},
    [SCRIPT_WAIT] = {"wait", run_wait, false},
};

bool
script_is_assertion(enum script_command_kind kind)
{
    return commands[kind].is_assertion;
}

const char *
script_command_name(enum script_command_kind kind)
{
    return commands[kind].name;
}

// ---- What becomes of a command ----

void
runner_pass(struct script_runner *run)
{
    run->totals.passed += script_is_assertion(run->command.kind);
}

void
runner_skip(struct script_runner *run)
{
    run->totals.skipped += script_is_assertion(run->command.kind);
}

bool
runner_fail(struct script_runner *run, enum wasm_error_code code, const char *format, ...)
{
    char text[1000];
    size_t len =
        fmt_string(text, sizeof(text), "%s: ", script_command_name(run->command.kind));
    va_list args;
    va_start(args, format);
    (void)fmt_string_v(text + len, sizeof(text) - len, format, args);
    va_end(args);
    if (run->host->failed(run->host->context, run->command.at, code == WASM_UNSUPPORTED,
                          text)) {
        runner_skip(run);
        return true;
    }
    run->totals.failed++;
    return false;
}

const char *
runner_trap_message(const struct wasm_trap *trap)
{
    return trap->code == WASM_TRAP_HOST ? trap->host_message : wasm_trap_text(trap->code);
}

// Trap messages of this engine name no index: where "uninitialized element 2" is
// expected, "uninitialized element" will do.
bool
runner_trap_matches(const char *message, struct wasm_name expected)
{
    uint32_t at = 0;
    while (at < expected.len && message[at] && message[at] == expected.bytes[at])
        at++;
    if (at == expected.len)
        return true;
    if (message[at] || expected.bytes[at] != ' ' || at + 1 == expected.len)
        return false;
    for (at++; at < expected.len; at++) {
        if (expected.bytes[at] < '0' || expected.bytes[at] > '9')
            return false;
    }
    return true;
}

// ---- The script ----

void
runner_run(struct script_runner *run, struct script_body body)
{
    void *reader = run->source->open(run->host->port, body);
    if (!reader) {
        run->command = (struct script_command){.kind = SCRIPT_BROKEN, .at = body.at};
        (void)runner_fail(run, WASM_OK, "out of memory");
        return;
    }
    for (;;) {
        run->source->next(reader, &run->command);
        if (run->command.kind == SCRIPT_END)
            break;
        if (run->host->begin)
            run->host->begin(run->host->context, run->command.at);
        commands[run->command.kind].run(run);
    }
    runner_join_all(run);
    run->source->close(reader);
}

void
script_run(const struct script_host *host, const struct script_source *source,
           struct script_body script, struct script_totals *totals)
{
    struct script_runner run = {.host = host, .source = source};
    run.command = (struct script_command){.kind = SCRIPT_BROKEN, .at = script.at};
    if (environment_init(&run.env, host))
        runner_run(&run, script);
    else
        (void)runner_fail(&run, WASM_OK, "out of memory: no store");
    environment_fini(&run.env);
    *totals = run.totals;
}
