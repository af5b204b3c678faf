// SPDX-License-Identifier: Apache-2.0
//
// What came with WebAssembly 3.0, as large as it may be and larger: types, vectors,
// handlers, tail calls, objects, initialisers, 64-bit memories.
#include "test/limits/cases.h"

#define BLOCK     "\x02\x40"
#define END       "\x0b"
#define TRY_TABLE "\x1f\x40"
#define V128_ZERO "\xfd\x0c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

// ---- Modules of some functions ----

struct program {
    struct builder types; // so many, from a first byte on
    uint32_t type_count;
    const uint8_t *func_types; // type indices
    struct builder *codes;     // local declarations and instructions but the last `end`
    uint32_t func_count;
    struct builder tags; // the section's contents
};

static void
put_program(struct builder *b, struct program *p)
{
    struct builder section = {0}, body = {0};
    put_header(b);
    put_u32(&section, p->type_count);
    put_bytes(&section, p->types.bytes, p->types.len);
    builder_fini(&p->types);
    put_section(b, SECTION_TYPE, &section);
    put_u32(&section, p->func_count);
    put_bytes(&section, p->func_types, p->func_count);
    put_section(b, SECTION_FUNCTION, &section);
    if (p->tags.len)
        put_section(b, SECTION_TAG, &p->tags);
    put_literal(&section, "\x01\x01"
                          "f"
                          "\0\0");
    put_section(b, SECTION_EXPORT, &section);
    put_u32(&section, p->func_count);
    for (uint32_t i = 0; i < p->func_count; i++) {
        put_bytes(&body, p->codes[i].bytes, p->codes[i].len);
        put_literal(&body, END);
        builder_fini(&p->codes[i]);
        put_body(&section, &body);
    }
    put_section(b, SECTION_CODE, &section);
}

static void
put_functype(struct builder *b, uint8_t param, uint32_t params, uint8_t result,
             uint32_t results)
{
    put_literal(b, "\x60");
    put_u32(b, params);
    put_repeated(b, &param, 1, params);
    put_u32(b, results);
    put_repeated(b, &result, 1, results);
}

static void
put_local_gets(struct builder *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        put_literal(b, "\x20");
        put_u32(b, i);
    }
}

// One function of type [] -> [] with one tag of that type.
static void
put_with_tag(struct builder *b, struct builder *code)
{
    struct program p = {.type_count = 1,
                        .func_types = (const uint8_t *)"\0",
                        .codes = code,
                        .func_count = 1};
    put_literal(&p.types, "\x60\0\0");
    put_literal(&p.tags, "\x01\0\0");
    put_program(b, &p);
}

// ---- Calls of many vectors ----

// f: [] -> [] passes `n` vectors to g, which returns them; by a tail call to h, which
// takes them and returns nothing, when `opcode` says so.
static void
pass_vectors(struct builder *b, uint32_t n, bool is_tail)
{
    struct builder codes[2] = {0};
    struct program p = {.type_count = 2,
                        .func_types = (const uint8_t *)"\0\x01",
                        .codes = codes,
                        .func_count = 2};
    put_functype(&p.types, WASM_TYPE_I32, 0, WASM_TYPE_I32, 0);
    put_functype(&p.types, WASM_TYPE_V128, n, WASM_TYPE_V128, is_tail ? 0 : n);
    put_literal(&codes[0], "\0");
    put_repeated(&codes[0], V128_ZERO, 18, n);
    if (is_tail) {
        put_literal(&codes[0], "\x12\x01");
    } else {
        put_literal(&codes[0], "\x10\x01");
        put_repeated(&codes[0], "\x1a", 1, n);
    }
    put_literal(&codes[1], "\0");
    if (!is_tail)
        put_local_gets(&codes[1], n);
    put_program(b, &p);
}

static void
vectors_there_and_back(struct builder *b, uint32_t n)
{
    pass_vectors(b, n, false);
}

static void
tail_call_of_vectors(struct builder *b, uint32_t n)
{
    pass_vectors(b, n, true);
}

