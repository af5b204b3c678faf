// SPDX-License-Identifier: Apache-2.0
//
// Each unit is a header with tables of folders and files, then a program that makes rows
// (address, file, line, column). A row holds from its address up to the next one's.
#include "debug/dwarf_line.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"

enum { // standard opcodes: DWARF 5 section 7.22
    LNS_COPY = 1,
    LNS_ADVANCE_PC,
    LNS_ADVANCE_LINE,
    LNS_SET_FILE,
    LNS_SET_COLUMN,
    LNS_CONST_ADD_PC = 8,
    LNS_FIXED_ADVANCE_PC,
};
enum { LNE_END_SEQUENCE = 1, LNE_SET_ADDRESS = 2 };
enum { LNCT_PATH = 1, LNCT_DIRECTORY_INDEX = 2 };
enum {
    FORM_DATA2 = 0x05,
    FORM_DATA4 = 0x06,
    FORM_DATA8 = 0x07,
    FORM_STRING = 0x08,
    FORM_BLOCK = 0x09,
    FORM_DATA1 = 0x0b,
    FORM_STRP = 0x0e,
    FORM_UDATA = 0x0f,
    FORM_DATA16 = 0x1e,
    FORM_LINE_STRP = 0x1f,
};

struct row {
    uint64_t address;
    uint64_t file;
    uint64_t line;
    uint64_t column;
};

struct unit {
    const struct dwarf_line_sections *sections;
    struct dwarf_place *places;
    size_t count;
    bool is_64; // offsets have 8 bytes
    uint32_t version;
    uint32_t min_instruction;
    int32_t line_base;
    uint32_t line_range;
    uint32_t opcode_base;
    const uint8_t *opcode_lengths; // of standard opcode 1 on
    struct cursor tables;          // folders, then files
    struct cursor program;
    // The state machine.
    struct row row;
    struct row before; // the row that was made last, in this sequence
    bool has_before;
    bool is_dead; // the sequence has no address: its code was left out
};

// ---- Reading ----

static uint32_t
read_u16(struct cursor *c)
{
    uint32_t low = cursor_u8(c);
    return low | (uint32_t)cursor_u8(c) << 8;
}

static uint64_t
read_offset(struct cursor *c, bool is_64)
{
    return is_64 ? cursor_u64(c) : cursor_u32(c);
}

// LEB128 of any length, as linkers pad it. Bits beyond 64 are lost.
static uint64_t
read_leb(struct cursor *c, bool is_signed)
{
    uint64_t value = 0;
    uint32_t shift = 0;
    uint8_t byte;
    do {
        byte = cursor_u8(c);
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        shift += shift < 64 ? 7 : 0;
    } while (byte & 0x80);
    if (is_signed && byte & 0x40 && shift < 64)
        value |= ~0ull << shift;
    return value;
}

// Terminated text at the cursor.
static struct dwarf_text
read_text(struct cursor *c)
{
    const uint8_t *end = memchr(c->at, 0, cursor_left(c));
    if (end == NULL) {
        cursor_fail(c, "text without an end");
        return (struct dwarf_text){.len = 0};
    }
    size_t len = (size_t)(end - c->at);
    const uint8_t *bytes = cursor_bytes(c, len + 1);
    return (struct dwarf_text){(const char *)bytes, len};
}

static struct dwarf_text
text_in(struct dwarf_section section, uint64_t offset)
{
    if (offset >= section.len)
        return (struct dwarf_text){.len = 0};
    struct cursor c = cursor_make(section.bytes, offset, section.len);
    return read_text(&c);
}

// The rest of `c` from now on, `len` bytes of it; empty, and *c failed, if it is shorter.
static struct cursor
take(struct cursor *c, uint64_t len)
{
    const uint8_t *bytes = len <= cursor_left(c) ? cursor_bytes(c, len) : NULL;
    if (bytes != NULL)
        return cursor_make(bytes, 0, len);
    cursor_fail(c, "unexpected end");
    return cursor_make(c->at, 0, 0);
}

// ---- Folders and files ----

struct entry {
    struct dwarf_text path;
    uint64_t folder;
};

