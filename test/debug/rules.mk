# SPDX-License-Identifier: Apache-2.0
#
# What debuggers see: source lines in back traces, perf, gdb. C programs are compiled in
# this folder, so that their names are short, with each version of DWARF and with and
# without optimisation.

debug_out := build/test/debug
debug_traps := $(foreach version,4 5,$(foreach level,0 2,$(debug_out)/trap-$(version)-$(level).wasm))
debug_modules := $(debug_traps) $(debug_out)/spin.wasm $(debug_out)/embed.wasm

# $(call debug_cc,FLAGS,FILE): compiles into $(@:.wasm=)-NAME.o
debug_cc = cd test/debug && $(WASM_CC) $(wasm_target) -Wall -Wextra $(1) -c $(2).c -o $(abspath $(@:.wasm=-$(notdir $(2)).o))

$(debug_traps): $(debug_out)/trap-%.wasm: $(wildcard test/debug/*.c test/debug/sub/*) test/debug/rules.mk
	@mkdir -p $(@D)
	@$(call debug_cc,-gdwarf-$(firstword $(subst -, ,$*)) -O$(lastword $(subst -, ,$*)),main)
	@$(call debug_cc,-gdwarf-$(firstword $(subst -, ,$*)) -O$(lastword $(subst -, ,$*)),sub/divide)
	$(quiet_wasm) $(WASM_CC) $(wasm_target) $(@:.wasm=-main.o) $(@:.wasm=-divide.o) -o $@

$(debug_out)/spin.wasm: test/debug/spin.c test/debug/rules.mk
	@mkdir -p $(@D)
	@$(call debug_cc,-O1,spin)
	$(quiet_wasm) $(WASM_CC) $(wasm_ldflags) $(@:.wasm=-spin.o) -o $@

$(debug_out)/embed.wasm: test/debug/embed.wat
	@mkdir -p $(@D)
	$(quiet_wasm) $(WAT2WASM) --debug-names $< -o $@

$(OUT)/test/debug-embed: $(call objects,test/debug/embed.c) $(OUT)/libselkis.so
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $(filter %.o,$^) -L$(OUT) -lselkis -Wl,-rpath,$(abspath $(OUT)) -o $@
	@ln -sf libselkis.so $(OUT)/libselkis.so.$(api_version)

$(OUT)/test/debug-mutate: $(call objects,test/debug/mutate.c debug/source.c debug/dwarf_line.c tools/file.c base/cursor.c)
	@mkdir -p $(@D)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

.PHONY: debug debug-mutate
debug: $(OUT)/selkis $(OUT)/selkis.elf $(OUT)/libos.elf $(OUT)/test/debug-embed $(debug_modules) ## source lines in back traces, perf and gdb
	test/debug/run.sh $(OUT)/selkis $(OUT)/test/debug-embed $(debug_out)

debug-mutate: $(OUT)/test/debug-mutate $(debug_traps) ## modules with mutated debug information; PROFILE=asan
	$< 20000 1 $(debug_traps)
	@echo "1 passed, 0 failed"
