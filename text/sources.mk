text_src := text/body.c text/buffer.c text/custom.c text/decimal.c text/field.c \
    text/immediate.c text/index.c text/lexer.c text/locate.c text/map.c text/module.c text/name.c \
    text/number.c text/opcode.c text/reader.c text/section.c text/segment.c text/type.c \
    text/typeuse.c
