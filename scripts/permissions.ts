/**
 * What the compiled program starts with, fixed when it is compiled: everything. Deno opens files on a RAM disk (`/dev/shm`)
 * for nobody else, and has no way to get back what was denied when it was compiled. So the program gives up by itself,
 * before anything else, what none of its commands needs, and then what the one that runs has no need for
 * (src/host/permissions.ts).
 *
 * tests/docs_test.ts holds the table in docs/permissions.md to this list.
 */
export const PERMISSIONS: readonly string[] = ["--allow-all", "--no-prompt"];
