/**
 * Giving up what the rest of a run has no need for, so that no mistake in it, nor in a package, can make use of it.
 *
 * Deno opens a file below `/dev`, `/proc` or `/sys` only for a program that still may do everything, whatever else it may
 * read and write; and homes lie there, on the RAM disks of containers, clusters and CI (`/dev/shm`). So the compiled program
 * starts with everything, and what it does first is to give up what none of its commands needs, unless one of the places
 * that it is told to work in lies there.
 */
import { dirname } from "./paths.ts";

/** What lies in a directory below these, but for open files and terminals; each with a slash at its end. */
const GUARDED = Deno.build.os === "linux"
  ? /^\/(?:dev\/(?!fd\/|pts\/|$)|proc\/(?!(?:self|\d+)\/fd\/)|sys\/)/
  : Deno.build.os === "windows"
  ? /^(?!)/
  : /^\/dev\/(?!fd\/|$)/;

/**
 * The first thing that a run does.
 *
 * @param places absolute paths of files and directories that it may work in; they need not exist
 */
export function giveUpUnneeded(places: Iterable<string>): void {
  const known: KnownPlaces = new Map();
  for (const place of new Set(places)) if (isGuarded(place, known)) return;
  revoke("ffi", "import");
}

/** For good: nothing asks to have them back. Not where everything is needed to open files at all. */
export function giveUp(...names: readonly ("net" | "run")[]): void {
  if (!mayDoEverything()) revoke(...names);
}

/** What a run keeps that works in a guarded place. */
function mayDoEverything(): boolean {
  return Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

function revoke(...names: readonly ("net" | "run" | "ffi" | "import")[]): void {
  for (const name of names) Deno.permissions.revokeSync({ name });
}

/** What is known of places: nearly all that agents may have their logs in are missing, and lie in the same few. */
type KnownPlaces = Map<string, { readonly isGuarded: boolean; readonly isMissing: boolean }>;

/**
 * Whether files there can be opened only by who may do everything: by where it really is, or will be once it is made.
 *
 * @param known Is added to. To find out that something is missing takes ten times as long as to find it
 */
export function isGuarded(place: string, known: KnownPlaces = new Map()): boolean {
  return look(place, known).isGuarded;
}

function look(path: string, known: KnownPlaces): NonNullable<ReturnType<KnownPlaces["get"]>> {
  let found = known.get(path);
  if (found !== undefined) return found;
  const parent = dirname(path);
  const above = parent === path || parent === "." ? undefined : look(parent, known);
  // Below what is missing all is.
  found = above?.isMissing ? above : lookAlone(path, above?.isGuarded ?? false);
  known.set(path, found);
  return found;
}

function lookAlone(path: string, isBelowGuarded: boolean): ReturnType<typeof look> {
  try {
    const real = Deno.realPathSync(path);
    // A device such as /dev/null is no place to work in.
    const isGuarded = GUARDED.test(`${real}/`) &&
      GUARDED.test(`${Deno.statSync(real).isDirectory ? real : dirname(real)}/`);
    return { isGuarded, isMissing: false };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // What may not even be looked at is opened by nobody else.
    if (error instanceof Deno.errors.NotCapable) return { isGuarded: GUARDED.test(`${path}/`), isMissing: false };
    return { isGuarded: isBelowGuarded, isMissing: true };
  }
}

/** Why such a file was not opened, for people; undefined when an error says something else. */
export function guardedReason(error: unknown): string | undefined {
  if (!(error instanceof Deno.errors.NotCapable) || !error.message.startsWith("Requires all access")) return undefined;
  return "files below /dev, /proc and /sys are opened only where the home, OPPER_HOME, the working directory or a --root " +
    "lies there";
}