// One field of an entry of version 5. Every form takes at least one byte. Texts elsewhere
// are looked for only in the entry that is wanted: `out` is not NULL.
static void
read_field(const struct unit *u, struct cursor *c, uint64_t content, uint64_t form,
           struct entry *out)
{
    struct dwarf_section elsewhere = {.len = 0};
    struct dwarf_text text = {.len = 0};
    uint64_t number = 0;
    switch (form) {
    case FORM_STRING:
        text = read_text(c);
        break;
    case FORM_LINE_STRP:
        elsewhere = u->sections->line_str;
        number = read_offset(c, u->is_64);
        break;
    case FORM_STRP:
        elsewhere = u->sections->str;
        number = read_offset(c, u->is_64);
        break;
    case FORM_UDATA:
        number = read_leb(c, false);
        break;
    case FORM_DATA1:
        number = cursor_u8(c);
        break;
    case FORM_DATA2:
        number = read_u16(c);
        break;
    case FORM_DATA4:
        number = cursor_u32(c);
        break;
    case FORM_DATA8:
        number = cursor_u64(c);
        break;
    case FORM_DATA16:
        take(c, 16);
        break;
    case FORM_BLOCK:
        take(c, read_leb(c, false));
        break;
    default:
        cursor_fail(c, "unknown form");
    }
    if (out != NULL && content == LNCT_PATH)
        out->path = elsewhere.len != 0 ? text_in(elsewhere, number) : text;
    if (out != NULL && content == LNCT_DIRECTORY_INDEX)
        out->folder = number;
}

// Goes through a table of version 5 to its end; *out is entry `index`, if there is one.
static void
read_table(const struct unit *u, struct cursor *c, uint64_t index, struct entry *out)
{
    uint32_t format_count = cursor_u8(c);
    struct cursor formats = *c;
    for (uint32_t i = 0; i < 2 * format_count; i++)
        read_leb(c, false);
    uint64_t count = read_leb(c, false);
    if (format_count == 0 && count != 0)
        cursor_fail(c, "entries without a format");
    for (uint64_t i = 0; i < count && c->error == NULL; i++) {
        struct cursor format = formats;
        for (uint32_t f = 0; f < format_count; f++) {
            uint64_t content = read_leb(&format, false);
            uint64_t form = read_leb(&format, false);
            read_field(u, c, content, form, i == index ? out : NULL);
        }
    }
}

// The tables of version 2 to 4: texts, numbered from 1, up to an empty one.
static void
read_old_folders(struct cursor *c, uint64_t index, struct entry *out)
{
    for (uint64_t i = 1; c->error == NULL; i++) {
        struct dwarf_text text = read_text(c);
        if (text.len == 0)
            return;
        if (i == index)
            out->path = text;
    }
}

static void
read_old_files(struct cursor *c, uint64_t index, struct entry *out)
{
    for (uint64_t i = 1; c->error == NULL; i++) {
        struct entry entry = {.path = read_text(c)};
        if (entry.path.len == 0)
            return;
        entry.folder = read_leb(c, false);
        read_leb(c, false); // time of change
        read_leb(c, false); // length
        if (i == index && c->error == NULL)
            *out = entry;
    }
}

// Folder 0 is the one that the compiler ran in. (A path that is absolute needs none.)
static void
name_file(const struct unit *u, uint64_t index, struct dwarf_place *place)
{
    struct entry file = {.folder = 0}, folder = {.folder = 0}, unused = {.folder = 0};
    struct cursor c = u->tables;
    if (u->version >= 5) {
        read_table(u, &c, UINT64_MAX, &unused);
        read_table(u, &c, index, &file);
    } else {
        read_old_folders(&c, UINT64_MAX, &unused);
        read_old_files(&c, index, &file);
    }
    place->file = file.path;
    bool is_absolute = file.path.len > 0 && file.path.bytes[0] == '/';
    if (file.folder == 0 || is_absolute)
        return;
    c = u->tables;
    if (u->version >= 5)
        read_table(u, &c, file.folder, &folder);
    else
        read_old_folders(&c, file.folder, &folder);
    place->folder = folder.path;
}

// ---- Rows ----

static uint32_t
to_u32(uint64_t value)
{
    return value > UINT32_MAX ? 0 : (uint32_t)value;
}

