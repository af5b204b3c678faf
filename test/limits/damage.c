// SPDX-License-Identifier: Apache-2.0
#include "test/limits/damage.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "test/fuzz/target.h"
#include "test/unit/engine/test_port.h"

// Longer modules are damaged at about so many places.
#define CUT_PLACES  3000
#define FLIP_PLACES 500

// Whether a section ends at `at`, in a module that is sound.
static bool
is_section_end(const uint8_t *bytes, size_t len, size_t at)
{
    size_t end = 8;
    while (end < at && end < len) {
        size_t section_len = 0, shift = 0, length_at = end + 1;
        do {
            section_len |= (size_t)(bytes[length_at] & 0x7f) << shift;
            shift += 7;
        } while (bytes[length_at++] >= 0x80);
        end = length_at + section_len;
    }
    return end == at;
}

static const char *
check_cut(const uint8_t *bytes, size_t len, size_t cut)
{
    struct test_port port;
    struct wasm_module *module;
    struct wasm_error error = {0};
    uint8_t *copy = malloc(cut + (cut == 0));
    if (!copy)
        return "the test has no memory";
    memcpy(copy, bytes, cut);
    enum wasm_error_code code =
        wasm_module_create(test_port_init(&port), copy, cut, &module, &error);
    if (code == WASM_OK)
        wasm_module_destroy(module);
    free(copy);
    if (port.live > 0)
        return "memory was not given back";
    if (is_section_end(bytes, len, cut))
        return NULL;
    if (code != WASM_MALFORMED)
        return "a cut module is not malformed";
    return error.offset > cut ? "the error lies beyond the end" : NULL;
}

const char *
damage_cut(const uint8_t *bytes, size_t len, size_t *at)
{
    for (*at = 0; *at < len; *at += len / CUT_PLACES + 1) {
        const char *problem = check_cut(bytes, len, *at);
        if (problem)
            return problem;
    }
    return NULL;
}

const char *
damage_flip(const uint8_t *bytes, size_t len, size_t *at)
{
    struct target_stats stats = {0};
    const char *problem = NULL;
    uint8_t *copy = malloc(len);
    if (!copy)
        return "the test has no memory";
    memcpy(copy, bytes, len);
    for (*at = 0; *at < len && !problem; *at += len / FLIP_PLACES + 1) {
        for (int bit = 0; bit < 8 && !problem; bit++) {
            struct random random = random_make(*at, (uint64_t)bit);
            copy[*at] ^= (uint8_t)(1 << bit);
            problem = target_run(&random, copy, len, &stats);
            copy[*at] ^= (uint8_t)(1 << bit);
        }
    }
    free(copy);
    return problem;
}
