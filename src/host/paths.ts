/**
 * Joining and resolving paths as node:path does, for what every command loads: node:path is the first module of node's
 * that it would need, and takes 5 ms to load with all that comes with it.
 *
 * Only what such modules use, and only where paths have slashes: on Windows this is node:path.
 */

import { readWorkingDirectory } from "./working_directory.ts";

type Paths = Pick<typeof import("node:path"), "join" | "resolve" | "dirname">;

/** As on every system but Windows. */
export const POSIX_PATHS: Paths = {
  join(...parts) {
    const path = parts.filter((part) => part !== "").join("/");
    const isAbsolute = path.startsWith("/");
    const names = namesOf(path, isAbsolute);
    if (names.length === 0) return isAbsolute ? "/" : path.endsWith("/") ? "./" : ".";
    return `${isAbsolute ? "/" : ""}${names.join("/")}${path.endsWith("/") ? "/" : ""}`;
  },

  resolve(...paths) {
    // The last absolute one, and what follows it; in front of them all the working directory.
    const from = paths.findLastIndex((path) => path.startsWith("/"));
    const parts = from === -1 ? [readWorkingDirectory(), ...paths] : paths.slice(from);
    return `/${namesOf(parts.join("/"), true).join("/")}`;
  },

  dirname(path) {
    const [, parent] = /^(.+)\/[^/]+\/*$/s.exec(path) ?? [];
    if (parent !== undefined) return parent === "/" ? "//" : parent;
    return path.startsWith("/") ? "/" : ".";
  },
};

/** What a path names, step by step; `..` only at the start of a relative one. */
function namesOf(path: string, isAbsolute: boolean): readonly string[] {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.length > 0 && names.at(-1) !== "..") names.pop();
    else if (!isAbsolute) names.push(name);
  }
  return names;
}

function systemPaths(): Paths {
  const { getBuiltinModule } = (globalThis as { process?: NodeJS.Process }).process!;
  return getBuiltinModule("node:path");
}

export const { join, resolve, dirname } = Deno.build.os === "windows" ? systemPaths() : POSIX_PATHS;
