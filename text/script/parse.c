// SPDX-License-Identifier: Apache-2.0
//
// One function for each form of the grammar; they stop at the first error, and the
// command is skipped up to its last parenthesis.
#include "text/script/parse.h"

#include "base/fmt.h"
#include "base/string.h"
#include "text/script/parser.h"

// ---- Names and strings ----

static void
take_id(struct parser *p, struct wasm_name *out)
{
    if (!parser_is_id(p)) {
        parser_fail(p, "expected a name like $x");
        return;
    }
    *out = parser_text(p);
    parser_advance(p);
}

static void
take_optional_id(struct parser *p, struct wasm_name *out)
{
    if (parser_is_id(p))
        take_id(p, out);
}

static void
take_string(struct parser *p, struct wasm_name *out)
{
    if (!parser_is_string(p)) {
        parser_fail(p, "expected a string");
        return;
    }
    char *bytes = parser_alloc(p, parser_string_room(p) + 1);
    if (!bytes)
        return;
    *out = (struct wasm_name){bytes, (uint32_t)parser_string(p, bytes)};
    parser_advance(p);
}

// ---- Modules ----

// Strings, concatenated.
static void
take_bytes(struct parser *p, bool is_text, struct script_module *out)
{
    parser_advance(p);
    out->is_text = is_text;
    p->bytes_len = 0;
    while (!p->is_broken && parser_is_string(p)) {
        if (!parser_reserve(p, parser_string_room(p) + 1))
            return;
        p->bytes_len += parser_string(p, p->bytes + p->bytes_len);
        parser_advance(p);
    }
    out->bytes = p->bytes;
    out->len = p->bytes_len;
}

// The fields stay text.
static void
skip_fields(struct parser *p)
{
    uint32_t depth = p->depth;
    while (!p->is_broken && !parser_is_end(p) &&
           (p->depth > depth || !parser_is_close(p)))
        parser_advance(p);
}

// Behind "(module" and its name.
static void
take_fields(struct parser *p, struct script_position at, const char *start,
            struct script_module *out)
{
    skip_fields(p);
    out->is_text = true;
    out->at = at;
    out->bytes = start;
    out->len = (size_t)(parser_start(p) - start);
}

// (module instance $I $M), behind `module`: the first of two names is the instance's.
static void
take_instance(struct parser *p, struct script_command *out)
{
    out->kind = SCRIPT_INSTANCE;
    parser_advance(p);
    take_optional_id(p, &out->name);
    out->other = out->name;
    take_optional_id(p, &out->other);
}

// "(module ...)"
static void
take_module(struct parser *p, struct script_command *out)
{
    struct script_position at = parser_at(p);
    const char *start = parser_start(p);
    parser_open(p);
    parser_advance(p);
    if (out->kind == SCRIPT_MODULE && parser_is_keyword(p, "instance")) {
        take_instance(p, out);
        parser_close(p);
        return;
    }
    if (parser_is_keyword(p, "definition")) {
        parser_advance(p);
        out->module.is_definition = true;
    }
    take_optional_id(p, &out->name);
    bool is_quote = parser_is_keyword(p, "quote");
    if (is_quote || parser_is_keyword(p, "binary")) {
        take_bytes(p, is_quote, &out->module);
    } else if (out->module.is_definition) {
        // The fields alone, for "definition" is no part of a module.
        take_fields(p, p->taken_at, p->taken_end, &out->module);
    } else {
        take_fields(p, at, start, &out->module);
        out->module.len += parser_is_close(p);
    }
    parser_close(p);
}

static void
require_module(struct parser *p, struct script_command *out)
{
    if (parser_is_form(p, "module"))
        take_module(p, out);
    else
        parser_fail(p, "expected a module");
}

// ---- Actions ----

static bool
is_action(const struct parser *p)
{
    return parser_is_form(p, "invoke") || parser_is_form(p, "get");
}

static void
take_action(struct parser *p, struct script_command *out)
{
    struct script_action *action = &out->action;
    if (!is_action(p)) {
        parser_fail(p, "expected an action, invoke or get");
        return;
    }
    action->is_get = parser_is_form(p, "get");
    parser_open(p);
    parser_advance(p);
    take_optional_id(p, &action->module);
    take_string(p, &action->field);
    if (!action->is_get)
        action->arg_count = parser_values(p, false);
    parser_close(p);
}

// ---- Commands, behind the keyword ----

static void
parse_register(struct parser *p, struct script_command *out)
{
    take_string(p, &out->other);
    take_optional_id(p, &out->name);
}

static void
parse_assert_return(struct parser *p, struct script_command *out)
{
    take_action(p, out);
    out->result_entries = parser_values(p, true);
}

// Of an action, or of a module that is to trap when it is instantiated.
static void
parse_assert_trap(struct parser *p, struct script_command *out)
{
    if (parser_is_form(p, "module")) {
        out->kind = SCRIPT_ASSERT_UNINSTANTIABLE;
        take_module(p, out);
    } else {
        take_action(p, out);
    }
    take_string(p, &out->text);
}

static void
parse_assert_exhaustion(struct parser *p, struct script_command *out)
{
    take_action(p, out);
    take_string(p, &out->text);
}

static void
parse_assert_module(struct parser *p, struct script_command *out)
{
    require_module(p, out);
    take_string(p, &out->text);
}

static void
parse_thread(struct parser *p, struct script_command *out)
{
    take_id(p, &out->name);
    if (parser_is_form(p, "shared")) {
        parser_open(p);
        parser_advance(p);
        if (!parser_is_form(p, "module"))
            parser_fail(p, "expected (module $x)");
        parser_open(p);
        parser_advance(p);
        take_id(p, &out->other);
        parser_close(p);
        parser_close(p);
    }
    out->body.at = parser_at(p);
    out->body.start = parser_start(p);
    skip_fields(p);
    out->body.end = parser_start(p);
}

