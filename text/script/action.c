// SPDX-License-Identifier: Apache-2.0
//
// Commands that invoke a function or read a global.
#include "text/script/run.h"

// What an action came to.
struct outcome {
    enum wasm_error_code code; // WASM_OK, WASM_TRAP, WASM_EXCEPTION
    struct wasm_trap trap;
    uint32_t count;
    const wasm_type_t *types;
    union wasm_value *values;
    size_t values_len; // bytes to give back
    wasm_type_t global_type;
    union wasm_value global_value;
};

static void
outcome_fini(struct script_runner *run, struct outcome *outcome)
{
    const struct wasm_port *port = run->host->port;
    if (outcome->values_len)
        port->heap_free(port->context, outcome->values, outcome->values_len);
}

#define FIELD(run) (int)(run)->command.action.field.len, (run)->command.action.field.bytes

static bool
read_args(struct script_runner *run, const struct wasm_functype *type,
          union wasm_value *args)
{
    const struct script_action *action = &run->command.action;
    if (action->arg_count != type->param_count) {
        (void)runner_fail(run, WASM_OK, "%.*s: takes %u arguments, %u given", FIELD(run),
                          type->param_count, action->arg_count);
        return false;
    }
    for (uint32_t i = 0; i < type->param_count; i++) {
        char name[40];
        if (script_value_argument(&action->args[i], type->types[i], &args[i]))
            continue;
        (void)runner_fail(run, WASM_OK, "%.*s: argument %u is no %s", FIELD(run), i + 1,
                          wasm_type_show(type->types[i], name, sizeof(name)));
        return false;
    }
    return true;
}

// False: the failure has been reported.
static bool
invoke(struct script_runner *run, struct wasm_func *func, struct outcome *outcome)
{
    const struct wasm_port *port = run->host->port;
    struct wasm_functype type;
    wasm_func_functype(func, &type);
    size_t len =
        ((size_t)type.param_count + type.result_count + 1) * sizeof(*outcome->values);
    outcome->values = port->heap_alloc(port->context, len);
    if (!outcome->values) {
        (void)runner_fail(run, WASM_OK, "out of memory");
        return false;
    }
    outcome->values_len = len;
    union wasm_value *args = outcome->values + type.result_count;
    if (!read_args(run, &type, args))
        return false;
    outcome->count = type.result_count;
    outcome->types = type.types + type.param_count;
    outcome->code =
        wasm_func_invoke(run->env.store, func, args, outcome->values, &outcome->trap);
    if (outcome->code != WASM_NO_MEMORY)
        return true;
    (void)runner_fail(run, WASM_OK, "%.*s: out of memory", FIELD(run));
    return false;
}

static bool
get(struct wasm_global *global, struct outcome *outcome)
{
    outcome->count = 1;
    outcome->global_type = wasm_global_valtype(global);
    outcome->global_value = wasm_global_value(global);
    outcome->types = &outcome->global_type;
    outcome->values = &outcome->global_value;
    return true;
}

// Runs the command's action. False: there is nothing to judge, and that has been counted.
// *outcome needs outcome_fini in any case, and stays in place.
static bool
act(struct script_runner *run, struct outcome *outcome)
{
    const struct script_action *action = &run->command.action;
    const struct script_instance *target =
        environment_instance(&run->env, action->module);
    struct wasm_extern export;
    *outcome = (struct outcome){0};
    if (target && target->is_skipped) {
        runner_skip(run);
        return false;
    }
    if (!target || !target->instance) {
        (void)runner_fail(run, WASM_OK, "there is no instance%s%.*s",
                          action->module.len ? " " : "", (int)action->module.len,
                          action->module.bytes);
        return false;
    }
    if (!wasm_instance_export(target->instance, action->field.bytes, action->field.len,
                              &export)) {
        (void)runner_fail(run, WASM_OK, "no export \"%.*s\"", FIELD(run));
        return false;
    }
    if (!action->is_get && export.kind == WASM_KIND_FUNC)
        return invoke(run, export.func, outcome);
    if (action->is_get && export.kind == WASM_KIND_GLOBAL)
        return get(export.global, outcome);
    (void)runner_fail(run, WASM_OK, "export \"%.*s\" is no %s", FIELD(run),
                      action->is_get ? "global" : "function");
    return false;
}

// What came instead of results; false: results came.
static bool
fail_unless_ok(struct script_runner *run, const struct outcome *outcome)
{
    if (outcome->code == WASM_OK)
        return false;
    if (outcome->code == WASM_TRAP)
        (void)runner_fail(run, WASM_OK, "%.*s: trap: %s", FIELD(run),
                          runner_trap_message(&outcome->trap));
    else
        (void)runner_fail(run, WASM_OK, "%.*s: uncaught exception", FIELD(run));
    return true;
}

void
run_action(struct script_runner *run)
{
    struct outcome outcome;
    if (act(run, &outcome))
        (void)fail_unless_ok(run, &outcome);
    outcome_fini(run, &outcome);
}

static void
judge_results(struct script_runner *run, const struct outcome *outcome)
{
    const struct script_command *c = &run->command;
    uint32_t wanted = 0;
    for (uint32_t at = 0; at < c->result_entries; wanted++)
        at += script_value_span(&c->results[at]);
    if (wanted != outcome->count) {
        (void)runner_fail(run, WASM_OK, "%.*s: expected %u results, got %u", FIELD(run),
                          wanted, outcome->count);
        return;
    }
    for (uint32_t i = 0, at = 0; i < outcome->count; i++) {
        const struct script_value *pattern = &c->results[at];
        char want[SCRIPT_SHOWN_MAX], got[SCRIPT_SHOWN_MAX];
        at += script_value_span(pattern);
        if (script_value_matches(pattern, outcome->types[i], outcome->values[i]))
            continue;
        script_value_show(pattern, want);
        script_result_show(outcome->types[i], outcome->values[i], got);
        (void)runner_fail(run, WASM_OK, "%.*s: result %u: expected %s, got %s",
                          FIELD(run), i + 1, want, got);
        return;
    }
    runner_pass(run);
}

void
run_assert_return(struct script_runner *run)
{
    struct outcome outcome;
    if (act(run, &outcome) && !fail_unless_ok(run, &outcome))
        judge_results(run, &outcome);
    outcome_fini(run, &outcome);
}

static void
judge_trap(struct script_runner *run, const struct outcome *outcome)
{
    struct wasm_name expected = run->command.text;
    const char *message = outcome->code == WASM_TRAP ? runner_trap_message(&outcome->trap)
                          : outcome->code == WASM_EXCEPTION ? "an uncaught exception"
                                                            : "no trap";
    if (outcome->code == WASM_TRAP && runner_trap_matches(message, expected))
        runner_pass(run);
    else
        (void)runner_fail(run, WASM_OK, "%.*s: expected \"%.*s\", got %s", FIELD(run),
                          (int)expected.len, expected.bytes, message);
}

void
run_assert_trap(struct script_runner *run)
{
    struct outcome outcome;
    if (act(run, &outcome))
        judge_trap(run, &outcome);
    outcome_fini(run, &outcome);
}

void
run_assert_exception(struct script_runner *run)
{
    struct outcome outcome;
    if (act(run, &outcome)) {
        if (outcome.code == WASM_EXCEPTION)
            runner_pass(run);
        else
            (void)runner_fail(
                run, WASM_OK, "%.*s: expected an exception, got %s", FIELD(run),
                outcome.code == WASM_OK ? "none" : runner_trap_message(&outcome.trap));
    }
    outcome_fini(run, &outcome);
}
