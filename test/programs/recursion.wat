;; SPDX-License-Identifier: Apache-2.0
;;
;; Deep calls without any linear memory: `deep` returns from 10,000 calls, `endless` never does.
(module
  (func $down (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 0))
      (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))))
  (func (export "deep")
    (if (i32.ne (call $down (i32.const 10000)) (i32.const 10000)) (then unreachable)))
  (func $endless (export "endless") (call $endless) (call $endless)))
