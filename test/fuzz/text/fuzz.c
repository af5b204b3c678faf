// SPDX-License-Identifier: Apache-2.0
//
// A mutation fuzzer for the text format.
//
//   fuzz-text [--seed S] [--count N] [--case K] FILE...
//
// Each FILE is a script; its modules are the texts that are damaged. Case K of
// seed S is always the same, given the same files. A text is encoded, some with an
// allocation that fails; what is encoded must not be malformed to the engine's decoder,
// and all memory must come back. --case prints its text and runs it alone.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine.h"
#include "test/fuzz/random.h"
#include "test/unit/engine/test_port.h"
#include "text/text.h"
#include "tools/file.h"

#define CASE_SECONDS 10
#define TEXT_ROOM    (1u << 18) // longer forms are no seeds
#define MAX_DAMAGES  3

struct span {
    const char *at;
    size_t len;
};

struct corpus {
    struct span *texts;
    size_t count;
    size_t room;
};

struct builder {
    char bytes[2 * TEXT_ROOM];
    size_t len;
};

// ---- Seeds ----

static void
corpus_add(struct corpus *corpus, struct span text)
{
    if (text.len >= TEXT_ROOM)
        return;
    if (corpus->count == corpus->room) {
        corpus->room = corpus->room ? corpus->room * 2 : 1024;
        corpus->texts = realloc(corpus->texts, corpus->room * sizeof(corpus->texts[0]));
        if (!corpus->texts)
            abort();
    }
    char *copy = malloc(text.len);
    if (!copy)
        abort();
    memcpy(copy, text.at, text.len);
    corpus->texts[corpus->count++] = (struct span){copy, text.len};
}

// The modules of a script, as far as it can be read.
static void
add_modules(struct corpus *corpus, const char *text, size_t len)
{
    struct text_lexer lexer;
    struct text_token token = {.kind = TEXT_END};
    struct text_token before;
    const char *start = NULL; // of the module at hand
    size_t depth = 0;         // inside it
    text_lexer_init(&lexer, text, len, 1, 1);
    do {
        before = token;
        text_lexer_next(&lexer, &token);
        if (!start && before.kind == TEXT_LPAR && text_token_is(&token, "module")) {
            start = before.bytes;
            depth = 1;
        }
        if (!start)
            continue;
        depth += token.kind == TEXT_LPAR;
        depth -= token.kind == TEXT_RPAR;
        if (depth == 0) {
            corpus_add(corpus, (struct span){start, (size_t)(lexer.at - start)});
            start = NULL;
        }
    } while (token.kind != TEXT_END && token.kind != TEXT_ERROR);
}

// ---- Damage ----

static void
add(struct builder *out, const char *bytes, size_t len)
{
    if (len > sizeof(out->bytes) - out->len)
        len = sizeof(out->bytes) - out->len;
    memcpy(out->bytes + out->len, bytes, len);
    out->len += len;
}

// A token, or a parenthesis with all in it, somewhere in the text.
static struct span
pick_part(struct random *random, struct span text)
{
    struct text_lexer lexer;
    struct text_token token;
    size_t skip = random_below(random, text.len / 4 + 1);
    text_lexer_init(&lexer, text.at, text.len, 1, 1);
    do
        text_lexer_next(&lexer, &token);
    while (skip-- > 0 && token.kind != TEXT_END && token.kind != TEXT_ERROR);
    if (token.kind == TEXT_END || token.kind == TEXT_ERROR) {
        size_t at = random_below(random, text.len);
        return (struct span){text.at + at, random_below(random, text.len - at) + 1};
    }
    const char *end = lexer.at;
    bool is_form = token.kind == TEXT_LPAR && random_below(random, 4) > 0;
    struct text_token next;
    for (size_t depth = is_form; depth > 0; end = lexer.at) {
        text_lexer_next(&lexer, &next);
        if (next.kind == TEXT_END || next.kind == TEXT_ERROR)
            break;
        depth += next.kind == TEXT_LPAR;
        depth -= next.kind == TEXT_RPAR;
    }
    return (struct span){token.bytes, (size_t)(end - token.bytes)};
}

