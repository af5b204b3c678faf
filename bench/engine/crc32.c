// SPDX-License-Identifier: Apache-2.0
//
// Memory by bytes: CRC-32 with a table.
#include "bench/engine/program.h"

#define LEN 100000

static uint8_t bytes[LEN];
static uint32_t table[256];

static uint32_t
work(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t word = i;
        for (int bit = 0; bit < 8; bit++)
            word = word & 1 ? word >> 1 ^ 0xedb88320u : word >> 1;
        table[i] = word;
    }
    for (uint32_t i = 0; i < LEN; i++)
        bytes[i] = (uint8_t)(i ^ i >> 9);
    uint32_t sum = ~0u;
    for (uint32_t i = 0; i < LEN; i++)
        sum = table[(sum ^ bytes[i]) & 0xff] ^ sum >> 8;
    return ~sum;
}

PROGRAM(0x28dc3822)
