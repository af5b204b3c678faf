// SPDX-License-Identifier: Apache-2.0
//
// First all entries are collected, which fixes where names end and data begins; then
// files are copied one after the other, and the entries are written when the data's
// places are known. A file that is gone by then is left out; nothing refers to an entry
// behind it, since preopens come before all files.
#include "tools/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/domain.h"
#include "abi/layout.h"
#include "tools/beneath.h"
#include "tools/message.h"

#define NS_PER_S       1000000000ull
#define NOTES_MAX      5u   // of files that are left out
#define NOTED_PATH_MAX 300u // bytes of a path in a note

struct item {
    struct sk_bundle_entry entry;
    char *name;
    char *target;                  // symbolic link
    int fd;                        // INIT, MODULE: the open file
    const struct preopen *preopen; // what `name` is below
    bool left_out;
};

struct builder {
    struct item *items;
    uint32_t count;
    uint32_t room;
    uint64_t data_len; // announced so far
    uint64_t names_len;
    uint64_t limit;
    int fd;
    uint64_t at;       // where the next data goes
    uint32_t left_out; // files
};

static bool
out_of_memory(void)
{
    message_error("out of memory while collecting files");
    return false;
}

static bool
too_large(uint64_t limit)
{
    message_error("program and folders do not fit: at most %llu MiB here",
                  (unsigned long long)(limit >> 20));
    message_hint("grant a smaller folder, or give the machine more memory with --mem");
    return false;
}

static struct item *
add(struct builder *b, enum sk_bundle_kind kind, const char *name)
{
    if (b->count == b->room) {
        uint32_t room = b->room == 0 ? 64 : b->room * 2;
        struct item *items = reallocarray(b->items, room, sizeof(items[0]));
        if (items == NULL)
            return NULL;
        b->items = items;
        b->room = room;
    }
    struct item *item = &b->items[b->count];
    *item = (struct item){.fd = -1, .name = strdup(name)};
    if (item->name == NULL)
        return NULL;
    item->entry.kind = kind;
    item->entry.name_len = (uint32_t)strlen(name);
    b->names_len += item->entry.name_len;
    b->count++;
    return item;
}

static bool
add_names(struct builder *b, enum sk_bundle_kind kind, const char *const *names,
          uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (add(b, kind, names[i]) == NULL)
            return out_of_memory();
    }
    return true;
}

static bool
add_open_file(struct builder *b, enum sk_bundle_kind kind, const char *name, int fd)
{
    struct item *item = add(b, kind, name);
    if (item == NULL)
        return out_of_memory();
    item->fd = fd;
    return true;
}

static void
note_left_out(struct builder *b, const struct preopen *preopen, const char *path,
              const char *why)
{
    if (b->left_out++ >= NOTES_MAX)
        return;
    bool cut = strlen(path) > NOTED_PATH_MAX;
    message_note("left out %s/%.*s%s: %s", preopen->host, (int)NOTED_PATH_MAX, path,
                 cut ? "..." : "", why);
}

// ---- Folders ----

struct walk {
    struct builder *b;
    const struct preopen *preopen;
    uint32_t parent;             // index of the PREOPEN entry
    char path[BENEATH_PATH_MAX]; // of the current folder or file, below the preopen
};

static void
leave_out(const struct walk *w, const char *why)
{
    note_left_out(w->b, w->preopen, w->path, why);
}

static struct item *
add_below(struct walk *w, enum sk_bundle_kind kind, const struct stat *stat)
{
    struct item *item = add(w->b, kind, w->path);
    if (item == NULL)
        return NULL;
    item->entry.parent = w->parent;
    item->entry.mtime_ns =
        (uint64_t)stat->st_mtim.tv_sec * NS_PER_S + (uint64_t)stat->st_mtim.tv_nsec;
    item->preopen = w->preopen;
    return item;
}

static bool
add_link(struct walk *w, int dir, const char *name, const struct stat *stat)
{
    char target[PATH_MAX];
    ssize_t len = readlinkat(dir, name, target, sizeof(target) - 1);
    if (len < 0) {
        leave_out(w, strerror(errno));
        return true;
    }
    target[len] = '\0';
    struct item *item = add_below(w, SK_BUNDLE_SYMLINK, stat);
    if (item == NULL)
        return out_of_memory();
    item->target = strdup(target);
    if (item->target == NULL)
        return out_of_memory();
    return true;
}

