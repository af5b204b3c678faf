// SPDX-License-Identifier: Apache-2.0
//
// What the files of the encoder share. Internal to text/.
//
// The text of a module is read twice. First its fields are found, and their names bound
// (index.c); then each is encoded where it was found, types before all else (type.c), the
// others in the order of the text (field.c), every one into the buffer of its section
// (section.c puts them together). So names may be used before they are bound, and
// nothing is kept of the text but where fields begin.
//
// The first error sticks: the token becomes TEXT_END, where every loop ends, and later
// errors are not recorded. Callers need not test.
#pragma once

#include "text/buffer.h"
#include "text/map.h"
#include "text/text.h"

// Index spaces, and what else has names.
enum text_space {
    SPACE_FUNC, // these five as in imports and exports
    SPACE_TABLE,
    SPACE_MEMORY,
    SPACE_GLOBAL,
    SPACE_TAG,
    SPACE_TYPE,
    SPACE_ELEM,
    SPACE_DATA,
    SPACE_COUNT, // those above have an index per module
    SPACE_LOCAL = SPACE_COUNT,
    SPACE_LABEL,
    SPACE_FIELD,    // scope: the type
    SPACE_FUNCTYPE, // the "name" is the encoded type
};

enum text_section_id {
    SECTION_TYPE = 1,
    SECTION_IMPORT,
    SECTION_FUNC,
    SECTION_TABLE,
    SECTION_MEMORY,
    SECTION_GLOBAL,
    SECTION_EXPORT,
    SECTION_START,
    SECTION_ELEM,
    SECTION_CODE,
    SECTION_DATA,
    SECTION_DATA_COUNT,
    SECTION_TAG,
    SECTION_ID_COUNT,
};

// Items, and how many.
struct text_items {
    struct text_buffer bytes;
    uint32_t count;
};

enum text_field_kind {
    FIELD_TYPE,
    FIELD_REC,
    FIELD_IMPORT,
    FIELD_FUNC,
    FIELD_TABLE,
    FIELD_MEMORY,
    FIELD_GLOBAL,
    FIELD_TAG,
    FIELD_EXPORT,
    FIELD_START,
    FIELD_ELEM,
    FIELD_DATA,
    FIELD_NONE,
};

// A field as the first reading found it.
struct text_field {
    const char *at; // its parenthesis
    uint32_t line;
    uint32_t column;
    enum text_field_kind kind;
    uint32_t index; // in its index space; types: of the first
};

struct text_type {
    const uint8_t *functype; // encoded; NULL: no function type, or not known yet
    uint32_t functype_len;
    uint32_t param_count;
};

struct text_name {
    const char *bytes;
    size_t len;
};

// A custom section and where it goes.
struct text_custom {
    uint32_t place; // TEXT_PLACE_*
    size_t start;   // in encoder->customs
    size_t len;
};

// What text_module_locate seeks, and where it was found.
struct text_sought {
    uint32_t section;
    uint32_t item; // code section: the body's number in it
    size_t offset; // code section: in the body; else in the section behind the count
    uint32_t line; // 0: not found yet
    uint32_t column;
};

struct text_frame; // body.c

struct text_encoder {
    const struct wasm_port *port;
    struct text_error *error;
    bool is_failed;

    struct text_lexer lexer;
    struct text_token token; // not taken yet
    struct text_token ahead; // the one behind it

    struct text_map map;
    struct text_arena arena;
    struct text_buffer fields; // struct text_field
    struct text_buffer types;  // struct text_type, at least those of the text
    uint32_t counts[SPACE_COUNT];
    uint32_t definitions[SPACE_COUNT]; // those not imported
    uint32_t start_count;

    struct text_items sections[SECTION_ID_COUNT];
    bool uses_data_index; // by an instruction: needs the data count section

    // Function types as they are read: written by text_typeuse.
    struct text_items params;
    struct text_items results;
    struct text_buffer scratch; // short use, by one function at a time

    // The function at hand, or constant expression.
    struct text_buffer body;
    struct text_buffer *code; // where instructions go
    uint32_t function;        // 1 + index; 0: not in a function
    bool has_unknown_params;  // its type is not known, so names have no index
    uint32_t local_count;
    struct text_buffer frames;  // struct text_frame
    struct text_buffer pending; // encoded instructions that follow their operands
    uint32_t label_count;

    // Names and hints for custom sections.
    struct text_name module_name;
    bool has_module_name;
    struct text_items names[SPACE_COUNT];
    struct text_items local_names;  // of functions
    struct text_items locals_named; // of this function
    struct text_items field_names;  // of types
    struct text_items fields_named; // of this type
    struct text_items hints;        // of functions
    struct text_items hinted;       // of this function
    struct text_sought *sought;     // or NULL
    bool is_body_sought;            // something in the function at hand
    uint8_t hint;                   // 1 + that of the next instruction, 0: none
    struct text_buffer customs;
    struct text_buffer custom_list; // struct text_custom

