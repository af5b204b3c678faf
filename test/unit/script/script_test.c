// SPDX-License-Identifier: Apache-2.0
//
// Scripts, right and wrong: what is counted, and what is said about which
// place.
#include "text/script/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/native_port.h"
#include "text/script/parse.h"

// What a script came to.
struct outcome {
    struct script_totals totals;
    char failures[4000]; // "LINE:COLUMN: text\n" each
    char printed[200];
    uint64_t live; // blocks that were not given back
};

static struct wasm_store_config
store_config(void *context)
{
    (void)context;
    return (struct wasm_store_config){.stack_limit = native_port_stack_limit()};
}

static void
use_store(void *context, struct wasm_store *store)
{
    (void)context;
    native_port_use(store);
}

static bool
failed(void *context, struct script_position at, bool is_unsupported, const char *text)
{
    struct outcome *outcome = context;
    size_t len = strlen(outcome->failures);
    (void)is_unsupported;
    snprintf(outcome->failures + len, sizeof(outcome->failures) - len, "%u:%u: %s\n",
             at.line, at.column, text);
    return false;
}

static void
print(void *context, const char *line)
{
    struct outcome *outcome = context;
    size_t len = strlen(outcome->printed);
    snprintf(outcome->printed + len, sizeof(outcome->printed) - len, "%s\n", line);
}

static struct outcome
run_bytes(const char *text, size_t len)
{
    static _Alignas(16) char signal_stack[NATIVE_PORT_SIGNAL_STACK];
    struct outcome outcome = {0};
    struct native_port port;
    assert_true(native_port_init(&port) && native_port_enter(signal_stack));
    struct script_host host = {
        .context = &outcome,
        .port = &port.port,
        .store_config = store_config,
        .use_store = use_store,
        .failed = failed,
        .print = print,
    };
    // In a block of its own length, so that a sanitizer sees reads beyond it.
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    script_run(&host, &script_text_source, script_text_body(copy, len), &outcome.totals);
    free(copy);
    outcome.live = port.live;
    return outcome;
}

static struct outcome
run(const char *text)
{
    struct outcome outcome = run_bytes(text, strlen(text));
    assert_int_equal(outcome.live, 0);
    return outcome;
}

static void
expect(const char *text, uint32_t passed, const char *failures)
{
    struct outcome outcome = run(text);
    assert_string_equal(outcome.failures, failures);
    assert_int_equal(outcome.totals.passed, passed);
    assert_int_equal(outcome.totals.skipped, 0);
}

// ---- What is right ----

static void
runs_assertions(void **state)
{
    (void)state;
    expect("(module $A (func (export \"f\") (param i32) (result i32) (local.get "
           "0))\n"
           "  (global (export \"g\") i64 (i64.const 7)))\n"
           "(assert_return (invoke \"f\" (i32.const -1)) (i32.const 0xffffffff))\n"
           "(assert_return (get $A \"g\") (i64.const 7))\n"
           "(invoke \"f\" (i32.const 1))\n"
           "(assert_return (invoke \"f\" (i32.const 3))\n"
           "  (either (i32.const 2) (i32.const 3)))\n",
           3, "");
}

static void
finds_instances_by_name(void **state)
{
    (void)state;
    expect("(module $A (func (export \"f\") (result i32) (i32.const 1)))\n"
           "(register \"a\" $A)\n"
           "(module $B (import \"a\" \"f\" (func $f (result i32)))\n"
           "  (func (export \"f\") (result i32) (i32.add (call $f) (i32.const "
           "1))))\n"
           "(assert_return (invoke \"f\") (i32.const 2))\n"
           "(assert_return (invoke $A \"f\") (i32.const 1))\n"
           "(module definition $D (global (export \"g\") (mut i32) (i32.const 5)))\n"
           "(module instance $I $D)\n"
           "(assert_return (get $I \"g\") (i32.const 5))\n",
           3, "");
}

static void
knows_sets_of_nans(void **state)
{
    (void)state;
    expect("(module (func (export \"f\") (param f32) (result f32) (local.get 0)))\n"
           "(assert_return (invoke \"f\" (f32.const nan)) (f32.const "
           "nan:canonical))\n"
           "(assert_return (invoke \"f\" (f32.const -nan)) (f32.const "
           "nan:canonical))\n"
           "(assert_return (invoke \"f\" (f32.const nan:0x600000))\n"
           "  (f32.const nan:arithmetic))\n"
           "(assert_return (invoke \"f\" (f32.const nan:0x600000))\n"
           "  (f32.const nan:canonical))\n"
           "(assert_return (invoke \"f\" (f32.const nan:0x200000))\n"
           "  (f32.const nan:arithmetic))\n",
           3,
           "6:1: assert_return: f: result 1: expected f32 nan:canonical, got f32 "
           "with the "
           "bits 0x7fe00000\n"
           "8:1: assert_return: f: result 1: expected f32 nan:arithmetic, got f32 "
           "with "
           "the bits 0x7fa00000\n");
}

