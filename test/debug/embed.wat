(module
  (func $inner unreachable)
  (func $outer (export "run") (call $inner)))
