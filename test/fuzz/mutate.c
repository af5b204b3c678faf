// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/mutate.h"

#include <stdbool.h>
#include <string.h>

#define HEADER_LEN   8
#define MAX_SECTIONS 64
#define MAX_CHANGES  5
#define GENTLE       5
#define CODE_SECTION 10
#define OPCODE_REACH 64 // how far from a chosen byte an instruction is looked for

struct edit {
    struct random *random;
    struct bytes donor;
    uint8_t *bytes;
    size_t len;
    size_t room;
};

// [lo, hi) is the whole section; its length stands at lo + 1, its contents at `body`.
struct section {
    size_t lo;
    size_t body;
    size_t hi;
};

static const uint64_t interesting[] = {
    0,        1,          2,          3,          15,         63,          64,
    127,      128,        255,        256,        1000,       1001,        16383,
    16384,    50000,      65535,      65536,      1000000,    10000000,    0x7ffffffe,
    1u << 30, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0x100000000, UINT64_MAX,
};

static size_t
below(struct edit *edit, size_t bound)
{
    return (size_t)random_below(edit->random, bound);
}

// A length up to `max`, short ones far more often.
static size_t
some_len(struct edit *edit, size_t max)
{
    size_t len = 1 + below(edit, (size_t)1 << below(edit, 12));
    return len < max ? len : max;
}

// Puts `len` bytes where [lo, hi) is; `with` lies outside of the edited bytes.
static void
replace(struct edit *edit, size_t lo, size_t hi, const uint8_t *with, size_t len)
{
    if (edit->len - (hi - lo) + len > edit->room)
        return;
    memmove(edit->bytes + lo + len, edit->bytes + hi, edit->len - hi);
    if (len > 0)
        memcpy(edit->bytes + lo, with, len);
    edit->len = edit->len - (hi - lo) + len;
}

// `extra` more bytes than needed make the encoding a redundant one.
static size_t
write_leb(uint64_t value, size_t extra, uint8_t *out)
{
    size_t len = 0;
    for (; value >= 0x80 || extra > 0; value >>= 7) {
        extra -= value < 0x80;
        out[len++] = (uint8_t)(value | 0x80);
    }
    out[len++] = (uint8_t)value;
    return len;
}

// The end of the LEB128 number at `at`.
static size_t
leb_end(const uint8_t *bytes, size_t at, size_t len)
{
    while (at < len && bytes[at] >= 0x80)
        at++;
    return at < len ? at + 1 : len;
}

static uint64_t
read_leb(const uint8_t *bytes, size_t lo, size_t hi)
{
    uint64_t value = 0;
    for (size_t i = 0; lo + i < hi && i < 9; i++)
        value |= (uint64_t)(bytes[lo + i] & 0x7f) << 7 * i;
    return value;
}

static size_t
find_sections(const uint8_t *bytes, size_t len, struct section *sections)
{
    size_t count = 0;
    for (size_t at = HEADER_LEN; at < len && count < MAX_SECTIONS;) {
        size_t body = leb_end(bytes, at + 1, len);
        uint64_t body_len = at + 1 < len ? read_leb(bytes, at + 1, body) : 0;
        size_t hi = body_len < len - body ? body + (size_t)body_len : len;
        sections[count++] = (struct section){at, body, hi};
        at = hi;
    }
    return count;
}

static bool
pick_section(struct edit *edit, struct section *out)
{
    struct section sections[MAX_SECTIONS];
    size_t count = find_sections(edit->bytes, edit->len, sections);
    if (count == 0)
        return false;
    *out = sections[below(edit, count)];
    return true;
}

// Instructions [lo, hi] of one signature, whose immediates have one form.
static const struct opcode_group {
    uint8_t lo, hi;
} opcode_groups[] = {
    {0x2c, 0x2f}, {0x30, 0x35}, {0x3a, 0x3b}, {0x3c, 0x3e}, // loads and stores
    {0x46, 0x4f}, {0x51, 0x5a}, {0x5b, 0x60}, {0x61, 0x66}, // comparisons
    {0x67, 0x69}, {0x79, 0x7b}, {0x8b, 0x91}, {0x99, 0x9f}, // of one operand
    {0x6a, 0x78}, {0x7c, 0x8a}, {0x92, 0x98}, {0xa0, 0xa6}, // of two operands
    {0xa8, 0xa9}, {0xaa, 0xab}, {0xae, 0xaf}, {0xb0, 0xb1}, // conversions
    {0xb2, 0xb3}, {0xb4, 0xb5}, {0xb7, 0xb8}, {0xb9, 0xba}, {0xc0, 0xc1}, {0xc2, 0xc4},
};

// An offset of a byte; half of the time every section is as likely as the others, so that
// short ones get their share. The edited bytes are not empty.
static size_t
pick_offset(struct edit *edit)
{
    struct section section;
    if (below(edit, 2) == 0 && pick_section(edit, &section))
        return section.lo + below(edit, section.hi - section.lo);
    return below(edit, edit->len);
}

// ---- The changes ----

static void
flip_bit(struct edit *edit)
{
    edit->bytes[pick_offset(edit)] ^= (uint8_t)(1 << below(edit, 8));
}

static void
set_byte(struct edit *edit)
{
    edit->bytes[pick_offset(edit)] = (uint8_t)random_next(edit->random);
}

// Neighbours are often the same kind of instruction, index or type.
static void
step_byte(struct edit *edit)
{
    size_t at = pick_offset(edit);
    edit->bytes[at] = (uint8_t)(edit->bytes[at] + (below(edit, 2) ? 1 : 255));
}

