// SPDX-License-Identifier: Apache-2.0
//
// Sequences of instructions, flat and folded. #text-foldedinstr
//
// Representation. A stack of frames, one for each block and each parenthesis that is
// open. A folded instruction is encoded when it is read, put aside on a second stack, and
// appended when its operands are done. A folded `if` is one frame that goes through
// states: operands, `then`, between, `else`, behind.
#include "base/string.h"
#include "engine/opcode.h"
#include "engine/validate.h"
#include "text/encoder.h"

enum frame_kind {
    FRAME_BLOCK, // ... end
    FRAME_IF,
    FRAME_ELSE,
    FRAME_FOLDED,       // (i32.add ...): operands
    FRAME_FOLDED_BLOCK, // (block ...)
    FRAME_IF_OPERANDS,  // (if ...
    FRAME_IF_THEN,
    FRAME_IF_BETWEEN,
    FRAME_IF_ELSE,
    FRAME_IF_BEHIND,
};

#define NO_ENTRY SIZE_MAX

struct text_frame {
    enum frame_kind kind;
    uint8_t hint;       // of the instruction put aside
    bool is_label_open; // it counts
    size_t pending;     // bytes put aside
    uint32_t line;      // where they stand
    uint32_t column;
    struct text_name label; // identifier, or NULL
    size_t entry;           // in the map, or NO_ENTRY
    uint64_t previous;      // what the identifier stood for outside
};

// NULL: there is none.
static struct text_frame *
top(const struct text_encoder *e)
{
    struct text_frame *frames = (void *)e->frames.bytes;
    size_t count = e->frames.len / sizeof(frames[0]);
    return count ? &frames[count - 1] : NULL;
}

static void
push(struct text_encoder *e, const struct text_frame *frame)
{
    if (e->frames.len / sizeof(*frame) >= TEXT_LIMIT_NESTING)
        text_fail(e, "nesting too deep");
    else
        text_put(e, &e->frames, frame, sizeof(*frame));
}

static void
pop(struct text_encoder *e)
{
    e->frames.len -= sizeof(struct text_frame);
}

// ---- Labels ----

// The identifier that may follow `block`; it counts from open_label on.
static void
read_label(struct text_encoder *e, struct text_frame *frame)
{
    frame->entry = NO_ENTRY;
    if (e->token.kind == TEXT_ID) {
        frame->label = text_decode(e, &e->token);
        frame->entry = text_map_put(e->port, &e->map, SPACE_LABEL, 0, frame->label.bytes,
                                    frame->label.len);
        if (frame->entry == SIZE_MAX)
            text_fail_memory(e);
    }
    text_skip_binder(e);
}

static void
open_label(struct text_encoder *e, struct text_frame *frame)
{
    frame->is_label_open = true;
    e->label_count++;
    if (frame->entry != NO_ENTRY) {
        uint64_t *value = text_map_value(&e->map, frame->entry);
        frame->previous = *value;
        *value = e->label_count;
    }
}

static void
close_label(struct text_encoder *e, const struct text_frame *frame)
{
    if (!frame->is_label_open)
        return;
    e->label_count--;
    if (frame->entry != NO_ENTRY)
        *text_map_value(&e->map, frame->entry) = frame->previous;
}

// Behind `else` and `end` the identifier may be repeated.
static void
check_label(struct text_encoder *e, const struct text_frame *frame)
{
    if (e->token.kind != TEXT_ID)
        return;
    struct text_name name = text_decode(e, &e->token);
    if (!frame->label.bytes || frame->label.len != name.len ||
        memcmp(frame->label.bytes, name.bytes, name.len) != 0)
        text_fail(e, "mismatching label");
    text_advance(e);
}

// ---- Putting aside ----

static void
put_aside(struct text_encoder *e, struct text_frame *frame, size_t start)
{
    frame->pending = e->code->len - start;
    text_put(e, &e->pending, e->code->bytes + start, frame->pending);
    e->code->len = start;
}

