/** Says once of a database what would else be said of each of its sessions. */
import type { Diagnostic } from "../../core/model.ts";
import type { Discovery } from "./discover.ts";
import { UNREAD } from "./log_reader.ts";

/**
 * A database that is locked or broken is so for every session in it, and was already when they were listed.
 *
 * @returns the others as they are, and in the place of the first of those one with the path of the database
 */
export function gatherUnread(problems: readonly Diagnostic[], { files, databases }: Discovery): Diagnostic[] {
  if (databases === undefined || problems.length < 2) return [...problems];
  const tables = new Set(files.filter(({ file }) => file.table !== undefined).map(({ file }) => file.path));
  const paths = new Set(databases.map(({ file }) => file.path));
  const keyOf = ({ path, message }: Diagnostic): string | undefined => {
    if (!message.startsWith(UNREAD)) return undefined;
    if (!tables.has(path)) return paths.has(path) ? `${path}\0${reasonOf(message)}` : undefined;
    return `${databaseOf(path)}\0${reasonOf(message)}`;
  };
  const groups = Map.groupBy(problems, keyOf);
  return problems.flatMap((problem) => {
    const key = keyOf(problem);
    const group = key === undefined ? [problem] : groups.get(key)!;
    if (group.length === 1) return [problem];
    if (group[0] !== problem) return [];
    const logs = new Set(group.map(({ path }) => path).filter((path) => tables.has(path)));
    const [path = problem.path] = logs;
    const message = group.find((one) => one.path === path)!.message;
    if (logs.size === 0) return [problem];
    const sessions = logs.size === 1 ? "1 session" : `${logs.size} sessions`;
    return [{ path: databaseOf(path), message: message.replace(/\.$/, ` (${sessions}).`) }];
  });
}

/** The first sentence: what follows is of the session alone. */
function reasonOf(message: string): string {
  return message.split(". ")[0]!.replace(/\.$/, "");
}

function databaseOf(path: string): string {
  return path.slice(0, path.lastIndexOf("#"));
}
