#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every header compiles alone. (Those of test/programs/ are for another machine.)
cd "$(dirname "$0")/../.." || exit 2
status=0
for header in $(git ls-files '*.h' ':!test/programs'); do
    echo "#include \"$header\"" |
        ${CC:-gcc} -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -I. -x c - || {
        echo "check-headers: error: $header does not compile alone"
        status=1
    }
done
exit $status