static void
put_back(struct text_encoder *e, const struct text_frame *frame)
{
    if (frame->hint)
        text_put_hint(e, frame->hint, e->code->len);
    e->pending.len -= frame->pending;
    text_put(e, e->code, e->pending.bytes + e->pending.len, frame->pending);
    text_came_from(e, frame->line, frame->column);
}

// ---- Instructions ----

// The mnemonic at hand, taken; NULL: it is none, or none that begins an instruction.
static const struct text_opcode *
take_mnemonic(struct text_encoder *e)
{
    const struct text_opcode *op = text_opcode(e, &e->token);
    if (!op && (text_is_word(e, "try") || text_is_word(e, "rethrow"))) {
        e->error->is_unsupported = !e->is_failed;
        text_fail(e, "unsupported: legacy exceptions");
        return NULL;
    }
    if (!op || op->code == WASM_OP_ELSE || op->code == WASM_OP_END) {
        text_unexpected(e);
        return NULL;
    }
    if (e->hint && op->code != WASM_OP_IF && op->code != WASM_OP_BR_IF)
        text_fail(e, "@metadata.code.branch_hint annotation: invalid target");
    text_advance(e);
    return e->is_failed ? NULL : op;
}

static bool
is_block(const struct text_opcode *op)
{
    return op->imm == IMM_BLOCK || op->imm == IMM_TRY_TABLE;
}

// Behind the mnemonic of a block: all that precedes its instructions.
static void
block_head(struct text_encoder *e, const struct text_opcode *op, struct text_frame *frame)
{
    read_label(e, frame);
    text_put_opcode(e, op->code);
    text_block_type(e);
    if (op->imm == IMM_TRY_TABLE)
        text_catches(e);
}

static void
flat_instruction(struct text_encoder *e)
{
    const struct text_opcode *op = take_mnemonic(e);
    if (!op)
        return;
    if (e->hint)
        text_put_hint(e, e->hint, e->code->len);
    e->hint = 0;
    if (!is_block(op)) {
        text_instruction(e, op);
        return;
    }
    struct text_frame frame = {.kind = op->code == WASM_OP_IF ? FRAME_IF : FRAME_BLOCK};
    block_head(e, op, &frame);
    if (e->is_failed)
        return;
    open_label(e, &frame);
    push(e, &frame);
}

static void
flat_else(struct text_encoder *e)
{
    struct text_frame *frame = top(e);
    if (!frame || frame->kind != FRAME_IF) {
        text_unexpected(e);
        return;
    }
    text_advance(e);
    check_label(e, frame);
    frame->kind = FRAME_ELSE;
    text_put_opcode(e, WASM_OP_ELSE);
}

static void
flat_end(struct text_encoder *e)
{
    const struct text_frame *frame = top(e);
    if (!frame || frame->kind > FRAME_ELSE) {
        text_unexpected(e);
        return;
    }
    text_advance(e);
    check_label(e, frame);
    text_put_opcode(e, WASM_OP_END);
    close_label(e, frame);
    pop(e);
}

static void
keyword(struct text_encoder *e)
{
    const struct text_frame *frame = top(e);
    bool is_closed =
        frame && (frame->kind == FRAME_FOLDED || frame->kind == FRAME_IF_OPERANDS ||
                  frame->kind == FRAME_IF_BETWEEN || frame->kind == FRAME_IF_BEHIND);
    if (e->hint && (text_is_word(e, "else") || text_is_word(e, "end")))
        text_fail(e, "@metadata.code.branch_hint annotation: invalid target");
    else if (text_is_word(e, "else"))
        flat_else(e);
    else if (text_is_word(e, "end"))
        flat_end(e);
    else if (is_closed)
        text_unexpected(e);
    else
        flat_instruction(e);
}

// ---- Folded instructions ----

