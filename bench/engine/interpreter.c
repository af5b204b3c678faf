// SPDX-License-Identifier: Apache-2.0
//
// Branches through a table: an interpreter of byte code, which sums and sieves.
#include "bench/engine/program.h"

enum op { HALT, PUSH, ADD, SUB, MUL, MOD, LOAD, STORE, LESS, JUMP, JUMP_ZERO, DUP };

// a = 0, i = 0; while (i < 20000) { a = a * 3 + i % 7; i = i + 1; } halt with a
static const int32_t code[] = {
    PUSH, 0,     STORE, 0,     PUSH, 0,         STORE, 1,            // 0
    LOAD, 1,     PUSH,  20000, LESS, JUMP_ZERO, 37,                  // 8
    LOAD, 0,     PUSH,  3,     MUL,  LOAD,      1,     PUSH, 7, MOD, // 15
    ADD,  STORE, 0,                                                  // 25
    LOAD, 1,     PUSH,  1,     ADD,  STORE,     1,     JUMP, 8,      // 28
    HALT, 0,                                                         // 37
};

static uint32_t
interpret(const int32_t *program)
{
    int32_t stack[32];
    int32_t *top = stack;
    uint32_t variables[4] = {0};
    for (const int32_t *at = program;;) {
        switch ((enum op) * at++) {
        case HALT:
            return variables[*at];
        case PUSH:
            *top++ = *at++;
            break;
        case ADD:
            top--;
            top[-1] = (int32_t)((uint32_t)top[-1] + (uint32_t)top[0]);
            break;
        case SUB:
            top--;
            top[-1] = (int32_t)((uint32_t)top[-1] - (uint32_t)top[0]);
            break;
        case MUL:
            top--;
            top[-1] = (int32_t)((uint32_t)top[-1] * (uint32_t)top[0]);
            break;
        case MOD:
            top--;
            top[-1] = (int32_t)((uint32_t)top[-1] % (uint32_t)top[0]);
            break;
        case LOAD:
            *top++ = (int32_t)variables[*at++];
            break;
        case STORE:
            variables[*at++] = (uint32_t)*--top;
            break;
        case LESS:
            top--;
            top[-1] = top[-1] < top[0];
            break;
        case JUMP:
            at = program + *at;
            break;
        case JUMP_ZERO:
            at = *--top ? at + 1 : program + *at;
            break;
        case DUP:
            top[0] = top[-1];
            top++;
            break;
        }
    }
}

static uint32_t
work(void)
{
    return interpret(code);
}

PROGRAM(0x890f58ad)
