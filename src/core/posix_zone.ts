/**
 * Time zones as POSIX writes them in `TZ` (Base Definitions, section 8.3, 2024 edition) and as files of zones end in
 * (RFC 9636, section 3.3.1): `JST-9`, `<+0330>-3:30`, `CET-1CEST,M3.5.0,M10.5.0/3`. They have no name that Temporal
 * knows: a fixed offset becomes one, and rules of summer time the zone that follows the same.
 */

/** Seconds east of UTC. */
type Offset = number;

interface Rule {
  /** Midnight of its day, local, as if it were UTC: milliseconds since 1970. */
  dayOf(year: number): number;
  /** Seconds after midnight; beyond a day, or before it, in RFC 9636. */
  readonly time: number;
}

interface PosixZone {
  readonly standard: { readonly name: string; readonly offset: Offset };
  readonly summer?: {
    readonly name: string;
    readonly offset: Offset;
    /** Absent where the text leaves it to the system. */
    readonly rules?: readonly [start: Rule, end: Rule];
  };
}

const NAME = "[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>";
const TIME = String.raw`[+-]?\d{1,3}(?::\d{1,2}){0,2}`;
const ZONE = new RegExp(`^(${NAME})(${TIME})(?:(${NAME})(${TIME})?(?:,([^,]+),([^,]+))?)?$`);
/** Days by number of the year (`J60`, `59`) are no rule that any zone follows: leap years move the weekday. */
const RULE = new RegExp(String.raw`^M(\d{1,2})\.([1-5])\.([0-6])(?:/(${TIME}))?$`);
const HOUR = 3600;
const DAY_MS = 86_400_000;

/**
 * @param text such as `JST-9`, whose sign is the other way round than ISO's: 9 hours east of UTC
 * @returns an offset such as `+09:00`, `UTC`, or an IANA name; undefined when it is no such text, or there is no zone with
 * its rules
 */
export function findPosixTimezone(text: string): string | undefined {
  const zone = parseZone(text);
  if (zone === undefined) return undefined;
  const { standard, summer } = zone;
  if (summer === undefined) return offsetName(standard.offset);
  if (summer.rules !== undefined) return zoneWithRules(standard.offset, summer.offset, summer.rules);
  const named = ZONES_BY_NAMES[`${standard.name} ${summer.name}`.toUpperCase()];
  return named?.find((timezone) => {
    const year = Temporal.Instant.fromEpochMilliseconds(Date.UTC(SINCE, 0, 1)).toZonedDateTimeISO(timezone);
    const offsets = Array.from({ length: 12 }, (_, months) => year.add({ months }).offsetNanoseconds / 1e9);
    return [standard.offset, summer.offset].every((offset) => offsets.includes(offset));
  });
}

function parseZone(text: string): PosixZone | undefined {
  const parts = ZONE.exec(text);
  if (parts === null) return undefined;
  const [, name, offset, summerName, summerOffset, start, end] = parts;
  const standard = { name: name!, offset: -secondsOf(offset!) };
  if (summerName === undefined) return { standard };
  const summer = {
    name: summerName,
    offset: summerOffset === undefined ? standard.offset + HOUR : -secondsOf(summerOffset),
  };
  if (start === undefined || end === undefined) return { standard, summer };
  const [first, last] = [parseRule(start), parseRule(end)];
  return first && last && { standard, summer: { ...summer, rules: [first, last] } };
}

function parseRule(text: string): Rule | undefined {
  const parts = RULE.exec(text);
  if (parts === null) return undefined;
  const [month, week, weekday] = parts.slice(1, 4).map(Number);
  return {
    time: parts[4] === undefined ? 2 * HOUR : secondsOf(parts[4]),
    dayOf: (year) => dayOfMonth(year, month!, week!, weekday!),
  };
}

