// SPDX-License-Identifier: Apache-2.0
//
// Integer work in the manner of CoreMark: a linked list that is reversed, searched and
// sorted, a small integer matrix, a state machine over text, each with a CRC of 16 bits.
#include "bench/engine/program.h"

#define NODES 200
#define SIDE  20

struct node {
    struct node *next;
    int16_t value;
    int16_t index;
};

static struct node nodes[NODES];
static int16_t left[SIDE][SIDE], right[SIDE][SIDE];
static int32_t product[SIDE][SIDE];
static const char text[] = "5012,-874,+122,0.012e3,-1.5e-7,T0.3e-1F,,+,-.9,77777,1e,abc,"
                           "35.54400,.1234500,-110.700,+0.64400,5.500e+3,-.123e-2";

static uint16_t
crc(uint16_t sum, uint16_t word)
{
    for (int i = 0; i < 16; i++) {
        bool is_odd = (sum ^ word) & 1;
        sum >>= 1;
        word >>= 1;
        if (is_odd)
            sum ^= 0xa001;
    }
    return sum;
}

static struct node *
reverse(struct node *list)
{
    struct node *done = NULL;
    while (list) {
        struct node *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

static struct node *
find(struct node *list, int16_t value)
{
    while (list && list->value != value)
        list = list->next;
    return list;
}

// Merge sort from the bottom up.
static struct node *
sort(struct node *list)
{
    for (uint32_t run_len = 1;; run_len *= 2) {
        struct node *rest = list, *tail = NULL;
        uint32_t merges = 0;
        list = NULL;
        while (rest) {
            struct node *a = rest, *b = rest;
            uint32_t a_left = 0, b_left = run_len;
            while (b && a_left < run_len) {
                b = b->next;
                a_left++;
            }
            while (a_left > 0 || (b_left > 0 && b)) {
                bool from_a = a_left > 0 && (b_left == 0 || !b || a->value <= b->value);
                struct node **from = from_a ? &a : &b;
                if (tail)
                    tail->next = *from;
                else
                    list = *from;
                tail = *from;
                *from = (*from)->next;
                *(from_a ? &a_left : &b_left) -= 1;
            }
            rest = b;
            merges++;
        }
        tail->next = NULL;
        if (merges <= 1)
            return list;
    }
}

static uint16_t
list_work(uint16_t sum, uint32_t *seed)
{
    for (int16_t i = 0; i < NODES; i++)
        nodes[i] = (struct node){
            i + 1 < NODES ? &nodes[i + 1] : NULL,
            (int16_t)(next_random(seed) & 0x3ff),
            i,
        };
    struct node *list = nodes;
    for (int16_t i = 0; i < 40; i++) {
        struct node *found = find(list, (int16_t)(i * 25));
        list = reverse(list);
        sum = crc(sum, found ? (uint16_t)found->index : 0xffff);
    }
    for (const struct node *at = sort(list); at; at = at->next)
        sum = crc(sum, (uint16_t)at->value);
    return sum;
}

static uint16_t
matrix_work(uint16_t sum, uint32_t *seed)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            left[i][j] = (int16_t)next_random(seed);
            right[i][j] = (int16_t)(next_random(seed) >> 20);
        }
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            int32_t dot = 0;
            for (int k = 0; k < SIDE; k++)
                dot += left[i][k] * right[k][j];
            product[i][j] = dot;
        }
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            sum = crc(sum, (uint16_t)(product[i][j] >> (i & 7)));
    return sum;
}

enum state { START, SIGN, INTEGER, FRACTION, EXPONENT, SCIENTIFIC, INVALID, STATES };

static enum state
step(enum state state, char c)
{
    bool is_digit = c >= '0' && c <= '9';
    switch (state) {
    case START:
        return is_digit               ? INTEGER
               : c == '+' || c == '-' ? SIGN
               : c == '.'             ? FRACTION
                                      : INVALID;
    case SIGN:
        return is_digit ? INTEGER : c == '.' ? FRACTION : INVALID;
    case INTEGER:
        return is_digit ? INTEGER : c == '.' ? FRACTION : c == 'e' ? EXPONENT : INVALID;
    case FRACTION:
        return is_digit ? FRACTION : c == 'e' ? EXPONENT : INVALID;
    case EXPONENT:
        return is_digit || c == '-' || c == '+' ? SCIENTIFIC : INVALID;
    case SCIENTIFIC:
        return is_digit ? SCIENTIFIC : INVALID;
    default:
        return state;
    }
}

static uint16_t
text_work(uint16_t sum)
{
    uint32_t counts[STATES] = {0};
    enum state state = START;
    for (uint32_t i = 0; i + 1 < sizeof(text); i++) {
        if (text[i] == ',') {
            counts[state]++;
            state = START;
        } else {
            state = step(state, text[i]);
        }
    }
    for (int i = 0; i < STATES; i++)
        sum = crc(sum, (uint16_t)counts[i]);
    return sum;
}

static uint32_t
work(void)
{
    uint32_t seed = 1234567;
    uint16_t sum = 0;
    for (int i = 0; i < 20; i++) {
        sum = list_work(sum, &seed);
        sum = matrix_work(sum, &seed);
        sum = text_work(sum);
    }
    return sum;
}

PROGRAM(0x0000d1c1)
