// SPDX-License-Identifier: Apache-2.0
//
// What parse.c and constant.c share: the token at hand, storage of the command, and the
// first error. After an error the token stays where it is, and functions that take one
// take none, so callers test once.
#pragma once

#include "text/script/script.h"
#include "text/text.h"

struct parser_chunk;

struct parser {
    const struct wasm_port *port;
    struct text_lexer lexer;
    struct text_token token; // not taken yet
    struct text_token ahead; // the one behind it
    const char *taken_end;   // behind the last token that was taken
    struct script_position taken_at;
    uint32_t depth; // of parentheses open before it
    bool is_broken; // the command is wrong: `error` says why
    bool is_ended;  // and so is the rest
    struct script_position error_at;
    char error[200];
    // The command's storage.
    struct parser_chunk *chunks;
    char *bytes; // a module's, reused
    size_t bytes_len;
    size_t bytes_room;
    struct script_value *values; // of all commands, reused
    uint32_t value_count;
    size_t values_room; // bytes
};

// Records an error at the token, unless there is one.
void parser_fail(struct parser *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Takes the token; the next is at hand.
void parser_advance(struct parser *p);

bool parser_is_open(const struct parser *p);  // "("
bool parser_is_close(const struct parser *p); // ")"
bool parser_is_keyword(const struct parser *p, const char *word);
bool parser_is_id(const struct parser *p); // "$x"
bool parser_is_string(const struct parser *p);
void parser_open(struct parser *p);  // takes "(" or fails
void parser_close(struct parser *p); // takes ")" or fails
// Whether a "(" is followed by the keyword; takes nothing.
bool parser_is_form(const struct parser *p, const char *word);

bool parser_is_end(const struct parser *p);  // of the text, or of what can be read
bool parser_is_done(const struct parser *p); // and nothing is left to say about it
struct script_position parser_at(const struct parser *p);
const char *parser_start(const struct parser *p);     // the token's first byte
struct wasm_name parser_text(const struct parser *p); // of the token, as written

// Of a string token: its bytes, and how many there are at most.
size_t parser_string_room(const struct parser *p);
size_t parser_string(const struct parser *p, char *out);

// Bytes that live as long as the command. NULL, with an error: no memory.
void *parser_alloc(struct parser *p, size_t len);

// Makes room for `len` more bytes of a module. False, with an error: no memory.
bool parser_reserve(struct parser *p, size_t len);

// Appends a value. NULL, with an error: no memory. Moves the others.
struct script_value *parser_add_value(struct parser *p);

// An error that says which command is not known.
void parser_fail_command(struct parser *p);
// The error, as it is to be reported.
struct wasm_name parser_error(const struct parser *p);
// Behind a broken command: skips the rest of it.
void parser_skip_command(struct parser *p);
// Before a command: forgets the one before.
void parser_forget(struct parser *p);

// The reader of a source.
void *parser_create(const struct wasm_port *port, struct script_body body);
void parser_destroy(void *reader);

// constant.c: takes constants up to the closing parenthesis of what is around them; with
// `is_pattern`, result patterns. Returns how many array entries there are, behind those
// that were there.
uint32_t parser_values(struct parser *p, bool is_pattern);
