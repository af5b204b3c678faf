// SPDX-License-Identifier: Apache-2.0
//
// Line number programs of every version, made here byte by byte, and what becomes of them
// when bytes change.
#include "debug/dwarf_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "debug/source.h"

struct bytes {
    uint8_t at[4096];
    size_t len;
};

static void
u8(struct bytes *b, uint64_t value)
{
    b->at[b->len++] = (uint8_t)value;
}

static void
fixed(struct bytes *b, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        u8(b, value >> (8 * i));
}

static void
text(struct bytes *b, const char *value)
{
    memcpy(b->at + b->len, value, strlen(value) + 1);
    b->len += strlen(value) + 1;
}

static void
raw(struct bytes *b, const struct bytes *other)
{
    memcpy(b->at + b->len, other->at, other->len);
    b->len += other->len;
}

struct shape {
    uint32_t version;
    bool is_64;
};

// Folders: what the compiler ran in, "lib". Files: main.c in the first, "lib/part.c",
// "/usr/abs.h" with folder 1.
static void
old_tables(struct bytes *b)
{
    text(b, "lib");
    u8(b, 0);
    text(b, "main.c");
    fixed(b, 0, 3);
    text(b, "part.c");
    fixed(b, 1, 3);
    text(b, "/usr/abs.h");
    fixed(b, 1, 3);
    u8(b, 0);
}

static const char line_str[] = "/home/me\0lib\0main.c\0part.c";

// In order: folders by line_strp; files by line_strp or string, with a hash between.
static void
new_tables(struct bytes *b, bool is_64)
{
    size_t offset_len = is_64 ? 8 : 4;
    u8(b, 1);
    fixed(b, 0x1f01, 2); // path, line_strp
    u8(b, 2);
    fixed(b, 0, offset_len);
    fixed(b, 9, offset_len);

    u8(b, 3);
    fixed(b, 0x1f01, 2); // path, line_strp
    fixed(b, 0x1e05, 2); // MD5, data16
    fixed(b, 0x0b02, 2); // folder, data1
    u8(b, 4);
    static const uint8_t files[][2] = {{13, 0}, {13, 0}, {20, 1}, {0, 1}};
    for (size_t i = 0; i < 4; i++) {
        fixed(b, files[i][0], offset_len);
        fixed(b, 0x1122334455667788, 8);
        fixed(b, 0x1122334455667788, 8);
        u8(b, files[i][1]);
    }
}

// minimum instruction 1, line base -3, line range 12, opcode base 13
static struct bytes
header(struct shape shape)
{
    struct bytes b = {.len = 0};
    u8(&b, 1);
    if (shape.version >= 4)
        u8(&b, 1);
    u8(&b, 1);
    u8(&b, 0xfd);
    u8(&b, 12);
    u8(&b, 13);
    static const uint8_t lengths[] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};
    for (size_t i = 0; i < sizeof(lengths); i++)
        u8(&b, lengths[i]);
    if (shape.version >= 5)
        new_tables(&b, shape.is_64);
    else
        old_tables(&b);
    return b;
}

static void
set_address(struct bytes *b, uint32_t address)
{
    fixed(b, 0x020500, 3);
    fixed(b, address, 4);
}

static void
end_sequence(struct bytes *b)
{
    fixed(b, 0x010100, 3);
}

// 0x10: main.c:5:3; 0x14: part.c:105; 0x54: no line; 0x58: main.c:6; 0x5b: end; and a
// function that was left out, and one at 0x100.
static struct bytes
program(void)
{
    struct bytes b = {.len = 0};
    set_address(&b, 0x10);
    fixed(&b, 0x0403, 2); // advance_line 4
    fixed(&b, 0x0305, 2); // set_column 3
    u8(&b, 1);            // copy
    fixed(&b, 0x0204, 2); // set_file 2
    fixed(&b, 0x0005, 2); // set_column 0
    u8(&b, 3);            // advance_line 100, padded
    fixed(&b, 0x0080e4, 3);
    u8(&b, 13 + 3 + 4 * 12); // special: address + 4, line + 0
    u8(&b, 2);               // advance_pc 0x40
    u8(&b, 0x40);
    u8(&b, 3); // advance_line -105
    fixed(&b, 0x7f97, 2);
    u8(&b, 1);
    fixed(&b, 0x0104, 2); // set_file 1
    fixed(&b, 0x0603, 2); // advance_line 6
    u8(&b, 9);            // fixed_advance_pc 4
    fixed(&b, 4, 2);
    fixed(&b, 0x07040200, 4); // discriminator
    u8(&b, 1);
    fixed(&b, 0x0302, 2);
    end_sequence(&b);
    set_address(&b, 0);
    u8(&b, 1);
    fixed(&b, 0x7f02, 2);
    end_sequence(&b);
    set_address(&b, UINT32_MAX);
    u8(&b, 1);
    fixed(&b, 0x7f02, 2);
    end_sequence(&b);
    set_address(&b, 0x100);
    fixed(&b, 0x0304, 2); // set_file 3
    u8(&b, 8);            // const_add_pc: (255 - 13) / 12 = 20
    u8(&b, 1);
    fixed(&b, 0x0402, 2);
    end_sequence(&b);
    return b;
}

