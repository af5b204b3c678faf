// SPDX-License-Identifier: Apache-2.0
//
// Faults of the domain's code: signals that become upcalls.
#pragma once

// Takes over the signals of faults, on a stack of their own. A fault that no upcall can
// take is reported on `log_fd`.
// NULL, or what could not be done (errno says why).
const char *host_activation_init(int log_fd);
