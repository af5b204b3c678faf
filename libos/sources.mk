libos_src := \
    libos/bundle.c libos/decimal.c libos/engine_port.c libos/exit.c libos/frames.c libos/heap.c \
    libos/link.c libos/log.c libos/mounts.c libos/report.c libos/run.c libos/stack.c \
    libos/start.c libos/trap.c libos/upcall.c libos/value.c libos/write_back.c \
    libos/x86_64/upcall_enter.S \
    libos/fs/dir.c libos/fs/file.c libos/fs/inode.c libos/fs/path.c libos/fs/tree.c \
    libos/wasi/args.c libos/wasi/clock.c libos/wasi/descriptor.c libos/wasi/errno.c \
    libos/wasi/fd.c libos/wasi/filestat.c libos/wasi/function.c libos/wasi/guest.c \
    libos/wasi/input.c libos/wasi/iovec.c libos/wasi/path.c libos/wasi/poll.c \
    libos/wasi/preopen.c libos/wasi/proc.c libos/wasi/random.c libos/wasi/readdir.c \
    libos/wasi/sock.c
