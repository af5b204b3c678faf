// SPDX-License-Identifier: Apache-2.0
//
// Makes calls that do not exist.
#include "test/attack/attack.h"

static void
act(void)
{
    static const uint64_t wild[] = {25,         26,         255,       1ull << 31,
                                    1ull << 32, 1ull << 63, UINT64_MAX};
    for (unsigned i = 0; i < sizeof wild / sizeof wild[0]; i++)
        CHECK(call_number(wild[i], 0, 0, 0, 0, 0, 0) == SK_E_CALL);
}
ATTACK(wild_call_number, ATTACK_SURVIVES, 0);
