// SPDX-License-Identifier: Apache-2.0
//
// The collected heap: what roots reach stays as it is, the rest goes; limits hold.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/invoke.h"
#include "engine/store.h"
#include "test/unit/engine/builder.h"
#include "test/unit/engine/test_port.h"

enum type {
    BYTES_ARRAY, // (array (mut i8))
    NODE,        // (struct (mut anyref) (mut i64) (mut anyref))
    REFS_ARRAY,  // (array (mut anyref))
    NOTHING,     // (func)
    FOREIGN,     // (struct (mut funcref) (mut externref))
    WIDE_ARRAY,  // (array (mut v128))
    THROWN,      // (func (param i32 anyref))
};

struct node {
    struct wasm_object head;
    void *left;
    uint64_t payload;
    void *right;
};

static struct test_port port;
static struct wasm_store *store;
static struct wasm_module *module;
static struct wasm_instance *instance;
static struct builder b;

static void
build(void)
{
    builder_init(&b);
    builder_section(&b, 1,
                    BYTES(7, 0x5e, 0x78, 1,                   //
                          0x5f, 3, 0x6e, 1, 0x7e, 1, 0x6e, 1, //
                          0x5e, 0x6e, 1,                      //
                          0x60, 0, 0,                         //
                          0x5f, 2, 0x70, 1, 0x6f, 1,          //
                          0x5e, 0x7b, 1,                      //
                          0x60, 2, 0x7f, 0x6e, 0));
    builder_section(&b, 3, BYTES(1, NOTHING));
    builder_section(&b, 4, BYTES(1, 0x6e, 0, 10));
    builder_section(&b, 13, BYTES(1, 0, THROWN));
    // "g": mutable anyref; then an array of two lists, made by a constant expression.
    builder_section(&b, 6,
                    BYTES(2, 0x6e, 1, 0xd0, 0x6e, 0x0b, //
                          0x6e, 0,                      //
                          0xd0, 0x6e, 0x42, 1, 0xd0, 0x6e, 0xfb, 0, NODE, 0xd0, 0x6e,
                          0x42, 2, 0xd0, 0x6e, 0xfb, 0, NODE, 0xfb, 8, REFS_ARRAY, 2,
                          0x0b));
    builder_section(&b, 7,
                    BYTES(4, 1, 'g', 3, 0, 1, 'h', 3, 1, 1, 't', 1, 0, 1, 'e', 4, 0));
    // A passive segment of one i31 and one array of four zeros.
    builder_section(&b, 9,
                    BYTES(1, 5, 0x6e, 2, 0x41, 7, 0xfb, 0x1c, 0x0b, //
                          0x41, 4, 0xfb, 7, BYTES_ARRAY, 0x0b));
    builder_code(&b, BYTES(0, 0x0b));
}

static void
begin(uint64_t heap_limit, bool is_stressed)
{
    struct wasm_store_config config = {.stack_limit = test_port_stack_limit(),
                                       .heap_limit = heap_limit,
                                       .gc_stress = is_stressed};
    struct wasm_error error = {0};
    struct wasm_trap trap;
    build();
    const struct wasm_port *p = test_port_init(&port);
    assert_int_equal(wasm_store_create(p, &config, &store), WASM_OK);
    test_port_set_store(store);
    if (wasm_module_create(p, b.bytes, b.len, &module, &error) != WASM_OK ||
        wasm_instance_create(store, module, NULL, 0, &instance, &trap, &error) != WASM_OK)
        fail_msg("%s", error.message);
}

static void
end(void)
{
    port.fail_at = 0;
    test_port_set_store(NULL);
    wasm_store_destroy(store);
    wasm_module_destroy(module);
    assert_int_equal(port.live, 0);
}

static struct wasm_extern export(const char *name)
{
    struct wasm_extern found;
    assert_true(wasm_instance_export(instance, name, 1, &found));
    return found;
}

static void
set_global(void *ref)
{
    wasm_global_set_value(export("g").global, (union wasm_value){.ref = ref});
}

