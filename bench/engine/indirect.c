// SPDX-License-Identifier: Apache-2.0
//
// Calls through tables of methods: shapes of several kinds, asked for area and outline.
#include "bench/engine/program.h"

#define SHAPES 64

struct shape;

struct methods {
    uint32_t (*area)(const struct shape *);
    uint32_t (*outline)(const struct shape *);
    void (*grow)(struct shape *, uint32_t);
};

struct shape {
    const struct methods *methods;
    uint32_t width, height;
};

static uint32_t
box_area(const struct shape *s)
{
    return s->width * s->height;
}
static uint32_t
box_outline(const struct shape *s)
{
    return 2 * (s->width + s->height);
}
static void
box_grow(struct shape *s, uint32_t by)
{
    s->width += by, s->height += by;
}
static uint32_t
square_area(const struct shape *s)
{
    return s->width * s->width;
}
static uint32_t
square_outline(const struct shape *s)
{
    return 4 * s->width;
}
static void
square_grow(struct shape *s, uint32_t by)
{
    s->width += by;
}
static uint32_t
line_area(const struct shape *s)
{
    (void)s;
    return 0;
}
static uint32_t
line_outline(const struct shape *s)
{
    return s->width;
}
static void
line_grow(struct shape *s, uint32_t by)
{
    s->width ^= by;
}

static const struct methods kinds[] = {
    {box_area, box_outline, box_grow},
    {square_area, square_outline, square_grow},
    {line_area, line_outline, line_grow},
};

static struct shape shapes[SHAPES];

static uint32_t
work(void)
{
    uint32_t seed = 5, sum = 0;
    for (uint32_t i = 0; i < SHAPES; i++)
        shapes[i] = (struct shape){&kinds[next_random(&seed) % 3], i, i * 3 % 17};
    for (uint32_t round = 0; round < 500; round++)
        for (uint32_t i = 0; i < SHAPES; i++) {
            struct shape *shape = &shapes[i];
            sum += shape->methods->area(shape) ^ shape->methods->outline(shape);
            shape->methods->grow(shape, round & 3);
        }
    return sum;
}

PROGRAM(0x06b57696)
