// SPDX-License-Identifier: Apache-2.0
//
// Function bodies: large, deep, wide, and such that a compiler with a careless inner loop
// takes quadratic time.
#include "test/limits/cases.h"

#define BLOCK        "\x02\x40"
#define LOOP         "\x03\x40"
#define END          "\x0b"
#define BR_TABLE     "\x0e"
#define DROP         "\x1a"
#define REF_NULL_ANY "\xd0\x6e"
#define I32_CONST_0  "\x41\x00"

static const uint8_t no_type[] = {0x60, 0, 0};

static void
finish(struct builder *b, struct builder *code)
{
    put_function_module(b, no_type, sizeof(no_type), code);
}

static void
br_table(struct builder *b, uint32_t targets)
{
    struct builder code = {0};
    put_literal(&code, BLOCK I32_CONST_0 BR_TABLE);
    put_u32(&code, targets);
    put_repeated(&code, "\0", 1, targets);
    put_literal(&code, "\0" END);
    finish(b, &code);
}

static void
br_table_declared_only(struct builder *b, uint32_t targets)
{
    struct builder code = {0};
    put_literal(&code, BLOCK I32_CONST_0 BR_TABLE);
    put_u32(&code, targets);
    put_literal(&code, "\0\0" END);
    finish(b, &code);
}

// `n` results through a jump table of 100,000 targets.
static void
br_table_of_results(struct builder *b, uint32_t n)
{
    struct builder code = {0}, type = {0};
    put_literal(&type, "\x60\0");
    put_u32(&type, n);
    put_repeated(&type, "\x7f", 1, n);
    put_repeated(&code, I32_CONST_0, 2, n + 1);
    put_literal(&code, BR_TABLE);
    put_u32(&code, 100000);
    put_repeated(&code, "\0", 1, 100000);
    put_literal(&code, "\0");
    put_function_module(b, type.bytes, type.len, &code);
    builder_fini(&type);
}

static void
nested_blocks(struct builder *b, uint32_t depth)
{
    struct builder code = {0};
    put_repeated(&code, BLOCK, 2, depth);
    put_repeated(&code, END, 1, depth);
    finish(b, &code);
}

static void
nested_loops(struct builder *b, uint32_t depth)
{
    struct builder code = {0};
    put_repeated(&code, LOOP, 2, depth);
    put_repeated(&code, END, 1, depth);
    finish(b, &code);
}

static void
nested_ifs(struct builder *b, uint32_t depth)
{
    struct builder code = {0};
    put_repeated(&code, I32_CONST_0 "\x04\x40", 4, depth);
    put_repeated(&code, "\x05" END, 2, depth);
    finish(b, &code);
}

// Every level branches out of all of them.
static void
nested_branches(struct builder *b, uint32_t depth)
{
    struct builder code = {0};
    put_repeated(&code, BLOCK, 2, depth);
    for (uint32_t i = 0; i < depth; i++) {
        put_literal(&code, I32_CONST_0 "\x0d");
        put_u32(&code, depth - 1 - i);
        put_literal(&code, END);
    }
    finish(b, &code);
}

static void
unclosed_blocks(struct builder *b, uint32_t depth)
{
    struct builder code = {0};
    put_repeated(&code, BLOCK, 2, depth);
    finish(b, &code);
}

static void
nops(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    put_repeated(&code, "\x01", 1, count);
    finish(b, &code);
}

static void
blocks_in_sequence(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    put_repeated(&code, BLOCK END, 3, count);
    finish(b, &code);
}

static void
loops_in_sequence(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    put_repeated(&code, LOOP END, 3, count);
    finish(b, &code);
}

static void
operands(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    put_repeated(&code, I32_CONST_0, 2, count);
    put_repeated(&code, DROP, 1, count);
    finish(b, &code);
}

// Every call leaves 1,000 results on the stack: few bytes make many operands.
static void
operands_of_calls(struct builder *b, uint32_t calls)
{
    struct builder code = {0}, type = {0};
    put_literal(&type, "\x60\0");
    put_u32(&type, 1000);
    put_repeated(&type, "\x7e", 1, 1000);
    put_repeated(&code, "\x10\0", 2, calls);
    put_literal(&code, "\0");
    put_function_module(b, type.bytes, type.len, &code);
    builder_fini(&type);
}

// 100,000 operands lie below every block.
static void
blocks_over_operands(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    put_repeated(&code, I32_CONST_0, 2, 100000);
    put_repeated(&code, BLOCK I32_CONST_0 "\x0d\0" END, 7, count);
    put_repeated(&code, DROP, 1, 100000);
    finish(b, &code);
}