static struct node *
try_node(uint64_t payload, void *left, void *right)
{
    struct node *node = (struct node *)wasm_gc_struct(store, instance->rtts[NODE]);
    if (node) {
        node->left = left;
        node->payload = payload;
        node->right = right;
    }
    return node;
}

static struct node *
make_node(uint64_t payload, void *left, void *right)
{
    struct node *node = try_node(payload, left, right);
    assert_non_null(node);
    return node;
}

static struct wasm_object *
make_array(enum type type, uint32_t len)
{
    struct wasm_object *array = wasm_gc_array(store, instance->rtts[type], len);
    assert_non_null(array);
    assert_int_equal(array->len, len);
    return array;
}

static void **
elements(struct wasm_object *array)
{
    return (void **)(array + 1);
}

// What instantiation left behind, collected.
static uint64_t
base_bytes(void)
{
    set_global(NULL);
    wasm_store_collect(store);
    return wasm_store_heap_bytes(store);
}

// ---- Roots ----

static void
keeps_what_each_kind_of_root_holds(void **state)
{
    (void)state;
    begin(0, false);
    uint64_t base = base_bytes();
    struct wasm_table *table = export("t").table;
    set_global(make_node(1, NULL, NULL));
    struct wasm_root *root = wasm_root_create(store, make_node(3, NULL, NULL));
    union wasm_value in_table = {.ref = make_node(2, wasm_root_ref(root), NULL)};
    assert_true(wasm_table_set_elem(table, 9, in_table));
    make_node(4, NULL, NULL);
    wasm_store_collect(store);
    assert_int_equal(wasm_store_heap_bytes(store) - base, 3 * 48);
    wasm_root_destroy(store, root);
    wasm_store_collect(store);
    assert_int_equal(wasm_store_heap_bytes(store) - base, 3 * 48);
    assert_int_equal(((struct node *)((struct node *)in_table.ref)->left)->payload, 3);
    assert_true(wasm_table_set_elem(table, 9, (union wasm_value){.ref = NULL}));
    wasm_store_collect(store);
    assert_int_equal(wasm_store_heap_bytes(store) - base, 48);
    assert_int_equal(base_bytes(), base);
    end();
}

static void
keeps_roots_in_any_order(void **state)
{
    (void)state;
    begin(0, false);
    uint64_t base = base_bytes();
    struct wasm_root *roots[5];
    for (uint64_t i = 0; i < 5; i++)
        roots[i] = wasm_root_create(store, make_node(i, NULL, NULL));
    static const size_t order[] = {2, 4, 0, 3, 1};
    for (size_t i = 0; i < 5; i++) {
        wasm_store_collect(store);
        assert_int_equal(wasm_store_heap_bytes(store) - base, (5 - i) * 48);
        assert_int_equal(((struct node *)wasm_root_ref(roots[order[i]]))->payload,
                         order[i]);
        wasm_root_destroy(store, roots[order[i]]);
    }
    wasm_root_destroy(store, NULL);
    assert_int_equal(base_bytes(), base);
    assert_non_null(wasm_root_create(store, NULL)); // freed with the store
    end();
}

static void
keeps_values_of_segments_until_they_drop(void **state)
{
    (void)state;
    begin(0, false);
    uint64_t base = base_bytes();
    void *values[2];
    wasm_elem_read(instance, 0, 0, 2, values);
    assert_true(WASM_IS_I31(values[0]) && WASM_I31_BITS(values[0]) == 7);
    assert_int_equal(((struct wasm_object *)values[1])->len, 4);
    instance->builtins->elem_drop(instance, 0);
    assert_int_equal(base - base_bytes(), 32);
    end();
}

