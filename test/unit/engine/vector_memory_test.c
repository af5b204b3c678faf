// SPDX-License-Identifier: Apache-2.0
//
// Vectors at the end of a memory: an instruction reads and writes the bytes that it names
// and no more. In the last place they fit nothing traps; one byte on all do, and nothing
// is written. Of a memory with guards, of a second one, and of one that is checked.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/validate.h"
#include "test/unit/engine/fixture.h"

enum { FIRST = 0x300, LAST = 0x35d, OFFSET = 300 };

enum kind { GUARDED, SECOND, CHECKED };

static const char *
kind_name(enum kind kind)
{
    static const char *const names[] = {"guarded", "second", "checked"};
    return names[kind];
}

static bool
is_memory(const struct wasm_op *op)
{
    return op->text && op->imm >= IMM_MEM8 && op->imm <= IMM_MEM64_LANE;
}

static bool
has_lane(const struct wasm_op *op)
{
    return op->imm >= IMM_MEM8_LANE;
}

static uint32_t
access_bytes(const struct wasm_op *op)
{
    return 1u << (op->imm - (has_lane(op) ? IMM_MEM8_LANE : IMM_MEM8));
}

// (address - OFFSET) in a local, the vector if any, the instruction, its result dropped.
static void
build(struct builder *b, uint32_t opcode, enum kind kind, uint32_t address)
{
    const struct wasm_op *op = &wasm_ops[opcode];
    struct builder body = {.len = 0};
    uint8_t index_type = kind == CHECKED ? 0x7e : 0x7f;
    builder_put(&body, BYTES(1, 1, index_type));
    builder_put(&body,
                kind == CHECKED ? (const uint8_t[]){0x42} : (const uint8_t[]){0x41}, 1);
    address -= OFFSET;
    builder_put(&body, BYTES((uint8_t)(address | 0x80), (uint8_t)(address >> 7 | 0x80),
                             (uint8_t)(address >> 14)));
    builder_put(&body, BYTES(0x21, 0, 0x20, 0));
    if (op->operands[1])
        builder_put(&body, BYTES(0xfd, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                                 15, 16));
    builder_put(&body, BYTES(0xfd));
    builder_leb(&body, opcode - FIRST);
    if (kind == SECOND)
        builder_put(&body, BYTES(0x40, 1));
    else
        builder_put(&body, BYTES(0));
    builder_leb(&body, OFFSET);
    if (has_lane(op))
        builder_put(&body, BYTES(1));
    if (op->result)
        builder_put(&body, BYTES(0x1a));
    builder_put(&body, BYTES(0x0b));

    builder_init(b);
    builder_section(b, 1, BYTES(1, 0x60, 0, 0));
    builder_section(b, 3, BYTES(1, 0));
    if (kind == SECOND)
        builder_section(b, 5, BYTES(2, 1, 2, 2, 1, 1, 1));
    else if (kind == CHECKED)
        builder_section(b, 5, BYTES(1, 5, 1, 1));
    else
        builder_section(b, 5, BYTES(1, 1, 1, 1));
    uint8_t exported = kind == SECOND;
    builder_section(b, 7, BYTES(2, 1, 'f', 0, 0, 1, 'm', 2, exported));
    builder_code(b, body.bytes, body.len);
}

static uint32_t
bytes_set(struct wasm_instance *instance, uint32_t from)
{
    const uint8_t *base = wasm_memory_base(fixture_export(instance, "m").memory);
    uint32_t count = 0;
    for (uint32_t i = from; i < WASM_PAGE_SIZE; i++)
        count += base[i] != 0;
    return count;
}

static void
check(uint32_t opcode, enum kind kind)
{
    const struct wasm_op *op = &wasm_ops[opcode];
    uint32_t last = WASM_PAGE_SIZE - access_bytes(op);
    struct fixture f;
    struct builder b;
    fixture_init(&f);
    for (uint32_t beyond = 0; beyond <= 1; beyond++) {
        build(&b, opcode, kind, last + beyond);
        struct wasm_instance *instance =
            fixture_instantiate(&f, fixture_module(&f, &b), NULL, 0);
        enum wasm_error_code code = fixture_call(&f, instance, "f", NULL);
        if (code != (beyond ? WASM_TRAP : WASM_OK))
            fail_msg("%s, %s memory, %u beyond: %d", op->text, kind_name(kind),
                     (unsigned)beyond, (int)code);
        if (beyond)
            assert_int_equal(f.trap.code, WASM_TRAP_MEMORY_BOUNDS);
        uint32_t written = op->result || beyond ? 0 : access_bytes(op);
        assert_int_equal(bytes_set(instance, WASM_PAGE_SIZE - 64), written);
    }
    fixture_fini(&f);
}

static void
accesses_are_as_wide_as_named(void **state)
{
    (void)state;
    uint32_t count = 0;
    for (uint32_t opcode = FIRST; opcode <= LAST; opcode++) {
        if (!is_memory(&wasm_ops[opcode]))
            continue;
        count++;
        for (uint32_t kind = GUARDED; kind <= CHECKED; kind++)
            check(opcode, (enum kind)kind);
    }
    assert_int_equal(count, 22);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(accesses_are_as_wide_as_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
