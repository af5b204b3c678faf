# SPDX-License-Identifier: Apache-2.0
#
# Images of `init` that use abi/ and base/ alone: for the boot tests, the attacks and the
# promises of the ABI, which run on the host as well.

include test/boot/sources.mk test/abi/sources.mk test/attack/sources.mk

bare_test_src := $(boot_init_src) $(attack_src) $(abi_harness_src) $(abi_test_src)
bare_test_obj := $(patsubst %,$(OUT)/bare/%.o,$(bare_test_src))
bare_lib_obj := $(bare_obj) $(call objects,base/fmt.c)

$(OUT)/bare/%.o: % $(OUT)/flags
	$(call compile,$(freestanding))

link_init = $(quiet_ld) ld -nostdlib -static -e sk_main -Ttext-segment=0x1000000000 --build-id=none \
    -z max-page-size=4096 -z separate-code -z noexecstack $^ -o $@

build/test/boot.elf: $(patsubst %,$(OUT)/bare/%.o,$(boot_init_src)) $(bare_lib_obj)
	@mkdir -p $(@D)
	@$(link_init)
build/test/attack.elf: $(patsubst %,$(OUT)/bare/%.o,$(attack_src)) $(bare_lib_obj)
	@mkdir -p $(@D)
	@$(link_init)
build/test/abi/%.elf: $(OUT)/bare/test/abi/%.c.o $(patsubst %,$(OUT)/bare/%.o,$(abi_harness_src)) $(bare_lib_obj)
	@mkdir -p $(@D)
	@$(link_init)
build/test/abi/%: $(call objects,test/abi/%.c $(abi_harness_src) $(abi_host_src)) $(host_obj) $(base_obj)
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

abi_names := $(patsubst test/abi/%.c,%,$(abi_test_src))
abi_host_names := $(filter-out $(shell sed -n 's/^\([a-z_]*\):.*/\1/p' test/abi/kernel-only),$(abi_names))

.PHONY: boot attack abi-vm kernel-tests abi-host
boot: build/selkis.elf build/test/boot.elf ## boot both machines, and refuse what is broken
	@test/boot/run.sh build/test/boot.elf
attack: build/selkis.elf build/test/attack.elf ## forbidden acts, each in a domain of its own
	@test/attack/run.sh build/test/attack.elf
abi-vm: build/selkis.elf $(patsubst %,build/test/abi/%.elf,$(abi_names)) ## the promises of the ABI, on the kernel
	@test/abi/run.sh vm
kernel-tests: $(OUT)/selkis.elf build/test/boot.elf build/test/attack.elf $(patsubst %,build/test/abi/%.elf,$(abi_names)) ## boot, attack and abi-vm with the kernel of PROFILE; ubsan traps undefined behaviour
	@export KERNEL=$<; failed=0; \
	test/boot/run.sh build/test/boot.elf || failed=1; \
	test/attack/run.sh build/test/attack.elf || failed=1; \
	test/abi/run.sh vm || failed=1; \
	exit $$failed
abi-host: $(addprefix build/test/abi/,$(abi_host_names)) ## the promises of the ABI, on the host
	@test/abi/run.sh host