static void
evaluates_constant_objects(void **state)
{
    (void)state;
    begin(0, true); // every allocation of the expression collects
    wasm_store_collect(store);
    struct wasm_object *array = wasm_global_value(export("h").global).ref;
    assert_int_equal(array->len, 2);
    for (uint64_t i = 0; i < 2; i++)
        assert_int_equal(((struct node *)elements(array)[i])->payload, i + 1);
    assert_true(wasm_ref_is(array, WASM_HEAP_ARRAY) && wasm_ref_is(array, WASM_HEAP_EQ));
    assert_false(wasm_ref_is(array, WASM_HEAP_STRUCT));
    assert_true(wasm_ref_is(elements(array)[0], WASM_HEAP_STRUCT));
    assert_false(wasm_ref_is(WASM_EXTERN_REF(5), WASM_HEAP_EQ));
    assert_true(wasm_ref_is(WASM_I31_REF(5), WASM_HEAP_EQ));
    assert_false(wasm_ref_is(WASM_I31_REF(5), WASM_HEAP_NONE));
    end();
}

static void
follows_exceptions_and_foreign_words(void **state)
{
    (void)state;
    begin(0, false);
    uint64_t base = base_bytes();
    union wasm_value values[2] = {{.i32 = 0x30}, {.ref = make_node(5, NULL, NULL)}};
    void *exn = wasm_exception_create(store, export("e").tag, values);
    struct wasm_root *root = wasm_root_create(store, exn);
    struct node *node = make_node(0, WASM_EXTERN_REF(~0ull), WASM_I31_REF(~0u));
    set_global(node);
    struct wasm_object *foreign = wasm_gc_struct(store, instance->rtts[FOREIGN]);
    elements(foreign)[0] = wasm_instance_func(instance, 0);
    elements(foreign)[1] = WASM_EXTERN_REF(&port);
    node->right = foreign;
    wasm_store_collect(store);
    assert_int_equal(wasm_store_heap_bytes(store) - base, 48 + 64 + 48 + 32);
    assert_int_equal(wasm_exception_value(exn, 0).i32, 0x30);
    assert_int_equal(((struct node *)wasm_exception_value(exn, 1).ref)->payload, 5);
    assert_int_equal(WASM_EXTERN_WORD(elements(foreign)[1]), (uintptr_t)&port);
    assert_int_equal(WASM_I31_BITS(WASM_I31_REF(~0u)), 0x7fffffff);
    wasm_root_destroy(store, root);
    assert_int_equal(base_bytes(), base);
    end();
}

// An exception keeps its values while it is made.
static void
protects_values_in_hand(void **state)
{
    (void)state;
    begin(0, true);
    union wasm_value values[2] = {{.i32 = 1}, {.ref = make_node(77, NULL, NULL)}};
    void *exn = wasm_exception_create(store, export("e").tag, values);
    assert_int_equal(((struct node *)wasm_exception_value(exn, 1).ref)->payload, 77);
    end();
}

// ---- Shapes of graphs ----

// Lists in both directions of scanning, and a comb of leaves.
static void
marks_long_lists(uint32_t pending_room)
{
    begin(0, false);
    uint64_t base = base_bytes();
    enum { LEN = 100000 };
    struct node *left = NULL, *right = NULL;
    for (uint64_t i = 0; i < LEN; i++) {
        struct wasm_root *keep = wasm_root_create(store, right);
        set_global(left);
        left = make_node(i, left, NULL);
        set_global(left);
        right = make_node(i, NULL, wasm_root_ref(keep));
        wasm_root_destroy(store, keep);
    }
    struct wasm_root *keep = wasm_root_create(store, right);
    uint32_t room = store->gc.pending_room;
    if (pending_room)
        store->gc.pending_room = pending_room;
    wasm_store_collect(store);
    assert_int_equal(wasm_store_heap_bytes(store) - base, 2 * LEN * 48);
    wasm_store_collect(store);
    uint64_t sum = 0;
    for (struct node *n = wasm_root_ref(keep); n; n = n->right)
        sum += n->payload;
    assert_int_equal(sum, (uint64_t)LEN * (LEN - 1) / 2);
    store->gc.pending_room = room;
    wasm_root_destroy(store, keep);
    assert_int_equal(base_bytes(), base);
    end();
}

