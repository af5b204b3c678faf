// SPDX-License-Identifier: Apache-2.0
//
// Entropy: two draws differ, and no byte value dominates.
#include "check.h"

#include <unistd.h>

#define DRAW_LEN   256
#define DRAW_COUNT 64

// 16384 random bytes hold each value 64 times on average; 160 is 12 standard deviations
// off.
#define COUNT_LIMIT 160

static unsigned char draws[DRAW_COUNT][DRAW_LEN];

static int
fill(void)
{
    for (int i = 0; i < DRAW_COUNT; i++) {
        if (getentropy(draws[i], DRAW_LEN) != 0) {
            return 0;
        }
    }
    return 1;
}

static int
all_differ(void)
{
    for (int i = 0; i < DRAW_COUNT; i++) {
        for (int j = 0; j < i; j++) {
            if (memcmp(draws[i], draws[j], DRAW_LEN) == 0) {
                return 0;
            }
        }
    }
    return 1;
}

static int
is_even(void)
{
    int counts[256] = {0};
    for (int i = 0; i < DRAW_COUNT; i++) {
        for (int j = 0; j < DRAW_LEN; j++) {
            counts[draws[i][j]]++;
        }
    }
    for (int value = 0; value < 256; value++) {
        if (counts[value] == 0 || counts[value] > COUNT_LIMIT) {
            return 0;
        }
    }
    return 1;
}

int
main(void)
{
    CHECK(fill());
    CHECK(all_differ());
    CHECK(is_even());
    CHECK(getentropy(draws[0], 0) == 0);
    return check_status;
}
