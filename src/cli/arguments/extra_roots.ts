/**
 * Checks what people write after `--root`: `~` is the home, the source exists, and so does the
 * directory. Finds no logs itself: the scan is asked what it looked at.
 */
import { AgentError } from "../../core/errors.ts";
import type { ExtraRoot } from "../../core/extra_root.ts";
import { expandHome } from "../../core/said_place.ts";
import type { OperationContext } from "../../operations/contract/context.ts";
import { suggest } from "../../core/suggest.ts";
import { ROOT_EXAMPLE } from "./global_flags.ts";

/** @param env of the process */
export function homeOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return env.HOME || env.USERPROFILE;
}

/** Shells leave `~` alone behind `=`. @param home undefined where the environment names none: nothing changes */
export function expandRoots(roots: readonly ExtraRoot[], home: string | undefined): readonly ExtraRoot[] {
  if (home === undefined) return roots;
  return roots.map(({ source, directory }) => ({ source, directory: expandHome(directory, home) }));
}

/**
 * The same context, whose scan fails when a root is none: its answer would silently be without what was asked for.
 *
 * The scan throws {@linkcode AgentError} usage, for a source that does not exist or a directory that is none.
 */
export function withRoots<C extends OperationContext>(context: C, roots: readonly ExtraRoot[]): C {
  if (roots.length === 0) return context;
  return {
    ...context,
    async openIndex() {
      // Before the scan, which may take a while: a mistyped source is said at once.
      await requireSources(roots.map(({ source }) => source));
      const scan = await context.openIndex();
      for (const { directory } of roots) {
        const paths = context.resolvePath(directory);
        if (scan.roots.some(({ path, exists }) => exists && paths.includes(path))) continue;
        throw noDirectory(directory);
      }
      return scan;
    },
  };
}

/**
 * The same before anything is scanned, for who scans later.
 *
 * @throws {AgentError} usage, for a source that does not exist or a directory that is none
 */
export async function checkRoots(
  roots: readonly ExtraRoot[],
  isDirectory: (directory: string) => boolean,
): Promise<void> {
  if (roots.length > 0) await requireSources(roots.map(({ source }) => source));
  const wrong = roots.find(({ directory }) => !isDirectory(directory));
  if (wrong !== undefined) throw noDirectory(wrong.directory);
}

function noDirectory(directory: string): AgentError {
  return new AgentError("usage", `Expected a directory for --root, but "${directory}" is not a directory.`, {
    hint: ROOT_EXAMPLE,
  });
}

async function requireSources(ids: readonly string[]): Promise<void> {
  const { idsWith } = await import("../../agents/agents.ts");
  const known = idsWith("source");
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown === undefined) return;
  const meant = suggest(unknown, known);
  throw new AgentError("usage", `Unknown source "${unknown}" in --root: expected ${known.join(", ")}.`, {
    hint: meant === undefined ? undefined : `Did you mean ${meant}?`,
  });
}
