// SPDX-License-Identifier: Apache-2.0
//
// Whether KVM really runs a guest: a nested KVM may accept one and then hang, and not
// before the guest does something less usual (clac in ring 0, for one).
#pragma once

#include <stdbool.h>

// Whether KVM can be used. `trial` runs a guest, once per boot of this machine; its
// verdict is kept in $XDG_RUNTIME_DIR or /tmp.
bool accel_kvm_works(bool (*trial)(void *context), void *context);
