// SPDX-License-Identifier: Apache-2.0
//
// Whether KVM really runs a guest: a nested KVM may accept one and then hang.
#pragma once

#include <stdbool.h>

// Lets KVM run a few instructions, for a second at most, once per boot of this machine;
// the verdict is kept in $XDG_RUNTIME_DIR or /tmp.
bool accel_kvm_works(void);
