// SPDX-License-Identifier: Apache-2.0
//
// Where the domain's faults arrive: a fault on the unmapped part of the stack lets it
// grow, one of compiled code becomes a trap of its store, any other ends the domain with
// a message.
#pragma once

#include <stdbool.h>

#include "abi/domain.h"
#include "libos/stack.h"

struct frames;
struct wasm_store;

// Lives until the domain ends. The handler finds the rest from the upcall's address.
struct upcall {
    _Alignas(16) struct sk_upcall interrupted; // first member
    struct stack stack;
    struct wasm_store *store; // NULL before there is one
};

// Maps a stack for the handler and binds the activation; upcall->stack is in place.
// False: no memory.
bool upcall_init(struct upcall *upcall, struct frames *frames);