// g tail-calls itself with all its `n` arguments, each one further, 10,000 times.
static void
tail_calls_of_arguments(struct builder *b, uint32_t n)
{
    struct builder codes[2] = {0};
    struct program p = {.type_count = 2,
                        .func_types = (const uint8_t *)"\0\x01",
                        .codes = codes,
                        .func_count = 2};
    put_functype(&p.types, WASM_TYPE_I32, 0, WASM_TYPE_I32, 0);
    put_functype(&p.types, WASM_TYPE_I32, n, WASM_TYPE_I32, 0);
    put_literal(&codes[0], "\0");
    put_repeated(&codes[0], "\x41\0", 2, n - 1);
    put_literal(&codes[0], "\x41\x90\xce\0\x12\x01"); // 10,000
    put_literal(&codes[1], "\0\x20");
    put_u32(&codes[1], n - 1);
    put_literal(&codes[1], "\x45\x04\x40\x0f\x0b"); // if it is 0, return
    for (uint32_t i = 0; i + 1 < n; i++) {
        put_literal(&codes[1], "\x20");
        put_u32(&codes[1], (i + 1) % (n - 1));
    }
    put_literal(&codes[1], "\x20");
    put_u32(&codes[1], n - 1);
    put_literal(&codes[1], "\x41\x01\x6b\x12\x01");
    put_program(b, &p);
}

static void
vector_locals(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    struct program p = {.type_count = 1,
                        .func_types = (const uint8_t *)"\0",
                        .codes = &code,
                        .func_count = 1};
    put_literal(&p.types, "\x60\0\0");
    put_literal(&code, "\x01");
    put_u32(&code, count);
    put_literal(&code, "\x7b");
    for (uint32_t i = 0; i < count; i++) {
        put_literal(&code, V128_ZERO "\x21");
        put_u32(&code, i);
    }
    put_program(b, &p);
}

// Tests and sets of references; and something is allocated.
static void
reference_locals(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    struct program p = {.type_count = 2,
                        .func_types = (const uint8_t *)"\0",
                        .codes = &code,
                        .func_count = 1};
    put_literal(&p.types, "\x60\0\0\x5f\0"); // and a struct without fields
    put_literal(&code, "\x01");
    put_u32(&code, count);
    put_literal(&code, "\x6e"); // anyref
    for (uint32_t i = 0; i < count; i++) {
        put_literal(&code, "\x20");
        put_u32(&code, i);
        put_literal(&code, "\xd1\x1a\xd0\x6e\x21"); // ref.is_null drop ref.null any
        put_u32(&code, i);
    }
    put_literal(&code, "\xfb\x01\x01\x1a");
    put_program(b, &p);
}

// ---- Handlers ----

// `clauses` catch_all, of which the first is entered.
static void
catches(struct builder *b, uint32_t clauses)
{
    struct builder code = {0};
    put_literal(&code, "\0" BLOCK TRY_TABLE);
    put_u32(&code, clauses);
    put_repeated(&code, "\x02\0", 2, clauses);
    put_literal(&code, "\x08\0" END END);
    put_with_tag(b, &code);
}

// Each one inside the one before, all catching the same; the innermost one throws.
static void
nested_tries(struct builder *b, uint32_t depth)
{
    struct builder code = {0};
    put_literal(&code, "\0");
    put_repeated(&code, TRY_TABLE "\x01\x02\0", 5, depth);
    put_literal(&code, "\x08\0");
    put_repeated(&code, END, 1, depth);
    put_with_tag(b, &code);
}

// One after the other; nothing is thrown.
static void
tries_in_sequence(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    put_literal(&code, "\0");
    put_repeated(&code, TRY_TABLE "\x01\x02\0" END, 6, count);
    put_with_tag(b, &code);
}

// And each throws, so that its handler is looked for among all.
static void
throws_in_sequence(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    put_literal(&code, "\0");
    put_repeated(&code, BLOCK TRY_TABLE "\x01\x02\0\x08\0" END END, 11, count);
    put_with_tag(b, &code);
}

static void
tags(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_header(b);
    put_literal(&section, "\x01\x60\0\0");
    put_section(b, SECTION_TYPE, &section);
    put_u32(&section, count);
    put_repeated(&section, "\0\0", 2, count);
    put_section(b, SECTION_TAG, &section);
}

// ---- Types ----

static void
one_section(struct builder *b, enum section_id id, struct builder *contents)
{
    put_header(b);
    put_section(b, id, contents);
}

static void
one_group(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_literal(&section, "\x01\x4e");
    put_u32(&section, count);
    put_repeated(&section, "\x60\0", 3, count);
    one_section(b, SECTION_TYPE, &section);
}

