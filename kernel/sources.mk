kernel_src := \
    kernel/arch/x86_64/boot.S \
    kernel/arch/x86_64/trap.S \
    kernel/arch/x86_64/apic.c \
    kernel/arch/x86_64/mmu.c \
    kernel/arch/x86_64/platform.c \
    kernel/arch/x86_64/pvh.c \
    kernel/arch/x86_64/trap.c \
    kernel/call.c \
    kernel/cap.c \
    kernel/clock.c \
    kernel/dev/serial.c \
    kernel/domain.c \
    kernel/entropy.c \
    kernel/event.c \
    kernel/frame.c \
    kernel/init.c \
    kernel/irq.c \
    kernel/main.c \
    kernel/panic.c \
    kernel/sched.c \
    kernel/upcall.c \
    kernel/vspace.c
kernel_base_src := base/fmt.c base/string.c
