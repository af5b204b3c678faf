tools_src := tools/accel.c tools/beneath.c tools/bundle.c tools/compile_port.c \
             tools/expected.c tools/file.c tools/inspect.c tools/message.c \
             tools/observe.c tools/options.c tools/report.c tools/run.c \
             tools/selkis.c tools/script_job.c tools/supervise.c tools/trace.c tools/vm.c tools/wast.c tools/wat.c tools/writeback.c
tools_src += debug/announce.c debug/dwarf_line.c debug/elf_image.c debug/gdb.c debug/perf_map.c debug/source.c
tools_src += api/native_port.c api/parking.c