// Each type has a field of the type before it.
static void
chain_of_types(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_u32(&section, count);
    put_literal(&section, "\x5f\0");
    for (uint32_t i = 1; i < count; i++) {
        put_literal(&section, "\x5f\x01\x63");
        // A signed number: its highest bit is the sign.
        uint32_t index = i - 1;
        for (; index >= 0x40; index >>= 7)
            put_byte(&section, (uint8_t)(index | 0x80));
        put_byte(&section, (uint8_t)index);
        put_literal(&section, "\0");
    }
    one_section(b, SECTION_TYPE, &section);
}

static void
supertypes(struct builder *b, uint32_t depth)
{
    struct builder section = {0};
    put_u32(&section, depth + 1);
    put_literal(&section, "\x50\0\x5f\0");
    for (uint32_t i = 0; i < depth; i++) {
        put_literal(&section, "\x50\x01");
        put_u32(&section, i);
        put_literal(&section, "\x5f\0");
    }
    one_section(b, SECTION_TYPE, &section);
}

// ---- Objects ----

// A struct of `n` fields made from as many operands.
static void
struct_of_fields(struct builder *b, uint32_t n)
{
    struct builder code = {0};
    struct program p = {.type_count = 2,
                        .func_types = (const uint8_t *)"\0",
                        .codes = &code,
                        .func_count = 1};
    put_literal(&p.types, "\x60\0\0\x5f");
    put_u32(&p.types, n);
    put_repeated(&p.types, "\x7f\x01", 2, n);
    put_literal(&code, "\0");
    put_repeated(&code, "\x41\0", 2, n);
    put_literal(&code, "\xfb\0\x01\x1a");
    put_program(b, &p);
}

static void
fixed_array(struct builder *b, uint32_t n)
{
    struct builder code = {0};
    struct program p = {.type_count = 2,
                        .func_types = (const uint8_t *)"\0",
                        .codes = &code,
                        .func_count = 1};
    put_literal(&p.types, "\x60\0\0\x5e\x7b\x01");
    put_literal(&code, "\0");
    put_repeated(&code, V128_ZERO, 18, n);
    put_literal(&code, "\xfb\x08\x01");
    put_u32(&code, n);
    put_literal(&code, "\x1a");
    put_program(b, &p);
}

// The number of operands is claimed, and there are none.
static void
fixed_array_declared_only(struct builder *b, uint32_t n)
{
    struct builder code = {0};
    struct program p = {.type_count = 2,
                        .func_types = (const uint8_t *)"\0",
                        .codes = &code,
                        .func_count = 1};
    put_literal(&p.types, "\x60\0\0\x5e\x7b\x01");
    put_literal(&code, "\0\xfb\x08\x01");
    put_u32(&code, n);
    put_literal(&code, "\x1a");
    put_program(b, &p);
}

// ---- Initialisers ----

// 1 + 1 + 1 ...
static void
sum_in_constant(struct builder *b, uint32_t n)
{
    struct builder section = {0};
    put_literal(&section, "\x01\x7f\0\x41\x01");
    put_repeated(&section, "\x41\x01\x6a", 3, n);
    put_literal(&section, END);
    one_section(b, SECTION_GLOBAL, &section);
}

// A list of so many structs, each made from the one before: nothing that goes over it may
// recurse. A function allocates more until it was collected some times.
static void
long_list(struct builder *b, uint32_t n)
{
    struct builder section = {0}, body = {0};
    put_header(b);
    put_literal(&section, "\x03\x5f\x01\x63\0\0\x60\0\0\x5e\x7e\x01");
    put_section(b, SECTION_TYPE, &section);
    put_literal(&section, "\x01\x01");
    put_section(b, SECTION_FUNCTION, &section);
    put_literal(&section, "\x01\x63\0\0\xd0\0");
    put_repeated(&section, "\xfb\0\0", 3, n);
    put_literal(&section, END);
    put_section(b, SECTION_GLOBAL, &section);
    put_literal(&section, "\x01\x01"
                          "f"
                          "\0\0");
    put_section(b, SECTION_EXPORT, &section);
    // 300 arrays of 1 MiB
    put_literal(&body,
                "\x01\x01\x7f\x03\x40\x41\x80\x80\x08\xfb\x07\x02\x1a\x20\0\x41\x01"
                "\x6a\x22\0\x41\xac\x02\x49\x0d\0\x0b\x0b");
    put_literal(&section, "\x01");
    put_body(&section, &body);
    put_section(b, SECTION_CODE, &section);
}

