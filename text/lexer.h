// SPDX-License-Identifier: Apache-2.0
//
// Tokens of the text format, one at a time, in place. Wasm core 3.0 #text-lexical.
//
// Strings and identifiers are checked here, so that decoding them cannot fail. Comments
// and white space never show; annotations do only when they are asked for.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum text_kind {
    TEXT_END,        // of the text, for ever
    TEXT_ERROR,      // lexer->error says why; for ever
    TEXT_LPAR,       // (
    TEXT_RPAR,       // )
    TEXT_ANNOTATION, // (@x or (@"x": text_token_name is x; ends at its own TEXT_RPAR
    TEXT_KEYWORD,    // begins with a lower case letter; also offset=4, nan:canonical
    TEXT_INTEGER,    // with or without a sign
    TEXT_FLOAT,      // all else that is a number: 1.5, 0x1p3, inf, -nan:0x7
    TEXT_STRING,     // "..."
    TEXT_ID,         // $x or $"x"
    TEXT_RESERVED,   // anything else, such as 0drop or [ : only good inside annotations
};

struct text_token {
    enum text_kind kind;
    uint32_t line;   // from 1
    uint32_t column; // from 1, in characters
    const char *bytes;
    size_t len;
};

struct text_lexer {
    const char *at;
    const char *end;
    const char *error; // static text
    bool with_annotations;
    // private
    uint32_t line;
    uint32_t column_base; // column of line_start
    const char *line_start;
    size_t line_extra; // bytes of this line that begin no character
};

// Reads text[0..len), whose first character is at that line and column. Annotations are
// skipped; set with_annotations to see them.
void text_lexer_init(struct text_lexer *lexer, const char *text, size_t len,
                     uint32_t line, uint32_t column);

void text_lexer_next(struct text_lexer *lexer, struct text_token *out);

// Behind TEXT_ANNOTATION: skips all of it. False: lexer->error.
bool text_lexer_skip_annotation(struct text_lexer *lexer);

// Whether the token is that keyword.
bool text_token_is(const struct text_token *token, const char *word);

// The bytes that a string stands for, or an identifier or annotation without $ or (@.
// `out` has room for token->len bytes; returns how many there are. Only those of names
// are sure to be UTF-8.
size_t text_token_name(const struct text_token *token, char *out);
