// SPDX-License-Identifier: Apache-2.0
//
// Small modules, byte by byte; the suite's are compared by test/spec.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/text.h"

struct counting_heap {
    struct wasm_port port;
    uint64_t requests;
    uint64_t fail_at; // the request of this number (from 1) fails; 0: none does
    uint64_t live;    // bytes
};

static void *
heap_alloc(void *context, size_t len)
{
    struct counting_heap *heap = context;
    assert_true(len > 0);
    if (++heap->requests == heap->fail_at)
        return NULL;
    heap->live += len;
    return calloc(1, len);
}

static void
heap_free(void *context, void *bytes, size_t len)
{
    struct counting_heap *heap = context;
    heap->live -= len;
    free(bytes);
}

static void
heap_init(struct counting_heap *heap, uint64_t fail_at)
{
    *heap = (struct counting_heap){
        .port = {.heap_alloc = heap_alloc, .heap_free = heap_free}, .fail_at = fail_at};
    heap->port.context = heap;
}

// Encodes, with text in a block of its own; hexadecimal digits behind the preamble, or
// "LINE:COLUMN: message", to `out`.
static void
encode(const char *text, size_t len, char *out, size_t room)
{
    struct counting_heap heap;
    struct text_bytes bytes;
    struct text_error error;
    char *exact = malloc(len + !len);
    assert_non_null(exact);
    memcpy(exact, text, len);
    heap_init(&heap, 0);
    if (text_module_encode(&heap.port, exact, len, &bytes, &error)) {
        assert_true(bytes.len * 2 < room);
        out[0] = 0;
        for (size_t i = 8; i < bytes.len; i++)
            out += sprintf(out, "%02x", bytes.bytes[i]);
        text_bytes_free(&heap.port, &bytes);
    } else {
        assert_null(bytes.bytes);
        snprintf(out, room, "%u:%u: %s", error.line, error.column, error.message);
    }
    assert_int_equal(heap.live, 0);
    free(exact);
}

static void
check(const char *text, const char *expected)
{
    static char shown[4000];
    encode(text, strlen(text), shown, sizeof(shown));
    if (strcmp(shown, expected) != 0)
        fail_msg("%s:\n%s, not\n%s", text, shown, expected);
}

static void
the_module_may_lack_its_parentheses(void **state)
{
    (void)state;
    check("", "");
    check("(module)", "");
    check("(func)", "010401600000"
                    "03020100"
                    "0a040102000b");
    check("(module (func))", "010401600000"
                             "03020100"
                             "0a040102000b");
    check("(module definition)", "");
    check("(module binary \"\\00asm\\01\\00\\00\\00\" \"\\00\\01\\00\")", "000100");
    check("(module quote \"(mod\" \"ule)\")", "");
}

// The body alone: behind the type, function and code sections' heads.
static void
check_body(const char *instructions, const char *expected)
{
    char text[500];
    char bytes[500];
    size_t len = strlen(expected) / 2 + 2;
    snprintf(text, sizeof(text), "(func %s)", instructions);
    snprintf(bytes, sizeof(bytes),
             "01040160000003020100"
             "0a%02zx01%02zx00%s0b",
             len + 2, len, expected);
    check(text, bytes);
}

static void
folded_instructions_follow_their_operands(void **state)
{
    (void)state;
    check_body("(drop (i32.add (i32.const 1) (i32.const 2)))", "410141026a1a");
    check_body("i32.const 1 (drop)", "41011a");
    check_body("(block nop)", "0240010b");
    check_body("(if (i32.const 1) (then nop) (else))", "4101044001050b");
    check_body("(if $l (i32.const 1) (then (br $l)))", "410104400c000b");
    check_body("block $a loop $b (br $a) (br $b) end $b end $a", "024003400c010c000b0b");
    check_body("block $a block $a br $a end br $a end", "024002400c000b0c000b");
    check_body("(try_table (catch_all 0) nop)", "1f40010200"
                                                "010b");
}

