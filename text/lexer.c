// SPDX-License-Identifier: Apache-2.0
//
// A token is the longest run of identifier characters and strings; what it is shows when
// its end is known. So "a""b" and 0drop are one token each, and reserved.
#include "text/lexer.h"

#include "base/string.h"
#include "base/utf8.h"
#include "text/number.h"

enum {
    CLASS_ID = 1,  // identifier character
    CLASS_HEX = 2, // hexadecimal digit
};

#define I CLASS_ID
#define X (CLASS_ID | CLASS_HEX)
static const uint8_t classes[128] = {
    ['!'] = I,         ['#'] = I,         ['$'] = I,         ['%'] = I,
    ['&'] = I,         ['\''] = I,        ['*'] = I,         ['+'] = I,
    ['-'] = I,         ['.'] = I,         ['/'] = I,         [':'] = I,
    ['<'] = I,         ['='] = I,         ['>'] = I,         ['?'] = I,
    ['@'] = I,         ['\\'] = I,        ['^'] = I,         ['_'] = I,
    ['`'] = I,         ['|'] = I,         ['~'] = I,         ['0' ... '9'] = X,
    ['a' ... 'f'] = X, ['A' ... 'F'] = X, ['g' ... 'z'] = I, ['G' ... 'Z'] = I,
};
#undef I
#undef X

static bool
is_class(char c, uint8_t class)
{
    return (uint8_t)c < 128 && (classes[(uint8_t)c] & class);
}

static uint32_t
hex_digit(char c)
{
    return c <= '9' ? (uint32_t)(c - '0') : ((uint32_t)c | 0x20) - 'a' + 10;
}

// ---- Where things are ----

void
text_lexer_init(struct text_lexer *lexer, const char *text, size_t len, uint32_t line,
                uint32_t column)
{
    *lexer = (struct text_lexer){
        .at = text,
        .end = text + len,
        .line = line,
        .column_base = column,
        .line_start = text,
    };
}

static void
place(const struct text_lexer *lexer, const char *at, struct text_token *out)
{
    size_t column = (size_t)(at - lexer->line_start) - lexer->line_extra;
    out->line = lexer->line;
    out->column = lexer->column_base + (uint32_t)column;
    out->bytes = at;
}

// lexer->at is behind a line feed.
static void
begin_line(struct text_lexer *lexer)
{
    lexer->line++;
    lexer->column_base = 1;
    lexer->line_start = lexer->at;
    lexer->line_extra = 0;
}

static bool
fail(struct text_lexer *lexer, const char *error)
{
    if (!lexer->error)
        lexer->error = error;
    return false;
}

// One character of a comment or string, which may be any.
static bool
take_character(struct text_lexer *lexer)
{
    size_t step = utf8_char(lexer->at, (size_t)(lexer->end - lexer->at));
    if (step == 0)
        return fail(lexer, "malformed UTF-8 encoding");
    lexer->line_extra += step - 1;
    lexer->at += step;
    if (lexer->at[-1] == '\n')
        begin_line(lexer);
    return true;
}

static bool
is_next(const struct text_lexer *lexer, char a, char b)
{
    return lexer->end - lexer->at >= 2 && lexer->at[0] == a && lexer->at[1] == b;
}

// ---- White space ----

static bool
skip_line_comment(struct text_lexer *lexer)
{
    while (lexer->at != lexer->end && *lexer->at != '\n' && *lexer->at != '\r') {
        if (!take_character(lexer))
            return false;
    }
    return true;
}

static bool
skip_block_comment(struct text_lexer *lexer)
{
    size_t depth = 0;
    do {
        if (lexer->at == lexer->end)
            return fail(lexer, "unclosed comment");
        bool is_open = is_next(lexer, '(', ';');
        if (is_open || is_next(lexer, ';', ')')) {
            lexer->at += 2;
            depth = is_open ? depth + 1 : depth - 1;
        } else if (!take_character(lexer)) {
            return false;
        }
    } while (depth > 0);
    return true;
}

static bool
skip_space(struct text_lexer *lexer)
{
    while (lexer->at != lexer->end) {
        char c = *lexer->at;
        if (c == '\n' || c == ' ' || c == '\t' || c == '\r') {
            lexer->at++;
            if (c == '\n')
                begin_line(lexer);
        } else if (is_next(lexer, ';', ';')) {
            if (!skip_line_comment(lexer))
                return false;
        } else if (is_next(lexer, '(', ';')) {
            if (!skip_block_comment(lexer))
                return false;
        } else {
            break;
        }
    }
    return true;
}

// ---- Strings ----

