/** Checks what an agent asks of a launch, and explains a refusal. Starts nothing. */
import { isAbsolute, relative, resolve, sep } from "node:path";
import { AgentError } from "../../core/errors.ts";
import { toSafeJson } from "../../core/json/safe_json.ts";
import { realDirectoryIfAny } from "../../host/real_path_if_any.ts";

/** Launches within launches: an agent started by an agent that was launched may start none. */
const MAXIMUM_DEPTH = 2;

/** Where callers may start agents. */
export interface AllowedDirectories {
  /** The server's working directory: where agents are started unless the caller says otherwise. */
  readonly cwd: string;
  /** Directories that agents may be started in and below. @default the working directory */
  readonly allowDirectories?: readonly string[];
}

/** @throws {AgentError} failed, too deep within launches */
export function refuseDepth(depth: number): void {
  if (depth < MAXIMUM_DEPTH) return;
  throw new AgentError("failed", `This server was started ${depth} launches deep: it starts no further agent.`, {
    hint: "Do the work yourself, or ask the agent above to start the run.",
  });
}

/** @throws {AgentError} usage */
export function checkPrompt(prompt: string): void {
  if (/\S/.test(prompt)) return;
  throw new AgentError("usage", "Expected prompt to say something, not white space alone.", {
    hint: "Call the tool again with a task for the agent.",
  });
}

/** @throws {AgentError} usage */
export function checkModel(model: string | undefined): void {
  if (model === undefined || (/^[A-Za-z0-9._:/@-]+$/.test(model) && !model.startsWith("-"))) return;
  throw new AgentError("usage", "Expected model to be the id of a model, of letters, digits and . _ : / @ - alone.", {
    hint: "For example anthropic/claude-sonnet-4.6; leave it out for the default.",
  });
}

/**
 * @returns the directory's real path
 * @throws {AgentError} usage, when it is no directory, or outside of what is allowed
 */
export function checkDirectory(chosen: string | undefined, options: AllowedDirectories): string {
  const asked = chosen ?? options.cwd;
  const allowed = options.allowDirectories === undefined || options.allowDirectories.length === 0
    ? [options.cwd]
    : options.allowDirectories;
  const roots = allowed.map((path) => realDirectoryIfAny(resolve(options.cwd, path))).filter((path) =>
    path !== undefined
  );
  const path = realDirectoryIfAny(resolve(options.cwd, asked));
  // The same answer for both: what lies outside is not to be explored.
  if (path !== undefined && roots.some((root) => isInside(path, root))) return path;
  throw new AgentError(
    "usage",
    `Expected cwd to be a directory in ${allowed.join(" or ")}, not ${toSafeJson(asked)}.`,
    {
      hint: "The user may allow others with mcp --allow-dir DIR.",
    },
  );
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
