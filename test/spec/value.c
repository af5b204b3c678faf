// SPDX-License-Identifier: Apache-2.0
#include "test/spec/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define F32_NAN 0x7fc00000u
#define F64_NAN 0x7ff8000000000000u

static const struct type_name {
    const char *name;
    uint8_t type;
} type_names[] = {
    {"i32", WASM_TYPE_I32},         {"i64", WASM_TYPE_I64},
    {"f32", WASM_TYPE_F32},         {"f64", WASM_TYPE_F64},
    {"funcref", WASM_TYPE_FUNCREF}, {"externref", WASM_TYPE_EXTERNREF},
};

static bool
type_read(const char *name, uint8_t *type)
{
    for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++) {
        if (strcmp(type_names[i].name, name) == 0) {
            *type = type_names[i].type;
            return true;
        }
    }
    return false;
}

static const char *
type_print(uint8_t type)
{
    for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++) {
        if (type_names[i].type == type)
            return type_names[i].name;
    }
    return "unknown";
}

static bool
is_reference(uint8_t type)
{
    return type == WASM_TYPE_FUNCREF || type == WASM_TYPE_EXTERNREF;
}

// The script's externref n is the word n + 1, because the word 0 is the null reference.
static bool
reference_read(uint8_t type, const char *text, union wasm_value *out)
{
    if (strcmp(text, "null") == 0)
        return true;
    out->ref = (void *)(uintptr_t)(strtoull(text, NULL, 10) + 1);
    return type == WASM_TYPE_EXTERNREF && *text != '\0';
}

bool
value_read(const struct json *json, uint8_t *type, union wasm_value *out)
{
    const char *text = json_member_string(json, "value");
    memset(out, 0, sizeof(*out));
    if (!type_read(json_member_string(json, "type"), type))
        return false;
    if (is_reference(*type))
        return reference_read(*type, text, out);
    out->i64 = strtoull(text, NULL, 10);
    return true;
}

// Canonical: the payload is the quiet bit alone. Arithmetic: the quiet bit is set.
static bool
f32_matches(const char *text, uint32_t bits)
{
    if (strcmp(text, "nan:canonical") == 0)
        return (bits & 0x7fffffff) == F32_NAN;
    if (strcmp(text, "nan:arithmetic") == 0)
        return (bits & F32_NAN) == F32_NAN;
    return bits == strtoull(text, NULL, 10);
}

static bool
f64_matches(const char *text, uint64_t bits)
{
    if (strcmp(text, "nan:canonical") == 0)
        return (bits & 0x7fffffffffffffff) == F64_NAN;
    if (strcmp(text, "nan:arithmetic") == 0)
        return (bits & F64_NAN) == F64_NAN;
    return bits == strtoull(text, NULL, 10);
}

static bool
reference_matches(const struct json *expected, union wasm_value actual)
{
    union wasm_value wanted = {0};
    if (!json_member(expected, "value"))
        return actual.ref != NULL;
    return reference_read(WASM_TYPE_EXTERNREF, json_member_string(expected, "value"),
                          &wanted) &&
           actual.ref == wanted.ref;
}

static bool
either_matches(const struct json *expected, uint8_t type, union wasm_value actual)
{
    const struct json *values = json_member(expected, "values");
    for (const struct json *v = values ? values->first : NULL; v; v = v->next) {
        if (value_matches(v, type, actual))
            return true;
    }
    return false;
}

bool
value_matches(const struct json *expected, uint8_t type, union wasm_value actual)
{
    const char *name = json_member_string(expected, "type");
    const char *text = json_member_string(expected, "value");
    uint8_t wanted;
    if (strcmp(name, "either") == 0)
        return either_matches(expected, type, actual);
    if (strcmp(name, "refnull") == 0)
        return is_reference(type) && actual.ref == NULL;
    if (!type_read(name, &wanted) || wanted != type)
        return false;
    switch (type) {
    case WASM_TYPE_I32:
        return actual.i32 == strtoull(text, NULL, 10);
    case WASM_TYPE_I64:
        return actual.i64 == strtoull(text, NULL, 10);
    case WASM_TYPE_F32:
        return f32_matches(text, actual.i32);
    case WASM_TYPE_F64:
        return f64_matches(text, actual.i64);
    default:
        return reference_matches(expected, actual);
    }
}

void
value_print(uint8_t type, union wasm_value value, char *out, size_t room)
{
    bool is_narrow = type == WASM_TYPE_I32 || type == WASM_TYPE_F32;
    unsigned long long bits = is_narrow ? value.i32 : value.i64;
    snprintf(out, room, "%s %llu (%#llx)", type_print(type), bits, bits);
}

void
value_print_expected(const struct json *expected, char *out, size_t room)
{
    const char *text = json_member_string(expected, "value");
    snprintf(out, room, "%s %s", json_member_string(expected, "type"), text);
}
