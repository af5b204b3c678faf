# SPDX-License-Identifier: Apache-2.0
#
# libselkis: the engine with the face of wasm.h, as a static and as a shared library. Only
# the names of wasm.h leave either; all others are local to it.

api_src := api/externtype.c api/func.c api/instance.c api/module.c api/object.c \
           api/storage.c api/store.c api/trap.c api/type.c api/value.c api/vec.c \
           api/native_port.c api/parking.c \
           debug/announce.c debug/elf_image.c debug/gdb.c debug/perf_map.c
api_obj := $(patsubst %,$(OUT)/libselkis/%.o,$(api_src))
api_version := 0

$(OUT)/libselkis/%.o: % $(OUT)/flags
	$(call compile,$(filter-out -fPIE,$(hosted)) -fPIC)

$(OUT)/libselkis.o: $(api_obj) $(engine_obj) $(base_obj)
	@ld -r $^ -o $@
	@objcopy --localize-hidden $@

$(OUT)/libselkis.a: $(OUT)/libselkis.o
	@rm -f $@
	@ar rcs $@ $^

# It stays when it is closed: signal handlers, and threads' ends, lead into it.
$(OUT)/libselkis.so: $(OUT)/libselkis.o
	$(quiet_ld) $(CC) -shared $(link) -Wl,-soname,libselkis.so.$(api_version) -Wl,-z,defs,-z,nodelete \
	    $^ -pthread -o $@

define selkis_pc
prefix=$(PREFIX)
libdir=$${prefix}/lib
includedir=$${prefix}/include

Name: selkis
Description: WebAssembly engine with the standard C interface wasm.h
Version: $(api_version)
Cflags: -I$${includedir}
Libs: -L$${libdir} -lselkis
Libs.private: -pthread
endef
export selkis_pc

.PHONY: install-lib
install-lib: $(OUT)/libselkis.a $(OUT)/libselkis.so ## libselkis, wasm.h and selkis.pc into PREFIX, below DESTDIR
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib $(OUT)/libselkis.a
	install -D $(OUT)/libselkis.so $(DESTDIR)$(PREFIX)/lib/libselkis.so.$(api_version)
	ln -sf libselkis.so.$(api_version) $(DESTDIR)$(PREFIX)/lib/libselkis.so
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/include api/wasm.h
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig
	@echo "$$selkis_pc" > $(DESTDIR)$(PREFIX)/lib/pkgconfig/selkis.pc
