// SPDX-License-Identifier: Apache-2.0
//
// A generator with fast key erasure: each request makes one block for the next key, then
// blocks of output; what was given out cannot be computed back from the state. The block
// function is ChaCha20 of RFC 8439, section 2.3.
#include <stdbool.h>

#include "base/string.h"
#include "kernel/arch/arch.h"
#include "kernel/call.h"
#include "kernel/cap.h"
#include "kernel/user.h"

#define KEY_WORDS     8u
#define BLOCK_WORDS   16u
#define BLOCK_LEN     (BLOCK_WORDS * 4u)
#define JITTER_ROUNDS 256u

static uint32_t key[KEY_WORDS];
static bool seeded;

static uint32_t
rotate(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static void
quarter(uint32_t *x, unsigned a, unsigned b, unsigned c, unsigned d)
{
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 16);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 12);
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 8);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 7);
}

static void
block(uint32_t counter, uint32_t out[BLOCK_WORDS])
{
    uint32_t in[BLOCK_WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    memcpy(in + 4, key, sizeof key);
    in[12] = counter;
    memcpy(out, in, sizeof in);
    for (unsigned i = 0; i < 10; i++) {
        for (unsigned column = 0; column < 4; column++)
            quarter(out, column, 4 + column, 8 + column, 12 + column);
        quarter(out, 0, 5, 10, 15);
        quarter(out, 1, 6, 11, 12);
        quarter(out, 2, 7, 8, 13);
        quarter(out, 3, 4, 9, 14);
    }
    for (unsigned i = 0; i < BLOCK_WORDS; i++)
        out[i] += in[i];
}

static void
next_key(void)
{
    uint32_t out[BLOCK_WORDS];
    block(0, out);
    memcpy(key, out, sizeof key);
}

static void
mix(uint64_t word)
{
    key[0] ^= (uint32_t)word;
    key[1] ^= (uint32_t)(word >> 32);
    next_key();
}

// A key from the hardware source and the time; without the source, from the times of many
// rounds of work.
static void
seed(void)
{
    unsigned words = 0;
    for (uint64_t word; words < KEY_WORDS && arch_random(&word); words += 2) {
        key[words] ^= (uint32_t)word;
        key[words + 1] ^= (uint32_t)(word >> 32);
    }
    unsigned rounds = words == KEY_WORDS ? 1 : JITTER_ROUNDS;
    while (rounds-- > 0)
        mix(arch_counter());
    seeded = true;
}

int64_t
call_entropy_read(sk_handle_t entropy, uint64_t bytes, uint64_t len)
{
    struct cap *cap;
    int64_t s = cap_find(cpu_current(), entropy, SK_CAP_ENTROPY, SK_RIGHT_READ, &cap);
    if (s == SK_OK && len > SK_ENTROPY_MAX)
        s = SK_E_RANGE;
    if (s == SK_OK && !user_writable(bytes, len))
        s = SK_E_ADDRESS;
    if (s != SK_OK)
        return s;
    if (!seeded)
        seed();
    for (uint32_t at = 0; at < len; at += BLOCK_LEN) {
        uint32_t out[BLOCK_WORDS];
        block(at / BLOCK_LEN + 1, out);
        uint64_t part = len - at < BLOCK_LEN ? len - at : BLOCK_LEN;
        s = user_write(bytes + at, out, part);
    }
    next_key();
    return s;
}