static struct bytes
unit(struct shape shape)
{
    struct bytes head = header(shape), code = program(), b = {.len = 0};
    size_t offset_len = shape.is_64 ? 8 : 4;
    size_t len = (shape.version >= 5 ? 4u : 2u) + offset_len + head.len + code.len;
    if (shape.is_64)
        fixed(&b, UINT32_MAX, 4);
    fixed(&b, len, offset_len);
    fixed(&b, shape.version, 2);
    if (shape.version >= 5)
        fixed(&b, 4, 2);
    fixed(&b, head.len, offset_len);
    raw(&b, &head);
    raw(&b, &code);
    return b;
}

static struct dwarf_line_sections
sections(const struct bytes *line)
{
    return (struct dwarf_line_sections){
        .line = {line->at, line->len},
        .line_str = {(const uint8_t *)line_str, sizeof(line_str)},
    };
}

static void
expect(const struct bytes *line, uint64_t address, const char *shown)
{
    struct dwarf_line_sections s = sections(line);
    struct dwarf_place place = {.address = address};
    char out[64];
    dwarf_line_find(&s, &place, 1);
    dwarf_place_show(&place, out, sizeof(out));
    assert_string_equal(out, shown);
}

static void
expect_all(const struct bytes *line, const char *third_file)
{
    expect(line, 0x0f, "");
    expect(line, 0x10, "main.c:5:3");
    expect(line, 0x13, "main.c:5:3");
    expect(line, 0x14, "lib/part.c:105");
    expect(line, 0x53, "lib/part.c:105");
    expect(line, 0x54, "");
    expect(line, 0x57, "");
    expect(line, 0x58, "main.c:6");
    expect(line, 0x5a, "main.c:6");
    expect(line, 0x5b, "");
    expect(line, 0, "");
    expect(line, UINT64_MAX, "");
    expect(line, 0x113, "");
    expect(line, 0x114, third_file);
    expect(line, 0x118, "");
}

static void
test_every_version(void **state)
{
    (void)state;
    for (uint32_t version = 2; version <= 5; version++) {
        for (int is_64 = 0; is_64 < 2; is_64++) {
            struct bytes line = unit((struct shape){version, is_64});
            expect_all(&line, version == 5 ? "/home/me:1" : "/usr/abs.h:1");
        }
    }
}

static void
test_a_unit_that_makes_no_sense_is_passed_over(void **state)
{
    (void)state;
    struct bytes good = unit((struct shape){4, false});
    static const struct {
        size_t at;
        uint8_t byte;
    } changes[] = {
        {4, 1},   {4, 6},   {4, 99},  // version
        {6, 255}, {7, 255}, {9, 255}, // header length
        {14, 0},                      // line range
        {15, 0},                      // opcode base
    };
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        struct bytes line = good;
        line.at[changes[i].at] = changes[i].byte;
        expect(&line, 0x10, "");
        raw(&line, &good);
        expect_all(&line, "/usr/abs.h:1");
    }
}

static void
test_a_cut_section_gives_what_is_whole(void **state)
{
    (void)state;
    struct bytes good = unit((struct shape){5, false});
    for (size_t len = 0; len < good.len; len++) {
        // On the heap, where sanitizers see its end.
        uint8_t *cut = malloc(len + 1);
        memcpy(cut, good.at, len);
        struct dwarf_line_sections s = sections(&good);
        s.line = (struct dwarf_section){cut, len};
        struct dwarf_place place = {.address = 0x10};
        dwarf_line_find(&s, &place, 1);
        assert_int_equal(place.line, 0); // the unit's length is beyond the end
        free(cut);
    }
}

// The tables may count up to 2^64 entries, but each takes a byte.
static void
test_counts_are_not_believed(void **state)
{
    (void)state;
    for (int is_without_format = 0; is_without_format < 2; is_without_format++) {
        struct bytes head = {.len = 0}, line = {.len = 0};
        static const uint8_t start[] = {1, 1, 1, 0, 12, 1}; // as in header()
        memcpy(head.at, start, sizeof(start));
        head.len = sizeof(start);
        u8(&head, is_without_format ? 0 : 1);
        if (!is_without_format)
            fixed(&head, 0x0801, 2); // path, string
        fixed(&head, UINT64_MAX, 8); // a count, with the byte behind
        u8(&head, 0x7f);
        struct bytes code = {.len = 0};
        set_address(&code, 0x10);
        u8(&code, 1 + 12); // special: address + 1
        u8(&code, 1 + 12);
        end_sequence(&code);
        fixed(&line, 8 + head.len + code.len, 4);
        fixed(&line, 5, 2);
        fixed(&line, 4, 2);
        fixed(&line, head.len, 4);
        raw(&line, &head);
        raw(&line, &code);
        expect(&line, 0x11, "");
    }
}

