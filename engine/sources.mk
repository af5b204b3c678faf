engine_src := engine/builtins.c engine/const_eval.c engine/const_expr.c engine/decode.c engine/decode_deftype.c engine/decode_section.c \
    engine/decode_segment.c engine/decode_type.c engine/error.c engine/export.c engine/func.c engine/function_code.c \
    engine/exception.c engine/gc.c engine/gc_builtins.c engine/gc_mark.c engine/gc_roots.c \
    engine/roots.c engine/tag.c engine/wait.c engine/walk.c \
    engine/global.c engine/heap.c engine/host_call.c engine/x86_64/host_call.S engine/instance.c engine/invoke.c engine/layout.c \
    engine/link.c engine/memory.c engine/module.c engine/names.c engine/rtt.c engine/segment.c \
    engine/store.c engine/table.c engine/trap.c engine/x86_64/enter.S
# The compiler: what a body means, and the machine code for it.
engine_src += engine/validate.c engine/validate_control.c engine/validate_gc.c \
    engine/validate_ref.c engine/validate_bulk.c engine/operand.c engine/hint.c engine/instruction.c engine/immediate.c engine/types.c engine/type_key.c engine/type_read.c \
    engine/codemap.c engine/compile/baseline.c \
    engine/compile/builtin_ops.c engine/compile/call_args.c \
    engine/compile/call_ops.c engine/compile/exception_ops.c engine/compile/tail_ops.c \
    engine/compile/control.c engine/compile/convert.c \
    engine/compile/array_ops.c engine/compile/atomic_ops.c engine/compile/cast_ops.c \
    engine/compile/gc_ops.c engine/compile/struct_ops.c engine/compile/wide_ops.c \
    engine/compile/x86_64/atomic.c engine/compile/x86_64/object.c \
    engine/compile/memory_ops.c engine/compile/numeric.c engine/compile/locals.c engine/compile/regs.c engine/compile/scan.c \
    engine/compile/variable_ops.c engine/compile/vector_lane_ops.c \
    engine/compile/vector_memory_ops.c engine/compile/vector_ops.c engine/compile/x86_64/conversion.c \
    engine/compile/x86_64/encode.c engine/compile/x86_64/float.c engine/compile/x86_64/frame.c \
    engine/compile/x86_64/integer.c engine/compile/x86_64/jump.c engine/compile/x86_64/memory.c \
    engine/compile/x86_64/move.c engine/compile/x86_64/vector.c \
    engine/compile/x86_64/vector_convert.c engine/compile/x86_64/vector_float.c \
    engine/compile/x86_64/vector_integer.c engine/compile/x86_64/vector_lane.c \
    engine/compile/x86_64/vector_memory.c engine/compile/x86_64/vector_shift.c
