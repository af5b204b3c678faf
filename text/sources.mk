text_src := text/decimal.c text/lexer.c text/number.c text/utf8.c
