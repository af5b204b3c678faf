;; SPDX-License-Identifier: Apache-2.0
;;
;; What the baseline compiler keeps in mind from one instruction to the next: locals whose
;; slots are old, values that are still equal to a local, what the look ahead has seen.

;; ---- A handler finds locals in their slots, also behind throw_ref ----

(module
  (tag $e)
  (func $exception (result exnref)
    (block $h (result exnref)
      (try_table (catch_all_ref $h) (throw $e))
      (unreachable)))
  (func (export "throw_ref") (param $x i32) (result i32) (local $e exnref) (local $y i32)
    (local.set $e (call $exception))
    (block $h
      (try_table (catch_all $h)
        (local.set $y (i32.add (local.get $x) (i32.const 5)))
        (local.set $x (i32.add (local.get $y) (i32.const 5)))
        (throw_ref (local.get $e)))
      (unreachable))
    (i32.add (i32.mul (local.get $x) (i32.const 100)) (local.get $y)))
)
(assert_return (invoke "throw_ref" (i32.const 7)) (i32.const 1712))