// Another instruction of the same signature, so that the module often stays valid.
static void
swap_opcode(struct edit *edit)
{
    struct section sections[MAX_SECTIONS];
    size_t count = find_sections(edit->bytes, edit->len, sections);
    size_t i = 0;
    while (i < count && edit->bytes[sections[i].lo] != CODE_SECTION)
        i++;
    if (i == count || sections[i].hi <= sections[i].body)
        return;
    size_t from = sections[i].body + below(edit, sections[i].hi - sections[i].body);
    for (size_t at = from; at < sections[i].hi && at < from + OPCODE_REACH; at++) {
        for (size_t g = 0; g < sizeof(opcode_groups) / sizeof(*opcode_groups); g++) {
            struct opcode_group group = opcode_groups[g];
            if (edit->bytes[at] >= group.lo && edit->bytes[at] <= group.hi) {
                size_t step = below(edit, (size_t)group.hi - group.lo + 1);
                edit->bytes[at] = (uint8_t)(group.lo + step);
                return;
            }
        }
    }
}

static void
set_number(struct edit *edit)
{
    uint8_t leb[16];
    size_t at = pick_offset(edit);
    uint64_t value = interesting[below(edit, sizeof(interesting) / sizeof(*interesting))];
    size_t len = write_leb(value, below(edit, 8) == 0 ? below(edit, 6) : 0, leb);
    replace(edit, at, leb_end(edit->bytes, at, edit->len), leb, len);
}

static void
set_section_len(struct edit *edit)
{
    struct section section;
    uint8_t leb[16];
    if (!pick_section(edit, &section) || section.body <= section.lo + 1)
        return;
    uint64_t value = section.hi - section.body + below(edit, 9) - 4;
    if (below(edit, 4) == 0)
        value = interesting[below(edit, sizeof(interesting) / sizeof(*interesting))];
    replace(edit, section.lo + 1, section.body, leb, write_leb(value, 0, leb));
}

static void
insert_bytes(struct edit *edit)
{
    uint8_t noise[8];
    size_t len = 1 + below(edit, sizeof(noise));
    uint64_t value = random_next(edit->random);
    memcpy(noise, &value, sizeof(noise));
    size_t at = pick_offset(edit);
    replace(edit, at, at, noise, len);
}

static void
remove_range(struct edit *edit)
{
    size_t lo = pick_offset(edit);
    replace(edit, lo, lo + some_len(edit, edit->len - lo), NULL, 0);
}

// Bytes of the same or of the other module, over or between those that are there.
static void
copy_range(struct edit *edit)
{
    uint8_t copy[4096];
    bool is_own = below(edit, 2) == 0 || edit->donor.len == 0;
    struct bytes from = is_own ? (struct bytes){edit->bytes, edit->len} : edit->donor;
    size_t lo = is_own ? pick_offset(edit) : below(edit, from.len);
    size_t max = from.len - lo < sizeof(copy) ? from.len - lo : sizeof(copy);
    size_t len = some_len(edit, max);
    memcpy(copy, from.at + lo, len);
    size_t at = pick_offset(edit);
    bool is_over = below(edit, 2) == 0 && at + len <= edit->len;
    replace(edit, at, is_over ? at + len : at, copy, len);
}

static void
truncate_module(struct edit *edit)
{
    edit->len = pick_offset(edit);
}

static void
remove_section(struct edit *edit)
{
    struct section section;
    if (pick_section(edit, &section))
        replace(edit, section.lo, section.hi, NULL, 0);
}

// Doubles a section: the copy comes before another one, so it may also end up in
// disorder.
static void
double_section(struct edit *edit)
{
    struct section from, to;
    if (!pick_section(edit, &from) || !pick_section(edit, &to))
        return;
    size_t len = from.hi - from.lo;
    if (edit->len + len > edit->room)
        return;
    memmove(edit->bytes + to.lo + len, edit->bytes + to.lo, edit->len - to.lo);
    size_t moved = from.lo >= to.lo ? from.lo + len : from.lo;
    memmove(edit->bytes + to.lo, edit->bytes + moved, len);
    edit->len += len;
}

// A section of the other module, instead of one or before one.
static void
graft_section(struct edit *edit)
{
    struct section sections[MAX_SECTIONS], to;
    size_t count = find_sections(edit->donor.at, edit->donor.len, sections);
    if (count == 0 || !pick_section(edit, &to))
        return;
    struct section from = sections[below(edit, count)];
    bool is_over = below(edit, 2) == 0;
    replace(edit, to.lo, is_over ? to.hi : to.lo, edit->donor.at + from.lo,
            from.hi - from.lo);
}

// Each is as likely as it stands here often; the first ones often leave a valid module.
static void (*const changes[])(struct edit *edit) = {
    swap_opcode,    swap_opcode,     swap_opcode,   swap_opcode,     step_byte,
    step_byte,      step_byte,       flip_bit,      flip_bit,        set_byte,
    set_number,     set_number,      set_number,    insert_bytes,    remove_range,
    copy_range,     copy_range,      graft_section, set_section_len, remove_section,
    double_section, truncate_module,
};

size_t
mutate(struct random *random, struct bytes seed, struct bytes donor, uint8_t *out,
       size_t room)
{
    struct edit edit = {random, donor, out, seed.len < room ? seed.len : room, room};
    memcpy(out, seed.at, edit.len);
    size_t count = 1 + below(&edit, 1 + below(&edit, MAX_CHANGES));
    size_t kinds = below(&edit, 2) ? GENTLE : sizeof(changes) / sizeof(*changes);
    for (size_t i = 0; i < count && edit.len > 0; i++)
        changes[below(&edit, kinds)](&edit);
    return edit.len;
}