// Behind \u : {7f}, the value of which is a character.
static bool
take_unicode(struct text_lexer *lexer)
{
    const char *at = lexer->at;
    uint32_t value = 0;
    bool is_digit = false;
    if (at != lexer->end && *at == '{') {
        for (at++; at != lexer->end; at++) {
            if (is_digit && *at == '_' && at + 1 != lexer->end &&
                is_class(at[1], CLASS_HEX))
                continue;
            if (!is_class(*at, CLASS_HEX))
                break;
            is_digit = true;
            value = value << 4 | hex_digit(*at);
            if (value >= 0x110000)
                return fail(lexer, "illegal escape");
        }
        if (is_digit && at != lexer->end && *at == '}' &&
            (value < 0xd800 || value >= 0xe000)) {
            lexer->at = at + 1;
            return true;
        }
    }
    return fail(lexer, "illegal escape");
}

// Behind the backslash.
static bool
take_escape(struct text_lexer *lexer)
{
    if (lexer->at == lexer->end)
        return fail(lexer, "unclosed string");
    char c = *lexer->at++;
    if (c == 't' || c == 'n' || c == 'r' || c == '"' || c == '\'' || c == '\\')
        return true;
    if (c == 'u')
        return take_unicode(lexer);
    if (is_class(c, CLASS_HEX) && lexer->at != lexer->end &&
        is_class(*lexer->at, CLASS_HEX)) {
        lexer->at++;
        return true;
    }
    return fail(lexer, "illegal escape");
}

// At the quotation mark. Moves behind the string, or to what is wrong with it.
static bool
take_string(struct text_lexer *lexer)
{
    lexer->at++;
    for (;;) {
        if (lexer->at == lexer->end || *lexer->at == '\n')
            return fail(lexer, "unclosed string");
        char c = *lexer->at;
        if (c == '"') {
            lexer->at++;
            return true;
        }
        if (c == '\\') {
            lexer->at++;
            if (!take_escape(lexer))
                return false;
        } else if ((uint8_t)c < ' ' || c == 0x7f) {
            return fail(lexer, "illegal character in a string");
        } else if (!take_character(lexer)) {
            return false;
        }
    }
}

// ---- Names: identifiers and annotations ----

static size_t
decode_escape(const char *at, char *out, size_t *out_len)
{
    uint32_t value = 0;
    size_t len = 2;
    switch (at[1]) {
    case 't':
        *out = '\t';
        break;
    case 'n':
        *out = '\n';
        break;
    case 'r':
        *out = '\r';
        break;
    case '"':
    case '\'':
    case '\\':
        *out = at[1];
        break;
    case 'u':
        for (len = 3; at[len] != '}'; len++) {
            if (at[len] != '_')
                value = value << 4 | hex_digit(at[len]);
        }
        *out_len = utf8_encode(value, out);
        return len + 1;
    default:
        *out = (char)(hex_digit(at[1]) << 4 | hex_digit(at[2]));
        len = 3;
    }
    *out_len = 1;
    return len;
}

// The string whose quotation mark is at bytes[0], which is checked.
static size_t
decode_string(const char *bytes, size_t len, char *out)
{
    size_t out_len = 0;
    for (size_t i = 1; i < len - 1;) {
        size_t step = 1;
        if (bytes[i] == '\\')
            i += decode_escape(&bytes[i], &out[out_len], &step);
        else
            out[out_len] = bytes[i++];
        out_len += step;
    }
    return out_len;
}

size_t
text_token_name(const struct text_token *token, char *out)
{
    size_t mark = token->kind == TEXT_ID ? 1 : token->kind == TEXT_ANNOTATION ? 2 : 0;
    const char *bytes = token->bytes + mark;
    size_t len = token->len - mark;
    if (len > 0 && bytes[0] == '"')
        return decode_string(bytes, len, out);
    if (len > 0)
        memcpy(out, bytes, len);
    return len;
}

// Whether a checked string stands for UTF-8: what its escapes make goes through a window
// as wide as a character, so that no memory is needed.
static bool
is_utf8_string(const char *bytes, size_t len)
{
    char window[8];
    size_t held = 0;
    size_t i = 1;
    while (i < len - 1 || held > 0) {
        while (i < len - 1 && held < 4) {
            size_t step = 1;
            if (bytes[i] == '\\')
                i += decode_escape(&bytes[i], &window[held], &step);
            else
                window[held] = bytes[i++];
            held += step;
        }
        size_t step = utf8_char(window, held);
        if (step == 0)
            return false;
        held -= step;
        memmove(window, window + step, held);
    }
    return true;
}

// A quoted name, at the quotation mark. One that is no string, or that is empty, counts
// as no name.
static bool
take_quoted_name(struct text_lexer *lexer, const char *empty)
{
    const char *start = lexer->at;
    if (!take_string(lexer) && lexer->at != lexer->end && (uint8_t)*lexer->at < ' ')
        lexer->error = empty;
    if (lexer->error)
        return false;
    size_t len = (size_t)(lexer->at - start);
    if (len == 2)
        return fail(lexer, empty);
    return is_utf8_string(start, len) || fail(lexer, "malformed UTF-8 encoding");
}

// ---- Tokens ----

static void
take_id_characters(struct text_lexer *lexer)
{
    while (lexer->at != lexer->end && is_class(*lexer->at, CLASS_ID))
        lexer->at++;
}

