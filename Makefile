# SPDX-License-Identifier: Apache-2.0
#
# The one entry. `make help` lists what it does. Components only list their files, in
# <component>/sources.mk; output goes to build/, objects of a profile to build/<profile>/.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

PROFILE ?= release
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
OUT := build/$(PROFILE)

include base/sources.mk abi/sources.mk kernel/sources.mk engine/sources.mk
include libos/sources.mk host/sources.mk tools/sources.mk text/sources.mk text/script/sources.mk

# ---- Flags ----

warnings := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
    -Wcast-qual -Wvla -Wundef -Werror
common := -std=gnu17 -O2 -g -I. $(warnings) -fno-common -fvisibility=hidden -MMD -MP \
    -fno-strict-aliasing -fcf-protection=none -fno-omit-frame-pointer
# What runs both in a domain and in a Linux process is compiled once: no C library, and
# frame pointers, by which stacks are walked. Address 0 is an address like any other there.
freestanding := $(common) -fPIE -ffreestanding -fno-stack-protector \
    -fno-asynchronous-unwind-tables -fno-delete-null-pointer-checks
hosted := $(common) -fPIE -D_GNU_SOURCE
kernel := $(common) -ffreestanding -fno-pie -mcmodel=kernel -mgeneral-regs-only -mno-red-zone \
    -fno-stack-protector -fno-asynchronous-unwind-tables

ifeq ($(PROFILE),asan)
sanitize := -fsanitize=address,undefined -fno-sanitize-recover=undefined
freestanding += $(sanitize)
hosted += $(sanitize)
link := $(sanitize)
endif
ifeq ($(PROFILE),ubsan) # the kernel: undefined behaviour is an illegal instruction, a panic
kernel += -fsanitize=undefined -fsanitize-undefined-trap-on-error
endif

# ---- Objects ----

objects = $(patsubst %,$(OUT)/%.o,$(1))
base_obj := $(call objects,$(base_src))
engine_obj := $(call objects,$(engine_src))
script_obj := $(call objects,$(script_src))
text_obj := $(call objects,$(text_src) $(script_text_src))
libos_obj := $(call objects,$(libos_src))
host_obj := $(call objects,$(host_src))
tools_obj := $(call objects,$(tools_src))
bare_obj := $(call objects,$(base_bare_src) $(abi_stubs_src))
kernel_obj := $(patsubst %,$(OUT)/kernel-image/%.o,$(kernel_src) $(kernel_base_src))

delivered := selkis selkis.elf libos.elf libselkis.a libselkis.so

.PHONY: help all deps demo
help: ## this list
	@sed -n 's/^\([a-z][a-z -]*\):.*## /  \1: /p' $(filter-out %.d,$(MAKEFILE_LIST)) | sort -u

all: $(addprefix $(OUT)/,$(delivered)) $(if $(filter release,$(PROFILE)),$(addprefix build/,$(delivered))) ## build everything that is delivered

deps: ## install the Debian packages of deps/debian.txt that are missing
	@deps/install.sh

demo: deps ## the README's first command: install, build, run a C program on the kernel in QEMU
	@$(MAKE) --no-print-directory all build/test/programs/tour.wasm
	@echo "selkis run --vm tour.wasm:"
	@build/selkis run --vm build/test/programs/tour.wasm one two

# A flags stamp: objects are rebuilt when their flags or compiler change.
stamp = $(shell mkdir -p $(dir $(1)); echo '$(2)' | cmp -s - $(1) || echo '$(2)' > $(1))
$(call stamp,$(OUT)/flags,$(CC) $(hosted) $(freestanding))
$(call stamp,$(OUT)/kernel-image/flags,$(CC) $(kernel))

# Component by component: which flags an object is made with.
define compile
	@mkdir -p $(@D)
	@echo "  CC    $@"
	@$(CC) $(1) -c $< -o $@
endef
$(OUT)/base/%.o $(OUT)/engine/%.o $(OUT)/text/%.o $(OUT)/libos/%.o $(OUT)/abi/%.o: flags := freestanding
$(OUT)/%.o: % $(OUT)/flags
	$(call compile,$($(or $(flags),hosted)))
$(OUT)/kernel-image/%.o: % $(OUT)/kernel-image/flags
	$(call compile,$(kernel))

# ---- What is delivered: built in $(OUT), copied from build/release to build ----

quiet_ld = @echo "  LD    $@";

$(OUT)/selkis: $(tools_obj) $(host_obj) $(libos_obj) $(script_obj) $(text_obj) $(engine_obj) $(base_obj)
	$(quiet_ld) $(CC) -pie $(link) $^ -o $@

link_domain = ld -nostdlib -static --no-relax -T libos/libos.ld --build-id=none \
    -z max-page-size=4096 -z noexecstack $(filter %.o,$^) $(shell $(CC) -print-libgcc-file-name) -o $@
$(OUT)/libos.elf: $(libos_obj) $(engine_obj) $(base_obj) $(bare_obj) libos/libos.ld
	$(quiet_ld) $(link_domain)

# The kernel is linked twice: the second time with the symbol table of the first, for the
# backtrace of a panic.
link_kernel = ld -nostdlib -static -T kernel/arch/x86_64/kernel.ld --build-id=none \
    -z max-page-size=4096 -z noexecstack $(filter %.o,$^) -o $@
$(OUT)/kernel-image/nosyms.S:
	@mkdir -p $(@D)
	@tools/dev/ksyms.py > $@
$(OUT)/kernel-image/syms.S: $(OUT)/kernel-image/nosyms.elf
	@tools/dev/ksyms.py $< > $@
$(OUT)/kernel-image/nosyms.o $(OUT)/kernel-image/syms.o: %.o: %.S
	@$(CC) -c $< -o $@
$(OUT)/kernel-image/nosyms.elf: $(kernel_obj) $(OUT)/kernel-image/nosyms.o kernel/arch/x86_64/kernel.ld
	@$(link_kernel)
$(OUT)/selkis.elf: $(kernel_obj) $(OUT)/kernel-image/syms.o kernel/arch/x86_64/kernel.ld
	$(quiet_ld) $(link_kernel)

$(addprefix build/,$(delivered)): build/%: $(OUT)/%
	@cp --remove-destination $< $@

PREFIX ?= /usr/local
.PHONY: install
install: all install-lib ## into PREFIX (/usr/local), below DESTDIR
	install -D -t $(DESTDIR)$(PREFIX)/bin build/selkis
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/selkis build/selkis.elf build/libos.elf

include api/rules.mk $(wildcard test/rules.mk test/*/rules.mk bench/rules.mk)

-include $(shell find build -path build/deps -prune -o -type f -name '*.d' -print 2>/dev/null)
