;; Goes over bytes once, at about the speed of memory, and lists the lines that matter: those that hold a needle, and
;; those that do not look like a JSON object. Knows nothing of JSON beyond the first and the last byte of a line, and
;; nothing of files: line_finder.ts fills the memory and reads the list. Rebuild with `deno run -A --no-lock bench/build_wasm.ts`.
;;
;; The search is Teddy's (Intel Hyperscan): every needle has a fingerprint of three neighbouring bytes and belongs to one
;; of seven buckets, the newline being the eighth. Two tables for each of the three bytes, one by its low and one by its
;; high nibble, give the set of buckets in which it may stand; what all six agree on is a candidate and is compared byte
;; by byte. So newlines and needles cost one pass together, however many needles there are.
;;
;; Memory                            (all numbers are little-endian; line_finder.ts has the same constants)
;;      0  i32 position              where the search goes on
;;      4  i32 lineStart             first byte of the line that `position` is in
;;      8  i32 end                   just past the last byte
;;     12  i32 held                  1 when that line is already known to hold a needle
;;     16  i32 everyLine             1 lists every line
;;     20  i32 needleCount
;;     24  i32 skippedCount          keys whose values dropValues takes out
;;     64  six tables of 16 bytes    byte 0 low, byte 0 high, byte 1 low, byte 1 high, byte 2 low, byte 2 high
;;    192  64 bytes                  scratch: the buckets of the 64 positions at hand
;;    256  16 needles of 72 bytes    +0 length, +1 offset of the fingerprint, +2 bit of the bucket, +8 the bytes
;;   1536  4 keys of 72 bytes       as the needles: the key with its quotes and colon
;;  16384  4096 results of 12 bytes  start, end (without the newline), flags: 1 holds a needle, 2 object or blank
;;  65536  the bytes to search, with at least 128 more behind them, whose content does not matter
(module
  (memory (export "memory") 2)

  ;; Whether one of the needles in `buckets` has its fingerprint at `at`, and lies within the line and the bytes.
  (func $holds (param $at i32) (param $buckets i32) (param $lineStart i32) (param $end i32) (result i32)
    (local $needle i32) (local $last i32) (local $start i32) (local $length i32) (local $i i32)
    (local.set $needle (i32.const 256))
    (local.set $last (i32.add (i32.const 256) (i32.mul (i32.load (i32.const 20)) (i32.const 72))))
    (block $none
      (loop $needles
        (br_if $none (i32.ge_u (local.get $needle) (local.get $last)))
        (block $other
          (br_if $other (i32.eqz (i32.and (i32.load8_u offset=2 (local.get $needle)) (local.get $buckets))))
          (local.set $length (i32.load8_u (local.get $needle)))
          (local.set $start (i32.sub (local.get $at) (i32.load8_u offset=1 (local.get $needle))))
          (br_if $other (i32.lt_u (local.get $start) (local.get $lineStart)))
          (br_if $other (i32.gt_u (i32.add (local.get $start) (local.get $length)) (local.get $end)))
          (local.set $i (i32.const 0))
          (loop $bytes
            (br_if $other
              (i32.ne
                (i32.load8_u (i32.add (local.get $start) (local.get $i)))
                (i32.load8_u offset=8 (i32.add (local.get $needle) (local.get $i)))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $bytes (i32.lt_u (local.get $i) (local.get $length))))
          (return (i32.const 1)))
        (local.set $needle (i32.add (local.get $needle) (i32.const 72)))
        (br $needles)))
    (i32.const 0))

  ;; The first newline at or after `at`; `end` or beyond when there is none before it.
  (func $newlineFrom (param $at i32) (param $end i32) (result i32)
    (local $a v128) (local $b v128) (local $newline v128) (local $mask i32)
    (local.set $newline (i8x16.splat (i32.const 10)))
    (block $none
      (loop $blocks
        (br_if $none (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $a (i8x16.eq (v128.load (local.get $at)) (local.get $newline)))
        (local.set $b (i8x16.eq (v128.load offset=16 (local.get $at)) (local.get $newline)))
        (if (v128.any_true (v128.or (local.get $a) (local.get $b)))
          (then
            (local.set $mask
              (i32.or
                (i8x16.bitmask (local.get $a))
                (i32.shl (i8x16.bitmask (local.get $b)) (i32.const 16))))
            (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $mask))))
            (return (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br $blocks)))
    (local.get $end))

  ;; Where the next of the bytes `a` and `b` stands at or after `at`; `end` or beyond when there is none before it.
  (func $eitherFrom (param $at i32) (param $end i32) (param $a i32) (param $b i32) (result i32)
    (local $v v128) (local $as v128) (local $bs v128) (local $mask i32)
    (local.set $as (i8x16.splat (local.get $a)))
    (local.set $bs (i8x16.splat (local.get $b)))
    (block $none
      (loop $blocks
        (br_if $none (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $v (v128.load (local.get $at)))
        (local.set $mask
          (i8x16.bitmask
            (v128.or (i8x16.eq (local.get $v) (local.get $as)) (i8x16.eq (local.get $v) (local.get $bs)))))
        (if (local.get $mask)
          (then (return (i32.add (local.get $at) (i32.ctz (local.get $mask))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $blocks)))
    (local.get $end))

  ;; Just past the quote that ends the string whose content begins at `at`; 0 when nothing ends it before `end`.
  (func $stringEnd (param $at i32) (param $end i32) (result i32)
    (loop $pieces
      (local.set $at (call $eitherFrom (local.get $at) (local.get $end) (i32.const 0x22) (i32.const 0x5c)))
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
      (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x22))
        (then (return (i32.add (local.get $at) (i32.const 1)))))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br $pieces))
    (unreachable))

  ;; Just past the string, array or object that begins at `at`; 0 when it is none, or does not end before `end`.
  (func $valueEnd (param $at i32) (param $end i32) (result i32)
    (local $depth i32) (local $byte i32)
    (loop $bytes
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
      (local.set $byte (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (if (i32.eq (local.get $byte) (i32.const 0x22))
        (then
          (local.set $at (call $stringEnd (local.get $at) (local.get $end)))
          (if (i32.eqz (local.get $at)) (then (return (i32.const 0)))))
        (else
          ;; [ and { differ in one bit, and so do ] and }.
          (local.set $byte (i32.or (local.get $byte) (i32.const 0x20)))
          (if (i32.eq (local.get $byte) (i32.const 0x7b))
            (then (local.set $depth (i32.add (local.get $depth) (i32.const 1))))
            (else
              (if (i32.eqz (local.get $depth)) (then (return (i32.const 0))))
              (if (i32.eq (local.get $byte) (i32.const 0x7d))
                (then (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))))))))
      (br_if $bytes (local.get $depth)))
    (local.get $at))

  ;; Just past the next occurrence of the key whose record is at `key`, before `end`; 0 when there is none.
  (func $keyEnd (param $at i32) (param $end i32) (param $key i32) (result i32)
    (local $first v128) (local $second v128) (local $mask i32) (local $candidate i32) (local $length i32) (local $i i32)
    (local.set $length (i32.load8_u (local.get $key)))
    ;; The opening quote and the letter after it: quotes alone are everywhere.
    (local.set $first (i8x16.splat (i32.load8_u offset=8 (local.get $key))))
    (local.set $second (i8x16.splat (i32.load8_u offset=9 (local.get $key))))
    (loop $blocks
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
      (local.set $mask
        (i8x16.bitmask
          (v128.and
            (i8x16.eq (v128.load (local.get $at)) (local.get $first))
            (i8x16.eq (v128.load offset=1 (local.get $at)) (local.get $second)))))
      (block $none
        (loop $candidates
          (br_if $none (i32.eqz (local.get $mask)))
          (local.set $candidate (i32.add (local.get $at) (i32.ctz (local.get $mask))))
          (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
          (br_if $none (i32.gt_u (i32.add (local.get $candidate) (local.get $length)) (local.get $end)))
          (local.set $i (i32.const 2))
          (loop $bytes
            (br_if $candidates
              (i32.ne
                (i32.load8_u (i32.add (local.get $candidate) (local.get $i)))
                (i32.load8_u offset=8 (i32.add (local.get $key) (local.get $i)))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $bytes (i32.lt_u (local.get $i) (local.get $length))))
          (return (i32.add (local.get $candidate) (local.get $length)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $blocks))
    (unreachable))

  ;; Takes the values of the skipped keys out of a line, where it stands, and returns its new end. A value that is a
  ;; string, array or object becomes an empty string, anything else stays. From a value that does not end within the line
  ;; on all stays as it is, for the parser to say what is wrong.
  (func (export "dropValues") (param $start i32) (param $end i32) (result i32)
    (local $key i32) (local $last i32) (local $read i32) (local $write i32) (local $value i32) (local $next i32)
    (local $byte i32)
    (local.set $key (i32.const 1536))
    (local.set $last (i32.add (i32.const 1536) (i32.mul (i32.load (i32.const 24)) (i32.const 72))))
    (block $done
      (loop $keys
        (br_if $done (i32.ge_u (local.get $key) (local.get $last)))
        (local.set $read (local.get $start))
        (local.set $write (local.get $start))
        (local.set $value (local.get $start))
        (block $rest
          (loop $values
            (local.set $value (call $keyEnd (local.get $value) (local.get $end) (local.get $key)))
            (br_if $rest (i32.eqz (local.get $value)))
            (br_if $rest (i32.ge_u (local.get $value) (local.get $end)))
            (local.set $byte (i32.load8_u (local.get $value)))
            (br_if $values
              (i32.and
                (i32.ne (local.get $byte) (i32.const 0x22))
                (i32.ne (i32.or (local.get $byte) (i32.const 0x20)) (i32.const 0x7b))))
            (local.set $next (call $valueEnd (local.get $value) (local.get $end)))
            (br_if $rest (i32.eqz (local.get $next)))
            (memory.copy
              (local.get $write) (local.get $read) (i32.sub (local.get $value) (local.get $read)))
            (local.set $write
              (i32.add (local.get $write) (i32.sub (local.get $value) (local.get $read))))
            (i32.store16 (local.get $write) (i32.const 0x2222))
            (local.set $write (i32.add (local.get $write) (i32.const 2)))
            (local.set $read (local.get $next))
            (local.set $value (local.get $next))
            (br $values)))
        (memory.copy (local.get $write) (local.get $read) (i32.sub (local.get $end) (local.get $read)))
        (local.set $end (i32.add (local.get $write) (i32.sub (local.get $end) (local.get $read))))
        (local.set $key (i32.add (local.get $key) (i32.const 72)))
        (br $keys)))
    (local.get $end))

  (func $isSpace (param $byte i32) (result i32)
    (i32.or
      (i32.eq (local.get $byte) (i32.const 0x20))
      (i32.or (i32.eq (local.get $byte) (i32.const 0x0d)) (i32.eq (local.get $byte) (i32.const 0x09)))))

  ;; Whether [start, end) is blank, or begins with { and ends with } but for the white space around.
  (func $isObjectOrBlank (param $start i32) (param $end i32) (result i32)
    (block $blank
      (loop $front
        (br_if $blank (i32.ge_u (local.get $start) (local.get $end)))
        (if (call $isSpace (i32.load8_u (local.get $start)))
          (then
            (local.set $start (i32.add (local.get $start) (i32.const 1)))
            (br $front))))
      (if (i32.ne (i32.load8_u (local.get $start)) (i32.const 0x7b)) (then (return (i32.const 0))))
      ;; Ends at the brace at the latest.
      (loop $back
        (local.set $end (i32.sub (local.get $end) (i32.const 1)))
        (br_if $back (call $isSpace (i32.load8_u (local.get $end)))))
      (return (i32.eq (i32.load8_u (local.get $end)) (i32.const 0x7d))))
    (i32.const 1))

  ;; Lists a line that matters as result number `count`, and returns the number of results.
  (func $finishLine (param $start i32) (param $end i32) (param $held i32) (param $count i32) (result i32)
    (local $shaped i32) (local $result i32)
    (local.set $shaped (call $isObjectOrBlank (local.get $start) (local.get $end)))
    (if (i32.eqz (i32.or (i32.or (local.get $held) (i32.eqz (local.get $shaped))) (i32.load (i32.const 16))))
      (then (return (local.get $count))))
    (local.set $result (i32.mul (local.get $count) (i32.const 12)))
    (i32.store offset=16384 (local.get $result) (local.get $start))
    (i32.store offset=16388 (local.get $result) (local.get $end))
    (i32.store offset=16392 (local.get $result)
      (i32.or (local.get $held) (i32.shl (local.get $shaped) (i32.const 1))))
    (i32.add (local.get $count) (i32.const 1)))

  ;; Goes on from `position` and returns the number of results. All of them are listed once `position` is `end`; short of
  ;; it the list is full, and the function is to be called again.
  (func (export "findLines") (result i32)
    (local $at i32) (local $lineStart i32) (local $end i32) (local $held i32) (local $count i32)
    (local $mask i64) (local $candidate i32) (local $lane i32)
    (local $low0 v128) (local $high0 v128) (local $low1 v128) (local $high1 v128) (local $low2 v128) (local $high2 v128)
    (local $v v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $nibble v128)
    (local.set $at (i32.load (i32.const 0)))
    (local.set $lineStart (i32.load (i32.const 4)))
    (local.set $end (i32.load (i32.const 8)))
    (local.set $held (i32.load (i32.const 12)))
    (local.set $low0 (v128.load (i32.const 64)))
    (local.set $high0 (v128.load (i32.const 80)))
    (local.set $low1 (v128.load (i32.const 96)))
    (local.set $high1 (v128.load (i32.const 112)))
    (local.set $low2 (v128.load (i32.const 128)))
    (local.set $high2 (v128.load (i32.const 144)))
    (local.set $nibble (i8x16.splat (i32.const 0x0f)))
    (block $stop
      (loop $again
        ;; In a line that is wanted already, only its end matters.
        (if (local.get $held)
          (then
            (local.set $at (call $newlineFrom (local.get $at) (local.get $end)))
            (br_if $stop (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $count
              (call $finishLine (local.get $lineStart) (local.get $at) (local.get $held) (local.get $count)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (local.set $lineStart (local.get $at))
            (local.set $held (i32.const 0))
            (br_if $stop (i32.eq (local.get $count) (i32.const 4096)))))
        (loop $blocks
          (br_if $stop (i32.ge_u (local.get $at) (local.get $end)))
          (local.set $v (v128.load (local.get $at)))
          (local.set $a
            (v128.and
              (i8x16.swizzle (local.get $low0) (v128.and (local.get $v) (local.get $nibble)))
              (i8x16.swizzle (local.get $high0) (i8x16.shr_u (local.get $v) (i32.const 4)))))
          (local.set $v (v128.load offset=1 (local.get $at)))
          (local.set $a
            (v128.and (local.get $a)
              (v128.and
                (i8x16.swizzle (local.get $low1) (v128.and (local.get $v) (local.get $nibble)))
                (i8x16.swizzle (local.get $high1) (i8x16.shr_u (local.get $v) (i32.const 4))))))
          (local.set $v (v128.load offset=2 (local.get $at)))
          (local.set $a
            (v128.and (local.get $a)
              (v128.and
                (i8x16.swizzle (local.get $low2) (v128.and (local.get $v) (local.get $nibble)))
                (i8x16.swizzle (local.get $high2) (i8x16.shr_u (local.get $v) (i32.const 4))))))
          (local.set $v (v128.load offset=16 (local.get $at)))
          (local.set $b
            (v128.and
              (i8x16.swizzle (local.get $low0) (v128.and (local.get $v) (local.get $nibble)))
              (i8x16.swizzle (local.get $high0) (i8x16.shr_u (local.get $v) (i32.const 4)))))
          (local.set $v (v128.load offset=17 (local.get $at)))
          (local.set $b
            (v128.and (local.get $b)
              (v128.and
                (i8x16.swizzle (local.get $low1) (v128.and (local.get $v) (local.get $nibble)))
                (i8x16.swizzle (local.get $high1) (i8x16.shr_u (local.get $v) (i32.const 4))))))
          (local.set $v (v128.load offset=18 (local.get $at)))
          (local.set $b
            (v128.and (local.get $b)
              (v128.and
                (i8x16.swizzle (local.get $low2) (v128.and (local.get $v) (local.get $nibble)))
                (i8x16.swizzle (local.get $high2) (i8x16.shr_u (local.get $v) (i32.const 4))))))
          (local.set $v (v128.load offset=32 (local.get $at)))
          (local.set $c
            (v128.and
              (i8x16.swizzle (local.get $low0) (v128.and (local.get $v) (local.get $nibble)))
              (i8x16.swizzle (local.get $high0) (i8x16.shr_u (local.get $v) (i32.const 4)))))
          (local.set $v (v128.load offset=33 (local.get $at)))
          (local.set $c
            (v128.and (local.get $c)
              (v128.and
                (i8x16.swizzle (local.get $low1) (v128.and (local.get $v) (local.get $nibble)))
                (i8x16.swizzle (local.get $high1) (i8x16.shr_u (local.get $v) (i32.const 4))))))
          (local.set $v (v128.load offset=34 (local.get $at)))
          (local.set $c
            (v128.and (local.get $c)
              (v128.and
                (i8x16.swizzle (local.get $low2) (v128.and (local.get $v) (local.get $nibble)))
                (i8x16.swizzle (local.get $high2) (i8x16.shr_u (local.get $v) (i32.const 4))))))
          (local.set $v (v128.load offset=48 (local.get $at)))
          (local.set $d
            (v128.and
              (i8x16.swizzle (local.get $low0) (v128.and (local.get $v) (local.get $nibble)))
              (i8x16.swizzle (local.get $high0) (i8x16.shr_u (local.get $v) (i32.const 4)))))
          (local.set $v (v128.load offset=49 (local.get $at)))
          (local.set $d
            (v128.and (local.get $d)
              (v128.and
                (i8x16.swizzle (local.get $low1) (v128.and (local.get $v) (local.get $nibble)))
                (i8x16.swizzle (local.get $high1) (i8x16.shr_u (local.get $v) (i32.const 4))))))
          (local.set $v (v128.load offset=50 (local.get $at)))
          (local.set $d
            (v128.and (local.get $d)
              (v128.and
                (i8x16.swizzle (local.get $low2) (v128.and (local.get $v) (local.get $nibble)))
                (i8x16.swizzle (local.get $high2) (i8x16.shr_u (local.get $v) (i32.const 4))))))
          (if
            (i32.eqz
              (v128.any_true
                (v128.or (v128.or (local.get $a) (local.get $b)) (v128.or (local.get $c) (local.get $d)))))
            (then
              (local.set $at (i32.add (local.get $at) (i32.const 64)))
              (br $blocks)))
          (v128.store (i32.const 192) (local.get $a))
          (v128.store (i32.const 208) (local.get $b))
          (v128.store (i32.const 224) (local.get $c))
          (v128.store (i32.const 240) (local.get $d))
          (local.set $v (v128.const i32x4 0 0 0 0))
          (local.set $mask
            (i64.or
              (i64.or
                (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $a) (local.get $v))))
                (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $b) (local.get $v)))) (i64.const 16)))
              (i64.or
                (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $c) (local.get $v)))) (i64.const 32))
                (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.ne (local.get $d) (local.get $v)))) (i64.const 48)))))
          (block $none
            (loop $candidates
              (br_if $none (i64.eqz (local.get $mask)))
              (local.set $lane (i32.wrap_i64 (i64.ctz (local.get $mask))))
              (local.set $candidate (i32.add (local.get $at) (local.get $lane)))
              ;; What follows lies behind the end.
              (br_if $none (i32.ge_u (local.get $candidate) (local.get $end)))
              (if (i32.eq (i32.load8_u (local.get $candidate)) (i32.const 10))
                (then
                  (local.set $count
                    (call $finishLine (local.get $lineStart) (local.get $candidate) (i32.const 0) (local.get $count)))
                  (local.set $lineStart (i32.add (local.get $candidate) (i32.const 1)))
                  (if (i32.eq (local.get $count) (i32.const 4096))
                    (then
                      (local.set $at (local.get $lineStart))
                      (br $stop))))
                (else
                  (if
                    (call $holds
                      (local.get $candidate)
                      (i32.load8_u offset=192 (local.get $lane))
                      (local.get $lineStart)
                      (local.get $end))
                    (then
                      (local.set $held (i32.const 1))
                      (local.set $at (local.get $candidate))
                      (br $again)))))
              (local.set $mask (i64.and (local.get $mask) (i64.sub (local.get $mask) (i64.const 1))))
              (br $candidates)))
          (local.set $at (i32.add (local.get $at) (i32.const 64)))
          (br $blocks))))
    (i32.store (i32.const 0)
      (select (local.get $at) (local.get $end) (i32.lt_u (local.get $at) (local.get $end))))
    (i32.store (i32.const 4) (local.get $lineStart))
    (i32.store (i32.const 12) (local.get $held))
    (local.get $count)))