static bool
add_file(struct walk *w, int dir, const char *name, const struct stat *stat)
{
    if (faccessat(dir, name, R_OK, AT_EACCESS) != 0) {
        leave_out(w, strerror(errno));
        return true;
    }
    w->b->data_len += (uint64_t)stat->st_size;
    if (stat->st_size < 0 || w->b->data_len > w->b->limit)
        return too_large(w->b->limit);
    return add_below(w, SK_BUNDLE_FILE, stat) != NULL || out_of_memory();
}

static bool add_folder(struct walk *w, int dir, size_t path_len);

static bool
add_child(struct walk *w, int dir, const char *name, size_t path_len)
{
    struct stat stat;
    if (fstatat(dir, name, &stat, AT_SYMLINK_NOFOLLOW) != 0) {
        leave_out(w, strerror(errno));
        return true;
    }
    if (S_ISLNK(stat.st_mode))
        return add_link(w, dir, name, &stat);
    if (S_ISREG(stat.st_mode))
        return add_file(w, dir, name, &stat);
    if (!S_ISDIR(stat.st_mode)) {
        leave_out(w, "neither file, folder nor symbolic link");
        return true;
    }
    int child = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (child < 0) {
        leave_out(w, strerror(errno));
        return true;
    }
    bool done = add_below(w, SK_BUNDLE_DIR, &stat) != NULL || out_of_memory();
    done = done && add_folder(w, child, path_len);
    close(child);
    return done;
}

static int
not_dots(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

// Adds what is in `dir`, whose path is the first path_len bytes of w->path.
static bool
add_folder(struct walk *w, int dir, size_t path_len)
{
    struct dirent **names;
    int count = scandirat(dir, ".", &names, not_dots, alphasort);
    if (count < 0) {
        leave_out(w, strerror(errno));
        return true;
    }
    bool done = true;
    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name;
        size_t name_len = strlen(name);
        size_t start = path_len == 0 ? 0 : path_len + 1;
        if (done && start + name_len < sizeof(w->path)) {
            if (path_len != 0)
                w->path[path_len] = '/';
            memcpy(w->path + start, name, name_len + 1);
            done = add_child(w, dir, name, start + name_len);
        } else if (done) {
            leave_out(w, "a path in there is too long");
        }
        free(names[i]);
    }
    free(names);
    return done;
}

static bool
add_preopens(struct builder *b, const struct preopen *preopens, uint32_t count)
{
    uint32_t first = b->count;
    for (uint32_t i = 0; i < count; i++) {
        struct item *item = add(b, SK_BUNDLE_PREOPEN, preopens[i].guest);
        if (item == NULL)
            return out_of_memory();
        item->entry.flags = preopens[i].read_only ? SK_BUNDLE_READ_ONLY : 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct walk w = {.b = b, .preopen = &preopens[i], .parent = first + i};
        if (!add_folder(&w, preopens[i].root, 0))
            return false;
    }
    return true;
}

// ---- Writing ----

static bool
write_failed(const char *what)
{
    message_error("cannot copy %s into the bundle: %s", what, strerror(errno));
    return false;
}

static bool
write_at(int fd, const void *bytes, uint64_t len, uint64_t offset)
{
    const char *from = bytes;
    while (len > 0) {
        ssize_t done = pwrite(fd, from, len, (off_t)offset);
        if (done < 0)
            return false;
        from += done;
        len -= (uint64_t)done;
        offset += (uint64_t)done;
    }
    return true;
}

// Copies a whole file; it may have grown or shrunk since it was looked at.
static bool
copy_file(struct builder *b, int from, struct item *item)
{
    item->entry.data_off = b->at;
    if (lseek(b->fd, (off_t)b->at, SEEK_SET) < 0)
        return write_failed(item->name);
    for (;;) {
        ssize_t done = sendfile(b->fd, from, NULL, 1u << 20);
        if (done < 0)
            return write_failed(item->name);
        if (done == 0)
            break;
        b->at += (uint64_t)done;
        if (b->at > b->limit)
            return too_large(b->limit);
    }
    item->entry.data_len = b->at - item->entry.data_off;
    return true;
}

