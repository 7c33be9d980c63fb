/**
 * How V8 runs this program, compiled or from source: a first scan of much lasts a second and allocates more than all else
 * that it does. The figures are in bench/README.md.
 */
export const V8_FLAGS: readonly string[] = [
  // Room for new objects, in megabytes, and how much larger than what lives the heap may get before it is collected: a
  // first scan of a gigabyte takes two thirds of the memory, and less time.
  "--max-semi-space-size=2",
  "--heap-growing-percent=20",
  // Code that runs for a second does not earn what the optimizing compiler costs. The tier below it stays.
  "--no-opt",
  // Nor what it costs that tier to copy functions into those that call them.
  "--no-maglev-inlining",
  // Two threads that scan leave no core for helpers that collect.
  "--no-parallel-scavenge",
];
