// SPDX-License-Identifier: Apache-2.0
#include "engine/sig.h"

#include "base/string.h"
#include "engine/heap.h"

static int
compare(const struct wasm_functype *a, const struct wasm_functype *b)
{
    if (a->param_count != b->param_count)
        return a->param_count < b->param_count ? -1 : 1;
    if (a->result_count != b->result_count)
        return a->result_count < b->result_count ? -1 : 1;
    size_t len = (size_t)a->param_count + a->result_count;
    return len ? memcmp(a->types, b->types, len) : 0;
}

static uint32_t
find(const struct wasm_sigs *sigs, const struct wasm_functype *type)
{
    uint32_t at = sigs->root;
    while (at) {
        const struct wasm_sig_node *node = &sigs->nodes[at];
        int order = compare(type, node->type);
        if (order == 0)
            break;
        at = order < 0 ? node->left : node->right;
    }
    return at;
}

// Turns a left child of the same level into the parent.
static uint32_t
skew(struct wasm_sig_node *nodes, uint32_t top)
{
    uint32_t left = nodes[top].left;
    if (!left || nodes[left].level != nodes[top].level)
        return top;
    nodes[top].left = nodes[left].right;
    nodes[left].right = top;
    return left;
}

// Lifts the middle one of three of the same level.
static uint32_t
split(struct wasm_sig_node *nodes, uint32_t top)
{
    uint32_t right = nodes[top].right;
    if (!right || nodes[nodes[right].right].level != nodes[top].level)
        return top;
    nodes[top].right = nodes[right].left;
    nodes[right].left = top;
    nodes[right].level++;
    return right;
}

// Depth is at most twice the logarithm of the count.
static uint32_t
insert(struct wasm_sig_node *nodes, uint32_t top, uint32_t fresh)
{
    if (!top)
        return fresh;
    if (compare(nodes[fresh].type, nodes[top].type) < 0)
        nodes[top].left = insert(nodes, nodes[top].left, fresh);
    else
        nodes[top].right = insert(nodes, nodes[top].right, fresh);
    return split(nodes, skew(nodes, top));
}

static struct wasm_functype *
copy(const struct wasm_port *port, const struct wasm_functype *type)
{
    size_t len = (size_t)type->param_count + type->result_count;
    struct wasm_functype *own = wasm_heap_alloc(port, sizeof(*own) + len, 1);
    if (!own)
        return NULL;
    if (len)
        memcpy(own + 1, type->types, len);
    *own = (struct wasm_functype){type->param_count, type->result_count,
                                  (const uint8_t *)(own + 1)};
    return own;
}

// Makes room for node `sigs->count`, and for the empty tree before the first.
static bool
make_room(struct wasm_sigs *sigs, const struct wasm_port *port)
{
    while (true) {
        struct wasm_sig_node *nodes =
            wasm_heap_append(port, sigs->nodes, sigs->count, sizeof(*nodes));
        if (!nodes)
            return false;
        sigs->nodes = nodes;
        if (sigs->count)
            return true;
        sigs->count = 1;
    }
}

uint32_t
wasm_sigs_intern(struct wasm_sigs *sigs, const struct wasm_port *port,
                 const struct wasm_functype *type)
{
    uint32_t id = find(sigs, type);
    if (id)
        return id;
    if (!make_room(sigs, port))
        return 0;
    struct wasm_functype *own = copy(port, type);
    if (!own)
        return 0;
    id = sigs->count++;
    sigs->nodes[id] = (struct wasm_sig_node){.type = own, .level = 1};
    sigs->root = insert(sigs->nodes, sigs->root, id);
    return id;
}

void
wasm_sigs_fini(struct wasm_sigs *sigs, const struct wasm_port *port)
{
    for (uint32_t i = 1; i < sigs->count; i++)
        wasm_heap_free(port, sigs->nodes[i].type);
    wasm_heap_free(port, sigs->nodes);
}
