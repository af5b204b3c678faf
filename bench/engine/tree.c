// SPDX-License-Identifier: Apache-2.0
//
// Pointers: balanced trees are built in an arena, searched and summed.
#include "bench/engine/program.h"

#define NODES 8192

struct node {
    struct node *left, *right;
    uint32_t key, priority;
};

static struct node arena[NODES];
static uint32_t used;

static struct node *
rotate_right(struct node *node)
{
    struct node *left = node->left;
    node->left = left->right;
    left->right = node;
    return left;
}

static struct node *
rotate_left(struct node *node)
{
    struct node *right = node->right;
    node->right = right->left;
    right->left = node;
    return right;
}

static struct node *
insert(struct node *node, uint32_t key, uint32_t priority)
{
    if (!node) {
        node = &arena[used++];
        *node = (struct node){NULL, NULL, key, priority};
    } else if (key < node->key) {
        node->left = insert(node->left, key, priority);
        if (node->left->priority < node->priority)
            node = rotate_right(node);
    } else if (key > node->key) {
        node->right = insert(node->right, key, priority);
        if (node->right->priority < node->priority)
            node = rotate_left(node);
    }
    return node;
}

static uint32_t
depth_sum(const struct node *node, uint32_t depth)
{
    if (!node)
        return 0;
    return depth + depth_sum(node->left, depth + 1) + depth_sum(node->right, depth + 1);
}

static uint32_t
work(void)
{
    uint32_t seed = 17, found = 0;
    struct node *root = NULL;
    used = 0;
    for (int i = 0; i < 2000; i++) {
        uint32_t key = next_random(&seed) % 5000;
        root = insert(root, key, next_random(&seed));
    }
    for (uint32_t key = 0; key < 5000; key++) {
        const struct node *node = root;
        while (node && node->key != key)
            node = key < node->key ? node->left : node->right;
        found += node != NULL;
    }
    return mix(found, depth_sum(root, 0));
}

PROGRAM(0xa723c887)
