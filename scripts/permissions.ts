/**
 * What the compiled program may do, fixed when it is compiled. Deno knows only paths that are known by then, and nearly
 * all of ours come from the environment: so most are wide, and the program gives up more by itself (program.ts).
 *
 * tests/docs_test.ts holds the README's table to this list.
 */
export const PERMISSIONS: readonly string[] = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-net",
  "--allow-sys=homedir,uid,gid,osUptime",
  "--deny-ffi",
  "--deny-import",
  "--no-prompt",
];
