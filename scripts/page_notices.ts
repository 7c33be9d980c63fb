/**
 * Licences of the packages that are in the page's script, with their texts: whoever passes the page on passes on these. They
 * go into the bill of materials.
 */
import { join } from "node:path";
import type { Lockfile } from "./sbom.ts";

/** What the page imports (tests/architecture_test.ts holds it to that). */
const IMPORTED = ["preact", "@preact/signals-core", "d3-array", "d3-scale", "d3-shape"];

export interface Notice {
  /** SPDX identifier. */
  readonly license: string;
  /** As its authors have it, with their names. */
  readonly text: string;
}

/**
 * By `name@version`. Of what they need in turn as well: the bundler takes what it needs of that.
 *
 * @throws {Error} when a package says no licence
 */
export async function readPageNotices(lockfile: Lockfile): Promise<ReadonlyMap<string, Notice>> {
  const notices = new Map<string, Notice>();
  const store = join(await readDenoDirectory(), "npm");
  for (const key of closureOf(lockfile, IMPORTED)) {
    const notice = await readNotice(store, key);
    if (notice === undefined) throw new Error(`The licence of ${key} was not found.`);
    notices.set(key, notice);
  }
  return notices;
}

/** Keys of `npm` without peers, of these packages and of all that they depend on. */
export function closureOf({ npm }: Lockfile, names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const wanted = [...names];
  for (const name of wanted) {
    const [key, value] = Object.entries(npm).find(([key]) => key === name || key.startsWith(`${name}@`)) ?? [];
    if (key === undefined) throw new Error(`deno.lock does not list "${name}".`);
    const at = key.indexOf("@", 1);
    const plain = `${key.slice(0, at)}@${key.slice(at + 1).split("_")[0]}`;
    if (found.has(plain)) continue;
    found.add(plain);
    wanted.push(...value?.dependencies ?? []);
  }
  return [...found].sort();
}

/** Deno keeps packages by registry, name and version. */
async function readNotice(store: string, key: string): Promise<Notice | undefined> {
  const at = key.lastIndexOf("@");
  for await (const { name: registry } of Deno.readDir(store)) {
    const directory = join(store, registry, key.slice(0, at), key.slice(at + 1));
    try {
      const { license } = JSON.parse(await Deno.readTextFile(join(directory, "package.json")));
      for await (const { name } of Deno.readDir(directory)) {
        if (!/^licen[cs]e/i.test(name)) continue;
        return { license, text: await Deno.readTextFile(join(directory, name)) };
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
    }
  }
  return undefined;
}

async function readDenoDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
