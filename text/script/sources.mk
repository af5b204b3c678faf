script_src := text/script/action.c text/script/environment.c text/script/module.c \
    text/script/run.c text/script/spectest.c text/script/thread.c text/script/value.c
script_text_src := text/script/constant.c text/script/parse.c text/script/parser.c