static void
parse_wait(struct parser *p, struct script_command *out)
{
    take_id(p, &out->name);
}

static void
parse_refused(struct parser *p, struct script_command *out)
{
    (void)out;
    parser_fail(p, "unsupported: script, input and output commands");
}

static const struct form {
    const char *word;
    enum script_command_kind kind;
    void (*parse)(struct parser *p, struct script_command *out);
} forms[] = {
    {"register", SCRIPT_REGISTER, parse_register},
    {"assert_return", SCRIPT_ASSERT_RETURN, parse_assert_return},
    {"assert_trap", SCRIPT_ASSERT_TRAP, parse_assert_trap},
    {"assert_exhaustion", SCRIPT_ASSERT_EXHAUSTION, parse_assert_exhaustion},
    {"assert_exception", SCRIPT_ASSERT_EXCEPTION, take_action},
    {"assert_malformed", SCRIPT_ASSERT_MALFORMED, parse_assert_module},
    {"assert_malformed_custom", SCRIPT_ASSERT_MALFORMED_CUSTOM, parse_assert_module},
    {"assert_invalid", SCRIPT_ASSERT_INVALID, parse_assert_module},
    {"assert_invalid_custom", SCRIPT_ASSERT_INVALID_CUSTOM, parse_assert_module},
    {"assert_unlinkable", SCRIPT_ASSERT_UNLINKABLE, parse_assert_module},
    {"thread", SCRIPT_THREAD, parse_thread},
    {"wait", SCRIPT_WAIT, parse_wait},
    {"script", SCRIPT_BROKEN, parse_refused},
    {"input", SCRIPT_BROKEN, parse_refused},
    {"output", SCRIPT_BROKEN, parse_refused},
};

static void
parse_form(struct parser *p, struct script_command *out)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (!parser_is_form(p, forms[i].word))
            continue;
        out->kind = forms[i].kind;
        parser_open(p);
        parser_advance(p);
        forms[i].parse(p, out);
        parser_close(p);
        return;
    }
    parser_fail_command(p);
}

// ---- The script ----

// A module without its parentheses is a script, too: all of it.
static bool
is_module_field(const struct parser *p)
{
    static const char *const fields[] = {"type",  "rec",    "import", "func",
                                         "table", "memory", "global", "export",
                                         "start", "elem",   "data",   "tag"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (parser_is_form(p, fields[i]))
            return true;
    }
    return false;
}

static void
parse_command(struct parser *p, struct script_command *out)
{
    if (is_module_field(p)) {
        out->kind = SCRIPT_MODULE;
        take_fields(p, p->taken_at, p->taken_end, &out->module);
    } else if (parser_is_form(p, "module")) {
        out->kind = SCRIPT_MODULE;
        take_module(p, out);
    } else if (is_action(p)) {
        out->kind = SCRIPT_ACTION;
        take_action(p, out);
    } else {
        parse_form(p, out);
    }
}

static void
next(void *reader, struct script_command *out)
{
    struct parser *p = reader;
    memset(out, 0, sizeof(*out));
    parser_forget(p);
    out->at = parser_at(p);
    if (parser_is_done(p))
        return;
    parse_command(p, out);
    // Only now the values stay where they are.
    out->action.args = p->values;
    out->results = p->values + out->action.arg_count;
    if (p->is_broken) {
        *out = (struct script_command){
            .kind = SCRIPT_BROKEN, .at = p->error_at, .text = parser_error(p)};
        parser_skip_command(p);
    }
}

// ---- Modules in text ----

// A place in a text that begins at `start`; in a quoted text, which has no place in the
// script, the place in it.
static struct script_position
place(struct script_position start, struct script_position at)
{
    if (start.line && at.line == 1)
        at.column += start.column - 1;
    if (start.line && at.line)
        at.line += start.line - 1;
    return at;
}

static bool
is_unsupported(const char *message)
{
    static const char word[] = "unsupported";
    for (size_t i = 0; word[i]; i++) {
        if (message[i] != word[i])
            return false;
    }
    return true;
}

uint8_t *
script_text_encode(const struct wasm_port *port, const struct script_module *module,
                   size_t *len, struct wasm_error *error, struct script_position *at)
{
    struct text_bytes encoded;
    struct text_error why = {0};
    if (text_module_encode(port, module->bytes, module->len, &encoded, &why)) {
        *len = encoded.len;
        return encoded.bytes;
    }
    *error = (struct wasm_error){.code = why.is_no_memory              ? WASM_NO_MEMORY
                                         : is_unsupported(why.message) ? WASM_UNSUPPORTED
                                                                       : WASM_MALFORMED};
    (void)fmt_string(error->message, sizeof(error->message), "%s", why.message);
    *at = place(module->at, (struct script_position){why.line, why.column});
    return NULL;
}

static bool
locate(const struct wasm_port *port, const struct script_module *module, size_t offset,
       struct script_position *at)
{
    struct text_bytes encoded;
    struct text_error error;
    struct script_position found;
    if (!text_module_encode(port, module->bytes, module->len, &encoded, &error))
        return false;
    bool is_found = text_module_locate(port, module->bytes, module->len, &encoded, offset,
                                       &found.line, &found.column);
    text_bytes_free(port, &encoded);
    if (is_found)
        *at = place(module->at, found);
    return is_found;
}

struct script_body
script_text_body(const char *text, size_t len)
{
    return (struct script_body){.start = text, .end = text + len, .at = {1, 1}};
}

const struct script_source script_text_source = {parser_create, next, parser_destroy,
                                                 script_text_encode, locate};
