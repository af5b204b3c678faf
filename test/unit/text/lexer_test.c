// SPDX-License-Identifier: Apache-2.0
#include "text/lexer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Kinds of the tokens, a letter each, and the error if there is one.
static const char letters[] = {
    [TEXT_END] = '.',      [TEXT_ERROR] = '!',      [TEXT_LPAR] = '(',
    [TEXT_RPAR] = ')',     [TEXT_KEYWORD] = 'k',    [TEXT_INTEGER] = 'i',
    [TEXT_FLOAT] = 'f',    [TEXT_STRING] = 's',     [TEXT_ID] = '$',
    [TEXT_RESERVED] = '?', [TEXT_ANNOTATION] = '@',
};

static void
show(const char *text, size_t len, bool with_annotations, char *out)
{
    struct text_lexer lexer;
    struct text_token token;
    char *exact = malloc(len + !len);
    assert_non_null(exact);
    memcpy(exact, text, len);
    text_lexer_init(&lexer, exact, len, 1, 1);
    lexer.with_annotations = with_annotations;
    do {
        text_lexer_next(&lexer, &token);
        *out++ = letters[token.kind];
    } while (token.kind != TEXT_END && token.kind != TEXT_ERROR);
    *out = 0;
    if (lexer.error)
        strcpy(out, lexer.error);
    free(exact);
}

static void
check(const char *text, const char *expected)
{
    char shown[300];
    show(text, strlen(text), false, shown);
    if (strcmp(shown, expected) != 0)
        fail_msg("%s: %s, not %s", text, shown, expected);
}

static void
tokens_end_where_the_specification_says(void **state)
{
    (void)state;
    check("", ".");
    check("(module $a \"b\" 1 1.5)", "(k$sif).");
    check("a(b)c", "k(k)k.");
    check("0drop", "?.");
    check("\"a\"\"b\"", "?.");
    check("$l\"a\"", "?.");
    check("0$x", "?.");
    check("offset=4 align=0x8", "kk.");
    check("inf -inf nan +nan nan:0x1 nan:canonical infinity", "fffffkk.");
    check("A @ # + -", "?????.");
    check("[a,b;]", "?k?k??.");
    check("i32.const;;comment\n1", "ki.");
    check(";;comment\r1", "i.");
    check("(;a(;b;);)x", "k.");
}

static void
errors_have_the_suites_words(void **state)
{
    (void)state;
    check("(; (; ;)", "!unclosed comment");
    check("\"a", "!unclosed string");
    check("\"a\nb\"", "!unclosed string");
    check("\"\\", "!unclosed string");
    check("\"\\x\"", "!illegal escape");
    check("\"\\4\"", "!illegal escape");
    check("\"\\u{110000}\"", "!illegal escape");
    check("\"\\u{d800}\"", "!illegal escape");
    check("\"\\u{}\"", "!illegal escape");
    check("\x01", "!illegal character");
    check("\x7f", "!illegal character");
    check("\"\x01\"", "!illegal character in a string");
    check("\xc3\xa9", "!illegal character");
    check("\xc3", "!malformed UTF-8 encoding");
    check(";; \xff", "!malformed UTF-8 encoding");
    check("$", "!empty identifier");
    check("$\"\"", "!empty identifier");
    check("$\"a\nb\"", "!empty identifier");
    check("$\"\\ff\"", "!malformed UTF-8 encoding");
    check("(@)", "!empty annotation id");
    check("(@\"\")", "!empty annotation id");
    check("(@a (", "!unclosed annotation");
    check("(@a \x01)", "!illegal character");
}

static void
annotations_are_skipped_unless_asked_for(void **state)
{
    (void)state;
    char shown[300];
    check("(@a (b (@c) 0x ; , \")\") (@) @) x", "k.");
    show("(@a b) x", 8, true, shown);
    assert_string_equal(shown, "@k)k.");
}

static void
names_are_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *name;
    } rows[] = {
        {"$x", "x"},
        {"$\"x\"", "x"},
        {"\"\\41\\t\\n\\r\\\"\\'\\\\\"", "A\t\n\r\"'\\"},
        {"\"\\u{e9}\\u{20_ac}\\u{10ffff}\"", "\xc3\xa9\xe2\x82\xac\xf4\x8f\xbf\xbf"},
        {"(@n", "n"},
        {"(@\"n m\"", "n m"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct text_lexer lexer;
        struct text_token token;
        char name[50];
        text_lexer_init(&lexer, rows[i].text, strlen(rows[i].text), 1, 1);
        lexer.with_annotations = true;
        text_lexer_next(&lexer, &token);
        size_t len = text_token_name(&token, name);
        assert_int_equal(len, strlen(rows[i].name));
        assert_memory_equal(name, rows[i].name, len);
    }
}

static void
places_count_characters(void **state)
{
    (void)state;
    static const char text[] = "a\n  \"\xc3\xa9\xc3\xa9\" b (; \xe2\x82\xac\n ;) c";
    static const uint32_t places[][2] = {{1, 1}, {2, 3}, {2, 8}, {3, 5}, {3, 6}};
    struct text_lexer lexer;
    struct text_token token;
    text_lexer_init(&lexer, text, sizeof(text) - 1, 1, 1);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        text_lexer_next(&lexer, &token);
        assert_int_equal(token.line, places[i][0]);
        assert_int_equal(token.column, places[i][1]);
    }
    assert_int_equal(token.kind, TEXT_END);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_end_where_the_specification_says),
        cmocka_unit_test(errors_have_the_suites_words),
        cmocka_unit_test(annotations_are_skipped_unless_asked_for),
        cmocka_unit_test(names_are_decoded),
        cmocka_unit_test(places_count_characters),
    };
    return cmocka_run_group_tests_name("lexer", tests, NULL, NULL);
}
