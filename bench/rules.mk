# SPDX-License-Identifier: Apache-2.0
#
# Benchmarks: each prints a table and writes build/bench/NAME.json.

build/bench/hello-native: test/programs/hello.c
	@mkdir -p $(@D)
	@$(CC) -O2 -static $< -o $@

build/bench/floor.elf: bench/floor.S
	@mkdir -p $(@D)
	@$(CC) -m32 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-Ttext-segment=0x100000 -Wl,-e,floor_entry $< -o $@

build/bench/kernel-init.elf: $(OUT)/bare/bench/kernel.c.o $(bare_lib_obj)
	@mkdir -p $(@D)
	@$(link_init)

# ---- The engine beside its peers ----

engine_bench_src := $(filter-out bench/engine/ours.c bench/engine/native.c,$(wildcard bench/engine/*.c))
engine_bench_wasm := $(engine_bench_src:bench/engine/%.c=build/bench/engine/%.wasm)
engine_bench_modules := $(addprefix build/test/programs/,sqlite.wasm nextpnr.wasm rg.wasm esbuild.wasm yosys.wasm)

# Not linked by clang, which would hand the module to a wasm-opt found in PATH.
build/bench/engine/v_%.wasm: engine_bench_flags := -msimd128
build/bench/engine/%.wasm: bench/engine/%.c bench/engine/program.h bench/rules.mk
	@mkdir -p $(@D)
	$(quiet_wasm) $(WASM_CC) -O2 -std=gnu17 -Wall -Wextra -I. --target=wasm32 -ffreestanding -mbulk-memory \
	    $(engine_bench_flags) -c $< -o $(@:.wasm=.o) && \
	    wasm-ld-19 --no-entry --strip-all $(@:.wasm=.o) -o $@
build/bench/engine/%.so: bench/engine/%.c bench/engine/program.h bench/rules.mk
	@mkdir -p $(@D)
	@$(WASM_CC) -O2 -fno-math-errno -std=gnu17 -I. -shared -fPIC -fvisibility=hidden $< -o $@ -lm

$(OUT)/bench/engine-ours: $(call objects,bench/engine/ours.c test/unit/engine/test_port.c) $(engine_obj) $(base_obj)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@
$(OUT)/bench/engine-native: $(call objects,bench/engine/native.c)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

# Wasmtime is looked at for comparison only: without it, or without pip, its columns are missing.
build/deps/wasmtime/installed: deps/pip.lock
	@rm -rf $(@D) && mkdir -p $(@D)
	@python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --require-hashes \
	    --target $(@D) -r $< || echo "bench-engine: no wasmtime: its columns will be missing"
	@touch $@

.PHONY: bench bench-boot bench-kernel bench-engine
bench-engine: ## the engine beside V8 and wasmtime: compilation, code, loading
bench-engine: $(OUT)/bench/engine-ours $(OUT)/bench/engine-native $(engine_bench_wasm) $(engine_bench_wasm:.wasm=.so) \
    $(engine_bench_modules) build/deps/wasmtime/installed
	@bench/engine.py --flags "$(CC) $(freestanding)" --ours $(OUT)/bench/engine-ours --native $(OUT)/bench/engine-native \
	    --wasmtime build/deps/wasmtime --modules $(engine_bench_modules) --programs $(engine_bench_wasm)
bench: bench-boot bench-kernel bench-engine ## print all figures, and write them to build/bench/*.json
bench-boot: build/selkis build/selkis.elf build/libos.elf build/bench/hello-native build/bench/floor.elf \
    build/test/programs/hello.wasm
	@bench/boot.py --flags "$(CC) $(freestanding)"
bench-kernel: build/selkis.elf build/bench/kernel-init.elf
	@bench/kernel.py $^
