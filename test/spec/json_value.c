// SPDX-License-Identifier: Apache-2.0
#include "test/spec/json_value.h"

#include <stdlib.h>
#include <string.h>

#define ROOM(array) (sizeof(array) / sizeof((array)[0]))

static const struct number_name {
    const char *name;
    enum script_value_kind kind; // of a number by itself
    uint32_t bits;
} number_names[] = {
    {"i32", SCRIPT_I32, 32}, {"i64", SCRIPT_I64, 64}, {"f32", SCRIPT_F32, 32},
    {"f64", SCRIPT_F64, 64}, {"i8", SCRIPT_V128, 8},  {"i16", SCRIPT_V128, 16},
};

static const struct reference_name {
    const char *name;
    uint32_t heap;
} reference_names[] = {
    {"funcref", WASM_HEAP_FUNC},         {"externref", WASM_HEAP_EXTERN},
    {"anyref", WASM_HEAP_ANY},           {"eqref", WASM_HEAP_EQ},
    {"i31ref", WASM_HEAP_I31},           {"structref", WASM_HEAP_STRUCT},
    {"arrayref", WASM_HEAP_ARRAY},       {"exnref", WASM_HEAP_EXN},
    {"noneref", WASM_HEAP_NONE},         {"nofuncref", WASM_HEAP_NOFUNC},
    {"noexternref", WASM_HEAP_NOEXTERN}, {"noexnref", WASM_HEAP_NOEXN},
    {"hostref", WASM_HEAP_ANY},          {"refnull", SCRIPT_HEAP_NONE},
};

static const struct number_name *
find_number(const char *name)
{
    for (size_t i = 0; i < ROOM(number_names); i++) {
        if (strcmp(number_names[i].name, name) == 0)
            return &number_names[i];
    }
    return NULL;
}

static bool
read_lane(const char *text, uint32_t lane, struct script_value *out)
{
    uint64_t bits = 0;
    if (strcmp(text, "nan:canonical") == 0 && out->lane_bits >= 32) {
        out->nan[lane] = SCRIPT_NAN_CANONICAL;
    } else if (strcmp(text, "nan:arithmetic") == 0 && out->lane_bits >= 32) {
        out->nan[lane] = SCRIPT_NAN_ARITHMETIC;
    } else {
        char *end;
        bits = strtoull(text, &end, 10);
        if (*text == '\0' || *end != '\0')
            return false;
    }
    uint32_t bit = lane * out->lane_bits;
    out->bits.v128[bit / 64] |= bits << bit % 64;
    return true;
}

static bool
read_vector(const struct json *json, struct script_value *out)
{
    const struct number_name *lane = find_number(json_member_string(json, "lane_type"));
    const struct json *list = json_member(json, "value");
    if (!lane || !list)
        return false;
    out->kind = SCRIPT_V128;
    out->lane_bits = lane->bits;
    uint32_t count = 0;
    for (const struct json *v = list->first; v; v = v->next, count++) {
        if (count == 128 / lane->bits || v->kind != JSON_STRING ||
            !read_lane(v->string, count, out))
            return false;
    }
    return count == 128 / lane->bits;
}

static bool
read_reference(const struct json *json, const char *name, struct script_value *out)
{
    const char *text = json_member_string(json, "value");
    const struct reference_name *found = NULL;
    for (size_t i = 0; i < ROOM(reference_names); i++) {
        if (strcmp(reference_names[i].name, name) == 0)
            found = &reference_names[i];
    }
    if (!found)
        return false;
    out->heap = found->heap;
    out->bits.i64 = strtoull(text, NULL, 10);
    if (strcmp(text, "null") == 0)
        out->kind = SCRIPT_REF_NULL;
    else if (*text == '\0')
        out->kind = SCRIPT_REF;
    else
        out->kind = strcmp(name, "hostref") == 0 ? SCRIPT_REF_HOST : SCRIPT_REF_EXTERN;
    return true;
}

static bool
read_either(const struct json *json, struct script_value *out)
{
    const struct json *list = json_member(json, "values");
    out->kind = SCRIPT_EITHER;
    for (const struct json *v = list ? list->first : NULL; v; v = v->next) {
        if (json_value_span(v) != 1 || !json_value_read(v, out + 1 + out->count))
            return false;
        out->count++;
    }
    return true;
}

uint32_t
json_value_span(const struct json *json)
{
    uint32_t span = 1;
    if (strcmp(json_member_string(json, "type"), "either") != 0)
        return span;
    const struct json *list = json_member(json, "values");
    for (const struct json *v = list ? list->first : NULL; v; v = v->next)
        span++;
    return span;
}

bool
json_value_read(const struct json *json, struct script_value *out)
{
    const char *name = json_member_string(json, "type");
    memset(out, 0, sizeof(*out));
    if (strcmp(name, "either") == 0)
        return read_either(json, out);
    if (strcmp(name, "v128") == 0)
        return read_vector(json, out);
    const struct number_name *number = find_number(name);
    if (!number)
        return read_reference(json, name, out);
    out->kind = number->kind;
    out->lane_bits = number->bits;
    return number->kind != SCRIPT_V128 &&
           read_lane(json_member_string(json, "value"), 0, out);
}
