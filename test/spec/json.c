// SPDX-License-Identifier: Apache-2.0
#include "test/spec/json.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 64

struct reader {
    char *at;
    char *end;
    uint32_t depth;
};

static struct json *read_value(struct reader *r);

static void
skip_space(struct reader *r)
{
    while (r->at != r->end && strchr(" \t\r\n", *r->at) && *r->at)
        r->at++;
}

static bool
take(struct reader *r, char c)
{
    skip_space(r);
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static bool
take_word(struct reader *r, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
        return false;
    r->at += len;
    return true;
}

// Four hexadecimal digits, or -1.
static int32_t
read_hex4(struct reader *r)
{
    static const char digits[] = "0123456789abcdef";
    int32_t value = 0;
    if (r->end - r->at < 4)
        return -1;
    for (int i = 0; i < 4; i++, r->at++) {
        int lower = *r->at >= 'A' && *r->at <= 'F' ? *r->at + 32 : *r->at;
        const char *digit = lower ? strchr(digits, lower) : NULL;
        if (!digit)
            return -1;
        value = value * 16 + (int32_t)(digit - digits);
    }
    return value;
}

static char *
write_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out;
}

// What follows "\u"; NULL when it is no Unicode scalar value.
static char *
read_unicode_escape(struct reader *r, char *out)
{
    int32_t c = read_hex4(r);
    if (c >= 0xd800 && c < 0xdc00) {
        if (!take_word(r, "\\u"))
            return NULL;
        int32_t low = read_hex4(r);
        if (low < 0xdc00 || low >= 0xe000)
            return NULL;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    } else if (c < 0 || (c >= 0xdc00 && c < 0xe000)) {
        return NULL;
    }
    return write_utf8(out, (uint32_t)c);
}

static char *
read_escape(struct reader *r, char *out)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end)
        return NULL;
    char name = *r->at++;
    if (name == 'u')
        return read_unicode_escape(r, out);
    const char *found = name ? strchr(names, name) : NULL;
    if (!found)
        return NULL;
    *out++ = values[found - names];
    return out;
}

// An escape is never shorter than what it stands for, so the result fits in place.
static bool
read_string(struct reader *r, const char **string, size_t *len)
{
    if (!take(r, '"'))
        return false;
    char *start = r->at;
    char *out = start;
    while (r->at != r->end && *r->at != '"') {
        unsigned char c = (unsigned char)*r->at++;
        if (c < 0x20)
            return false;
        if (c != '\\')
            *out++ = (char)c;
        else if (!(out = read_escape(r, out)))
            return false;
    }
    if (r->at == r->end)
        return false;
    r->at++;
    *out = '\0';
    *string = start;
    *len = (size_t)(out - start);
    return true;
}

static bool
read_number(struct reader *r, uint64_t *number)
{
    const char *start = r->at;
    *number = 0;
    for (; r->at != r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
        if (__builtin_mul_overflow(*number, 10u, number) ||
            __builtin_add_overflow(*number, (uint64_t)(*r->at - '0'), number))
            return false;
    }
    return r->at != start && (*start != '0' || r->at == start + 1);
}

static bool
read_member(struct reader *r, struct json **out)
{
    const char *key;
    size_t key_len;
    if (!read_string(r, &key, &key_len) || !take(r, ':') || !(*out = read_value(r)))
        return false;
    (*out)->key = key;
    return true;
}

static bool
read_children(struct reader *r, struct json *parent, char close)
{
    struct json **tail = &parent->first;
    if (take(r, close))
        return true;
    do {
        bool ok = parent->kind == JSON_OBJECT ? read_member(r, tail)
                                              : (*tail = read_value(r)) != NULL;
        if (!ok)
            return false;
        tail = &(*tail)->next;
    } while (take(r, ','));
    return take(r, close);
}

static bool
read_into(struct reader *r, struct json *json)
{
    skip_space(r);
    if (r->at == r->end)
        return false;
    switch (*r->at) {
    case '{':
        r->at++;
        json->kind = JSON_OBJECT;
        return read_children(r, json, '}');
    case '[':
        r->at++;
        json->kind = JSON_ARRAY;
        return read_children(r, json, ']');
    case '"':
        json->kind = JSON_STRING;
        return read_string(r, &json->string, &json->len);
    case 't':
        json->kind = JSON_TRUE;
        return take_word(r, "true");
    case 'f':
        json->kind = JSON_FALSE;
        return take_word(r, "false");
    case 'n':
        json->kind = JSON_NULL;
        return take_word(r, "null");
    default:
        json->kind = JSON_NUMBER;
        return read_number(r, &json->number);
    }
}

static struct json *
read_value(struct reader *r)
{
    struct json *json = r->depth < MAX_DEPTH ? calloc(1, sizeof(*json)) : NULL;
    if (!json)
        return NULL;
    r->depth++;
    if (!read_into(r, json)) {
        json_destroy(json);
        return NULL;
    }
    r->depth--;
    return json;
}

struct json *
json_parse(char *text, size_t len, size_t *error_offset)
{
    struct reader r = {.at = text, .end = text + len};
    struct json *json = read_value(&r);
    skip_space(&r);
    if (json && r.at == r.end)
        return json;
    *error_offset = (size_t)(r.at - text);
    json_destroy(json);
    return NULL;
}

void
json_destroy(struct json *json)
{
    while (json) {
        struct json *next = json->next;
        json_destroy(json->first);
        free(json);
        json = next;
    }
}

const struct json *
json_member(const struct json *json, const char *key)
{
    const struct json *member = json && json->kind == JSON_OBJECT ? json->first : NULL;
    while (member && strcmp(member->key, key) != 0)
        member = member->next;
    return member;
}

const char *
json_member_string(const struct json *json, const char *key)
{
    const struct json *member = json_member(json, key);
    return member && member->kind == JSON_STRING ? member->string : "";
}

uint32_t
json_member_u32(const struct json *json, const char *key)
{
    const struct json *member = json_member(json, key);
    bool fits = member && member->kind == JSON_NUMBER && member->number <= UINT32_MAX;
    return fits ? (uint32_t)member->number : 0;
}