static void
locals_module(struct builder *b, const struct builder *locals, const char *code,
              size_t code_len)
{
    struct builder section = {0}, body = {0};
    put_header(b);
    put_literal(&section, "\x01\x60\0\0");
    put_section(b, SECTION_TYPE, &section);
    put_literal(&section, "\x01\0");
    put_section(b, SECTION_FUNCTION, &section);
    put_literal(&section, "\x01\x01"
                          "f"
                          "\0\0");
    put_section(b, SECTION_EXPORT, &section);
    put_bytes(&body, locals->bytes, locals->len);
    put_bytes(&body, code, code_len);
    put_literal(&section, "\x01");
    put_body(&section, &body);
    put_section(b, SECTION_CODE, &section);
}

static void
locals_of_one_group(struct builder *b, uint32_t count)
{
    struct builder locals = {0};
    put_literal(&locals, "\x01");
    put_u32(&locals, count);
    put_literal(&locals, "\x7e");
    locals_module(b, &locals, END, 1);
    builder_fini(&locals);
}

static void
locals_of_many_groups(struct builder *b, uint32_t count)
{
    struct builder locals = {0};
    put_u32(&locals, count);
    put_repeated(&locals, "\x01\x7c", 2, count);
    locals_module(b, &locals, END, 1);
    builder_fini(&locals);
}

// Two groups of `count` overflow 32 bits together.
static void
locals_that_overflow(struct builder *b, uint32_t count)
{
    struct builder locals = {0};
    put_literal(&locals, "\x02");
    for (int i = 0; i < 2; i++) {
        put_u32(&locals, count);
        put_literal(&locals, "\x7f");
    }
    locals_module(b, &locals, END, 1);
    builder_fini(&locals);
}

static void
locals_and_recursion(struct builder *b, uint32_t count)
{
    struct builder locals = {0};
    put_literal(&locals, "\x01");
    put_u32(&locals, count);
    put_literal(&locals, "\x7e");
    locals_module(b, &locals, "\x10\0" END, 3);
    builder_fini(&locals);
}

// 50,000 locals that are set, and `count` blocks.
static void
blocks_over_locals(struct builder *b, uint32_t count)
{
    struct builder locals = {0}, code = {0};
    put_literal(&locals, "\x01");
    put_u32(&locals, WASM_LIMIT_LOCALS);
    put_literal(&locals, "\x7f");
    for (uint32_t i = 0; i < WASM_LIMIT_LOCALS; i++) {
        put_literal(&code, I32_CONST_0 "\x21");
        put_u32(&code, i);
    }
    put_repeated(&code, BLOCK I32_CONST_0 "\x0d\0" END, 7, count);
    put_literal(&code, END);
    locals_module(b, &locals, (const char *)code.bytes, code.len);
    builder_fini(&locals);
    builder_fini(&code);
}

static void
params(struct builder *b, uint32_t count)
{
    struct builder code = {0}, type = {0};
    put_literal(&type, "\x60");
    put_u32(&type, count);
    put_repeated(&type, "\x7c", 1, count);
    put_literal(&type, "\0");
    put_function_module(b, type.bytes, type.len, &code);
    builder_fini(&type);
}

static void
results(struct builder *b, uint32_t count)
{
    struct builder code = {0}, type = {0};
    put_literal(&type, "\x60\0");
    put_u32(&type, count);
    put_repeated(&type, "\x7f", 1, count);
    put_repeated(&code, I32_CONST_0, 2, count);
    put_function_module(b, type.bytes, type.len, &code);
    builder_fini(&type);
}

// The function passes 1,000 parameters and results to itself: the frame is wide.
static void
recursion_with_params(struct builder *b, uint32_t count)
{
    struct builder code = {0}, type = {0};
    put_literal(&type, "\x60");
    for (int i = 0; i < 2; i++) {
        put_u32(&type, count);
        put_repeated(&type, "\x7e", 1, count);
    }
    for (uint32_t i = 0; i < count; i++) {
        put_literal(&code, "\x20");
        put_u32(&code, i);
    }
    put_literal(&code, "\x10\0");
    put_function_module(b, type.bytes, type.len, &code);
    builder_fini(&type);
}

// The calls are compiled, and not run.
static void
begin_calls(struct builder *code)
{
    put_literal(code, BLOCK "\x41\x01\x0d\0");
}

static void
put_calls(struct builder *code, uint32_t count)
{
    put_repeated(code, "\x10\0", 2, count);
}

static void
calls(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    begin_calls(&code);
    put_calls(&code, count);
    put_literal(&code, END);
    finish(b, &code);
}

// A reference lies on 500,000 operands.
static void
calls_over_operands(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    begin_calls(&code);
    put_repeated(&code, I32_CONST_0, 2, 500000);
    put_literal(&code, REF_NULL_ANY);
    put_calls(&code, count);
    put_repeated(&code, DROP, 1, 500001);
    put_literal(&code, END);
    finish(b, &code);
}

