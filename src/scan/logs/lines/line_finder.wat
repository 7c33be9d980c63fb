;; Goes over bytes once, at about the speed of memory, and lists the lines that matter: those that hold a needle, and
;; those that do not look like a JSON object. Then takes out of a line what nobody wants, so that a parser sees less. Knows
;; nothing of files: line_finder.ts fills the memory and reads the list. Rebuild with `deno run -A --no-lock scripts/build_wasm.ts`.
;;
;; The search is Teddy's (Intel Hyperscan): every needle has a fingerprint of three neighbouring bytes and belongs to one
;; of seven buckets, the newline being the eighth. Two tables for each of the three bytes, one by its low and one by its
;; high nibble, give the set of buckets in which it may stand; what all six agree on is a candidate and is compared byte
;; by byte. So newlines and needles cost one pass together, however many needles there are.
;;
;; Needs relaxed SIMD, which V8 has wherever it has SIMD, since 11.4 (Deno 2.7.14 has 14.7).
;;
;; Memory                            (all numbers are little-endian; line_finder.ts has the same constants)
;;      0  i32 position              where the search goes on
;;      4  i32 lineStart             first byte of the line that `position` is in
;;      8  i32 end                   just past the last byte
;;     12  i32 held                  1 when that line is already known to hold a needle
;;     16  i32 everyLine             1 lists every line
;;     20  i32 needleCount
;;     32  16 bytes                  what addUp is given that is not among the bytes to search; nothing stays there
;;     64  six tables of 16 bytes    byte 0 low, byte 0 high, byte 1 low, byte 1 high, byte 2 low, byte 2 high
;;    192  64 bytes                  scratch: the buckets of the 64 positions at hand
;;    256  16 needles of 72 bytes    +0 length, +1 offset of the fingerprint, +2 bit of the bucket, +8 the bytes
;;   2048  256 slots of 1 byte       hash table of the kept keys: a key's number plus 1, 0 for none
;;   2304  32 bytes FF, 48 bytes 00  masks: those of n bytes begin at 2304 + 32 - n
;;   2560  64 keys of 32 bytes       the kept keys without quotes, filled up with 00
;;  16384  4096 results of 12 bytes  start, end (without the newline), flags: 1 holds a needle, 2 object or blank
;;  65536  the bytes to search, with at least 128 more behind them, whose content does not matter
;;  there  what keepMembers writes, where line_finder.ts says, with at least 16 more bytes behind it
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

  (func $isSpace (param $byte i32) (result i32)
    (i32.or
      (i32.eq (local.get $byte) (i32.const 0x20))
      (i32.or (i32.eq (local.get $byte) (i32.const 0x0d)) (i32.eq (local.get $byte) (i32.const 0x09)))))

  ;; The first byte at or after `at` that is no white space. The newline behind a line stops it at the latest.
  (func $skipSpace (param $at i32) (result i32)
    (loop $spaces
      (if (call $isSpace (i32.load8_u (local.get $at)))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $spaces))))
    (local.get $at))

  ;; Just past the number, true, false or null that begins at `at`; 0 when it looks like none of them. Whether it is one is
  ;; for the parser to say. The newline behind a line stops it at the latest.
  (func $scalarEnd (param $at i32) (result i32)
    (local $byte i32)
    (local.set $byte (i32.load8_u (local.get $at)))
    (if
      (i32.eqz
        (i32.or
          (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x30)) (i32.const 10))
          (i32.or
            (i32.or (i32.eq (local.get $byte) (i32.const 0x2d)) (i32.eq (local.get $byte) (i32.const 0x74)))
            (i32.or (i32.eq (local.get $byte) (i32.const 0x66)) (i32.eq (local.get $byte) (i32.const 0x6e))))))
      (then (return (i32.const 0))))
    (loop $bytes
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $byte (i32.load8_u (local.get $at)))
      ;; Digits, letters, and . + -
      (br_if $bytes (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x30)) (i32.const 10)))
      (br_if $bytes
        (i32.lt_u (i32.sub (i32.or (local.get $byte) (i32.const 0x20)) (i32.const 0x61)) (i32.const 26)))
      (br_if $bytes (i32.eq (local.get $byte) (i32.const 0x2e)))
      (br_if $bytes (i32.eq (local.get $byte) (i32.const 0x2b)))
      (br_if $bytes (i32.eq (local.get $byte) (i32.const 0x2d))))
    (local.get $at))

  ;; Where in the hash table a key of these 32 bytes is looked for first.
  (func $slotOf (param $a v128) (param $b v128) (result i32)
    (local.set $a (v128.xor (local.get $a) (local.get $b)))
    (i32.wrap_i64
      (i64.shr_u
        (i64.add
          (i64.mul (i64x2.extract_lane 0 (local.get $a)) (i64.const 0x9e3779b97f4a7c15))
          (i64.mul (i64x2.extract_lane 1 (local.get $a)) (i64.const 0xc2b2ae3d27d4eb4f)))
        (i64.const 56))))

  ;; Puts kept key number `key` into the hash table.
  (func (export "addKey") (param $key i32)
    (local $record i32) (local $slot i32)
    (local.set $record (i32.add (i32.const 2560) (i32.shl (local.get $key) (i32.const 5))))
    (local.set $slot
      (call $slotOf (v128.load (local.get $record)) (v128.load offset=16 (local.get $record))))
    (loop $slots
      (if (i32.load8_u offset=2048 (local.get $slot))
        (then
          (local.set $slot (i32.and (i32.add (local.get $slot) (i32.const 1)) (i32.const 255)))
          (br $slots))))
    (i32.store8 offset=2048 (local.get $slot) (i32.add (local.get $key) (i32.const 1))))

  ;; Whether a key of these 32 bytes is one of the kept ones.
  (func $isKept (param $a v128) (param $b v128) (result i32)
    (local $slot i32) (local $key i32)
    (local.set $slot (call $slotOf (local.get $a) (local.get $b)))
    (loop $slots
      (local.set $key (i32.load8_u offset=2048 (local.get $slot)))
      (if (i32.eqz (local.get $key)) (then (return (i32.const 0))))
      (local.set $key (i32.shl (local.get $key) (i32.const 5)))
      (if
        (i8x16.all_true
          (v128.and
            (i8x16.eq (local.get $a) (v128.load offset=2528 (local.get $key)))
            (i8x16.eq (local.get $b) (v128.load offset=2544 (local.get $key)))))
        (then (return (i32.const 1))))
      (local.set $slot (i32.and (i32.add (local.get $slot) (i32.const 1)) (i32.const 255)))
      (br $slots))
    (unreachable))

  ;; Whether a key of any length is kept: one of the kept ones, or one that only a parser could tell from them.
  (func $isLongKept (param $name i32) (param $length i32) (result i32)
    (local $a v128) (local $b v128) (local $mask i32)
    (if (i32.gt_u (local.get $length) (i32.const 32)) (then (return (i32.const 1))))
    (local.set $mask (i32.sub (i32.const 2336) (local.get $length)))
    (local.set $a (v128.and (v128.load (local.get $name)) (v128.load (local.get $mask))))
    (local.set $b (v128.and (v128.load offset=16 (local.get $name)) (v128.load offset=16 (local.get $mask))))
    ;; An escaped letter.
    (if
      (v128.any_true
        (v128.or
          (i8x16.eq (local.get $a) (i8x16.splat (i32.const 0x5c)))
          (i8x16.eq (local.get $b) (i8x16.splat (i32.const 0x5c)))))
      (then (return (i32.const 1))))
    (call $isKept (local.get $a) (local.get $b)))

  ;; Copies [from, to) to `out`, where up to 15 more bytes may be written over, and returns where the copy ends.
  (func $copy (param $from i32) (param $to i32) (param $out i32) (result i32)
    (local $last i32)
    (local.set $last (i32.add (local.get $out) (i32.sub (local.get $to) (local.get $from))))
    (loop $blocks
      (if (i32.lt_u (local.get $out) (local.get $last))
        (then
          (v128.store (local.get $out) (v128.load (local.get $from)))
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          (local.set $out (i32.add (local.get $out) (i32.const 16)))
          (br $blocks))))
    (local.get $last))

  ;; Writes to `out` the object that a line is, without the members whose keys are not kept, at any depth but inside of
  ;; arrays, and returns where that ends; 0 when the line is not plainly an object. What is written begins and ends with
  ;; its braces and nests properly, so that several may be put into one array: as a whole that is JSON exactly when each
  ;; of them is.
  (func (export "keepMembers") (param $at i32) (param $end i32) (param $out i32) (result i32)
    (local $from i32)    ;; from here on nothing is copied yet
    (local $cut i32)     ;; where the member at hand begins, with the comma before it if that goes with it
    (local $kept i64)    ;; whether a member was kept of the object at hand (bit 0), of the one around it (bit 1), and so on
    (local $depth i32) (local $name i32) (local $byte i32) (local $keeps i32)
    (local $v v128) (local $quotes i32) (local $length i32)
    (local.set $at (call $skipSpace (local.get $at)))
    (local.set $from (local.get $at))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x7b)) (then (return (i32.const 0))))
    (local.set $at (call $skipSpace (i32.add (local.get $at) (i32.const 1))))
    (local.set $cut (local.get $at))
    (block $whole
      (loop $members
        ;; Only an object without members ends here: a comma wants a member after it.
        (block $value
          (br_if $value
            (i32.and
              (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x7d))
              (i32.eq (i32.load8_u (i32.sub (local.get $cut) (i32.const 1))) (i32.const 0x7b))))
          (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22)) (then (return (i32.const 0))))
          (local.set $name (i32.add (local.get $at) (i32.const 1)))
          ;; Most keys end within 16 bytes and have no backslash.
          (local.set $v (v128.load (local.get $name)))
          (local.set $quotes
            (i8x16.bitmask (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x22)))))
          (local.set $length (i32.ctz (local.get $quotes)))
          (if
            (i32.or
              (i32.eqz (local.get $quotes))
              (i32.and
                (i8x16.bitmask (i8x16.eq (local.get $v) (i8x16.splat (i32.const 0x5c))))
                (i32.sub (i32.shl (i32.const 1) (local.get $length)) (i32.const 1))))
            (then
              (local.set $at (call $stringEnd (local.get $name) (local.get $end)))
              (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
              (local.set $keeps
                (call $isLongKept
                  (local.get $name)
                  (i32.sub (i32.sub (local.get $at) (local.get $name)) (i32.const 1)))))
            (else
              (local.set $at (i32.add (i32.add (local.get $name) (local.get $length)) (i32.const 1)))
              (if (i32.gt_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
              (local.set $keeps
                (call $isKept
                  (v128.and (local.get $v) (v128.load (i32.sub (i32.const 2336) (local.get $length))))
                  (v128.const i32x4 0 0 0 0)))))
          (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x3a))
            (then
              (local.set $at (call $skipSpace (local.get $at)))
              (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x3a)) (then (return (i32.const 0))))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $byte (i32.load8_u (local.get $at)))
          (if (i32.le_u (local.get $byte) (i32.const 0x20))
            (then
              (local.set $at (call $skipSpace (local.get $at)))
              (local.set $byte (i32.load8_u (local.get $at)))))
          (if (local.get $keeps)
            (then
              (local.set $kept (i64.or (local.get $kept) (i64.const 1)))
              ;; Objects that lie deeper than that are kept whole.
              (if
                (i32.and
                  (i32.eq (local.get $byte) (i32.const 0x7b))
                  (i32.lt_u (local.get $depth) (i32.const 60)))
                (then
                  (local.set $depth (i32.add (local.get $depth) (i32.const 1)))
                  (local.set $kept (i64.shl (local.get $kept) (i64.const 1)))
                  (local.set $at (call $skipSpace (i32.add (local.get $at) (i32.const 1))))
                  (local.set $cut (local.get $at))
                  (br $members))))
            (else
              (local.set $out (call $copy (local.get $from) (local.get $cut) (local.get $out)))))
          (local.set $at
            (if (result i32)
              (i32.or
                (i32.eq (local.get $byte) (i32.const 0x22))
                (i32.eq (i32.or (local.get $byte) (i32.const 0x20)) (i32.const 0x7b)))
              (then
                (if (result i32) (i32.eq (local.get $byte) (i32.const 0x22))
                  (then (call $stringEnd (i32.add (local.get $at) (i32.const 1)) (local.get $end)))
                  (else (call $valueEnd (local.get $at) (local.get $end)))))
              (else (call $scalarEnd (local.get $at)))))
          (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
          (if (i32.eqz (local.get $keeps)) (then (local.set $from (local.get $at)))))
        (loop $after
          (local.set $byte (i32.load8_u (local.get $at)))
          (if (i32.le_u (local.get $byte) (i32.const 0x20))
            (then
              (local.set $at (call $skipSpace (local.get $at)))
              (local.set $byte (i32.load8_u (local.get $at)))))
          (local.set $cut (local.get $at))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (if (i32.eq (local.get $byte) (i32.const 0x2c))
            (then
              (if (i32.le_u (i32.load8_u (local.get $at)) (i32.const 0x20))
                (then (local.set $at (call $skipSpace (local.get $at)))))
              ;; Before the first member that is kept there is no comma.
              (if (i64.eqz (i64.and (local.get $kept) (i64.const 1)))
                (then
                  (local.set $from (local.get $at))
                  (local.set $cut (local.get $at))))
              (br $members)))
          (if (i32.ne (local.get $byte) (i32.const 0x7d)) (then (return (i32.const 0))))
          (br_if $whole (i32.eqz (local.get $depth)))
          (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
          (local.set $kept (i64.shr_u (local.get $kept) (i64.const 1)))
          (br $after))))
    (if (i32.ne (call $skipSpace (local.get $at)) (local.get $end)) (then (return (i32.const 0))))
    (call $copy (local.get $from) (local.get $at) (local.get $out)))

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
    (local $low v128) (local $high v128)
    (local $this0 v128) (local $this1 v128) (local $this2 v128)
    (local $next0 v128) (local $next1 v128) (local $next2 v128)
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
        ;; For 16 places: the buckets of which a first byte stands there, of which a second, and of which a third. A needle
        ;; has them at neighbouring places, so that two of the three are moved up, with those of the next 16 places behind
        ;; them, which are worked out once that way. `low` and `high` are less than 16, for which a relaxed swizzle gives
        ;; the same everywhere.
        (local.set $v (v128.load (local.get $at)))
        (local.set $low (v128.and (local.get $v) (local.get $nibble)))
        (local.set $high (v128.and (i16x8.shr_u (local.get $v) (i32.const 4)) (local.get $nibble)))
        (local.set $this0
          (v128.and
            (i8x16.relaxed_swizzle (local.get $low0) (local.get $low))
            (i8x16.relaxed_swizzle (local.get $high0) (local.get $high))))
        (local.set $this1
          (v128.and
            (i8x16.relaxed_swizzle (local.get $low1) (local.get $low))
            (i8x16.relaxed_swizzle (local.get $high1) (local.get $high))))
        (local.set $this2
          (v128.and
            (i8x16.relaxed_swizzle (local.get $low2) (local.get $low))
            (i8x16.relaxed_swizzle (local.get $high2) (local.get $high))))
        (loop $blocks
          (br_if $stop (i32.ge_u (local.get $at) (local.get $end)))
          (local.set $v (v128.load offset=16 (local.get $at)))
          (local.set $low (v128.and (local.get $v) (local.get $nibble)))
          (local.set $high (v128.and (i16x8.shr_u (local.get $v) (i32.const 4)) (local.get $nibble)))
          (local.set $next0
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low0) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high0) (local.get $high))))
          (local.set $next1
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low1) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high1) (local.get $high))))
          (local.set $next2
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low2) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high2) (local.get $high))))
          (local.set $a
            (v128.and (local.get $this0)
              (v128.and
                (i8x16.shuffle 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 (local.get $this1) (local.get $next1))
                (i8x16.shuffle 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 (local.get $this2) (local.get $next2)))))
          (local.set $this0 (local.get $next0))
          (local.set $this1 (local.get $next1))
          (local.set $this2 (local.get $next2))
          (local.set $v (v128.load offset=32 (local.get $at)))
          (local.set $low (v128.and (local.get $v) (local.get $nibble)))
          (local.set $high (v128.and (i16x8.shr_u (local.get $v) (i32.const 4)) (local.get $nibble)))
          (local.set $next0
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low0) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high0) (local.get $high))))
          (local.set $next1
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low1) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high1) (local.get $high))))
          (local.set $next2
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low2) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high2) (local.get $high))))
          (local.set $b
            (v128.and (local.get $this0)
              (v128.and
                (i8x16.shuffle 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 (local.get $this1) (local.get $next1))
                (i8x16.shuffle 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 (local.get $this2) (local.get $next2)))))
          (local.set $this0 (local.get $next0))
          (local.set $this1 (local.get $next1))
          (local.set $this2 (local.get $next2))
          (local.set $v (v128.load offset=48 (local.get $at)))
          (local.set $low (v128.and (local.get $v) (local.get $nibble)))
          (local.set $high (v128.and (i16x8.shr_u (local.get $v) (i32.const 4)) (local.get $nibble)))
          (local.set $next0
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low0) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high0) (local.get $high))))
          (local.set $next1
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low1) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high1) (local.get $high))))
          (local.set $next2
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low2) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high2) (local.get $high))))
          (local.set $c
            (v128.and (local.get $this0)
              (v128.and
                (i8x16.shuffle 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 (local.get $this1) (local.get $next1))
                (i8x16.shuffle 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 (local.get $this2) (local.get $next2)))))
          (local.set $this0 (local.get $next0))
          (local.set $this1 (local.get $next1))
          (local.set $this2 (local.get $next2))
          (local.set $v (v128.load offset=64 (local.get $at)))
          (local.set $low (v128.and (local.get $v) (local.get $nibble)))
          (local.set $high (v128.and (i16x8.shr_u (local.get $v) (i32.const 4)) (local.get $nibble)))
          (local.set $next0
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low0) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high0) (local.get $high))))
          (local.set $next1
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low1) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high1) (local.get $high))))
          (local.set $next2
            (v128.and
              (i8x16.relaxed_swizzle (local.get $low2) (local.get $low))
              (i8x16.relaxed_swizzle (local.get $high2) (local.get $high))))
          (local.set $d
            (v128.and (local.get $this0)
              (v128.and
                (i8x16.shuffle 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 (local.get $this1) (local.get $next1))
                (i8x16.shuffle 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 (local.get $this2) (local.get $next2)))))
          (local.set $this0 (local.get $next0))
          (local.set $this1 (local.get $next1))
          (local.set $this2 (local.get $next2))
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
    (local.get $count))

  ;; Adds up what lies between `at` and `end`, a multiple of 16 bytes: each 16 as two products of two words, to each of which
  ;; a number is added that no other place has. So every byte and its place matter, and the sums of neighbouring pieces
  ;; add up to that of both (NH, of UMAC). `group` is how many 16 bytes lie before `at`.
  (func (export "addUp") (param $at i32) (param $end i32) (param $group i32) (result i64)
    (local $key v128) (local $step v128) (local $words v128) (local $sum v128)
    (local.set $step (v128.const i32x4 0x9e3779b1 0x85ebca77 0xc2b2ae3d 0x27d4eb2f))
    (local.set $key
      (i32x4.add
        (v128.const i32x4 0x165667b1 0xd3a2646d 0xfd7046c5 0xb55a4f09)
        (i32x4.mul (i32x4.splat (local.get $group)) (local.get $step))))
    (block $done
      (loop $groups
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $words (i32x4.add (v128.load (local.get $at)) (local.get $key)))
        (local.set $sum
          (i64x2.add
            (local.get $sum)
            (i64x2.extmul_low_i32x4_u
              (local.get $words)
              (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $words) (local.get $words)))))
        (local.set $key (i32x4.add (local.get $key) (local.get $step)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $groups)))
    (i64.add (i64x2.extract_lane 0 (local.get $sum)) (i64x2.extract_lane 1 (local.get $sum)))))