static void
immediates(void **state)
{
    (void)state;
    check_body("i32.const -1 drop", "417f1a");
    check_body("i32.const 4294967295 drop", "417f1a");
    check_body("i64.const 0x8000000000000000 drop", "428080808080808080807f1a");
    check_body("f32.const 1 drop", "430000803f1a");
    check_body("v128.const i16x8 1 2 3 4 5 6 7 -1 drop",
               "fd0c0100020003000400050006000700ffff1a");
    check_body("i32.load 1 offset=2 align=1 drop", "284001021a");
    check_body("i32.load", "280200");
    check_body("v128.load8_lane 1 offset=2 3", "fd5440010203");
    check_body("v128.load8_lane 3", "fd54000003");
    check("(func memory.init 1 2)", "010401600000"
                                    "03020100"
                                    "0c0100"
                                    "0a08010600fc0802010b");
    check_body("table.copy 1 2", "fc0e0102");
    check_body("br_table 1 2 3", "0e02010203");
    check_body("select (result i32 i64)", "1c027f7e");
    check_body("ref.test (ref null any) ref.test (ref any)", "fb156efb146e");
    check_body("br_on_cast 1 anyref (ref i31)", "fb1801016e6c");
    check_body("array.new_fixed 0 3", "fb080003");
    check_body("atomic.fence", "fe0300");
    check_body("i64.add128", "fc13");
}

#define TYPED_FUNCTION_AND_NAME                                                          \
    "010401600000"                                                                       \
    "03020100"                                                                           \
    "0a040102000b"                                                                       \
    "000b"                                                                               \
    "046e616d65"                                                                         \
    "0404010001"                                                                         \
    "74"

static void
types_are_shared_in_the_order_of_the_text(void **state)
{
    (void)state;
    // The type section, of the explicit type and the first inline one; then functions.
    check("(func (param i32)) (type (func)) (func) (func (param i32))", "010802"
                                                                        "600000"
                                                                        "60017f00"
                                                                        "030403010001"
                                                                        "0a0a03"
                                                                        "02000b"
                                                                        "02000b"
                                                                        "02000b");
    check("(func (type $t)) (type $t (func))", TYPED_FUNCTION_AND_NAME);
}

static void
names_go_to_their_section(void **state)
{
    (void)state;
    check("(module $m (func $f (param $x i32)))", "010501"
                                                  "60017f00"
                                                  "03020100"
                                                  "0a0401"
                                                  "02000b"
                                                  "0017"
                                                  "046e616d65"
                                                  "0002016d"
                                                  "0104010001"
                                                  "66"
                                                  "020601000100"
                                                  "0178");
    check("(module (@name \"M\") (func $f (@name \"g h\")))", "010401"
                                                              "600000"
                                                              "03020100"
                                                              "0a0401"
                                                              "02000b"
                                                              "0011"
                                                              "046e616d65"
                                                              "0002014d"
                                                              "010601"
                                                              "0003"
                                                              "672068");
}

static void
custom_sections_go_to_their_places(void **state)
{
    (void)state;
    check("(func) (@custom \"a\" (before first)) (@custom \"b\" (after type) \"1\")"
          "(@custom \"c\")",
          "00020161"
          "010401600000"
          "0003016231"
          "03020100"
          "0a040102000b"
          "00020163");
    check("(func (@metadata.code.branch_hint \"\\01\") (if (i32.const 0) (then)))",
          "010401600000"
          "03020100"
          "0020"
          "196d657461646174612e636f64652e6272616e63685f68696e74"
          "010001"
          "030101"
          "0a09010700410004400b0b");
}

