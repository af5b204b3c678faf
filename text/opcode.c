// SPDX-License-Identifier: Apache-2.0
//
// Mnemonics, from the engine's table of instructions, and the other words of the format.
#include "engine/opcode.h"
#include "base/string.h"
#include "engine/validate.h"
#include "text/encoder.h"

static const struct text_opcode opcodes[] = {
#define OP(code, name, text, imm, p1, p2, p3, r) {text, code, IMM_##imm},
#include "engine/opcodes.def"
#undef OP
};

#define OPCODE_COUNT (sizeof(opcodes) / sizeof(opcodes[0]))
#define SLOT_COUNT   1024u
_Static_assert(OPCODE_COUNT < SLOT_COUNT * 3 / 4, "the table would be too full");

static size_t
word_len(const char *word)
{
    size_t len = 0;
    while (word[len])
        len++;
    return len;
}

static uint32_t
hash_word(const char *word, size_t len)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)word[i]) * 16777619u;
    return hash ^ hash >> 15;
}

// The slot of the word, or the free one where it would be.
static uint32_t
find_slot(const struct text_encoder *e, const char *word, size_t len)
{
    uint32_t slot = hash_word(word, len) % SLOT_COUNT;
    for (; e->mnemonics[slot]; slot = (slot + 1) % SLOT_COUNT) {
        const char *text = opcodes[e->mnemonics[slot] - 1].text;
        if (word_len(text) == len && memcmp(text, word, len) == 0)
            break;
    }
    return slot;
}

void
text_opcodes_init(struct text_encoder *e)
{
    for (uint16_t i = 0; i < OPCODE_COUNT; i++) {
        // `null` and (result ...) pick these; their words are not their own.
        if (opcodes[i].code == WASM_OP_REF_TEST_NULL ||
            opcodes[i].code == WASM_OP_REF_CAST_NULL ||
            opcodes[i].code == WASM_OP_SELECT_T)
            continue;
        uint32_t slot = find_slot(e, opcodes[i].text, word_len(opcodes[i].text));
        e->mnemonics[slot] = (uint16_t)(i + 1);
    }
}

const struct text_opcode *
text_opcode(const struct text_encoder *e, const struct text_token *token)
{
    if (token->kind != TEXT_KEYWORD)
        return NULL;
    uint16_t found = e->mnemonics[find_slot(e, token->bytes, token->len)];
    return found ? &opcodes[found - 1] : NULL;
}

void
text_put_opcode(struct text_encoder *e, uint32_t code)
{
    static const struct {
        uint32_t base;
        uint8_t byte;
    } prefixes[] = {{0x500, 0xfe}, {0x300, 0xfd}, {0x200, 0xfb}, {0x100, 0xfc}};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (code >= prefixes[i].base) {
            text_put_byte(e, e->code, prefixes[i].byte);
            text_put_unsigned(e, e->code, code - prefixes[i].base);
            return;
        }
    }
    text_put_byte(e, e->code, (uint8_t)code);
}

// All words but mnemonics; an `=` ends those that go on with a number.
static const char words[] =
    " i32 i64 f32 f64 v128 i8 i16 i8x16 i16x8 i32x4 i64x2 f32x4 f64x2 any eq i31 struct "
    "array exn none func nofunc extern noextern noexn anyref eqref i31ref structref "
    "arrayref exnref nullref funcref nullfuncref externref nullexternref nullexnref ref "
    "null mut field param result local type rec sub final module definition instance "
    "binary quote import export global table memory tag start elem data item offset "
    "declare shared pagesize then catch catch_ref catch_all catch_all_ref try do "
    "delegate "
    "rethrow script register thread wait invoke get assert_malformed assert_invalid "
    "assert_unlinkable assert_return assert_trap assert_exception assert_exhaustion "
    "assert_malformed_custom assert_invalid_custom nan:canonical nan:arithmetic input "
    "output either ";

bool
text_is_known_word(const struct text_encoder *e, const struct text_token *token)
{
    if (text_opcode(e, token))
        return true;
    if (token->len > 7 && memcmp(token->bytes, "offset=", 7) == 0)
        return text_number_kind(token->bytes + 7, token->len - 7) == TEXT_INTEGER;
    if (token->len > 6 && memcmp(token->bytes, "align=", 6) == 0)
        return text_number_kind(token->bytes + 6, token->len - 6) == TEXT_INTEGER;
    for (const char *at = words; *at;) {
        const char *word = ++at;
        while (*at && *at != ' ')
            at++;
        if ((size_t)(at - word) == token->len &&
            memcmp(word, token->bytes, token->len) == 0 && token->len > 0)
            return true;
    }
    return false;
}