static const char *const oddities[] = {
    "(",
    ")",
    "((",
    "))",
    "(;",
    ";)",
    ";;",
    "\n",
    "\"",
    "$",
    "$x",
    "$\"",
    "(@",
    "(@a ",
    "(@custom ",
    "(@name \"n\") ",
    "(@metadata.code.branch_hint \"\\01\") ",
    "\\u{1F600}",
    "\\ff",
    "\xc3\xa9",
    "\xff",
    " 0x",
    " -0x8000000000000000",
    " 18446744073709551615",
    " 4294967296",
    " 1e999999999999999999",
    " 0x1p-99999999999999",
    " nan:0x1",
    " inf",
    " 1.",
    " end",
    " else",
    " if",
    " block $x",
    " (then",
    " (else",
    " (param $x i32)",
    " (result i32)",
    " (type 0)",
    " (type $x)",
    " (local i64)",
    " (import \"\" \"\")",
    " (export \"\")",
    " offset=1",
    " align=3",
    " align=0x8000000000000000",
    " func",
    " (ref null 0)",
    " (ref $x)",
    " (mut ",
    " i64",
    " shared",
    " (pagesize 1)",
    " declare",
    " (item ",
    " (offset ",
    " (memory 0)",
    " (table 0)",
    " (data \"\")",
    " (elem 0)",
    " quote",
    " binary",
    " (rec",
    " (sub final",
    " (struct (field $x i8))",
    "(module",
};

static void
add_oddity(struct random *random, struct builder *out)
{
    const char *text =
        oddities[random_below(random, sizeof(oddities) / sizeof(oddities[0]))];
    for (uint64_t i = random_below(random, 64) ? 1 : 2000; i > 0; i--)
        add(out, text, strlen(text));
}

// Copies `from` with one damage.
static void
damage(struct random *random, struct span from, struct span donor, struct builder *out)
{
    struct span part = pick_part(random, from);
    struct span other = pick_part(random, random_below(random, 2) ? from : donor);
    const char *end = from.at + from.len;
    out->len = 0;
    add(out, from.at, (size_t)(part.at - from.at));
    switch (random_below(random, 8)) {
    case 0: // lost
        break;
    case 1: // replaced
    case 2:
        add(out, other.at, other.len);
        break;
    case 3: // something more
        add(out, part.at, part.len);
        add(out, " ", 1);
        add(out, other.at, other.len);
        break;
    case 4: // doubled
        add(out, part.at, part.len);
        add(out, part.at, part.len);
        break;
    case 5: // cut off
        return;
    case 6:
        add_oddity(random, out);
        break;
    default: // a byte changed
        add(out, part.at, part.len);
        out->bytes[out->len - 1 - random_below(random, part.len)] ^=
            (char)(1u << random_below(random, 8));
    }
    add(out, part.at + part.len, (size_t)(end - part.at) - part.len);
}

static struct span
make_case(struct random *random, const struct corpus *corpus)
{
    static struct builder builders[2];
    struct span text = corpus->texts[random_below(random, corpus->count)];
    for (uint64_t i = random_below(random, MAX_DAMAGES); i < MAX_DAMAGES; i++) {
        struct span donor = corpus->texts[random_below(random, corpus->count)];
        struct builder *out = &builders[i % 2];
        damage(random, text, donor, out);
        text = (struct span){out->bytes, out->len < TEXT_ROOM ? out->len : TEXT_ROOM};
        if (text.len == 0)
            break;
    }
    return text;
}

// ---- A case ----