/** @param week 1 to 4, or 5 for the last */
function dayOfMonth(year: number, month: number, week: number, weekday: number): number {
  const first = Date.UTC(year, month - 1, 1);
  const days = (weekday - new Date(first).getUTCDay() + 7) % 7 + (week - 1) * 7;
  const at = first + days * DAY_MS;
  return new Date(at).getUTCMonth() === month - 1 ? at : at - 7 * DAY_MS;
}

function secondsOf(text: string): number {
  const [hours, minutes = 0, seconds = 0] = text.replace(/^[+-]/, "").split(":").map(Number);
  return (text.startsWith("-") ? -1 : 1) * (hours! * HOUR + minutes * 60 + seconds);
}

/** Undefined where no offset can be written: seconds, or a day and more. */
function offsetName(offset: Offset): string | undefined {
  if (offset === 0) return "UTC";
  const minutes = Math.abs(offset) / 60;
  if (!Number.isInteger(minutes) || minutes >= 24 * 60) return undefined;
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** Years in which rules must agree: those that logs of agents are of, and the next ones. */
const [SINCE, UNTIL] = [2024, 2031];

/** One of each rule that is in force (tzdata 2026a): of many that follow the same, the one that most people live in. */
const ZONES_WITH_SUMMER = [
  ...["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage"],
  ...["America/Adak", "America/Halifax", "America/St_Johns", "America/Havana", "America/Miquelon", "America/Nuuk"],
  ...["America/Santiago", "Pacific/Easter", "America/Asuncion", "Europe/London", "Europe/Dublin", "Europe/Lisbon"],
  ...["Europe/Paris", "Europe/Athens", "Europe/Chisinau", "Atlantic/Azores", "Antarctica/Troll", "Africa/Cairo"],
  ...["Asia/Beirut", "Asia/Jerusalem", "Asia/Gaza", "Australia/Sydney", "Australia/Adelaide", "Australia/Lord_Howe"],
  ...["Pacific/Auckland", "Pacific/Chatham", "Pacific/Norfolk"],
];

/**
 * Names without rules leave these to the system, which follows those of New York where nothing else is set up (glibc
 * 2.36), also in Paris: what the names say is what whoever wrote them means.
 */
const ZONES_BY_NAMES: Readonly<Record<string, readonly string[]>> = {
  "EST EDT": ["America/New_York"],
  "CST CDT": ["America/Chicago", "America/Havana"],
  "MST MDT": ["America/Denver"],
  "PST PDT": ["America/Los_Angeles"],
  "AKST AKDT": ["America/Anchorage"],
  "HST HDT": ["America/Adak"],
  "AST ADT": ["America/Halifax"],
  "NST NDT": ["America/St_Johns"],
  "GMT BST": ["Europe/London"],
  "GMT IST": ["Europe/Dublin"],
  "WET WEST": ["Europe/Lisbon"],
  "CET CEST": ["Europe/Paris"],
  "MET MEST": ["Europe/Paris"],
  "EET EEST": ["Europe/Athens"],
  "IST IDT": ["Asia/Jerusalem"],
  "AEST AEDT": ["Australia/Sydney"],
  "ACST ACDT": ["Australia/Adelaide"],
  "NZST NZDT": ["Pacific/Auckland"],
};

function zoneWithRules(standard: Offset, summer: Offset, [start, end]: readonly [Rule, Rule]): string | undefined {
  const changes: { readonly at: number; readonly before: Offset; readonly after: Offset }[] = [];
  for (let year = SINCE; year < UNTIL; year++) {
    changes.push({ at: start.dayOf(year) + (start.time - standard) * 1000, before: standard, after: summer });
    changes.push({ at: end.dayOf(year) + (end.time - summer) * 1000, before: summer, after: standard });
  }
  return ZONES_WITH_SUMMER.find((timezone) => {
    const offsetAt = (at: number) =>
      Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).offsetNanoseconds / 1e9;
    return changes.every(({ at, before, after }) => offsetAt(at - 1) === before && offsetAt(at) === after);
  });
}