// Each call has a map of `count` references.
static void
calls_over_references(struct builder *b, uint32_t count)
{
    struct builder code = {0};
    begin_calls(&code);
    put_repeated(&code, REF_NULL_ANY, 2, count);
    put_calls(&code, 100000);
    put_repeated(&code, DROP, 1, count);
    put_literal(&code, END);
    finish(b, &code);
}

static void
calls_over_reference_locals(struct builder *b, uint32_t count)
{
    struct builder locals = {0}, code = {0};
    put_literal(&locals, "\x01");
    put_u32(&locals, count);
    put_literal(&locals, "\x6f");
    begin_calls(&code);
    put_calls(&code, 100000);
    put_literal(&code, END END);
    locals_module(b, &locals, (const char *)code.bytes, code.len);
    builder_fini(&locals);
    builder_fini(&code);
}

const struct limit_case body_cases[] = {
    {"br_table", br_table, WASM_LIMIT_BR_TABLE, RETURNS},
    {"br_table", br_table, WASM_LIMIT_BR_TABLE + 1, UNSUPPORTED},
    {"br_table declared only", br_table_declared_only, WASM_LIMIT_BR_TABLE, REFUSED},
    {"br_table declared only", br_table_declared_only, UINT32_MAX, UNSUPPORTED},
    {"br_table of results", br_table_of_results, WASM_LIMIT_RESULTS, RETURNS},
    {"nested blocks", nested_blocks, WASM_LIMIT_NESTING - 1, RETURNS},
    {"nested blocks", nested_blocks, WASM_LIMIT_NESTING + 1, UNSUPPORTED},
    {"nested loops", nested_loops, WASM_LIMIT_NESTING - 1, RETURNS},
    {"nested loops", nested_loops, WASM_LIMIT_NESTING + 1, UNSUPPORTED},
    {"nested ifs", nested_ifs, WASM_LIMIT_NESTING - 1, RETURNS},
    {"nested ifs", nested_ifs, WASM_LIMIT_NESTING + 1, UNSUPPORTED},
    {"nested branches", nested_branches, WASM_LIMIT_NESTING - 1, RETURNS},
    {"unclosed blocks", unclosed_blocks, 10000, MALFORMED},
    {"nops", nops, WASM_LIMIT_FUNCTION_BYTES - 2, RETURNS},
    {"nops", nops, WASM_LIMIT_FUNCTION_BYTES - 1, UNSUPPORTED},
    {"blocks in sequence", blocks_in_sequence, 2500000, RETURNS},
    {"loops in sequence", loops_in_sequence, 2500000, RETURNS},
    {"operands", operands, 20000, RETURNS},
    {"operands", operands, WASM_LIMIT_OPERANDS, EXHAUSTS},
    {"operands", operands, WASM_LIMIT_OPERANDS + 1, UNSUPPORTED},
    {"operands of calls", operands_of_calls, WASM_LIMIT_OPERANDS / 1000, EXHAUSTS},
    {"operands of calls", operands_of_calls, WASM_LIMIT_OPERANDS / 1000 + 1, UNSUPPORTED},
    {"blocks over operands", blocks_over_operands, 500000, RETURNS},
    {"locals of one group", locals_of_one_group, WASM_LIMIT_LOCALS, RETURNS},
    {"locals of one group", locals_of_one_group, WASM_LIMIT_LOCALS + 1, UNSUPPORTED},
    {"locals of many groups", locals_of_many_groups, WASM_LIMIT_LOCALS, RETURNS},
    {"locals of many groups", locals_of_many_groups, WASM_LIMIT_LOCALS + 1, UNSUPPORTED},
    {"locals that overflow", locals_that_overflow, UINT32_MAX, MALFORMED},
    {"locals that overflow", locals_that_overflow, 0x80000000, MALFORMED},
    {"locals and recursion", locals_and_recursion, WASM_LIMIT_LOCALS, EXHAUSTS},
    {"blocks over locals", blocks_over_locals, 500000, RETURNS},
    {"params", params, WASM_LIMIT_PARAMS, RETURNS},
    {"params", params, WASM_LIMIT_PARAMS + 1, UNSUPPORTED},
    {"params", params, 100000, UNSUPPORTED},
    {"results", results, WASM_LIMIT_RESULTS, RETURNS},
    {"results", results, WASM_LIMIT_RESULTS + 1, UNSUPPORTED},
    {"recursion with params", recursion_with_params, 1000, EXHAUSTS},
    {"calls", calls, 1000000, RETURNS},
    {"calls over operands", calls_over_operands, 1000000, EXHAUSTS},
    {"calls over references", calls_over_references, 20, RETURNS},
    {"calls over references", calls_over_references, 10000, REFUSED},
    {"calls over reference locals", calls_over_reference_locals, 20, RETURNS},
    {"calls over reference locals", calls_over_reference_locals, WASM_LIMIT_LOCALS,
     REFUSED},
    {0},
};
