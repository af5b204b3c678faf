// SPDX-License-Identifier: Apache-2.0
#include "test/spec/script.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/spec/action.h"
#include "test/spec/file.h"
#include "test/spec/value.h"

struct run {
    const struct script *script;
    struct environment env;
    const struct json *command;
    bool is_assertion; // only these count as passed or skipped
};

// ---- What comes of a command ----

static void
pass(struct run *run)
{
    run->script->report->passed += run->is_assertion;
}

static void
skip(struct run *run)
{
    run->script->report->skipped += run->is_assertion;
}

// Whether the failure of this command is an expected one. `code`: why the engine refused
// a module, or WASM_OK when it refused none.
static bool
is_expected(const struct run *run, enum wasm_error_code code)
{
    const struct script *script = run->script;
    bool is_refused = code == WASM_MALFORMED || code == WASM_INVALID;
    if (exceptions_use(script->exceptions, script->name, script->report->line))
        return true;
    if (script->is_foreign && code == WASM_UNSUPPORTED)
        return true;
    return (code == WASM_UNSUPPORTED || (script->is_foreign && is_refused)) &&
           exceptions_use(script->exceptions, script->name, 0);
}

// Prints and counts the failure, or skips the command when it is expected; returns
// whether it is.
__attribute__((format(printf, 3, 4))) static bool
fail(struct run *run, enum wasm_error_code code, const char *format, ...)
{
    const struct script *script = run->script;
    if (is_expected(run, code)) {
        skip(run);
        return true;
    }
    printf("%s:%u: %s: ", script->name, script->report->line,
           json_member_string(run->command, "type"));
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
    script->report->failed++;
    return false;
}

// As the reference interpreter has it: the expected text is how the message begins.
static bool
begins_with(const char *message, const char *expected)
{
    return strncmp(message, expected, strlen(expected)) == 0;
}

// Trap messages of this engine name no index: where "uninitialized element 2" is
// expected, "uninitialized element" will do.
static bool
trap_matches(const char *message, const char *expected)
{
    size_t len = strlen(message);
    if (begins_with(message, expected))
        return true;
    return begins_with(expected, message) && expected[len] == ' ' &&
           strspn(expected + len + 1, "0123456789") == strlen(expected + len + 1);
}

static const char *
trap_message(const struct wasm_trap *trap)
{
    return trap->code == WASM_TRAP_HOST ? trap->host_message : wasm_trap_text(trap->code);
}

static const char *
code_name(enum wasm_error_code code)
{
    static const char *const names[] = {
        [WASM_OK] = "no error",           [WASM_MALFORMED] = "malformed",
        [WASM_INVALID] = "invalid",       [WASM_UNSUPPORTED] = "unsupported",
        [WASM_UNLINKABLE] = "unlinkable", [WASM_TRAP] = "trap",
        [WASM_NO_MEMORY] = "no memory",
    };
    return code < sizeof(names) / sizeof(names[0]) ? names[code] : "no known error";
}

// ---- Modules ----

// What became of a module: how far it came, and why not further.
struct attempt {
    enum wasm_error_code code;
    const char *message;
    bool is_skipped; // it imports from what was skipped
    struct wasm_module *module;
    struct wasm_instance *instance;
    struct wasm_error error;
    struct wasm_trap trap;
};

static void
load(struct run *run, struct attempt *attempt)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s", run->script->folder,
             json_member_string(run->command, "filename"));
    memset(attempt, 0, sizeof(*attempt));
    attempt->message = attempt->error.message;
    attempt->code =
        environment_load(&run->env, path, json_member_string(run->command, "name"),
                         &attempt->module, &attempt->error);
    run->script->report->compiled += attempt->code == WASM_OK;
    run->script->report->unsupported += attempt->code == WASM_UNSUPPORTED;
}

static void
instantiate(struct run *run, struct attempt *attempt)
{
    if (attempt->code != WASM_OK)
        return;
    attempt->code =
        environment_instantiate(&run->env, attempt->module, &attempt->instance,
                                &attempt->trap, &attempt->error, &attempt->is_skipped);
    if (attempt->code == WASM_TRAP)
        attempt->message = trap_message(&attempt->trap);
}

// The script needs the module. Returns whether its absence is expected.
static bool
require(struct run *run, const struct attempt *attempt)
{
    if (attempt->code == WASM_OK || attempt->is_skipped)
        return attempt->is_skipped;
    return fail(run, attempt->code, "%s at %llu: %s", code_name(attempt->code),
                (unsigned long long)attempt->error.offset, attempt->message);
}

