// Finds the lines of a log that matter, and reads the declared fields of one: what of a scan goes over every byte. Knows
// nothing of files: line_finder.ts fills the memory and reads the results. Rebuild with `deno task wasm`.
export { addUp } from "./add_up";
export { findLines } from "./find_lines";
export { startFields, walkLine } from "./walk_line";
