import { strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { systemTimezone } from "./system_timezone.ts";

/** What zic makes of a zone, as far as it is read: the header, a table of nothing, and the rules behind it. */
const zoneFile = (rules: string, version = "2") => `TZif${version}${"\0".repeat(83)}\n${rules}\n`;

/** A machine with its files of zones, some of which have no name. */
async function withZones(body: (zones: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    const zones = join(home, "zoneinfo");
    for (const directory of ["Europe", "posix/Europe", "Local"]) {
      await Deno.mkdir(join(zones, directory), { recursive: true });
    }
    for (const path of ["Europe/Berlin", "posix/Europe/Berlin", "UTC"]) {
      await Deno.writeTextFile(join(zones, path), zoneFile(path === "UTC" ? "UTC0" : "CET-1CEST,M3.5.0,M10.5.0/3"));
    }
    await Deno.symlink(join(zones, "Europe/Berlin"), join(home, "link"));
    await Deno.symlink(join(zones, "UTC"), join(home, "link_to_utc"));
    await Deno.symlink("link", join(home, "link_to_link"));
    await Deno.writeTextFile(join(home, "copy"), zoneFile("CET-1CEST,M3.5.0,M10.5.0/3"));
    await Deno.writeTextFile(join(home, "tokyo"), zoneFile("JST-9", "4"));
    await Deno.writeTextFile(join(home, "of_nobody"), zoneFile("ABC-1DEF,M1.1.0,M2.1.0"));
    await Deno.writeTextFile(join(home, "without_rules"), zoneFile(""));
    await Deno.writeTextFile(join(home, "old"), zoneFile("JST-9", "\0"));
    await Deno.writeTextFile(join(home, "text"), "JST-9\n");
    await Deno.writeTextFile(join(zones, "Local/Office"), zoneFile("<+0545>-5:45"));
    await body(zones);
  });
}

Deno.test("TZ", async (t) => {
  await withZones(async (zones) => {
    const home = join(zones, "..");
    const rows: [text: string, zone: string][] = [
      ["Europe/Stockholm", "Europe/Stockholm"],
      ["europe/stockholm", "Europe/Stockholm"],
      [":Europe/Stockholm", "Europe/Stockholm"],
      [" Europe/Stockholm ", "Europe/Stockholm"],
      ["posix/America/New_York", "America/New_York"],
      [":right/Europe/Paris", "Europe/Paris"],
      ["US/Eastern", "US/Eastern"],
      ["EST5EDT", "EST5EDT"],
      ["UTC", "UTC"],
      ["", "UTC"],
      [":", "UTC"],
      ["JST-9", "+09:00"],
      [":JST-9", "+09:00"],
      ["UTC0", "UTC"],
      ["GMT+3", "-03:00"],
      ["<+0330>-3:30", "+03:30"],
      ["CET-1CEST", "Europe/Paris"],
      ["EST5EDT,M3.2.0,M11.1.0", "America/New_York"],
      ["+09:00", "+09:00"],
      ["/usr/share/zoneinfo/Europe/Paris", "Europe/Paris"],
      [":/usr/share/zoneinfo/right/Europe/Paris", "Europe/Paris"],
      ["/var/db/timezone/zoneinfo/Asia/Tokyo", "Asia/Tokyo"],
      ["/usr/share/zoneinfo.default/Asia/Tokyo", "Asia/Tokyo"],
      [join(home, "link_to_link"), "Europe/Berlin"],
      [`:${join(home, "copy")}`, "Europe/Paris"],
      [join(home, "tokyo"), "+09:00"],
      ["Local/Office", "+05:45"],
      // These are none, and nobody may take them for UTC.
      ["Mars/Olympus", "Mars/Olympus"],
      [":/usr/share/zoneinfo/Mars/Olympus", ":/usr/share/zoneinfo/Mars/Olympus"],
      ["JST", "JST"],
      ["CET-1CEST,M1.1.0,M2.1.0", "CET-1CEST,M1.1.0,M2.1.0"],
      ["../copy", "../copy"],
      ["a\0b", "a\0b"],
      ...["of_nobody", "without_rules", "old", "text", "zoneinfo", "missing"].map((name): [string, string] => [
        join(home, name),
        join(home, name),
      ]),
    ];
    for (const [text, zone] of rows) {
      await t.step(text.replace(home, "").replace("\0", "NUL") || "empty", async () => {
        const places = { localtime: join(home, "missing"), directory: zones, now: () => "UTC" };
        strictEqual(await systemTimezone({ env: { TZ: text } }, places), zone);
      });
    }
  });
});

Deno.test("without TZ, the zone of the system", async (t) => {
  await withZones(async (zones) => {
    const home = join(zones, "..");
    const rows: [name: string, now: string, localtime: string, zone: string][] = [
      ["as V8 names it", "Europe/Stockholm", "link", "Europe/Stockholm"],
      ["UTC", "UTC", "link_to_utc", "UTC"],
      ["nothing: a machine without zones", "UTC", "missing", "UTC"],
      ["unknown to V8, and there is nothing", "Etc/Unknown", "missing", "UTC"],
      ["a copy that V8 does not know", "UTC", "copy", "Europe/Paris"],
      ["a link that V8 does not follow", "Etc/Unknown", "link_to_link", "Europe/Berlin"],
      ["a copy whose rules nobody has", "UTC", "of_nobody", "of_nobody"],
    ];
    for (const [name, now, localtime, zone] of rows) {
      await t.step(name, async () => {
        const places = { localtime: join(home, localtime), directory: zones, now: () => now };
        const expected = zone === localtime ? join(home, zone) : zone;
        strictEqual(await systemTimezone({ env: {} }, places), expected);
      });
    }
  });
});