static void
add_instance(struct run *run, const struct attempt *attempt)
{
    environment_add(&run->env, (struct named_instance){
                                   .name = json_member_string(run->command, "name"),
                                   .instance = attempt->instance,
                                   .is_skipped = require(run, attempt),
                               });
}

static void
run_module(struct run *run)
{
    struct attempt attempt;
    load(run, &attempt);
    instantiate(run, &attempt);
    add_instance(run, &attempt);
}

static void
run_module_definition(struct run *run)
{
    struct attempt attempt;
    load(run, &attempt);
    require(run, &attempt);
}

static void
run_module_instance(struct run *run)
{
    struct attempt attempt = {.message = attempt.error.message};
    attempt.module =
        environment_module(&run->env, json_member_string(run->command, "module"));
    attempt.is_skipped = attempt.module == NULL && run->script->is_foreign;
    if (!attempt.module)
        attempt.code = WASM_UNSUPPORTED;
    instantiate(run, &attempt);
    add_instance(run, &attempt);
}

static void
run_register(struct run *run)
{
    const struct named_instance *found =
        environment_instance(&run->env, json_member_string(run->command, "name"));
    if (!found) {
        fail(run, WASM_OK, "no such instance");
        return;
    }
    struct named_instance registered = *found;
    registered.name = json_member_string(run->command, "as");
    environment_register(&run->env, registered);
}

// The module must be refused, at this stage and with the words of the script.
static void
judge_refusal(struct run *run, const struct attempt *attempt, enum wasm_error_code code)
{
    const char *expected = json_member_string(run->command, "text");
    if (attempt->is_skipped)
        skip(run);
    else if (attempt->code == code &&
             (code == WASM_TRAP ? trap_matches(attempt->message, expected)
                                : begins_with(attempt->message, expected)))
        pass(run);
    else
        fail(run, attempt->code, "expected %s \"%s\", got %s at %llu: %s",
             code_name(code), expected, code_name(attempt->code),
             (unsigned long long)attempt->error.offset, attempt->message);
}

static void
judge_module(struct run *run, enum wasm_error_code code)
{
    struct attempt attempt;
    load(run, &attempt);
    bool is_refused = attempt.code == WASM_MALFORMED || attempt.code == WASM_INVALID;
    if (run->script->is_foreign && is_refused)
        pass(run);
    else
        judge_refusal(run, &attempt, code);
}

// The scripts' quoted text is for parsers of the text format.
static void
run_assert_malformed(struct run *run)
{
    if (strcmp(json_member_string(run->command, "module_type"), "text") == 0)
        skip(run);
    else
        judge_module(run, WASM_MALFORMED);
}

static void
run_assert_invalid(struct run *run)
{
    judge_module(run, WASM_INVALID);
}

static void
judge_instantiation(struct run *run, enum wasm_error_code code)
{
    struct attempt attempt;
    load(run, &attempt);
    instantiate(run, &attempt);
    judge_refusal(run, &attempt, code);
}

static void
run_assert_unlinkable(struct run *run)
{
    judge_instantiation(run, WASM_UNLINKABLE);
}

static void
run_assert_uninstantiable(struct run *run)
{
    judge_instantiation(run, WASM_TRAP);
}

// ---- Actions ----

// Runs the command's action. NULL: there is nothing to judge, and that has been counted.
static const struct action_result *
act(struct run *run)
{
    static struct action_result result;
    const struct json *action = json_member(run->command, "action");
    const struct named_instance *target =
        environment_instance(&run->env, json_member_string(action, "module"));
    if (target && target->is_skipped) {
        skip(run);
        return NULL;
    }
    if (!target || !target->instance) {
        fail(run, WASM_OK, "no such instance");
        return NULL;
    }
    action_run(&run->env, target->instance, action, &result);
    if (result.problem) {
        fail(run, WASM_OK, "%s: %s", json_member_string(action, "field"), result.problem);
        return NULL;
    }
    return &result;
}

