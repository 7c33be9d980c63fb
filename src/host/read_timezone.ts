/** Reads files of zones, and values of `TZ` that are no names of zones (tzset(3), glibc 2.36). Loaded only for those. */
import { findPosixTimezone } from "../core/posix_zone.ts";
import { findTimezone } from "../core/timezone.ts";
import { join } from "./paths.ts";

/** Where a system says its zone; tests have places of their own. */
export interface TimezonePlaces {
  /** What the system is set to where `TZ` says nothing: a zone's file, or a link to it. @default `/etc/localtime` */
  readonly localtime: string;
  /** Where files of zones are. @default `TZDIR`, else `/usr/share/zoneinfo` */
  readonly directory: string;
  /** What V8 takes the zone to be. */
  now(): string;
}

/** Files of zones have some kilobytes. */
const LARGEST_FILE = 1 << 20;
/** Whether leap seconds are counted changes no day. */
const VARIANT = /^(?:posix|right)\//;

/**
 * @param text of `TZ`; undefined where it is not set
 * @returns an IANA name or an offset; what it was given, or the path of the system's zone, where that is none
 */
export function readTimezone(text: string | undefined, { localtime, directory }: TimezonePlaces): string {
  if (text === undefined) return zoneOfFile(localtime) ?? localtime;
  const name = text.trim().replace(/^:/, "");
  // That is what POSIX has an empty one mean.
  if (name === "") return "UTC";
  const path = name.startsWith("/") ? name : name.split("/").includes("..") ? undefined : join(directory, name);
  return findTimezone(name.replace(VARIANT, "")) ?? (path && (zoneInPath(path) ?? zoneOfFile(path))) ??
    findPosixTimezone(name) ?? text;
}

/** `/usr/share/zoneinfo/posix/Europe/Paris`, also where there is no such file. */
function zoneInPath(path: string): string | undefined {
  const name = /\/zoneinfo[^/]*\/(.+)$/.exec(path)?.[1];
  return name && findTimezone(name.replace(VARIANT, ""));
}

/** A link to a file that is called like its zone; else by the rules that the file ends in. */
function zoneOfFile(path: string): string | undefined {
  try {
    const real = Deno.realPathSync(path);
    const named = zoneInPath(real);
    if (named !== undefined) return named;
    const { isFile, size } = Deno.statSync(real);
    return isFile && size <= LARGEST_FILE ? zoneInFile(Deno.readFileSync(real)) : undefined;
  } catch (error) {
    // Missing, or not to be read, or no path at all.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** RFC 9636: a header, and since version 2, in the last of its lines, the rules for what comes behind its table. */
function zoneInFile(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder("latin1").decode(bytes);
  const rules = /^TZif[2-9][^]*\n([^\n]*)\n$/.exec(text)?.[1];
  return rules === undefined ? undefined : findPosixTimezone(rules);
}
