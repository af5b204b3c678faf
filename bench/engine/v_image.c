// SPDX-License-Identifier: Apache-2.0
//
// Vectors: a picture is blurred, its contrast raised with saturation and its edges found.
#include "bench/engine/program.h"

#define WIDTH  256
#define HEIGHT 128

typedef uint8_t u8x16 __attribute__((vector_size(16), aligned(1)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));
typedef uint8_t u8x8 __attribute__((vector_size(8), aligned(1)));

static uint8_t picture[HEIGHT][WIDTH], blurred[HEIGHT][WIDTH];

static u16x8
wide(const uint8_t *at)
{
    return __builtin_convertvector(*(const u8x8 *)(const void *)at, u16x8);
}

static void
blur(void)
{
    for (int y = 1; y + 1 < HEIGHT; y++)
        for (int x = 1; x + 9 < WIDTH; x += 8) {
            u16x8 sum = wide(&picture[y][x]) * 4;
            sum += (wide(&picture[y - 1][x]) + wide(&picture[y + 1][x])) * 2;
            sum += (wide(&picture[y][x - 1]) + wide(&picture[y][x + 1])) * 2;
            sum += wide(&picture[y - 1][x - 1]) + wide(&picture[y - 1][x + 1]);
            sum += wide(&picture[y + 1][x - 1]) + wide(&picture[y + 1][x + 1]);
            *(u8x8 *)(void *)&blurred[y][x] = __builtin_convertvector(sum >> 4, u8x8);
        }
}

// Pixels above a threshold become white, and the difference to the old one is kept.
static void
edges(void)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x += 16) {
            u8x16 old = *(const u8x16 *)(const void *)&picture[y][x];
            u8x16 soft = *(const u8x16 *)(const void *)&blurred[y][x];
            u8x16 is_greater = (u8x16)(old > soft);
            u8x16 difference = (is_greater & (old - soft)) | (~is_greater & (soft - old));
            *(u8x16 *)(void *)&picture[y][x] = difference | (u8x16)(difference > 100);
        }
}

static uint32_t
work(void)
{
    uint32_t seed = 8, sum = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            picture[y][x] = (uint8_t)(x * y / 16 + (next_random(&seed) & 15));
    for (int i = 0; i < 4; i++) {
        blur();
        edges();
    }
    for (int y = 0; y < HEIGHT; y++)
        sum = mix(sum, picture[y][y] + 256u * blurred[y][WIDTH - 20 - y]);
    return sum;
}

PROGRAM(0x41e152e5)
