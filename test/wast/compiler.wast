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

;; ---- Block types with the indices 99 and 100 are no reference types, though 63 and 64 in
;; hexadecimal: what comes behind is seen, here a call and a try_table ----

(module
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func)) (type (func))
  (type (func))
  (type $t99 (func)) (type $t100 (func))
  (tag $e)
  (func $use (param i32))
  ;; Read from its second byte on, the first constant is a v128.const.
  (func (export "calls 99") (param $n i32)
    (block (type $t99) (drop (i64.const 1661)) (call 1 (local.get $n)) (nop) (nop) (nop)
      (nop) (nop) (nop) (nop) (nop) (nop) (nop)))
  (func (export "calls 100") (param $n i32)
    (block (type $t100) (drop (i64.const 1661)) (call 2 (local.get $n)) (nop) (nop) (nop)
      (nop) (nop) (nop) (nop) (nop) (nop) (nop)))
  (func (export "catches") (param $n i32) (result i32) (local $k i32) (local $j i32)
    (local.set $k (i32.const 5))
    (local.set $j (local.get $k))
    (local.set $k (i32.add (local.get $j) (local.get $k)))
    (call $use (local.get $k))
    (call $use (local.get $j))
    (call $use (local.get $k))
    (block (type $t100)
      (drop (i64.const 1661))
      (try_table (catch_all 0) (throw $e))
      (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop))
    (i32.add (local.get $k) (local.get $j)))
)
(assert_return (invoke "catches" (i32.const 0)) (i32.const 15))
(assert_exhaustion (invoke "calls 99" (i32.const 0)) "call stack exhausted")
(assert_exhaustion (invoke "calls 100" (i32.const 0)) "call stack exhausted")

;; ---- A loop whose landing pad loses all registers: the next round has them again ----

(module
  (tag $e)
  (memory 1)
  (data (i32.const 0) "\05")
  (func (export "loop") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.const 0))))
      (block $h (try_table (catch_all $h) (throw $e)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "loops") (param $n i32) (result f64)
    (local $a f64) (local $b f64) (local $m i32)
    (loop $outer
      (local.set $a (f64.add (local.get $a) (f64.const 1)))
      (local.set $m (i32.const 3))
      (loop $inner
        (local.set $b (f64.add (local.get $b) (local.get $a)))
        (block $h (try_table (catch_all $h) (throw $e)))
        (br_if $inner (local.tee $m (i32.sub (local.get $m) (i32.const 1)))))
      (br_if $outer (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (f64.add (local.get $a) (local.get $b)))
)
(assert_return (invoke "loop" (i32.const 10)) (i32.const 50))
(assert_return (invoke "loops" (i32.const 4)) (f64.const 34))

;; ---- `if` without `else`, of which one side has a local in a register ----

(module
  (func $lose)
  ;; Only `then` has it, and its slot is old.
  (func (export "then") (param $c i32) (param $x f64) (result f64)
    (call $lose)
    (if (local.get $c) (then (local.set $x (f64.const 3))))
    (f64.add (local.get $x) (f64.const 0.5)))
  ;; Only the way past `then` has it.
  (func (export "past") (param $c i32) (param $x f64) (result f64)
    (call $lose)
    (local.set $x (f64.add (local.get $x) (f64.const 3)))
    (if (local.get $c) (then (call $lose)))
    (f64.add (local.get $x) (f64.const 0.5)))
  ;; A branch out of `then` has it, its end has not.
  (func (export "branch") (param $c i32) (param $d i32) (param $x f64) (result f64)
    (call $lose)
    (if $if (local.get $c)
      (then
        (local.set $x (f64.add (local.get $x) (f64.const 3)))
        (br_if $if (local.get $d))
        (local.set $x (f64.add (local.get $x) (f64.const 4)))
        (call $lose)))
    (f64.add (local.get $x) (f64.const 0.5)))
)
(assert_return (invoke "then" (i32.const 0) (f64.const 1)) (f64.const 1.5))
(assert_return (invoke "then" (i32.const 1) (f64.const 1)) (f64.const 3.5))
(assert_return (invoke "past" (i32.const 0) (f64.const 1)) (f64.const 4.5))
(assert_return (invoke "past" (i32.const 1) (f64.const 1)) (f64.const 4.5))
(assert_return (invoke "branch" (i32.const 0) (i32.const 0) (f64.const 1)) (f64.const 1.5))
(assert_return (invoke "branch" (i32.const 1) (i32.const 0) (f64.const 1)) (f64.const 8.5))
(assert_return (invoke "branch" (i32.const 1) (i32.const 1) (f64.const 1)) (f64.const 4.5))
