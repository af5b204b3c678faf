// SPDX-License-Identifier: Apache-2.0
//
// Modules. A compiled module belongs to no store: references and stores with instances
// count it, in any thread. It keeps its own copy of the bytes.
#include "api/api.h"

#include <stdlib.h>
#include <string.h>

#include "debug/announce.h"

// Before the bytes of a serialized module.
#define SERIAL_MAGIC "selkis module 1\n"
#define SERIAL_LEN   (sizeof SERIAL_MAGIC - 1)

void
api_module_release(struct api_module *module)
{
    if (atomic_fetch_sub(&module->owners, 1) > 1)
        return;
    announce_end(module->gdb);
    wasm_module_destroy(module->module);
    wasm_byte_vec_delete(&module->bytes);
    api_engine_release(module->engine);
    free(module);
}

static struct api_module *
compile(wasm_engine_t *engine, const char *bytes, size_t len)
{
    struct wasm_error error;
    struct api_module *module = calloc(1, sizeof *module);
    if (!module)
        return NULL;
    module->owners = 1;
    module->engine = engine;
    wasm_byte_vec_new(&module->bytes, len, bytes);
    if (module->bytes.size == len &&
        wasm_module_create(&engine->native.port, (const uint8_t *)module->bytes.data, len,
                           &module->module, &error) == WASM_OK) {
        module->gdb = announce(module->module, announce_wanted());
        api_engine_retain(engine);
        return module;
    }
    wasm_byte_vec_delete(&module->bytes);
    free(module);
    return NULL;
}

static wasm_module_t *
module_ref(wasm_store_t *store, struct api_module *module)
{
    wasm_module_t *ref = module ? api_ref_new(store, API_MODULE, module) : NULL;
    if (module && !ref)
        api_module_release(module);
    return ref;
}

wasm_module_t *
wasm_module_new(wasm_store_t *store, const wasm_byte_vec_t *binary)
{
    return module_ref(store, compile(store->engine, binary->data, binary->size));
}

bool
wasm_module_validate(wasm_store_t *store, const wasm_byte_vec_t *binary)
{
    struct api_module *module = compile(store->engine, binary->data, binary->size);
    if (module)
        api_module_release(module);
    return module;
}

// ---- Imports and exports ----

static wasm_name_t
name_out(struct wasm_name name)
{
    wasm_name_t out;
    wasm_byte_vec_new(&out, name.len, name.bytes);
    return out;
}

static wasm_importtype_t *
import_out(const struct wasm_import *import)
{
    wasm_name_t module = name_out(import->module), name = name_out(import->name);
    bool ok = module.size == import->module.len && name.size == import->name.len;
    return wasm_importtype_new(&module, &name, ok ? api_externtype(&import->type) : NULL);
}

static wasm_exporttype_t *
export_out(const struct wasm_export *export)
{
    wasm_name_t name = name_out(export->name);
    bool ok = name.size == export->name.len;
    return wasm_exporttype_new(&name, ok ? api_externtype(&export->type) : NULL);
}

// wasm.h knows no tags: they are left out here and of an instance's exports.
void
wasm_module_imports(const wasm_module_t *module, wasm_importtype_vec_t *out)
{
    const struct wasm_module *it = module->ref.object->module->module;
    size_t used = 0;
    bool ok = true;
    wasm_importtype_vec_new_uninitialized(out, wasm_module_import_count(it));
    for (size_t i = 0; i < out->size; i++) {
        struct wasm_import import;
        wasm_module_import(it, (uint32_t)i, &import);
        if (import.type.kind == WASM_KIND_TAG)
            continue;
        out->data[used] = import_out(&import);
        ok &= out->data[used++] != NULL;
    }
    out->size = used;
    if (!ok)
        wasm_importtype_vec_delete(out);
}

void
wasm_module_exports(const wasm_module_t *module, wasm_exporttype_vec_t *out)
{
    const struct wasm_module *it = module->ref.object->module->module;
    size_t used = 0;
    bool ok = true;
    wasm_exporttype_vec_new_uninitialized(out, wasm_module_export_count(it));
    for (size_t i = 0; i < out->size; i++) {
        struct wasm_export export;
        wasm_module_export(it, (uint32_t)i, &export);
        if (export.type.kind == WASM_KIND_TAG)
            continue;
        out->data[used] = export_out(&export);
        ok &= out->data[used++] != NULL;
    }
    out->size = used;
    if (!ok)
        wasm_exporttype_vec_delete(out);
}

// ---- From store to store ----

struct wasm_shared_module_t {
    struct api_module *module;
};

wasm_shared_module_t *
wasm_module_share(const wasm_module_t *module)
{
    wasm_shared_module_t *shared = malloc(sizeof *shared);
    if (!shared)
        return NULL;
    shared->module = module->ref.object->module;
    atomic_fetch_add(&shared->module->owners, 1);
    return shared;
}

wasm_module_t *
wasm_module_obtain(wasm_store_t *store, const wasm_shared_module_t *shared)
{
    if (shared->module->engine != store->engine)
        return NULL;
    // The object of a store owns its module once, however many references it has.
    atomic_fetch_add(&shared->module->owners, 1);
    size_t objects = store->object_count;
    wasm_module_t *ref = module_ref(store, shared->module);
    if (ref && store->object_count == objects)
        api_module_release(shared->module);
    return ref;
}

void
wasm_shared_module_delete(wasm_shared_module_t *shared)
{
    if (!shared)
        return;
    api_module_release(shared->module);
    free(shared);
}

void
wasm_module_serialize(const wasm_module_t *module, wasm_byte_vec_t *out)
{
    const wasm_byte_vec_t *bytes = &module->ref.object->module->bytes;
    wasm_byte_vec_new_uninitialized(out, SERIAL_LEN + bytes->size);
    if (!out->size)
        return;
    memcpy(out->data, SERIAL_MAGIC, SERIAL_LEN);
    memcpy(out->data + SERIAL_LEN, bytes->data, bytes->size);
}

wasm_module_t *
wasm_module_deserialize(wasm_store_t *store, const wasm_byte_vec_t *bytes)
{
    if (bytes->size < SERIAL_LEN || memcmp(bytes->data, SERIAL_MAGIC, SERIAL_LEN) != 0)
        return NULL;
    return module_ref(store, compile(store->engine, bytes->data + SERIAL_LEN,
                                     bytes->size - SERIAL_LEN));
}
