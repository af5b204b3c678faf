// SPDX-License-Identifier: Apache-2.0
//
// mutate COUNT SEED MODULE...: changes bytes of real modules, mostly in their debug
// sections, and asks for the source of their instructions. For sanitizers: what is asked
// is that it comes to an end and stays inside its memory.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "debug/source.h"
#include "test/fuzz/random.h"
#include "tools/file.h"

#define SECONDS_EACH 5
#define PLACES       16

// Where the first of the debug sections begins: they are the last in a module.
static size_t
debug_begin(const uint8_t *bytes, size_t len)
{
    static const char name[] = ".debug_";
    const uint8_t *at = memmem(bytes, len, name, sizeof(name) - 1);
    return at != NULL ? (size_t)(at - bytes) : 0;
}

static size_t
change(struct random *random, uint8_t *bytes, size_t len)
{
    size_t lo = random_below(random, 8) == 0 ? 0 : debug_begin(bytes, len);
    for (uint64_t n = 1 + random_below(random, 30); n > 0; n--) {
        uint8_t *at = &bytes[lo + random_below(random, len - lo)];
        *at = random_below(random, 2) == 0 ? 0xff : (uint8_t)random_below(random, 256);
    }
    return random_below(random, 16) == 0 ? random_below(random, len + 1) : len;
}

static uint64_t
look(struct random *random, const uint8_t *bytes, size_t len)
{
    struct dwarf_place places[PLACES];
    uint64_t found = 0;
    char shown[200];
    size_t hi = debug_begin(bytes, len);
    uint64_t step = (hi > 0 ? hi : len + 1) / PLACES + 1;
    for (size_t i = 0; i < PLACES; i++)
        places[i] =
            (struct dwarf_place){.address = i * step + random_below(random, step)};
    alarm(SECONDS_EACH);
    source_find(bytes, len, places, PLACES);
    for (size_t i = 0; i < PLACES; i++) {
        dwarf_place_show(&places[i], shown, sizeof(shown));
        found += shown[0] != '\0';
    }
    return found;
}

int
main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    uint64_t count = strtoull(argv[1], NULL, 0);
    uint64_t seed = strtoull(argv[2], NULL, 0), found = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct random random = random_make(seed, i);
        size_t len;
        const char *why;
        uint8_t *bytes = file_read(argv[3 + i % (uint64_t)(argc - 3)], &len, &why);
        if (bytes == NULL || len == 0)
            return 2;
        size_t cut = change(&random, bytes, len);
        uint8_t *exact = realloc(bytes, cut > 0 ? cut : 1);
        found += look(&random, exact, cut);
        free(exact);
    }
    printf("mutate: %llu modules, seed %llu, %llu places found\n",
           (unsigned long long)count, (unsigned long long)seed,
           (unsigned long long)found);
    return found == 0;
}