static void
judge_result(struct run *run, const struct action_result *result)
{
    const struct json *list = json_member(run->command, "expected");
    const struct json *expected = list ? list->first : NULL;
    const char *field = json_member_string(json_member(run->command, "action"), "field");
    char got[64], wanted[64];
    for (uint32_t i = 0; i < result->count && expected; i++, expected = expected->next) {
        if (value_matches(expected, result->types[i], result->values[i]))
            continue;
        value_print(result->types[i], result->values[i], got, sizeof(got));
        value_print_expected(expected, wanted, sizeof(wanted));
        fail(run, WASM_OK, "%s: result %u: expected %s, got %s", field, i, wanted, got);
        return;
    }
    uint32_t wanted_count = 0;
    for (const struct json *v = list ? list->first : NULL; v; v = v->next)
        wanted_count++;
    if (wanted_count != result->count)
        fail(run, WASM_OK, "%s: expected %u results, got %u", field, wanted_count,
             result->count);
    else
        pass(run);
}

static void
run_assert_return(struct run *run)
{
    const struct action_result *result = act(run);
    if (result && result->is_trap)
        fail(run, WASM_OK, "%s: trap: %s",
             json_member_string(json_member(run->command, "action"), "field"),
             trap_message(&result->trap));
    else if (result)
        judge_result(run, result);
}

static void
run_action(struct run *run)
{
    const struct action_result *result = act(run);
    if (result && result->is_trap)
        fail(run, WASM_OK, "trap: %s", trap_message(&result->trap));
}

static void
run_assert_trap(struct run *run)
{
    const char *expected = json_member_string(run->command, "text");
    const struct action_result *result = act(run);
    if (!result)
        return;
    const char *message = result->is_trap ? trap_message(&result->trap) : "no trap";
    if (result->is_trap && trap_matches(message, expected))
        pass(run);
    else
        fail(run, WASM_OK, "%s: expected \"%s\", got %s",
             json_member_string(json_member(run->command, "action"), "field"), expected,
             message);
}

// An exception can only come from a module that this engine refuses.
static void
run_assert_exception(struct run *run)
{
    if (act(run))
        fail(run, WASM_OK, "no exception");
}

// Needs threads, or looks at custom sections that an engine may ignore.
static void
run_foreign(struct run *run)
{
    if (run->script->is_foreign)
        skip(run);
    else
        fail(run, WASM_OK, "not known");
}

// ---- The script ----

static const struct command {
    const char *type;
    void (*run)(struct run *run);
} commands[] = {
    {"module", run_module},
    {"module_definition", run_module_definition},
    {"module_instance", run_module_instance},
    {"register", run_register},
    {"action", run_action},
    {"assert_return", run_assert_return},
    {"assert_trap", run_assert_trap},
    {"assert_exhaustion", run_assert_trap},
    {"assert_exception", run_assert_exception},
    {"assert_malformed", run_assert_malformed},
    {"assert_invalid", run_assert_invalid},
    {"assert_unlinkable", run_assert_unlinkable},
    {"assert_uninstantiable", run_assert_uninstantiable},
    {"assert_invalid_custom", run_foreign},
    {"thread", run_foreign},
    {"wait", run_foreign},
};

static void
run_command(struct run *run)
{
    const char *type = json_member_string(run->command, "type");
    run->is_assertion = begins_with(type, "assert_");
    run->script->report->line = json_member_u32(run->command, "line");
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].type, type) == 0) {
            commands[i].run(run);
            return;
        }
    }
    fail(run, WASM_OK, "not known");
}

static void
run_commands(const struct script *script, const struct json *first)
{
    struct run run = {.script = script};
    uint32_t count = 0;
    for (const struct json *c = first; c; c = c->next)
        count++;
    if (!environment_init(&run.env, count + 1)) {
        printf("%s: no store\n", script->name);
        script->report->failed++;
        return;
    }
    for (run.command = first; run.command; run.command = run.command->next)
        run_command(&run);
    uint64_t kept = environment_fini(&run.env);
    if (kept > 0) {
        printf("%s: %llu blocks were not given back\n", script->name,
               (unsigned long long)kept);
        script->report->failed++;
    }
}

void
script_run(const struct script *script)
{
    char path[PATH_MAX];
    const char *base = strrchr(script->name, '/');
    size_t len = 0, offset = 0;
    snprintf(path, sizeof(path), "%s/%s.json", script->folder,
             base ? base + 1 : script->name);
    char *text = (char *)file_read(path, 1, &len);
    struct json *json = text ? json_parse(text, len, &offset) : NULL;
    const struct json *list = json_member(json, "commands");
    if (list) {
        run_commands(script, list->first);
    } else {
        printf("%s: no script at %s, or bad JSON at offset %zu\n", script->name, path,
               offset);
        script->report->failed++;
    }
    json_destroy(json);
    free(text);
}
