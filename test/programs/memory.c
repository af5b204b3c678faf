// SPDX-License-Identifier: Apache-2.0
//
// Memory: grows zeroed, keeps what it held, and refuses what the machine does not have.
#include "check.h"

#include <stdint.h>
#include <stdlib.h>

#define WASM_PAGE  65536u
#define BLOCK_LEN  (1u << 20)
#define BLOCKS     24
#define HUGE_PAGES 65535u

// Compilers take a malloc away whose block nobody uses.
static void *volatile huge;

static uint32_t *blocks[BLOCKS];

static int
allocate(void)
{
    for (uint32_t i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(BLOCK_LEN);
        if (blocks[i] == NULL) {
            return 0;
        }
        for (uint32_t j = 0; j < BLOCK_LEN / 4; j++) {
            blocks[i][j] = i * BLOCK_LEN + j;
        }
    }
    return 1;
}

static int
intact(void)
{
    for (uint32_t i = 0; i < BLOCKS; i++) {
        for (uint32_t j = 0; j < BLOCK_LEN / 4; j++) {
            if (blocks[i][j] != i * BLOCK_LEN + j) {
                return 0;
            }
        }
    }
    return 1;
}

static int
grows_zeroed(void)
{
    size_t old = __builtin_wasm_memory_grow(0, 4);
    if (old == SIZE_MAX) {
        return 0;
    }
    const unsigned char *start = (const unsigned char *)(old * WASM_PAGE);
    for (size_t i = 0; i < (size_t)4 * WASM_PAGE; i++) {
        if (start[i] != 0) {
            return 0;
        }
    }
    return __builtin_wasm_memory_size(0) == old + 4;
}

int
main(void)
{
    CHECK(allocate());
    CHECK(intact());
    CHECK(grows_zeroed());
    size_t before = __builtin_wasm_memory_size(0);
    CHECK(__builtin_wasm_memory_grow(0, HUGE_PAGES) == SIZE_MAX);
    CHECK(__builtin_wasm_memory_size(0) == before);
    CHECK((huge = malloc(0xfff00000u)) == NULL);
    CHECK(intact());
    for (uint32_t i = 0; i < BLOCKS; i++) {
        free(blocks[i]);
    }
    return check_status;
}