static bool
copy_below(struct builder *b, struct item *item)
{
    const char *leaf;
    int dir = beneath_open_parent(item->preopen->root, item->name, &leaf);
    int from = dir < 0 ? -1 : openat(dir, leaf, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (from < 0) {
        item->left_out = true;
        note_left_out(b, item->preopen, item->name, strerror(errno));
    }
    if (dir >= 0)
        close(dir);
    if (from < 0)
        return true;
    bool done = copy_file(b, from, item);
    close(from);
    return done;
}

static bool
copy_data(struct builder *b, struct item *item)
{
    switch (item->entry.kind) {
    case SK_BUNDLE_INIT:
    case SK_BUNDLE_MODULE:
        b->at = (b->at + SK_PAGE_SIZE - 1) & ~(uint64_t)(SK_PAGE_SIZE - 1);
        if (item->fd < 0)
            return true;
        return lseek(item->fd, 0, SEEK_SET) == 0 ? copy_file(b, item->fd, item)
                                                 : write_failed(item->name);
    case SK_BUNDLE_FILE:
        return copy_below(b, item);
    case SK_BUNDLE_SYMLINK:
        item->entry.data_off = b->at;
        item->entry.data_len = strlen(item->target);
        b->at += item->entry.data_len;
        return write_at(b->fd, item->target, item->entry.data_len,
                        item->entry.data_off) ||
               write_failed(item->name);
    default:
        return true;
    }
}

static bool
write_front(struct builder *b)
{
    uint64_t entries_len = (uint64_t)b->count * sizeof(struct sk_bundle_entry);
    uint64_t front_len = sizeof(struct sk_bundle) + entries_len + b->names_len;
    char *front = calloc(1, front_len);
    if (front == NULL)
        return out_of_memory();
    struct sk_bundle header = {
        .magic = SK_BUNDLE_MAGIC, .version = SK_BUNDLE_VERSION, .len = b->at};
    char *entries = front + sizeof(header);
    uint64_t name_off = sizeof(header) + entries_len;
    for (uint32_t i = 0; i < b->count; i++) {
        struct sk_bundle_entry *entry = &b->items[i].entry;
        if (b->items[i].left_out)
            continue;
        entry->name_off = name_off;
        memcpy(entries + header.entry_count++ * sizeof(*entry), entry, sizeof(*entry));
        memcpy(front + name_off, b->items[i].name, entry->name_len);
        name_off += entry->name_len;
    }
    memcpy(front, &header, sizeof(header));
    bool done = write_at(b->fd, front, front_len, 0);
    free(front);
    return done || write_failed("names");
}

static bool
collect(struct builder *b, const struct bundle_spec *spec)
{
    return add_open_file(b, SK_BUNDLE_INIT, "init", spec->init_fd) &&
           add_open_file(b, SK_BUNDLE_MODULE, spec->args[0], spec->module_fd) &&
           add_names(b, SK_BUNDLE_ARG, (const char *const *)spec->args,
                     spec->arg_count) &&
           add_names(b, SK_BUNDLE_ENV, spec->envs, spec->env_count) &&
           add_names(b, SK_BUNDLE_OPTION, spec->options, spec->option_count) &&
           add_preopens(b, spec->preopens, spec->preopen_count);
}

static bool
write_bundle(struct builder *b)
{
    b->at = sizeof(struct sk_bundle) +
            (uint64_t)b->count * sizeof(struct sk_bundle_entry) + b->names_len;
    for (uint32_t i = 0; i < b->count; i++) {
        if (!copy_data(b, &b->items[i]))
            return false;
    }
    if (b->at > b->limit)
        return too_large(b->limit);
    if (ftruncate(b->fd, (off_t)b->at) != 0)
        return write_failed("the end");
    return write_front(b);
}

static void
builder_fini(struct builder *b)
{
    for (uint32_t i = 0; i < b->count; i++) {
        free(b->items[i].name);
        free(b->items[i].target);
    }
    free(b->items);
}

bool
bundle_build(const struct bundle_spec *spec, int *fd, uint64_t *len)
{
    struct builder b = {
        .limit = spec->limit < SK_BUNDLE_MAX ? spec->limit : SK_BUNDLE_MAX,
        .fd = memfd_create("selkis-bundle", MFD_CLOEXEC),
    };
    if (b.fd < 0)
        return write_failed("anything");
    bool done = collect(&b, spec) && write_bundle(&b);
    builder_fini(&b);
    if (b.left_out > NOTES_MAX)
        message_note("left out %u more", b.left_out - NOTES_MAX);
    if (!done) {
        close(b.fd);
        return false;
    }
    *fd = b.fd;
    *len = b.at;
    return true;
}