static void
compares_messages_by_their_beginning(void **state)
{
    (void)state;
    expect("(module (func (export \"f\") (unreachable)))\n"
           "(assert_trap (invoke \"f\") \"unreach\")\n"
           "(assert_trap (invoke \"f\") \"unreachable code\")\n"
           "(assert_trap (module (func $f (unreachable)) (start $f)) "
           "\"unreachable\")\n"
           "(assert_invalid (module (func (result i32))) \"type mismatch\")\n"
           "(assert_malformed (module binary \"\") \"unexpected end\")\n"
           "(assert_malformed (module quote \"(func\" \")\") \"x\")\n"
           "(assert_unlinkable (module (import \"a\" \"b\" (func))) \"unknown "
           "import\")\n",
           5,
           "3:1: assert_trap: f: expected \"unreachable code\", got unreachable\n"
           "7:1: assert_malformed: expected malformed: \"x\", got none\n");
}

static void
takes_a_module_without_parentheses(void **state)
{
    (void)state;
    expect(" (func) (memory 0) (func (export \"f\"))", 0, "");
}

static void
offers_spectest(void **state)
{
    (void)state;
    struct outcome outcome =
        run("(module (import \"spectest\" \"print_i32\" (func $p (param i32)))\n"
            "  (import \"spectest\" \"global_i32\" (global $g i32))\n"
            "  (import \"spectest\" \"table\" (table 10 funcref))\n"
            "  (import \"spectest\" \"memory\" (memory 1 2))\n"
            "  (func (export \"f\") (call $p (global.get $g))))\n"
            "(invoke \"f\")\n");
    assert_string_equal(outcome.failures, "");
    assert_string_equal(outcome.printed, "i32 666\n");
}

// ---- What is wrong ----

static const struct wrong {
    const char *text;
    const char *failures;
} wrongs[] = {
    {"(frobnicate 1)", "1:1: script: unknown command frobnicate\n"},
    {"hello", "1:1: script: expected a command\n"},
    {")", "1:1: script: expected a command\n"},
    {"(", "1:1: script: expected a command\n"},
    {"(module", "1:8: script: unexpected end: a parenthesis is not closed\n"},
    {"\n  (wait $T", "2:11: script: unexpected end: a parenthesis is not closed\n"},
    {"(invoke \"f\")", "1:1: action: there is no instance\n"},
    {"(invoke $M \"f\")", "1:1: action: there is no instance $M\n"},
    {"(register \"a\" $M)", "1:1: register: there is no instance $M\n"},
    {"(register $M)", "1:11: script: expected a string\n"},
    {"(module instance $I $M)", "1:1: module instance: unsupported: no module $M\n"},
    {"(wait $T)", "1:1: wait: no thread $T\n"},
    {"(thread $T)", "1:1: thread: unsupported: threads on this platform\n"},
    {"(input \"x\")", "1:8: script: unsupported: script, input and output commands\n"},
    {"(assert_return (call \"f\"))", "1:16: script: expected an action, invoke or get\n"},
    {"(assert_return (invoke \"f\" 1))", "1:28: script: unexpected token 1\n"},
    {"(assert_return (invoke \"f\" (i32.add)))", "1:29: script: expected a constant\n"},
    {"(assert_return (invoke \"f\" (i32.const)))", "1:38: script: expected a number\n"},
    {"(assert_return (invoke \"f\" (i32.const 1 2)))",
     "1:41: script: unexpected token 2\n"},
    {"(assert_return (invoke \"f\" (i32.const 4294967296)))",
     "1:39: script: constant out of range\n"},
    {"(assert_return (invoke \"f\" (f32.const nan:canonical)))",
     "1:39: script: expected a number\n"},
    {"(assert_return (invoke \"f\") (v128.const i32x5 1))",
     "1:41: script: expected a shape like i32x4\n"},
    {"(assert_return (invoke \"f\") (v128.const i32x4 1 2 3))",
     "1:52: script: expected a number\n"},
    {"(assert_return (invoke \"f\") (either (either)))",
     "1:37: script: unsupported: either inside either\n"},
    {"(assert_invalid (func) \"x\")", "1:17: script: expected a module\n"},
    {"(assert_invalid (module))", "1:25: script: expected a string\n"},
    {"(module binary \"\\00asm\" $x)", "1:25: script: unexpected token $x\n"},
};

