/** The program's version: the same as in deno.json, held together by tests/project_test.ts. */
export const VERSION = "0.1.0";