static void
test_text_outside_its_section_is_none(void **state)
{
    (void)state;
    struct bytes line = unit((struct shape){5, false});
    struct dwarf_line_sections s = sections(&line);
    struct dwarf_place place = {.address = 0x10};
    s.line_str.len = 13; // ends before "main.c"
    dwarf_line_find(&s, &place, 1);
    assert_int_equal(place.line, 5);
    assert_int_equal(place.file.len, 0);
    s.line_str.len = 16; // within it: no terminator
    dwarf_line_find(&s, &place, 1);
    assert_int_equal(place.file.len, 0);
}

static uint64_t
next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void
test_mutated_units(void **state)
{
    (void)state;
    uint64_t random = 3;
    uint64_t found = 0;
    for (int i = 0; i < 60000; i++) {
        struct shape shape = {2 + (uint32_t)i % 4, i % 8 < 4};
        struct bytes line = unit(shape);
        raw(&line, &line);
        for (uint64_t n = 1 + next_random(&random) % 4; n > 0; n--)
            line.at[next_random(&random) % line.len] = (uint8_t)next_random(&random);
        uint8_t *copy = malloc(line.len);
        memcpy(copy, line.at, line.len);
        struct dwarf_line_sections s = sections(&line);
        s.line.bytes = copy;
        struct dwarf_place places[3] = {{.address = 0x10}, {.address = 0x114}};
        places[2].address = 0x114 + next_random(&random);
        dwarf_line_find(&s, places, 3);
        char out[40];
        for (int p = 0; p < 3; p++) {
            dwarf_place_show(&places[p], out, sizeof(out));
            found += out[0] != '\0';
        }
        free(copy);
    }
    assert_in_range(found, 60000, 180000); // most places are still found
}

static void
test_a_place_is_cut_off_where_room_ends(void **state)
{
    (void)state;
    char out[8];
    struct dwarf_place place = {
        .folder = {"folder", 6}, .file = {"file.c", 6}, .line = 7, .column = 9};
    memset(out, 'x', sizeof(out));
    dwarf_place_show(&place, out, sizeof(out));
    assert_string_equal(out, "folder/");
}

// ---- In a module ----

static void
custom(struct bytes *b, const char *name, const uint8_t *bytes, size_t len)
{
    size_t contents = 1 + strlen(name) + len;
    u8(b, 0);
    u8(b, (contents & 0x7f) | 0x80);
    u8(b, contents >> 7);
    u8(b, strlen(name));
    memcpy(b->at + b->len, name, strlen(name));
    b->len += strlen(name);
    memcpy(b->at + b->len, bytes, len);
    b->len += len;
}

// The code section's contents begin at 0x20 of the module and have 0x100 bytes.
static struct bytes
module(void)
{
    struct bytes b = {.len = 0}, line = unit((struct shape){5, false});
    fixed(&b, 0x6d736100, 4);
    fixed(&b, 1, 4);
    static const uint8_t pad[13];
    custom(&b, "pad!", pad, sizeof(pad));
    u8(&b, 10);
    fixed(&b, 0x0280, 2);
    assert_int_equal(b.len, 0x20);
    b.len += 0x100;
    custom(&b, ".debug_line", line.at, line.len);
    custom(&b, ".debug_line_str", (const uint8_t *)line_str, sizeof(line_str));
    return b;
}

static void
test_offsets_in_a_module(void **state)
{
    (void)state;
    struct bytes b = module();
    struct dwarf_place places[] = {
        {.address = 0x10}, {.address = 0x30}, {.address = 0x78}, {.address = 0x134}};
    source_find(b.at, b.len, places, 4);
    assert_int_equal(places[0].line, 0); // before the code
    assert_int_equal(places[1].line, 5);
    assert_memory_equal(places[1].file.bytes, "main.c", 6);
    assert_int_equal(places[2].line, 6);
    assert_int_equal(places[3].line, 0); // behind it
}

static void
test_a_cut_module(void **state)
{
    (void)state;
    struct bytes b = module();
    for (size_t len = 0; len < b.len; len++) {
        uint8_t *cut = malloc(len + 1);
        memcpy(cut, b.at, len);
        struct dwarf_place place = {.address = 0x30};
        source_find(cut, len, &place, 1);
        assert_int_equal(place.file.len, 0);
        free(cut);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_version),
        cmocka_unit_test(test_a_unit_that_makes_no_sense_is_passed_over),
        cmocka_unit_test(test_a_cut_section_gives_what_is_whole),
        cmocka_unit_test(test_counts_are_not_believed),
        cmocka_unit_test(test_text_outside_its_section_is_none),
        cmocka_unit_test(test_mutated_units),
        cmocka_unit_test(test_a_place_is_cut_off_where_room_ends),
        cmocka_unit_test(test_offsets_in_a_module),
        cmocka_unit_test(test_a_cut_module),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
