// SPDX-License-Identifier: Apache-2.0
//
// The builtins on objects of the collected heap; struct wasm_builtins says what they do.
// Internal to the engine.
#pragma once

#include "engine/instance.h"

struct wasm_object *wasm_struct_new(struct wasm_instance *instance, uint32_t type);
struct wasm_object *wasm_array_new(struct wasm_instance *instance, uint32_t type,
                                   uint32_t len);
void wasm_array_fill(struct wasm_instance *instance, struct wasm_object *array,
                     uint32_t at, const union wasm_value *value, uint32_t len);
void wasm_array_copy(struct wasm_instance *instance, struct wasm_object *to,
                     uint32_t to_at, struct wasm_object *from, uint32_t from_at,
                     uint32_t len);
struct wasm_object *wasm_array_new_data(struct wasm_instance *instance, uint32_t type,
                                        uint32_t data, uint32_t from, uint32_t len);
struct wasm_object *wasm_array_new_elem(struct wasm_instance *instance, uint32_t type,
                                        uint32_t elem, uint32_t from, uint32_t len);
void wasm_array_init_data(struct wasm_instance *instance, uint32_t data,
                          struct wasm_object *array, uint32_t at, uint32_t from,
                          uint32_t len);
void wasm_array_init_elem(struct wasm_instance *instance, uint32_t elem,
                          struct wasm_object *array, uint32_t at, uint32_t from,
                          uint32_t len);
struct wasm_exception *wasm_exn_new(struct wasm_instance *instance, uint32_t tag);
void wasm_throw_ref(struct wasm_instance *instance, struct wasm_exception *exn);