// Behind "(@".
static bool
take_annotation(struct text_lexer *lexer)
{
    static const char empty[] = "empty annotation id";
    if (lexer->at != lexer->end && *lexer->at == '"')
        return take_quoted_name(lexer, empty);
    const char *start = lexer->at;
    take_id_characters(lexer);
    return lexer->at != start || fail(lexer, empty);
}

// Of a token without strings.
static enum text_kind
plain_kind(const char *bytes, size_t len)
{
    if (bytes[0] == '$')
        return TEXT_ID;
    enum text_kind number = text_number_kind(bytes, len);
    if (number != TEXT_RESERVED)
        return number;
    return bytes[0] >= 'a' && bytes[0] <= 'z' ? TEXT_KEYWORD : TEXT_RESERVED;
}

// A run of identifier characters and strings.
static enum text_kind
take_run(struct text_lexer *lexer)
{
    static const char empty[] = "empty identifier";
    const char *start = lexer->at;
    take_id_characters(lexer);
    size_t plain = (size_t)(lexer->at - start);
    bool is_quoted = lexer->at != lexer->end && *lexer->at == '"';
    if (!is_quoted && plain == 1 && *start == '$')
        return fail(lexer, empty) ? TEXT_ID : TEXT_ERROR;
    if (!is_quoted)
        return plain_kind(start, plain);
    enum text_kind kind = plain == 0                    ? TEXT_STRING
                          : plain == 1 && *start == '$' ? TEXT_ID
                                                        : TEXT_RESERVED;
    if (kind == TEXT_ID ? !take_quoted_name(lexer, empty) : !take_string(lexer))
        return TEXT_ERROR;
    while (lexer->at != lexer->end &&
           (is_class(*lexer->at, CLASS_ID) || *lexer->at == '"')) {
        kind = TEXT_RESERVED;
        if (*lexer->at != '"')
            lexer->at++;
        else if (!take_string(lexer))
            return TEXT_ERROR;
    }
    return kind;
}

// At a character that begins a token. Inside an annotation "(@" is a parenthesis and
// more.
static enum text_kind
take_token(struct text_lexer *lexer, bool is_in_annotation)
{
    char c = *lexer->at;
    if (is_class(c, CLASS_ID) || c == '"')
        return take_run(lexer);
    if (!is_in_annotation && is_next(lexer, '(', '@')) {
        lexer->at += 2;
        return take_annotation(lexer) ? TEXT_ANNOTATION : TEXT_ERROR;
    }
    if ((uint8_t)c >= 128) {
        bool is_character = utf8_char(lexer->at, (size_t)(lexer->end - lexer->at)) > 0;
        (void)fail(lexer,
                   is_character ? "illegal character" : "malformed UTF-8 encoding");
        return TEXT_ERROR;
    }
    if ((uint8_t)c < ' ' || c == 0x7f) {
        (void)fail(lexer, "illegal character");
        return TEXT_ERROR;
    }
    lexer->at++;
    return c == '(' ? TEXT_LPAR : c == ')' ? TEXT_RPAR : TEXT_RESERVED;
}

static void
take_any(struct text_lexer *lexer, bool is_in_annotation, struct text_token *out)
{
    bool is_space_good = !lexer->error && skip_space(lexer);
    place(lexer, lexer->at, out);
    if (!is_space_good)
        out->kind = TEXT_ERROR;
    else if (lexer->at == lexer->end)
        out->kind = TEXT_END;
    else
        out->kind = take_token(lexer, is_in_annotation);
    out->len = (size_t)(lexer->at - out->bytes);
    if (out->kind == TEXT_ERROR)
        place(lexer, lexer->at, out);
    if (out->kind == TEXT_ERROR)
        out->len = 0;
}

bool
text_lexer_skip_annotation(struct text_lexer *lexer)
{
    struct text_token token;
    for (size_t depth = 1; depth > 0;) {
        take_any(lexer, true, &token);
        if (token.kind == TEXT_LPAR)
            depth++;
        else if (token.kind == TEXT_RPAR)
            depth--;
        else if (token.kind == TEXT_END)
            return fail(lexer, "unclosed annotation");
        else if (token.kind == TEXT_ERROR)
            return false;
    }
    return true;
}

void
text_lexer_next(struct text_lexer *lexer, struct text_token *out)
{
    do
        take_any(lexer, false, out);
    while (out->kind == TEXT_ANNOTATION && !lexer->with_annotations &&
           text_lexer_skip_annotation(lexer));
    if (lexer->error && out->kind != TEXT_ERROR) {
        place(lexer, lexer->at, out);
        out->kind = TEXT_ERROR;
        out->len = 0;
    }
}

bool
text_token_is(const struct text_token *token, const char *word)
{
    size_t len = 0;
    while (word[len])
        len++;
    return token->kind == TEXT_KEYWORD && token->len == len &&
           memcmp(token->bytes, word, len) == 0;
}