static void
begin_folded(struct text_encoder *e)
{
    text_advance(e);
    uint32_t line = e->token.line, column = e->token.column;
    const struct text_opcode *op = take_mnemonic(e);
    if (!op)
        return;
    struct text_frame frame = {.kind = FRAME_FOLDED,
                               .hint = e->hint,
                               .line = line,
                               .column = column,
                               .entry = NO_ENTRY};
    size_t start = e->code->len;
    e->hint = 0;
    if (is_block(op))
        block_head(e, op, &frame);
    else
        text_instruction(e, op);
    if (e->is_failed)
        return;
    if (is_block(op) && op->code != WASM_OP_IF) {
        frame.kind = FRAME_FOLDED_BLOCK;
        open_label(e, &frame);
        text_came_from(e, line, column);
    } else {
        frame.kind = is_block(op) ? FRAME_IF_OPERANDS : FRAME_FOLDED;
        put_aside(e, &frame, start);
    }
    push(e, &frame);
}

// A parenthesis directly inside a folded `if`. False: it is an operand.
static bool
begin_branch(struct text_encoder *e, struct text_frame *frame)
{
    if (frame->kind == FRAME_IF_OPERANDS && text_try_form(e, "then")) {
        put_back(e, frame);
        open_label(e, frame);
        frame->kind = FRAME_IF_THEN;
        return true;
    }
    if (frame->kind == FRAME_IF_BETWEEN && text_try_form(e, "else")) {
        text_put_opcode(e, WASM_OP_ELSE);
        frame->kind = FRAME_IF_ELSE;
        return true;
    }
    if (frame->kind == FRAME_IF_BETWEEN || frame->kind == FRAME_IF_BEHIND) {
        text_advance(e);
        text_unexpected(e);
        return true;
    }
    return false;
}

static void
open_parenthesis(struct text_encoder *e)
{
    struct text_frame *frame = top(e);
    if (!frame || !begin_branch(e, frame))
        begin_folded(e);
}

static void
close_parenthesis(struct text_encoder *e)
{
    struct text_frame *frame = top(e);
    if (!frame || frame->kind <= FRAME_ELSE || frame->kind == FRAME_IF_OPERANDS ||
        e->hint) {
        text_unexpected(e);
        return;
    }
    text_advance(e);
    if (frame->kind == FRAME_IF_THEN) {
        frame->kind = FRAME_IF_BETWEEN;
        return;
    }
    if (frame->kind == FRAME_IF_ELSE) {
        frame->kind = FRAME_IF_BEHIND;
        return;
    }
    if (frame->kind == FRAME_FOLDED)
        put_back(e, frame);
    else
        text_put_opcode(e, WASM_OP_END);
    close_label(e, frame);
    pop(e);
}

// ---- Sequences ----

static void
step(struct text_encoder *e)
{
    uint32_t line = e->token.line, column = e->token.column;
    switch (e->token.kind) {
    case TEXT_LPAR:
        open_parenthesis(e);
        break;
    case TEXT_RPAR:
        close_parenthesis(e);
        text_came_from(e, line, column);
        break;
    case TEXT_KEYWORD:
        keyword(e);
        text_came_from(e, line, column);
        break;
    case TEXT_ANNOTATION:
        text_take_hint(e);
        break;
    default:
        text_unexpected(e);
    }
}

void
text_instructions(struct text_encoder *e, struct text_buffer *out)
{
    e->code = out;
    e->label_count = 0;
    while (!e->is_failed && (e->token.kind != TEXT_RPAR || e->frames.len > 0 || e->hint))
        step(e);
}

void
text_expression(struct text_encoder *e, struct text_buffer *out)
{
    text_instructions(e, out);
    text_put_opcode(e, WASM_OP_END);
}

void
text_folded_expression(struct text_encoder *e, struct text_buffer *out)
{
    e->code = out;
    e->label_count = 0;
    if (e->token.kind != TEXT_LPAR)
        text_unexpected(e);
    do
        step(e);
    while (!e->is_failed && e->frames.len > 0);
    text_put_opcode(e, WASM_OP_END);
}
