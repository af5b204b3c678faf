// SPDX-License-Identifier: Apache-2.0
//
// The four functions that a freestanding compiler may call on its own. Linked where there
// is no C library. `rep` keeps them short and lets the CPU choose the fastest way.
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);

void *
memcpy(void *restrict to, const void *restrict from, size_t len)
{
    void *d = to;
    size_t words = len / 8;
    size_t bytes = len % 8;
    __asm__ volatile("rep movsq" : "+D"(d), "+S"(from), "+c"(words)::"memory");
    __asm__ volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(bytes)::"memory");
    return to;
}

// Copies downwards when `to` lies inside the source: first the odd bytes at the end, then
// words, each by the address of its last copy.
void *
memmove(void *to, const void *from, size_t len)
{
    if ((uintptr_t)to - (uintptr_t)from >= len)
        return memcpy(to, from, len);
    size_t words = len / 8;
    size_t bytes = len % 8;
    uint8_t *d = (uint8_t *)to + len - 1;
    const uint8_t *s = (const uint8_t *)from + len - 1;
    __asm__ volatile("std\n\t"
                     "rep movsb\n\t"
                     "sub $7, %%rdi\n\t"
                     "sub $7, %%rsi\n\t"
                     "mov %[words], %%rcx\n\t"
                     "rep movsq\n\t"
                     "cld"
                     : "+D"(d), "+S"(s), "+c"(bytes)
                     : [words] "r"(words)
                     : "memory", "cc");
    return to;
}

void *
memset(void *to, int byte, size_t len)
{
    void *d = to;
    size_t words = len / 8;
    size_t bytes = len % 8;
    uint64_t pattern = (uint8_t)byte * 0x0101010101010101ull;
    __asm__ volatile("rep stosq" : "+D"(d), "+c"(words) : "a"(pattern) : "memory");
    __asm__ volatile("rep stosb" : "+D"(d), "+c"(bytes) : "a"(pattern) : "memory");
    return to;
}

int
memcmp(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a;
    const uint8_t *y = b;
    for (size_t i = 0; i < len; i++) {
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    }
    return 0;
}
