/** The zone that this machine or `TZ` is set to, by a name that Temporal knows. */
import { findTimezone } from "../core/timezone.ts";
import type { Machine } from "../core/machine.ts";
import type { TimezonePlaces } from "./read_timezone.ts";

function usualPlaces(env: Machine["env"]): TimezonePlaces {
  return {
    localtime: "/etc/localtime",
    directory: env["TZDIR"] || "/usr/share/zoneinfo",
    now: () => Temporal.Now.timeZoneId(),
  };
}

/**
 * V8 knows names of zones alone, and takes all else that `TZ` may hold for UTC, silently: rules (`JST-9`), paths of
 * files, names in small letters; and a zone's file that has no name. It is asked where `TZ` says nothing; Intl would say
 * the same after loading its locales, which takes 25 ms. What is unusual is read by read_timezone.ts, loaded for that.
 *
 * @returns an IANA name or an offset; where that is none, what says it: `TZ`, or the path of the system's zone. No clock
 * can be read in it, and whoever wants to says so
 */
export async function systemTimezone(
  { env }: Pick<Machine, "env">,
  places: TimezonePlaces = usualPlaces(env),
): Promise<string> {
  const text = env["TZ"];
  if (text === undefined) {
    const zone = places.now();
    if ((zone !== "UTC" && findTimezone(zone) !== undefined) || isSetToUtc(places.localtime)) {
      return findTimezone(zone) ?? "UTC";
    }
  } else {
    const zone = findTimezone(text);
    if (zone !== undefined) return zone;
  }
  const { readTimezone } = await import("./read_timezone.ts");
  return readTimezone(text, places);
}

/** Whether UTC is what the system means, and not merely what V8 makes of a file that it does not know. */
function isSetToUtc(localtime: string): boolean {
  if (Deno.build.os === "windows") return true;
  try {
    return /\/(?:Etc\/)?(?:UTC|UCT|GMT|Universal|Zulu)$/.test(Deno.realPathSync(localtime));
  } catch (error) {
    // There is none: that is UTC.
    if (error instanceof Error) return true;
    throw error;
  }
}
