// SPDX-License-Identifier: Apache-2.0
//
// Where in a text the engine's complaint about its binary module is.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine/engine.h"
#include "text/text.h"
#include "tools/compile_port.h"

#define FUNC "(module\n (func (result i32)\n  "

static const struct {
    const char *text;
    const char *place;
} cases[] = {
    {FUNC "i32.const 1\n  i64.const 2\n  i32.add))", "5:3"},
    {FUNC "(i32.add (i32.const 1)\n (i64.const 2))))", "3:4"},
    {FUNC "(i32.add (i32.const 1)\n (i32.eqz (i64.const 2)))))", "4:3"},
    {FUNC "(block (result i32)\n (nop)\n )))", "5:2"},
    {FUNC "block (result i32)\n nop\n end))", "5:2"},
    {FUNC "(if (result i32) (i64.const 0)\n (then (i32.const 1))\n"
          " (else (i32.const 1)))))",
     "3:4"},
    {FUNC "(if (result i32) (i32.const 0)\n (then (i32.const 1))\n"
          " (else (f32.const 1)))))",
     "5:22"},
    {FUNC "i32.const 0\n br 7))", "4:2"},
    {FUNC "i64.const 0\n ))", "4:2"},
    {"(module (func) (func\n nop (drop (i32.const 0)) drop) (func))", "2:27"},
    {"(module (func (local i32 i64) (local.set 1\n (i32.const 0))))", "1:32"},
    {"(module (type (struct))\n (type (sub final 0 (struct))))", "2:2"},
    {"(module (global i32 (i32.const 0))\n (global i32 (i64.const 0)))", "2:2"},
    {"(module (memory 1)\n (memory 1 0))", "2:2"},
    {"(module (func $f (param i32))\n (start $f))", "2:2"},
};

// "LINE:COLUMN", or "nowhere".
static void
locate(const char *text, const struct text_bytes *binary, size_t offset, char *out,
       size_t room)
{
    uint32_t line, column;
    if (text_module_locate(&compile_port, text, strlen(text), binary, offset, &line,
                           &column))
        (void)snprintf(out, room, "%u:%u", line, column);
    else
        (void)snprintf(out, room, "nowhere");
}

static void
encode(const char *text, struct text_bytes *binary)
{
    struct text_error error;
    if (!text_module_encode(&compile_port, text, strlen(text), binary, &error))
        fail_msg("%s: %s", text, error.message);
}

static void
what_the_engine_refuses_has_a_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text_bytes binary;
        struct wasm_module *module;
        struct wasm_error error;
        char place[40];
        encode(cases[i].text, &binary);
        assert_int_not_equal(
            wasm_module_create(&compile_port, binary.bytes, binary.len, &module, &error),
            WASM_OK);
        locate(cases[i].text, &binary, error.offset, place, sizeof(place));
        if (strcmp(place, cases[i].place) != 0)
            fail_msg("%s\n%s at 0x%lx: at %s, not at %s", cases[i].text, error.message,
                     error.offset, place, cases[i].place);
        text_bytes_free(&compile_port, &binary);
    }
}

static void
every_byte_may_be_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text_bytes binary;
        char place[40];
        encode(cases[i].text, &binary);
        for (size_t offset = 0; offset < binary.len + 2; offset++)
            locate(cases[i].text, &binary, offset, place, sizeof(place));
        assert_string_equal(place, "nowhere");
        text_bytes_free(&compile_port, &binary);
    }
}

static void
a_quoted_module_has_no_places(void **state)
{
    (void)state;
    static const char text[] = "(module quote \"(func (result i32))\")";
    struct text_bytes binary;
    char place[40];
    encode(text, &binary);
    locate(text, &binary, binary.len - 1, place, sizeof(place));
    assert_string_equal(place, "nowhere");
    text_bytes_free(&compile_port, &binary);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_engine_refuses_has_a_place),
        cmocka_unit_test(every_byte_may_be_asked_for),
        cmocka_unit_test(a_quoted_module_has_no_places),
    };
    return cmocka_run_group_tests_name("locate", tests, NULL, NULL);
}
