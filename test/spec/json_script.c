// SPDX-License-Identifier: Apache-2.0
#include "test/spec/json_script.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/spec/json_value.h"
#include "text/script/parse.h"
#include "tools/file.h"

struct reader {
    const struct json *next;
    const char *folder;
    // Of the command that was read last.
    uint8_t *bytes;
    struct script_value *values;
};

static struct wasm_name
text_name(const char *text)
{
    return (struct wasm_name){text, (uint32_t)strlen(text)};
}

static struct wasm_name
member_name(const struct json *json, const char *key)
{
    const struct json *member = json_member(json, key);
    if (!member || member->kind != JSON_STRING)
        return (struct wasm_name){"", 0};
    return (struct wasm_name){member->string, (uint32_t)member->len};
}

static void
fail(struct script_command *out, const char *why)
{
    out->kind = SCRIPT_BROKEN;
    out->text = text_name(why);
}

// ---- The parts of a command ----

static void
read_module(struct reader *reader, const struct json *json, struct script_command *out)
{
    char path[PATH_MAX];
    const char *why;
    snprintf(path, sizeof(path), "%s/%s", reader->folder,
             json_member_string(json, "filename"));
    reader->bytes = file_read(path, &out->module.len, &why);
    out->module.bytes = (const char *)reader->bytes;
    out->module.is_text = strcmp(json_member_string(json, "module_type"), "text") == 0;
    if (!reader->bytes)
        fail(out, "the module's file cannot be read");
}

static uint32_t
list_span(const struct json *list)
{
    uint32_t span = 0;
    for (const struct json *v = list ? list->first : NULL; v; v = v->next)
        span += json_value_span(v);
    return span;
}

static bool
read_list(const struct json *list, struct script_value *out)
{
    for (const struct json *v = list ? list->first : NULL; v; v = v->next) {
        if (!json_value_read(v, out))
            return false;
        out += json_value_span(v);
    }
    return true;
}

static void
read_action(struct reader *reader, const struct json *json, bool has_results,
            struct script_command *out)
{
    const struct json *action = json_member(json, "action");
    const struct json *args = json_member(action, "args");
    const struct json *results = has_results ? json_member(json, "expected") : NULL;
    uint32_t arg_count = list_span(args);
    out->result_entries = list_span(results);
    reader->values =
        calloc(arg_count + out->result_entries + 1u, sizeof(*reader->values));
    if (!reader->values || !read_list(args, reader->values) ||
        !read_list(results, reader->values + arg_count)) {
        fail(out, "a value of an unknown kind");
        return;
    }
    out->results = reader->values + arg_count;
    out->action = (struct script_action){
        .is_get = strcmp(json_member_string(action, "type"), "get") == 0,
        .module = member_name(action, "module"),
        .field = member_name(action, "field"),
        .args = reader->values,
        .arg_count = arg_count,
    };
}

struct script_body
json_script_body(const struct json *list, const char *folder)
{
    return (struct script_body){.start = list->first, .context = folder};
}

// ---- Commands ----

static const struct command {
    const char *type;
    enum script_command_kind kind;
    const char *name; // members
    const char *other;
} commands[] = {
    {"module", SCRIPT_MODULE, "name", ""},
    {"module_definition", SCRIPT_MODULE, "name", ""},
    {"module_instance", SCRIPT_INSTANCE, "name", "module"},
    {"register", SCRIPT_REGISTER, "name", "as"},
    {"action", SCRIPT_ACTION, "", ""},
    {"assert_return", SCRIPT_ASSERT_RETURN, "", ""},
    {"assert_trap", SCRIPT_ASSERT_TRAP, "", ""},
    {"assert_exhaustion", SCRIPT_ASSERT_EXHAUSTION, "", ""},
    {"assert_exception", SCRIPT_ASSERT_EXCEPTION, "", ""},
    {"assert_malformed", SCRIPT_ASSERT_MALFORMED, "", ""},
    {"assert_malformed_custom", SCRIPT_ASSERT_MALFORMED_CUSTOM, "", ""},
    {"assert_invalid", SCRIPT_ASSERT_INVALID, "", ""},
    {"assert_invalid_custom", SCRIPT_ASSERT_INVALID_CUSTOM, "", ""},
    {"assert_unlinkable", SCRIPT_ASSERT_UNLINKABLE, "", ""},
    {"assert_uninstantiable", SCRIPT_ASSERT_UNINSTANTIABLE, "", ""},
    {"thread", SCRIPT_THREAD, "name", "shared_module"},
    {"wait", SCRIPT_WAIT, "thread", ""},
};

static void
read_parts(struct reader *reader, const struct json *json, struct script_command *out)
{
    switch (out->kind) {
    case SCRIPT_ACTION:
    case SCRIPT_ASSERT_RETURN:
    case SCRIPT_ASSERT_TRAP:
    case SCRIPT_ASSERT_EXHAUSTION:
    case SCRIPT_ASSERT_EXCEPTION:
        read_action(reader, json, out->kind == SCRIPT_ASSERT_RETURN, out);
        break;
    case SCRIPT_THREAD: {
        const struct json *list = json_member(json, "commands");
        out->body = (struct script_body){
            .start = list ? list->first : NULL, .context = reader->folder, .at = out->at};
        break;
    }
    default:
        if (json_member(json, "filename"))
            read_module(reader, json, out);
    }
}

static void
read_command(struct reader *reader, const struct json *json, struct script_command *out)
{
    const char *type = json_member_string(json, "type");
    out->at.line = json_member_u32(json, "line");
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].type, type) != 0)
            continue;
        out->kind = commands[i].kind;
        out->name = member_name(json, commands[i].name);
        out->other = member_name(json, commands[i].other);
        out->text = member_name(json, "text");
        out->module.is_definition = strcmp(type, "module_definition") == 0;
        read_parts(reader, json, out);
        return;
    }
    fail(out, "an unknown command");
}

// ---- The reader ----

static void *
open_body(const struct wasm_port *port, struct script_body body)
{
    (void)port;
    struct reader *reader = calloc(1, sizeof(*reader));
    if (reader) {
        reader->next = body.start;
        reader->folder = body.context;
    }
    return reader;
}

static void
forget(struct reader *reader)
{
    free(reader->bytes);
    free(reader->values);
    reader->bytes = NULL;
    reader->values = NULL;
}

static void
next(void *context, struct script_command *out)
{
    struct reader *reader = context;
    forget(reader);
    memset(out, 0, sizeof(*out));
    if (!reader->next)
        return;
    read_command(reader, reader->next, out);
    reader->next = reader->next->next;
}

static void
close_body(void *context)
{
    forget(context);
    free(context);
}

const struct script_source json_script_source = {open_body, next, close_body,
                                                 script_text_encode, NULL};
