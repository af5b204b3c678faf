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
include libos/sources.mk host/sources.mk tools/sources.mk

# ---- Flags ----

warnings := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
    -Wcast-qual -Wvla -Wundef -Werror
common := -std=gnu17 -O2 -g -I. $(warnings) -fno-common -fvisibility=hidden -MMD -MP \
    -fno-strict-aliasing -fcf-protection=none
# What runs both in a domain and in a Linux process is compiled once: no C library, and
# frame pointers, by which stacks are walked.
freestanding := $(common) -fPIE -ffreestanding -fno-stack-protector -fno-omit-frame-pointer \
    -fno-asynchronous-unwind-tables
hosted := $(common) -fPIE -D_GNU_SOURCE
kernel := $(common) -ffreestanding -fno-pie -mcmodel=kernel -mgeneral-regs-only -mno-red-zone \
    -fno-stack-protector -fno-asynchronous-unwind-tables

ifeq ($(PROFILE),asan)
sanitize := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
freestanding += $(sanitize)
hosted += $(sanitize)
link := $(sanitize)
endif

# ---- Objects ----

objects = $(patsubst %,$(OUT)/%.o,$(basename $(1)))
base_obj := $(call objects,$(base_src))
engine_obj := $(call objects,$(engine_src))
libos_obj := $(call objects,$(libos_src))
host_obj := $(call objects,$(host_src))
tools_obj := $(call objects,$(tools_src))
bare_obj := $(call objects,$(base_bare_src) $(abi_stubs_src))
kernel_obj := $(patsubst %,build/kernel/%.o,$(basename $(kernel_src) $(base_bare_src) base/fmt.c))

.PHONY: all
all: build/selkis build/selkis.elf build/libos.elf build/libselkis.a

# A flags stamp: objects are rebuilt when their flags or compiler change.
stamp = $(if $(filter-out $(file <$(1)),$(2))$(filter-out $(2),$(file <$(1))),$(shell mkdir -p $(dir $(1)))$(file >$(1),$(2)))
$(call stamp,$(OUT)/flags,$(CC) $(hosted) $(freestanding))
$(call stamp,build/kernel/flags,$(CC) $(kernel))

# Component by component: which flags an object is made with.
define compile
	@mkdir -p $(@D)
	$(CC) $(1) -c $< -o $@
endef
$(OUT)/base/%.o: base/%.c $(OUT)/flags
	$(call compile,$(freestanding))
$(OUT)/engine/%.o: engine/%.c $(OUT)/flags
	$(call compile,$(freestanding))
$(OUT)/engine/%.o: engine/%.S $(OUT)/flags
	$(call compile,$(freestanding))
$(OUT)/libos/%.o: libos/%.c $(OUT)/flags
	$(call compile,$(freestanding))
$(OUT)/libos/%.o: libos/%.S $(OUT)/flags
	$(call compile,$(freestanding))
$(OUT)/abi/%.o: abi/%.S $(OUT)/flags
	$(call compile,$(freestanding))
$(OUT)/%.o: %.c $(OUT)/flags
	$(call compile,$(hosted))
$(OUT)/%.o: %.S $(OUT)/flags
	$(call compile,$(hosted))
build/kernel/%.o: %.c build/kernel/flags
	$(call compile,$(kernel))
build/kernel/%.o: %.S build/kernel/flags
	$(call compile,$(kernel))

# ---- What is delivered ----

$(OUT)/selkis: $(tools_obj) $(host_obj) $(libos_obj) $(engine_obj) $(base_obj)
	$(CC) -pie $(link) $^ -o $@
build/selkis: build/release/selkis
	cp $< $@

build/libos.elf: $(libos_obj) $(engine_obj) $(base_obj) $(bare_obj) libos/libos.ld
	$(CC) -nostdlib -static -no-pie -Wl,-T,libos/libos.ld -Wl,--build-id=none \
	    -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack $(filter %.o,$^) -o $@

build/libselkis.a: $(engine_obj) $(base_obj)
	rm -f $@
	ar rcs $@ $^
	@mkdir -p build/include/engine
	cp engine/engine.h engine/port.h build/include/engine/

include $(wildcard kernel/rules.mk)
include $(wildcard test/rules.mk test/*/rules.mk bench/rules.mk)

-include $(shell find build -name '*.d' 2>/dev/null)