static void
errors_say_where(void **state)
{
    (void)state;
    check("(module\n  (func (call $f)))", "2:15: unknown func $f");
    check("(func $f) (func $f)", "1:17: duplicate func $f");
    check("(func (param $x i32) (local $x i32))", "1:29: duplicate local $x");
    check("(func) (import \"\" \"\" (func))", "1:16: import after function");
    check("(func br 0drop)", "1:10: unknown operator 0drop");
    check("(func i32.bogus)", "1:7: unknown operator i32.bogus");
    check("(func (i32.const))", "1:17: unexpected token )");
    check("(func block $a end $b)", "1:20: mismatching label");
    check("(func i32.const 0x1_0000_0000)", "1:17: constant out of range");
    check("(func i32.load align=3)", "1:16: alignment must be a power of two");
    check("(type (func)) (func (type 0) (param i32))", "1:41: inline function type");
    check("(func (type 7) (param i32))", "1:27: unknown type");
    check("(func", "1:6: unexpected token: the text ends here");
    check("(func (try))", "1:8: unsupported: legacy exceptions");
    check("(module) (module)", "1:10: unexpected token (");
    check("(export \"\\ff\" (func 0)) (func)", "1:9: malformed UTF-8 encoding");
}

static char *
repeat(const char *open, const char *close, size_t count, size_t *len)
{
    size_t one = strlen(open);
    size_t other = strlen(close);
    char *text = malloc(20 + (one + other) * count);
    assert_non_null(text);
    char *at = text + sprintf(text, "(func ");
    for (size_t i = 0; i < count; i++, at += one)
        memcpy(at, open, one);
    for (size_t i = 0; i < count; i++, at += other)
        memcpy(at, close, other);
    *at++ = ')';
    *len = (size_t)(at - text);
    return text;
}

static void
nesting_has_a_limit(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"(drop ", ")"}, {"block ", "end "}, {"(block ", ")"}, {"(if (then ", "))"}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        static char shown[TEXT_LIMIT_NESTING * 10];
        size_t len;
        char *text = repeat(pairs[i][0], pairs[i][1], TEXT_LIMIT_NESTING, &len);
        encode(text, len, shown, sizeof(shown));
        free(text);
        assert_null(strchr(shown, ':'));
        text = repeat(pairs[i][0], pairs[i][1], TEXT_LIMIT_NESTING + 1, &len);
        encode(text, len, shown, sizeof(shown));
        free(text);
        assert_non_null(strstr(shown, "nesting too deep"));
    }
}

static void
failing_allocations_leave_nothing(void **state)
{
    (void)state;
    static const char text[] =
        "(module $m (type $t (struct (field $f i32))) (rec (type (func)) (type (array "
        "i8)))"
        "(@custom \"c\" (after func) \"x\") (memory (data \"abc\")) (tag $e (param i32))"
        "(table funcref (elem $g)) (global $\"\\67\" i32 (i32.const 1)) (elem $s func $g)"
        "(func $g (export \"g\") (param $x i32) (local $y i64) (local i64)"
        "  (block $l (@metadata.code.branch_hint \"\\01\") (br_if $l (local.get $x)))"
        "  (drop (call_indirect (param i32) (result i32) (i32.const 0) (i32.const 0)))))";
    for (uint64_t fail_at = 1;; fail_at++) {
        struct counting_heap heap;
        struct text_bytes bytes;
        struct text_error error;
        heap_init(&heap, fail_at);
        bool done =
            text_module_encode(&heap.port, text, sizeof(text) - 1, &bytes, &error);
        if (!done) {
            assert_string_equal(error.message,
                                error.is_no_memory ? "out of memory" : "?");
        }
        text_bytes_free(&heap.port, &bytes);
        assert_int_equal(heap.live, 0);
        if (done)
            break;
        assert_true(fail_at < 1000);
    }
}

static void
texts_are_told_from_binaries(void **state)
{
    (void)state;
    assert_true(text_is_text(" \n(module)", 10));
    assert_true(text_is_text(";; x", 4));
    assert_false(text_is_text("\0asm", 4));
    assert_false(text_is_text("", 0));
    assert_false(text_is_text("module", 6));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_module_may_lack_its_parentheses),
        cmocka_unit_test(folded_instructions_follow_their_operands),
        cmocka_unit_test(immediates),
        cmocka_unit_test(types_are_shared_in_the_order_of_the_text),
        cmocka_unit_test(names_go_to_their_section),
        cmocka_unit_test(custom_sections_go_to_their_places),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(failing_allocations_leave_nothing),
        cmocka_unit_test(texts_are_told_from_binaries),
    };
    return cmocka_run_group_tests_name("module", tests, NULL, NULL);
}
