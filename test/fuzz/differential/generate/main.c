// SPDX-License-Identifier: Apache-2.0
//
// generate [--seed S] [--count N] [--features MASK] [--budgets A,B,...] writes modules S,
// S+1 ... to standard output, each after its length in four bytes, least significant
// first.
#include "test/fuzz/differential/generate/generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
    uint64_t seed;
    uint64_t count;
    uint32_t features;
    uint32_t budgets[SOME_MAX];
    uint32_t budget_count;
};

static void
read_budgets(struct options *options, char *list)
{
    for (char *word = strtok(list, ","); word && options->budget_count < SOME_MAX;
         word = strtok(NULL, ","))
        options->budgets[options->budget_count++] = (uint32_t)strtoul(word, NULL, 10);
}

int
main(int argc, char **argv)
{
    struct options options = {.seed = 1, .count = 1, .features = FEATURE_ALL};
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            options.seed = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--count") == 0)
            options.count = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--features") == 0)
            options.features = (uint32_t)strtoul(argv[i + 1], NULL, 0);
        else if (strcmp(argv[i], "--budgets") == 0)
            read_budgets(&options, argv[i + 1]);
    }
    struct bytes module = {0};
    for (uint64_t i = 0; i < options.count; i++) {
        module.len = 0;
        module_make(&module, options.seed + i, options.features,
                    options.budget_count ? options.budgets : NULL, options.budget_count);
        uint8_t len[4];
        for (int j = 0; j < 4; j++)
            len[j] = (uint8_t)(module.len >> 8 * j);
        fwrite(len, 1, 4, stdout);
        fwrite(module.at, 1, module.len, stdout);
    }
    free(module.at);
    return ferror(stdout) ? 1 : 0;
}
