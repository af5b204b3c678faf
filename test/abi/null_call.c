// SPDX-License-Identifier: Apache-2.0
//
// The null call does nothing and says so.
#include "test/abi/harness.h"

PROMISE(null_call)
{
    (void)boot;
    EXPECT(sk_null() == SK_OK);
    EXPECT(sk_null() == SK_OK);
}
