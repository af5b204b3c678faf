// SPDX-License-Identifier: Apache-2.0
//
// Traps, and the frames they tell.
#include "api/api.h"

#include <stdlib.h>
#include <string.h>

struct wasm_frame_t {
    wasm_store_t *store;
    struct wasm_trap_frame frame;
    wasm_instance_t *instance; // made when asked for
};

void
api_trap_free(struct api_trap *trap)
{
    free(trap->message);
    free(trap->frames);
    free(trap);
}

static struct api_trap *
trap_new(const char *message, size_t len, const struct wasm_trap *from)
{
    struct api_trap *trap = calloc(1, sizeof *trap);
    uint32_t count = from ? from->frame_count : 0;
    if (!trap)
        return NULL;
    trap->message = calloc(1, len + 1);
    trap->frames = calloc(count + 1, sizeof *trap->frames);
    if (!trap->message || !trap->frames) {
        api_trap_free(trap);
        return NULL;
    }
    if (len)
        memcpy(trap->message, message, len);
    for (uint32_t i = 0; i < count; i++)
        trap->frames[i] = from->frames[i];
    trap->frame_count = count;
    return trap;
}

static wasm_trap_t *
trap_ref(wasm_store_t *store, struct api_trap *trap)
{
    wasm_trap_t *ref = trap ? api_ref_new(store, API_TRAP, trap) : NULL;
    if (trap && !ref)
        api_trap_free(trap);
    return ref;
}

wasm_trap_t *
api_trap_new(wasm_store_t *store, const char *message, const struct wasm_trap *trap)
{
    return trap_ref(store, trap_new(message, strlen(message), trap));
}

wasm_trap_t *
api_trap_of(wasm_store_t *store, enum wasm_error_code code, const struct wasm_trap *trap)
{
    if (code == WASM_EXCEPTION)
        return api_trap_new(store, "uncaught exception", trap);
    if (code == WASM_TRAP && trap->code == WASM_TRAP_HOST)
        return api_trap_new(store, trap->host_message, trap);
    if (code == WASM_TRAP)
        return api_trap_new(store, wasm_trap_text(trap->code), trap);
    return api_trap_new(store, "out of memory", NULL);
}

wasm_trap_t *
wasm_trap_new(wasm_store_t *store, const wasm_message_t *message)
{
    return trap_ref(store, trap_new(message->data, message->size, NULL));
}

void
wasm_trap_message(const wasm_trap_t *trap, wasm_message_t *out)
{
    const char *message = trap->ref.object->trap->message;
    wasm_byte_vec_new(out, strlen(message) + 1, message);
}

// ---- Frames ----

static wasm_frame_t *
frame_new(wasm_store_t *store, const struct wasm_trap_frame *frame)
{
    wasm_frame_t *out = calloc(1, sizeof *out);
    if (out)
        *out = (wasm_frame_t){.store = store, .frame = *frame};
    return out;
}

wasm_frame_t *
wasm_trap_origin(const wasm_trap_t *trap)
{
    const struct api_trap *it = trap->ref.object->trap;
    return it->frame_count ? frame_new(trap->ref.object->store, &it->frames[0]) : NULL;
}

void
wasm_trap_trace(const wasm_trap_t *trap, wasm_frame_vec_t *out)
{
    const struct api_trap *it = trap->ref.object->trap;
    wasm_frame_vec_new_uninitialized(out, it->frame_count);
    bool ok = true;
    for (size_t i = 0; i < out->size; i++) {
        out->data[i] = frame_new(trap->ref.object->store, &it->frames[i]);
        ok &= out->data[i] != NULL;
    }
    if (!ok)
        wasm_frame_vec_delete(out);
}

wasm_frame_t *
wasm_frame_copy(const wasm_frame_t *frame)
{
    return frame_new(frame->store, &frame->frame);
}

void
wasm_frame_delete(wasm_frame_t *frame)
{
    if (!frame)
        return;
    wasm_instance_delete(frame->instance);
    free(frame);
}

wasm_instance_t *
wasm_frame_instance(const wasm_frame_t *frame)
{
    // The frame owns the reference that it gives out; making it late changes nothing
    // else.
    wasm_frame_t *own = (wasm_frame_t *)(uintptr_t)frame;
    if (!own->instance)
        own->instance = api_ref_new(frame->store, API_INSTANCE, frame->frame.instance);
    return own->instance;
}

uint32_t
wasm_frame_func_index(const wasm_frame_t *frame)
{
    return frame->frame.func_index;
}

size_t
wasm_frame_func_offset(const wasm_frame_t *frame)
{
    return frame->frame.module_offset - wasm_trap_frame_body(&frame->frame);
}

size_t
wasm_frame_module_offset(const wasm_frame_t *frame)
{
    return frame->frame.module_offset;
}