static const char *
check_encoded(const struct wasm_port *port, const struct text_bytes *bytes)
{
    struct wasm_module *module;
    struct wasm_error error;
    static char problem[300];
    enum wasm_error_code code =
        wasm_module_decode(port, bytes->bytes, bytes->len, &module, &error);
    if (code == WASM_OK)
        wasm_module_destroy(module);
    if (code != WASM_MALFORMED)
        return NULL;
    snprintf(problem, sizeof(problem), "encoded, but malformed at offset %llu: %s",
             (unsigned long long)error.offset, error.message);
    return problem;
}

static bool
has_binary(struct span text)
{
    return memmem(text.at, text.len, "binary", 6) != NULL;
}

// Both in blocks of their own, so that a sanitizer sees reads beyond them.
static const char *
run_case(struct random *random, struct span made, uint64_t *encoded)
{
    struct test_port port;
    struct text_bytes bytes;
    struct text_error error;
    const char *problem = NULL;
    char *text = malloc(made.len + !made.len);
    if (!text)
        abort();
    memcpy(text, made.at, made.len);
    test_port_init(&port);
    port.fail_at = random_below(random, 8) ? 0 : 1 + random_below(random, 100);
    bool done = text_module_encode(&port.port, text, made.len, &bytes, &error);
    port.fail_at = 0;
    if (done && !has_binary(made))
        problem = check_encoded(&port.port, &bytes);
    if (!done && (error.line == 0 || error.column == 0 || !error.message[0]))
        problem = "refused without a reason";
    *encoded += done;
    text_bytes_free(&port.port, &bytes);
    free(text);
    return !problem && port.live ? "kept memory" : problem;
}

// ---- All cases ----

struct options {
    uint64_t seed;
    uint64_t count;
    uint64_t only;
};

static int
read_options(int argc, char **argv, struct options *options)
{
    int at = 1;
    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
        uint64_t value = strtoull(argv[at + 1], NULL, 0);
        if (strcmp(argv[at], "--seed") == 0)
            options->seed = value;
        else if (strcmp(argv[at], "--count") == 0)
            options->count = value;
        else if (strcmp(argv[at], "--case") == 0)
            options->only = value;
        else
            break;
    }
    return at;
}

static bool
run_number(const struct options *options, const struct corpus *corpus, uint64_t number,
           uint64_t *encoded)
{
    struct random random = random_make(options->seed, number);
    alarm(CASE_SECONDS);
    struct span text = make_case(&random, corpus);
    if (options->only != UINT64_MAX)
        printf("%.*s\n", (int)text.len, text.at);
    fflush(stdout);
    const char *problem = run_case(&random, text, encoded);
    if (problem)
        printf("--seed %llu --case %llu: %s\n", (unsigned long long)options->seed,
               (unsigned long long)number, problem);
    return problem == NULL;
}

int
main(int argc, char **argv)
{
    struct options options = {.seed = 1, .count = 50000, .only = UINT64_MAX};
    static struct corpus corpus;
    uint64_t failed = 0;
    uint64_t encoded = 0;
    for (int at = read_options(argc, argv, &options); at < argc; at++) {
        size_t len;
        const char *why;
        uint8_t *bytes = file_read(argv[at], &len, &why);
        if (!bytes) {
            fprintf(stderr, "%s: %s\n", argv[at], why);
            return 2;
        }
        add_modules(&corpus, (const char *)bytes, len);
        free(bytes);
    }
    if (corpus.count == 0) {
        fprintf(stderr, "usage: fuzz-text [--seed S] [--count N] [--case K] FILE...\n");
        return 2;
    }
    if (options.only != UINT64_MAX)
        return !run_number(&options, &corpus, options.only, &encoded);
    for (uint64_t number = 0; number < options.count; number++)
        failed += !run_number(&options, &corpus, number, &encoded);
    printf("%llu texts of seed %llu: %llu encoded\n%llu passed, %llu failed\n",
           (unsigned long long)options.count, (unsigned long long)options.seed,
           (unsigned long long)encoded, (unsigned long long)(options.count - failed),
           (unsigned long long)failed);
    return failed != 0;
}
