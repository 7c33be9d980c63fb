/** Logs as the tools wrote them, home by home: what mutations begin with. */
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export interface KnownLog {
  /** Below the home, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One list for each home, in an order that is always the same. */
export type KnownLogs = readonly (readonly KnownLog[])[];

const TESTS = fileURLToPath(new URL("../../tests", import.meta.url));

/** @param homes Directories that look like homes, beside those of the tests */
export function readKnownLogs(homes: readonly string[]): KnownLogs {
  const reports = [...Deno.readDirSync(join(TESTS, "field_reports"))].map(({ name }) =>
    join(TESTS, "field_reports", name, "home")
  );
  return [join(TESTS, "fixtures/home"), ...reports.sort(), ...homes].map(readHome).filter((logs) => logs.length > 0);
}

function readHome(home: string): readonly KnownLog[] {
  const logs: KnownLog[] = [];
  const walk = (directory: string) => {
    for (const { name, isDirectory, isFile } of Deno.readDirSync(directory)) {
      const path = join(directory, name);
      if (isDirectory) walk(path);
      else if (isFile && name.endsWith(".jsonl")) {
        logs.push({ path: relative(home, path).replaceAll(sep, "/"), bytes: Deno.readFileSync(path) });
      }
    }
  };
  walk(home);
  return logs.sort((a, b) => (a.path < b.path ? -1 : 1));
}
