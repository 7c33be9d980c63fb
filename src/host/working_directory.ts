/** The working directory, which may have been removed while somebody stands in it. */

/** What there is to ask of a process. */
export interface Standing {
  /** @throws {Error} when the directory was removed */
  cwd(): string;
  chdir(directory: string): void;
  /** Where the shell says that it is: `PWD`. */
  pwd(): string | undefined;
}

const THIS_PROCESS: Standing = {
  cwd: () => Deno.cwd(),
  chdir: (directory) => Deno.chdir(directory),
  pwd: () => Deno.env.get("PWD"),
};

/** Stands for a directory that was removed where no shell says what it was called: nothing lies there. */
const NAMELESS = "/(removed)";

/**
 * Absolute. For one that was removed, the path that it had, as the shell says: what is known of it by that name still is,
 * and nothing is found there.
 *
 * @param standing @default this process
 */
export function readWorkingDirectory(standing?: Standing): string {
  // Asked again it would say where this process went instead.
  return standing === undefined ? ofThisProcess ??= findWorkingDirectory(THIS_PROCESS) : findWorkingDirectory(standing);
}

let ofThisProcess: string | undefined;

function findWorkingDirectory(standing: Standing): string {
  const now = cwdIfAny(standing);
  const pwd = standing.pwd() ?? "";
  if (now !== undefined && (!isRefuge(now) || pwd === now)) return now;
  // Nothing that is started is to be left in a directory that goes with this process.
  if (now !== undefined) standing.chdir("/");
  return pwd.startsWith("/") ? pwd : NAMELESS;
}

/** Where the compiled program goes before it starts when its directory is gone (scripts/start_stub.ts). */
function isRefuge(directory: string): boolean {
  return /^\/proc\/\d+$/.test(directory);
}

function cwdIfAny({ cwd }: Standing): string | undefined {
  try {
    return cwd();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
