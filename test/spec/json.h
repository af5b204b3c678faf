// SPDX-License-Identifier: Apache-2.0
//
// A strict JSON reader for the suite's scripts: text in, a tree out. Strings are
// unescaped inside the text itself, so the text must outlive the tree and is changed by
// reading.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json {
    enum json_kind kind;
    const char *key;    // of an object's member, terminated; else NULL
    const char *string; // JSON_STRING: UTF-8, terminated, may hold zero bytes
    size_t len;         // of the string
    uint64_t number;    // JSON_NUMBER: the scripts have unsigned integers only
    struct json *first; // JSON_ARRAY, JSON_OBJECT
    struct json *next;  // in the parent
};

// Reads all of [text, text + len); text[len] must be writable. NULL on failure, with the
// offset of the first byte that does not fit in *error_offset.
struct json *json_parse(char *text, size_t len, size_t *error_offset);
void json_destroy(struct json *json);

// The member of an object, or NULL; `json` may be NULL.
const struct json *json_member(const struct json *json, const char *key);
// The member's string, or "" when there is no such string.
const char *json_member_string(const struct json *json, const char *key);
uint32_t json_member_u32(const struct json *json, const char *key); // or 0
