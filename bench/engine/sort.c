// SPDX-License-Identifier: Apache-2.0
//
// Memory and calls: quicksort with a function that compares, then heapsort without.
#include "bench/engine/program.h"

#define COUNT 5000

static uint32_t values[COUNT];

static __attribute__((noinline)) int
compare(const uint32_t *a, const uint32_t *b)
{
    return (*a > *b) - (*a < *b);
}

static void
swap(uint32_t *a, uint32_t *b)
{
    uint32_t value = *a;
    *a = *b;
    *b = value;
}

static void
quick_sort(uint32_t *low, uint32_t *high)
{
    while (high - low > 0) {
        uint32_t pivot = low[(high - low) / 2];
        uint32_t *left = low, *right = high;
        while (left <= right) {
            while (compare(left, &pivot) < 0)
                left++;
            while (compare(right, &pivot) > 0)
                right--;
            if (left <= right)
                swap(left++, right--);
        }
        if (low < right)
            quick_sort(low, right);
        low = left;
        if (low > high)
            return;
    }
}

static void
sift(uint32_t root, uint32_t count)
{
    for (;;) {
        uint32_t child = 2 * root + 1;
        if (child >= count)
            return;
        if (child + 1 < count && values[child + 1] > values[child])
            child++;
        if (values[root] >= values[child])
            return;
        swap(&values[root], &values[child]);
        root = child;
    }
}

static void
heap_sort(void)
{
    for (uint32_t i = COUNT / 2; i-- > 0;)
        sift(i, COUNT);
    for (uint32_t i = COUNT; i-- > 1;) {
        swap(&values[0], &values[i]);
        sift(0, i);
    }
}

static void
fill(uint32_t seed)
{
    for (uint32_t i = 0; i < COUNT; i++)
        values[i] = next_random(&seed);
}

static uint32_t
checksum(uint32_t sum)
{
    for (uint32_t i = 0; i < COUNT; i++)
        sum = mix(sum, values[i]);
    return sum;
}

static uint32_t
work(void)
{
    fill(99);
    quick_sort(values, values + COUNT - 1);
    uint32_t sum = checksum(0);
    fill(77);
    heap_sort();
    return checksum(sum);
}

PROGRAM(0xeaa5f264)