    uint16_t mnemonics[1024]; // hash table of opcode.c
};

// ---- locate.c ----

// The section and place in it of a byte of the module. False: it is of no section that
// fields of the text are put into.
bool text_seek(const struct text_bytes *binary, size_t offset, struct text_sought *out);
// The code so far, but for what an earlier call told, comes from there.
void text_came_from(struct text_encoder *e, uint32_t line, uint32_t column);
// And so do the items of all sections but the code.
void text_came_from_field(struct text_encoder *e, const struct text_field *field);

// ---- reader.c: tokens and errors ----

// Goes on reading at `at`, which is there in the text.
void text_read_from(struct text_encoder *e, const char *at, uint32_t line,
                    uint32_t column);
void text_advance(struct text_encoder *e);

void text_fail(struct text_encoder *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_fail_memory(struct text_encoder *e);
// The token cannot stand there: the error says what it is.
void text_unexpected(struct text_encoder *e);

static inline bool
text_is(const struct text_encoder *e, enum text_kind kind)
{
    return e->token.kind == kind;
}

static inline bool
text_is_word(const struct text_encoder *e, const char *word)
{
    return text_token_is(&e->token, word);
}

// Whether a parenthesis with that keyword begins here.
static inline bool
text_is_form(const struct text_encoder *e, const char *word)
{
    return e->token.kind == TEXT_LPAR && text_token_is(&e->ahead, word);
}

bool text_is_index(const struct text_encoder *e); // a number or an identifier

// These take what they name or fail.
void text_take(struct text_encoder *e, enum text_kind kind);
void text_take_close(struct text_encoder *e);
void text_take_word(struct text_encoder *e, const char *word);
bool text_try_word(struct text_encoder *e, const char *word); // takes nothing else
bool text_try_form(struct text_encoder *e, const char *word); // parenthesis and keyword
// Behind a form's keyword: the rest of it, with its last parenthesis.
void text_skip_form(struct text_encoder *e);

uint32_t text_take_u32(struct text_encoder *e);
uint64_t text_take_u64(struct text_encoder *e);
// Appends the bytes of the string.
void text_take_string(struct text_encoder *e, struct text_buffer *out);
// Appends length and bytes, which must be UTF-8.
void text_take_name(struct text_encoder *e, struct text_buffer *out);
// The bytes of an identifier or string; they stay.
struct text_name text_decode(struct text_encoder *e, const struct text_token *token);

// ---- buffer.c, for an encoder; a failure is its error ----

void text_put(struct text_encoder *e, struct text_buffer *out, const void *bytes,
              size_t len);
void text_put_byte(struct text_encoder *e, struct text_buffer *out, uint8_t byte);
void text_put_unsigned(struct text_encoder *e, struct text_buffer *out, uint64_t value);
void text_put_signed(struct text_encoder *e, struct text_buffer *out, int64_t value);
// Length, then the bytes.
void text_put_block(struct text_encoder *e, struct text_buffer *out, const void *bytes,
                    size_t len);
// Count, then the items.
void text_put_items(struct text_encoder *e, struct text_buffer *out,
                    const struct text_items *items);

// ---- name.c: identifiers ----

// In the first reading: the next index of the space, named by the identifier and @name
// that may stand here.
void text_bind(struct text_encoder *e, enum text_space space);
// In the second: skips them.
void text_skip_binder(struct text_encoder *e);
// The same of a local of the function, or of a field of a type, which have that index.
void text_bind_local(struct text_encoder *e, uint32_t index);
void text_bind_field(struct text_encoder *e, uint32_t type, uint32_t index);
void text_begin_locals(struct text_encoder *e);
void text_end_locals(struct text_encoder *e, uint32_t function);
void text_end_fields(struct text_encoder *e, uint32_t type);
// An index in numbers or by name.
uint32_t text_take_index(struct text_encoder *e, enum text_space space);
uint32_t text_take_field_index(struct text_encoder *e, uint32_t type);
uint32_t text_take_label(struct text_encoder *e);

// ---- index.c: the first reading ----

void text_index_fields(struct text_encoder *e);

// ---- custom.c: annotations ----

// Places of custom sections: before a section, in its place it stands itself, after it.
#define TEXT_PLACE_FIRST 0u
#define TEXT_PLACE_LAST  UINT32_MAX
uint32_t text_section_place(uint32_t position, bool is_after);

// At a field's place: takes @custom, refuses others.
void text_take_annotation(struct text_encoder *e);
// Behind the module's own name: takes @name.
void text_take_module_name(struct text_encoder *e);
// Takes @name; false: there is none.
bool text_take_name_annotation(struct text_encoder *e, struct text_name *out);
// Before an instruction: takes @metadata.code.branch_hint.
void text_take_hint(struct text_encoder *e);
// The hint that was taken is of the instruction at `offset` of the body.
void text_put_hint(struct text_encoder *e, uint8_t hint, size_t offset);
void text_end_hints(struct text_encoder *e, uint32_t function);

// ---- type.c ----

// The type fields, one after another.
void text_encode_types(struct text_encoder *e);
void text_valtype(struct text_encoder *e, struct text_buffer *out);
void text_heaptype(struct text_encoder *e, struct text_buffer *out);
// `is_null`: whether it is nullable; only the heap type is written.
void text_reftype_parts(struct text_encoder *e, struct text_buffer *out, bool *is_null);
void text_reftype(struct text_encoder *e, struct text_buffer *out);
void text_globaltype(struct text_encoder *e, struct text_buffer *out);
void text_tabletype(struct text_encoder *e, struct text_buffer *out);
void text_memorytype(struct text_encoder *e, struct text_buffer *out);

// "i32", "i64", or neither.
struct text_limits {
    bool is_64;
    bool has_max;
    bool is_shared;
    bool has_page_size;
    uint8_t page_log2;
    uint64_t min;
    uint64_t max;
};
void text_index_type(struct text_encoder *e, struct text_limits *limits);
void text_page_size(struct text_encoder *e, struct text_limits *limits);
void text_put_limits(struct text_encoder *e, struct text_buffer *out,
                     const struct text_limits *limits);

// ---- typeuse.c: function types, written out or by index ----

enum text_param_names {
    PARAMS_UNNAMED, // no names
    PARAMS_NAMED,   // names mean nothing
    PARAMS_BOUND,   // they are locals
};

// Reads (param ...)* (result ...)* into encoder->params and ->results.
void text_signature(struct text_encoder *e, enum text_param_names names);
// Adds the type that they are as type `index`. `is_plain`: nothing but a final type of
// its own, so that inline types may stand for it.
void text_add_functype(struct text_encoder *e, uint32_t index, bool is_plain);

struct text_typeuse {
    bool is_explicit; // (type x)
    uint32_t index;   // of that
};
// Reads (type x)? and the signature.
struct text_typeuse text_read_typeuse(struct text_encoder *e,
                                      enum text_param_names names);
// Its index: that of the type named, which must be the one written, or of the first such
// type, or of a new one.
uint32_t text_typeuse_index(struct text_encoder *e, const struct text_typeuse *use);
uint32_t text_typeuse(struct text_encoder *e, enum text_param_names names);
const struct text_type *text_type(const struct text_encoder *e, uint32_t index);

// ---- opcode.c ----

struct text_opcode {
    const char *text;
    uint16_t code;
    uint8_t imm; // enum wasm_immediates
};
void text_opcodes_init(struct text_encoder *e);
// NULL: none.
const struct text_opcode *text_opcode(const struct text_encoder *e,
                                      const struct text_token *token);
void text_put_opcode(struct text_encoder *e, uint32_t code);
// Whether it is a word of the text format at all.
bool text_is_known_word(const struct text_encoder *e, const struct text_token *token);

// ---- immediate.c, body.c ----

// Behind its mnemonic: appends an instruction that is no block.
void text_instruction(struct text_encoder *e, const struct text_opcode *op);
// Appends a block's type. Reads what stands for it.
void text_block_type(struct text_encoder *e);
// The catch clauses of a try_table.
void text_catches(struct text_encoder *e);

// Instructions up to a closing parenthesis that is not theirs.
void text_instructions(struct text_encoder *e, struct text_buffer *out);
// The same, and `end`.
void text_expression(struct text_encoder *e, struct text_buffer *out);
// One folded instruction, and `end`.
void text_folded_expression(struct text_encoder *e, struct text_buffer *out);

// ---- field.c, segment.c ----

void text_encode_field(struct text_encoder *e, const struct text_field *field);
void text_elem_field(struct text_encoder *e);
void text_data_field(struct text_encoder *e);
// (elem ...) and (data ...) inside a table or memory; they return how much that is.
uint64_t text_inline_elem(struct text_encoder *e, uint32_t table, bool is_64,
                          const uint8_t *reftype, size_t reftype_len);
uint64_t text_inline_data(struct text_encoder *e, uint32_t memory, bool is_64);

// ---- section.c ----

// The binary module.
void text_assemble(struct text_encoder *e, struct text_buffer *out);