// ---- 64-bit memories and tables ----

static void
memory64_from(struct builder *b, uint32_t log2)
{
    struct builder section = {0};
    put_literal(&section, "\x01\x04");
    for (uint32_t left = log2; left >= 7; left -= 7)
        put_byte(&section, 0x80);
    put_byte(&section, (uint8_t)(1u << log2 % 7));
    one_section(b, SECTION_MEMORY, &section);
}

static void
table64_from(struct builder *b, uint32_t log2)
{
    struct builder section = {0};
    put_literal(&section, "\x01\x70\x04");
    for (uint32_t left = log2; left >= 7; left -= 7)
        put_byte(&section, 0x80);
    put_byte(&section, (uint8_t)(1u << log2 % 7));
    one_section(b, SECTION_TABLE, &section);
}

const struct limit_case feature_cases[] = {
    {"vectors there and back", vectors_there_and_back, WASM_LIMIT_PARAMS, RETURNS},
    {"vectors there and back", vectors_there_and_back, WASM_LIMIT_PARAMS + 1,
     UNSUPPORTED},
    {"tail call of vectors", tail_call_of_vectors, WASM_LIMIT_PARAMS, RETURNS},
    {"tail calls of arguments", tail_calls_of_arguments, WASM_LIMIT_PARAMS, RETURNS},
    {"vector locals", vector_locals, WASM_LIMIT_LOCALS, RETURNS},
    {"vector locals", vector_locals, WASM_LIMIT_LOCALS + 1, UNSUPPORTED},
    {"reference locals", reference_locals, WASM_LIMIT_LOCALS, RETURNS},
    {"catches", catches, WASM_LIMIT_CATCHES, RETURNS},
    {"catches", catches, WASM_LIMIT_CATCHES + 1, UNSUPPORTED},
    {"nested tries", nested_tries, 10000, RETURNS},
    {"nested tries", nested_tries, WASM_LIMIT_NESTING - 1, RETURNS},
    {"nested tries", nested_tries, WASM_LIMIT_NESTING + 1, UNSUPPORTED},
    {"tries in sequence", tries_in_sequence, 1000000, RETURNS},
    {"throws in sequence", throws_in_sequence, 10000, RETURNS},
    {"throws in sequence", throws_in_sequence, 100000, RETURNS},
    {"tags", tags, WASM_LIMIT_TAGS, COMPILES},
    {"tags", tags, WASM_LIMIT_TAGS + 1, UNSUPPORTED},
    {"one group", one_group, WASM_LIMIT_TYPES, COMPILES},
    {"one group", one_group, WASM_LIMIT_TYPES + 1, UNSUPPORTED},
    {"chain of types", chain_of_types, WASM_LIMIT_TYPES, COMPILES},
    {"supertypes", supertypes, WASM_LIMIT_SUBTYPING, COMPILES},
    {"supertypes", supertypes, WASM_LIMIT_SUBTYPING + 1, UNSUPPORTED},
    {"struct of fields", struct_of_fields, WASM_LIMIT_FIELDS, RETURNS},
    {"struct of fields", struct_of_fields, WASM_LIMIT_FIELDS + 1, UNSUPPORTED},
    {"fixed array", fixed_array, WASM_LIMIT_ARRAY_FIXED, RETURNS},
    {"fixed array", fixed_array, WASM_LIMIT_ARRAY_FIXED + 1, UNSUPPORTED},
    {"fixed array declared only", fixed_array_declared_only, WASM_LIMIT_ARRAY_FIXED,
     INVALID},
    {"fixed array declared only", fixed_array_declared_only, UINT32_MAX, UNSUPPORTED},
    {"sum in constant", sum_in_constant, 1000000, COMPILES},
    {"long list", long_list, 1000000, RETURNS},
    {"memory64 from", memory64_from, 20, REFUSED},
    {"memory64 from", memory64_from, 48, REFUSED},
    {"memory64 from", memory64_from, 49, INVALID},
    {"table64 from", table64_from, 32, REFUSED},
    {"table64 from", table64_from, 63, REFUSED},
    {0},
};
