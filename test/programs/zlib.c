// SPDX-License-Identifier: Apache-2.0
//
// zlib round trips: every level, and a gzip file at /w/data.gz.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define INPUT_LEN 400000u

static unsigned char input[INPUT_LEN];
static unsigned char packed[INPUT_LEN + INPUT_LEN / 100];
static unsigned char output[INPUT_LEN];

// Text-like in its first half, hardly compressible in its second.
static void
make_input(void)
{
    unsigned state = 7;
    for (unsigned i = 0; i < INPUT_LEN; i++) {
        state = state * 1664525u + 1013904223u;
        unsigned spread = i < INPUT_LEN / 2 ? 7 : 251;
        input[i] = (unsigned char)('a' + (state >> 24) % spread);
    }
}

static int
file_round_trip(void)
{
    gzFile file = gzopen("/w/data.gz", "wb6");
    if (file == NULL || gzwrite(file, input, INPUT_LEN) != (int)INPUT_LEN ||
        gzclose(file) != Z_OK) {
        return 0;
    }
    memset(output, 0, sizeof output);
    file = gzopen("/w/data.gz", "rb");
    return file != NULL && gzread(file, output, INPUT_LEN) == (int)INPUT_LEN &&
           gzclose(file) == Z_OK && memcmp(input, output, INPUT_LEN) == 0;
}

int
main(void)
{
    make_input();
    printf("zlib %s, crc32 %08lx, adler32 %08lx\n", zlibVersion(),
           crc32(0, input, INPUT_LEN), adler32(1, input, INPUT_LEN));
    for (int level = 0; level <= 9; level++) {
        uLongf packed_len = sizeof packed;
        uLongf output_len = sizeof output;
        memset(output, 0, sizeof output);
        if (compress2(packed, &packed_len, input, INPUT_LEN, level) != Z_OK ||
            uncompress(output, &output_len, packed, packed_len) != Z_OK ||
            output_len != INPUT_LEN || memcmp(input, output, INPUT_LEN) != 0) {
            printf("level %d differs\n", level);
            return 1;
        }
        printf("level %d: %lu bytes\n", level, packed_len);
    }
    printf("file %s\n", file_round_trip() ? "same" : "differs");
    return 0;
}
