// SPDX-License-Identifier: Apache-2.0
#include "debug/gdb.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "debug/elf_image.h"

enum { ACTION_NONE, ACTION_REGISTER, ACTION_UNREGISTER };

// Layout and names are gdb's: it reads these out of the process.
struct gdb_code {
    struct gdb_code *next;
    struct gdb_code *before;
    const uint8_t *image;
    uint64_t image_len;
};

struct gdb_descriptor {
    uint32_t version;
    uint32_t action;
    struct gdb_code *changed;
    struct gdb_code *first;
};

// Weak: a program may have another compiler that speaks to gdb, which looks at one list.
extern struct gdb_descriptor __jit_debug_descriptor;
__attribute__((weak)) struct gdb_descriptor __jit_debug_descriptor = {.version = 1};
void __jit_debug_register_code(void);

// gdb stops here to look at the descriptor.
__attribute__((weak, noinline)) void
__jit_debug_register_code(void)
{
    __asm__ volatile("" ::: "memory");
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
tell(struct gdb_code *code, uint32_t action)
{
    __jit_debug_descriptor.changed = code;
    __jit_debug_descriptor.action = action;
    __jit_debug_register_code();
    __jit_debug_descriptor.action = ACTION_NONE;
    __jit_debug_descriptor.changed = NULL;
}

static void
link_first(struct gdb_code *code)
{
    code->next = __jit_debug_descriptor.first;
    if (code->next != NULL)
        code->next->before = code;
    __jit_debug_descriptor.first = code;
}

static void
unlink_code(struct gdb_code *code)
{
    if (code->next != NULL)
        code->next->before = code->before;
    if (code->before != NULL)
        code->before->next = code->next;
    else
        __jit_debug_descriptor.first = code->next;
}

struct gdb_code *
gdb_register(const struct wasm_module *module)
{
    size_t len;
    uint8_t *image = elf_image_make(module, &len);
    struct gdb_code *code = image != NULL ? malloc(sizeof(*code)) : NULL;
    if (code == NULL) {
        free(image);
        return NULL;
    }
    *code = (struct gdb_code){.image = image, .image_len = len};
    pthread_mutex_lock(&lock);
    link_first(code);
    tell(code, ACTION_REGISTER);
    pthread_mutex_unlock(&lock);
    return code;
}

void
gdb_unregister(struct gdb_code *code)
{
    pthread_mutex_lock(&lock);
    unlink_code(code);
    tell(code, ACTION_UNREGISTER);
    pthread_mutex_unlock(&lock);
    free((void *)(uintptr_t)code->image);
    free(code);
}
