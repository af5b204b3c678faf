// SPDX-License-Identifier: Apache-2.0
//
// LZ4 round trips, fast and high compression, and the refusal of damaged input.
#include <lz4.h>
#include <lz4hc.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#define INPUT_LEN 500000

static char input[INPUT_LEN];
static char packed[LZ4_COMPRESSBOUND(INPUT_LEN)];
static char output[INPUT_LEN];

static void
make_input(void)
{
    unsigned state = 99;
    for (int i = 0; i < INPUT_LEN; i++) {
        state = state * 1664525u + 1013904223u;
        int repeat = i >= 5000 && (state >> 28) != 0;
        input[i] = repeat ? input[i - 5000] : (char)(state >> 24);
    }
}

static int
round_trip(const char *name, int packed_len)
{
    memset(output, 0, sizeof output);
    int len = LZ4_decompress_safe(packed, output, packed_len, INPUT_LEN);
    int same = len == INPUT_LEN && memcmp(input, output, INPUT_LEN) == 0;
    printf("%s: %d bytes, %s\n", name, packed_len, same ? "same" : "differs");
    return same;
}

int
main(void)
{
    make_input();
    printf("lz4 %s, xxh64 %016llx\n", LZ4_versionString(),
           (unsigned long long)XXH64(input, INPUT_LEN, 0));
    int good = round_trip("default",
                          LZ4_compress_default(input, packed, INPUT_LEN, sizeof packed));
    good &= round_trip("fast 8",
                       LZ4_compress_fast(input, packed, INPUT_LEN, sizeof packed, 8));
    good &=
        round_trip("hc 9", LZ4_compress_HC(input, packed, INPUT_LEN, sizeof packed, 9));
    int len = LZ4_compress_HC(input, packed, INPUT_LEN, sizeof packed, 12);
    good &= round_trip("hc 12", len);
    printf("cut short: %s\n", LZ4_decompress_safe(packed, output, len - 5, INPUT_LEN) < 0
                                  ? "refused"
                                  : "accepted");
    return good ? 0 : 1;
}
