#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Dependencies point down only, and the include lines prove it (docs/architecture.md, "Layers").
# One line per folder: what it must not include.
cd "$(dirname "$0")/../.." || exit 2
status=0
forbid() { # forbid FOLDER LAYER...
    folder=$1
    shift
    layers=$(echo "$*" | tr ' ' '|')
    if grep -rnE "^#include \"($layers)/" --include='*.[chS]' "$folder"; then
        echo "check-layers: error: $folder/ must not include $*"
        status=1
    fi
}
forbid base abi kernel engine text debug api libos host tools test
forbid abi kernel engine text debug api libos host tools test
forbid engine abi kernel text debug api libos host tools test
forbid text abi kernel debug api libos host tools test
forbid debug abi kernel text api libos host tools test
forbid api abi kernel text libos host tools test
forbid kernel engine text debug api libos host tools test
forbid host kernel engine text debug api libos tools test
forbid libos kernel debug api host tools test
forbid tools kernel test
exit $status
