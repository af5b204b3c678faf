// SPDX-License-Identifier: Apache-2.0
//
// A domain that is alone goes on after a yield.
#include "test/abi/harness.h"

PROMISE(yield_returns)
{
    (void)boot;
    for (unsigned i = 0; i < 100; i++)
        EXPECT(sk_yield() == SK_OK);
}
