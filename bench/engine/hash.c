// SPDX-License-Identifier: Apache-2.0
//
// Memory at random: a hash table with open addressing, filled, searched and emptied.
#include "bench/engine/program.h"

#define SLOTS 16384
#define KEYS  9000

struct entry {
    uint32_t key; // 0: free
    uint32_t count;
};

static struct entry table[SLOTS];

static struct entry *
lookup(uint32_t key)
{
    uint32_t at = (key * 0x9e3779b1u) >> 18;
    while (table[at].key != 0 && table[at].key != key)
        at = (at + 1) % SLOTS;
    return &table[at];
}

static uint32_t
work(void)
{
    uint32_t seed = 4711, sum = 0;
    for (uint32_t i = 0; i < SLOTS; i++)
        table[i] = (struct entry){0, 0};
    for (uint32_t i = 0; i < KEYS; i++) {
        uint32_t key = next_random(&seed) % 30000 + 1;
        struct entry *entry = lookup(key);
        entry->key = key;
        entry->count++;
    }
    for (uint32_t key = 1; key < 30000; key++) {
        const struct entry *entry = lookup(key);
        if (entry->key)
            sum = mix(sum, entry->count * key);
    }
    return sum;
}

PROGRAM(0x5cf2840a)