static void
says_what_is_wrong_where(void **state)
{
    (void)state;
    uint32_t different = 0;
    for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
        struct outcome outcome = run(wrongs[i].text);
        if (strcmp(outcome.failures, wrongs[i].failures) == 0)
            continue;
        print_error("%s\n  expected %s  got      %s", wrongs[i].text, wrongs[i].failures,
                    outcome.failures);
        different++;
    }
    assert_int_equal(different, 0);
}

static void
goes_on_behind_a_broken_command(void **state)
{
    (void)state;
    expect("(module (func (export \"f\") (result i32) (i32.const 1)))\n"
           "(frobnicate (a (b)) \")\")\n"
           "(assert_return (invoke \"f\" oops (x)) (i32.const 1))\n"
           "(assert_return (invoke \"f\") (i32.const 1))\n",
           1,
           "2:1: script: unknown command frobnicate\n"
           "3:28: script: unexpected token oops\n");
}

static void
checks_calls_before_it_makes_them(void **state)
{
    (void)state;
    expect("(module (func (export \"f\") (param i32 externref) (result i32)\n"
           "    (local.get 0))\n"
           "  (global (export \"g\") i32 (i32.const 1)))\n"
           "(invoke \"f\" (i32.const 1))\n"
           "(invoke \"f\" (i64.const 1) (ref.null extern))\n"
           "(invoke \"f\" (i32.const 1) (i32.const 1))\n"
           "(invoke \"g\")\n"
           "(get \"f\")\n"
           "(invoke \"h\")\n"
           "(assert_return (invoke \"f\" (i32.const 1) (ref.extern 1)))\n"
           "(assert_return (invoke \"f\" (i32.const 1) (ref.extern 1)) "
           "(i64.const 1))\n",
           0,
           "4:1: action: f: takes 2 arguments, 1 given\n"
           "5:1: action: f: argument 1 is no i32\n"
           "6:1: action: f: argument 2 is no externref\n"
           "7:1: action: export \"g\" is no function\n"
           "8:1: action: export \"f\" is no global\n"
           "9:1: action: no export \"h\"\n"
           "10:1: assert_return: f: expected 0 results, got 1\n"
           "11:1: assert_return: f: result 1: expected i64 1 (0x1), got i32 1 "
           "(0x1)\n");
}

// Every beginning of a script that has all commands ends without harm.
static void
survives_cuts(void **state)
{
    (void)state;
    static const char text[] =
        "(module $A (func (export \"f\") (param i32) (result i32) (local.get "
        "0)))\n"
        "(register \"a\" $A) (module binary \"\\00asm\" \"\\01\\00\\00\\00\")\n"
        "(module quote \"(func)\") (module definition $D) (module instance $I "
        "$D)\n"
        "(assert_return (invoke $A \"f\" (i32.const 1)) (either (i32.const 1)))\n"
        "(assert_return (invoke $A \"f\" (v128.const f32x4 1 2 3 nan)) "
        "(ref.null))\n"
        "(assert_trap (module) \"x\") (assert_exhaustion (invoke \"f\") \"x\")\n"
        "(assert_exception (get \"f\")) (thread $T (shared (module $A)) (wait "
        "$T))\n"
        "(assert_malformed_custom (module quote \"(@a\") \"x\") ;; comment\n"
        "(; (; ;) ;) (@annotation (x) \"y\")";
    for (size_t len = 0; len < sizeof(text); len++) {
        struct outcome outcome = run_bytes(text, len);
        assert_int_equal(outcome.live, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_assertions),
        cmocka_unit_test(finds_instances_by_name),
        cmocka_unit_test(knows_sets_of_nans),
        cmocka_unit_test(compares_messages_by_their_beginning),
        cmocka_unit_test(takes_a_module_without_parentheses),
        cmocka_unit_test(offers_spectest),
        cmocka_unit_test(says_what_is_wrong_where),
        cmocka_unit_test(goes_on_behind_a_broken_command),
        cmocka_unit_test(checks_calls_before_it_makes_them),
        cmocka_unit_test(survives_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