static void
marks_lists_of_any_length(void **state)
{
    (void)state;
    marks_long_lists(0);
}

static void
marks_with_hardly_a_stack(void **state)
{
    (void)state;
    marks_long_lists(1);
}

static void
marks_wide_arrays(void **state)
{
    (void)state;
    static const uint32_t rooms[] = {0, 1, 2, 3, 100};
    begin(0, false);
    uint64_t base = base_bytes();
    enum { LEN = 3000 };
    struct wasm_object *array = make_array(REFS_ARRAY, LEN);
    set_global(array);
    for (uint32_t i = 0; i < LEN; i++) {
        elements(array)[i] = make_node(i, NULL, NULL);
        ((struct node *)elements(array)[i])->left = make_node(i + LEN, array, NULL);
    }
    for (size_t k = 0; k < sizeof(rooms) / sizeof(rooms[0]); k++) {
        uint32_t room = store->gc.pending_room;
        if (rooms[k])
            store->gc.pending_room = rooms[k];
        wasm_store_collect(store);
        store->gc.pending_room = room;
        assert_int_equal(wasm_store_heap_bytes(store) - base,
                         16 + LEN * sizeof(void *) + 2 * LEN * 48);
    }
    for (uint32_t i = 0; i < LEN; i++) {
        struct node *node = elements(array)[i];
        assert_int_equal(node->payload, i);
        assert_int_equal(((struct node *)node->left)->payload, i + LEN);
    }
    assert_int_equal(base_bytes(), base);
    end();
}

enum { GRAPH = 400 };

static void
reach(const uint32_t (*edges)[2], bool *reached, uint32_t at)
{
    uint32_t stack[2 * GRAPH + 2], depth = 0;
    stack[depth++] = at;
    while (depth) {
        at = stack[--depth];
        if (at == GRAPH || reached[at])
            continue;
        reached[at] = true;
        stack[depth++] = edges[at][0];
        stack[depth++] = edges[at][1];
    }
}

// Random graphs against a model.
static void
agrees_with_a_model(void **state)
{
    (void)state;
    begin(0, false);
    uint64_t base = base_bytes();
    srand(1);
    for (uint32_t round = 0; round < 200; round++) {
        static struct node *nodes[GRAPH + 1];
        static uint32_t edges[GRAPH][2];
        bool reached[GRAPH] = {false};
        for (uint32_t i = 0; i < GRAPH; i++)
            nodes[i] = make_node(i, NULL, NULL);
        for (uint32_t i = 0; i < GRAPH; i++) {
            for (uint32_t k = 0; k < 2; k++)
                edges[i][k] = rand() % 3 ? (uint32_t)rand() % (GRAPH + 1) : GRAPH;
            nodes[i]->left = nodes[edges[i][0]];
            nodes[i]->right = nodes[edges[i][1]];
        }
        uint32_t start = (uint32_t)rand() % GRAPH, room = store->gc.pending_room;
        reach(edges, reached, start);
        set_global(nodes[start]);
        if (round % 2)
            store->gc.pending_room = 1 + round % 5;
        wasm_store_collect(store);
        store->gc.pending_room = room;
        uint64_t count = 0;
        for (uint32_t i = 0; i < GRAPH; i++) {
            count += reached[i];
            assert_true(!reached[i] || nodes[i]->payload == i);
        }
        assert_int_equal(wasm_store_heap_bytes(store) - base, count * 48);
    }
    end();
}

// ---- Memory ----

static void
hands_out_zeroed_objects_of_every_size(void **state)
{
    (void)state;
    begin(0, false);
    uint64_t base = base_bytes();
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t len = 0; len < 3000; len++) {
            struct wasm_object *array = make_array(BYTES_ARRAY, len);
            const uint8_t *bytes = (uint8_t *)(array + 1);
            assert_int_equal((uintptr_t)array % 16, 0);
            for (uint32_t i = 0; i < len; i++)
                assert_int_equal(bytes[i], 0);
            memset(array + 1, 0xff, len);
        }
        assert_int_equal(base_bytes(), base);
    }
    end();
}