// The first place that is not below the address.
static size_t
first_place(const struct unit *u, uint64_t address)
{
    size_t lo = 0, hi = u->count;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (u->places[middle].address < address)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

// `row` holds for [row->address, hi). Line 0: the compiler knows of none.
static void
match(const struct unit *u, const struct row *row, uint64_t hi)
{
    uint32_t line = to_u32(row->line);
    if (line == 0)
        return;
    for (size_t i = first_place(u, row->address); i < u->count; i++) {
        struct dwarf_place *place = &u->places[i];
        if (place->address >= hi)
            return;
        if (place->line != 0)
            continue;
        place->line = line;
        place->column = to_u32(row->column);
        name_file(u, row->file, place);
    }
}

static void
begin_sequence(struct unit *u)
{
    u->row = (struct row){.file = 1, .line = 1};
    u->has_before = false;
    u->is_dead = true;
}

static void
make_row(struct unit *u)
{
    if (u->has_before && !u->is_dead && u->before.address < u->row.address)
        match(u, &u->before, u->row.address);
    u->before = u->row;
    u->has_before = true;
}

// Several operations to an instruction are for other machines.
static void
advance(struct unit *u, uint64_t operations)
{
    u->row.address += operations * u->min_instruction;
}

static void
special(struct unit *u, uint32_t opcode, bool is_row)
{
    uint32_t adjusted = opcode - u->opcode_base;
    advance(u, adjusted / u->line_range);
    if (!is_row)
        return;
    u->row.line += (uint64_t)(u->line_base + (int32_t)(adjusted % u->line_range));
    make_row(u);
}

// No function begins at offset 0 of the code section: that, and an address beyond all
// code, is what linkers write for functions that they left out.
static void
extended(struct unit *u)
{
    struct cursor c = take(&u->program, read_leb(&u->program, false));
    switch (cursor_u8(&c)) {
    case LNE_END_SEQUENCE:
        make_row(u);
        begin_sequence(u);
        break;
    case LNE_SET_ADDRESS:
        u->row.address = cursor_left(&c) >= 8 ? cursor_u64(&c) : cursor_u32(&c);
        u->is_dead = u->row.address == 0;
        break;
    default: // discriminators, and what vendors add
        break;
    }
}

static void
standard(struct unit *u, uint32_t opcode)
{
    struct cursor *c = &u->program;
    switch (opcode) {
    case LNS_COPY:
        make_row(u);
        break;
    case LNS_ADVANCE_PC:
        advance(u, read_leb(c, false));
        break;
    case LNS_ADVANCE_LINE:
        u->row.line += read_leb(c, true);
        break;
    case LNS_SET_FILE:
        u->row.file = read_leb(c, false);
        break;
    case LNS_SET_COLUMN:
        u->row.column = read_leb(c, false);
        break;
    case LNS_CONST_ADD_PC:
        special(u, 255, false);
        break;
    case LNS_FIXED_ADVANCE_PC:
        u->row.address += read_u16(c);
        break;
    default: // marks, and opcodes of later versions
        for (uint32_t i = u->opcode_lengths[opcode - 1]; i > 0; i--)
            read_leb(c, false);
    }
}

static void
run_program(struct unit *u)
{
    begin_sequence(u);
    while (!cursor_done(&u->program)) {
        uint32_t opcode = cursor_u8(&u->program);
        if (opcode >= u->opcode_base)
            special(u, opcode, true);
        else if (opcode == 0)
            extended(u);
        else
            standard(u, opcode);
    }
}

// ---- Units ----

// From the version on. False: not a unit that can be read.
static bool
read_header(struct unit *u, struct cursor c)
{
    u->version = read_u16(&c);
    if (u->version < 2 || u->version > 5)
        return false;
    if (u->version == 5)
        take(&c, 2); // sizes of addresses and of segment selectors
    struct cursor header = take(&c, read_offset(&c, u->is_64));
    u->program = c;
    u->min_instruction = cursor_u8(&header);
    if (u->version >= 4)
        take(&header, 1); // operations in an instruction
    take(&header, 1);     // whether rows are statements at first
    u->line_base = (int8_t)cursor_u8(&header);
    u->line_range = cursor_u8(&header);
    u->opcode_base = cursor_u8(&header);
    if (u->line_range == 0 || u->opcode_base == 0)
        return false;
    u->opcode_lengths = cursor_bytes(&header, u->opcode_base - 1);
    u->tables = header;
    return c.error == NULL && header.error == NULL;
}

void
dwarf_line_find(const struct dwarf_line_sections *sections, struct dwarf_place *places,
                size_t count)
{
    for (size_t i = 0; i < count; i++)
        places[i] = (struct dwarf_place){.address = places[i].address};
    if (sections->line.len == 0)
        return;
    struct cursor c = cursor_make(sections->line.bytes, 0, sections->line.len);
    while (!cursor_done(&c)) {
        struct unit u = {.sections = sections, .places = places, .count = count};
        uint64_t len = cursor_u32(&c);
        u.is_64 = len == UINT32_MAX;
        if (u.is_64)
            len = cursor_u64(&c);
        if (read_header(&u, take(&c, len)))
            run_program(&u);
    }
}

void
dwarf_place_show(const struct dwarf_place *place, char *out, size_t room)
{
    char column[16] = "";
    if (place->column != 0)
        snprintf(column, sizeof(column), ":%u", place->column);
    int folder_len = place->folder.len < room ? (int)place->folder.len : (int)room;
    int file_len = place->file.len < room ? (int)place->file.len : (int)room;
    out[0] = '\0';
    if (place->line != 0 && file_len != 0)
        snprintf(out, room, "%.*s%s%.*s:%u%s", folder_len, place->folder.bytes,
                 folder_len != 0 ? "/" : "", file_len, place->file.bytes, place->line,
                 column);
}
