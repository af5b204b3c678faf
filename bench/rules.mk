# SPDX-License-Identifier: Apache-2.0
#
# Benchmarks: each prints a table and writes build/bench/NAME.json.

bench_modules := $(addprefix build/test/programs/,sqlite.wasm nextpnr.wasm esbuild.wasm yosys.wasm)

$(OUT)/bench/compile: $(call objects,bench/compile.c test/unit/engine/test_port.c) $(engine_obj) $(base_obj)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

build/bench/hello-native: test/programs/hello.c
	@mkdir -p $(@D)
	@$(CC) -O2 -static $< -o $@

build/bench/floor.elf: bench/floor.S
	@mkdir -p $(@D)
	@$(CC) -m32 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-Ttext-segment=0x100000 -Wl,-e,floor_entry $< -o $@

build/bench/kernel-init.elf: $(OUT)/bare/bench/kernel.c.o $(bare_lib_obj)
	@mkdir -p $(@D)
	@$(link_init)

.PHONY: bench bench-boot bench-kernel
bench: bench-boot bench-kernel ## print all figures, and write them to build/bench/*.json
bench-boot: build/selkis build/selkis.elf build/libos.elf $(OUT)/bench/compile build/bench/hello-native \
    build/bench/floor.elf build/test/programs/hello.wasm $(bench_modules)
	@bench/boot.py --flags "$(CC) $(freestanding)" --compile $(OUT)/bench/compile $(bench_modules)
bench-kernel: build/selkis.elf build/bench/kernel-init.elf
	@bench/kernel.py $^