static void
obeys_the_limit(void **state)
{
    (void)state;
    begin(1 << 20, false);
    struct wasm_object *array = make_array(REFS_ARRAY, 65536);
    set_global(array);
    uint32_t count = 0;
    for (; count < 65536; count++) {
        elements(array)[count] = try_node(count, NULL, NULL);
        if (!elements(array)[count])
            break;
    }
    assert_in_range(count, 8000, 11000); // 512 KiB are left for nodes of 48 bytes
    assert_true(store->gc.held <= 1 << 20);
    assert_null(wasm_gc_array(store, instance->rtts[BYTES_ARRAY], 1 << 20));
    assert_null(wasm_gc_array(store, instance->rtts[WIDE_ARRAY], UINT32_MAX));
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(((struct node *)elements(array)[i])->payload, i);
    set_global(NULL); // then what is dropped makes room, again and again
    for (uint32_t i = 0; i < 100000; i++)
        make_node(i, NULL, NULL);
    for (uint32_t i = 0; i < 1000; i++)
        make_array(BYTES_ARRAY, 400000);
    end();
}

static void
make_too_much(void *unused)
{
    (void)unused;
    instance->builtins->array_new(instance, WIDE_ARRAY, UINT32_MAX);
    fail();
}

static void
traps_when_there_is_no_room(void **state)
{
    (void)state;
    begin(0, false);
    struct wasm_functype type = {0};
    struct wasm_func *func;
    struct wasm_trap trap;
    assert_int_equal(
        wasm_func_create(store, &type, (void (*)(void))make_too_much, NULL, &func),
        WASM_OK);
    assert_int_equal(wasm_func_invoke(store, func, NULL, NULL, &trap), WASM_TRAP);
    assert_int_equal(trap.code, WASM_TRAP_OUT_OF_MEMORY);
    assert_string_equal(wasm_trap_text(trap.code), "out of memory");
    end();
}

static void
survives_any_failed_allocation(void **state)
{
    (void)state;
    for (uint64_t k = 1;; k++) {
        begin(0, false);
        uint64_t before = port.requests;
        struct node *list = NULL;
        port.fail_at = before + k;
        for (uint32_t i = 0; i < 20000; i++) {
            struct node *node = try_node(i, list, NULL);
            list = node ? node : list;
            set_global(list);
            assert_true(node || port.requests >= port.fail_at);
        }
        bool is_over = port.requests < port.fail_at;
        end();
        if (is_over)
            break;
    }
}

static void
gives_empty_blocks_back(void **state)
{
    (void)state;
    begin(0, false);
    base_bytes();
    uint64_t held = store->gc.held;
    struct wasm_object *array = make_array(REFS_ARRAY, 100000);
    set_global(array);
    for (uint32_t i = 0; i < 100000; i++)
        elements(array)[i] = make_node(i, NULL, NULL);
    assert_true(store->gc.held > 100000 * 48);
    base_bytes();
    assert_true(store->gc.held - held <= 16384);
    end();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_each_kind_of_root_holds),
        cmocka_unit_test(keeps_roots_in_any_order),
        cmocka_unit_test(keeps_values_of_segments_until_they_drop),
        cmocka_unit_test(evaluates_constant_objects),
        cmocka_unit_test(follows_exceptions_and_foreign_words),
        cmocka_unit_test(protects_values_in_hand),
        cmocka_unit_test(marks_lists_of_any_length),
        cmocka_unit_test(marks_with_hardly_a_stack),
        cmocka_unit_test(marks_wide_arrays),
        cmocka_unit_test(agrees_with_a_model),
        cmocka_unit_test(hands_out_zeroed_objects_of_every_size),
        cmocka_unit_test(obeys_the_limit),
        cmocka_unit_test(traps_when_there_is_no_room),
        cmocka_unit_test(survives_any_failed_allocation),
        cmocka_unit_test(gives_empty_blocks_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
