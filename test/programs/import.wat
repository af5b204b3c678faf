;; SPDX-License-Identifier: Apache-2.0
;;
;; Asks for a function that nobody has.
(module
  (import "env" "nobody_has_this" (func $f (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $f (i32.const 1))))
