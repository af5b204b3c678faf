# Each names one program: NAME.c with harness.c is NAME.elf (entry sk_main); with host_main.c
# and the host it is a process, unless kernel-only lists it.
abi_harness_src := test/abi/harness.c
abi_host_src := test/abi/host_main.c
abi_test_src := \
    test/abi/activation_refuses.c \
    test/abi/bad_pointer.c \
    test/abi/boot_info.c \
    test/abi/cap_badge.c \
    test/abi/cap_copy.c \
    test/abi/cap_delete.c \
    test/abi/cap_read.c \
    test/abi/clock_monotonic.c \
    test/abi/clock_realtime.c \
    test/abi/console_read.c \
    test/abi/console_write.c \
    test/abi/domain_fault.c \
    test/abi/domain_grant.c \
    test/abi/domain_life.c \
    test/abi/domain_memory_is_zeroed.c \
    test/abi/domain_segments.c \
    test/abi/domain_slices.c \
    test/abi/domain_stop.c \
    test/abi/domain_vector_state.c \
    test/abi/entropy.c \
    test/abi/frame_split.c \
    test/abi/map_all_or_nothing.c \
    test/abi/map_is_zeroed.c \
    test/abi/map_keeps_content.c \
    test/abi/map_many.c \
    test/abi/map_page_zero.c \
    test/abi/map_refuses.c \
    test/abi/map_shares.c \
    test/abi/null_call.c \
    test/abi/registers_kept.c \
    test/abi/resume_refuses.c \
    test/abi/space_supply.c \
    test/abi/unmap_all.c \
    test/abi/unmap_passes_over_holes.c \
    test/abi/upcall_again.c \
    test/abi/upcall_execute.c \
    test/abi/upcall_page_fault.c \
    test/abi/upcall_protection.c \
    test/abi/upcall_reasons.c \
    test/abi/upcall_registers.c \
    test/abi/upcall_stack.c \
    test/abi/upcall_vector_state.c \
    test/abi/wait_deadline.c \
    test/abi/wait_far.c \
    test/abi/yield_returns.c
