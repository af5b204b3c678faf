host_src := host/activation.c host/boot.c host/cap.c host/clock.c host/console.c \
            host/domain.c host/frame.c host/memory.c host/space.c host/x86_64/entry.S
