// SPDX-License-Identifier: Apache-2.0
//
// Slots hold what abi/domain.h says, with its rights.
#include "test/abi/harness.h"

PROMISE(cap_read)
{
    (void)boot;
    static const struct {
        sk_handle_t slot;
        uint32_t type, rights;
    } expected[] = {
        {SK_SLOT_DOMAIN, SK_CAP_DOMAIN, SK_RIGHT_READ | SK_RIGHT_CONTROL},
        {SK_SLOT_SPACE, SK_CAP_SPACE, SK_RIGHT_MAP},
        {SK_SLOT_CONSOLE, SK_CAP_CONSOLE, SK_RIGHT_READ | SK_RIGHT_WRITE},
        {SK_SLOT_LOG, SK_CAP_CONSOLE, SK_RIGHT_WRITE},
        {SK_SLOT_CONTROL, SK_CAP_CONSOLE, SK_RIGHT_WRITE},
        {SK_SLOT_CLOCK, SK_CAP_CLOCK, SK_RIGHT_READ},
        {SK_SLOT_ENTROPY, SK_CAP_ENTROPY, SK_RIGHT_READ},
        {SK_SLOT_FRAMES, SK_CAP_FRAMES,
         SK_RIGHT_READ | SK_RIGHT_WRITE | SK_RIGHT_EXECUTE | SK_RIGHT_RETYPE},
    };
    for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct sk_cap_info info;
        EXPECT(sk_cap_read(expected[i].slot, &info) == SK_OK);
        EXPECT(info.type == expected[i].type);
        EXPECT((info.rights & expected[i].rights) == expected[i].rights);
        EXPECT(info.badge == 0);
    }
    struct sk_cap_info info;
    EXPECT(sk_cap_read(SK_SLOT_NONE, &info) == SK_E_HANDLE);
    EXPECT(sk_cap_read(SLOT_OWN, &info) == SK_E_HANDLE);
    EXPECT(sk_cap_read(SK_SLOT_COUNT, &info) == SK_E_HANDLE);
}
