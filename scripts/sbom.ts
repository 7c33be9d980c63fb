/**
 * A software bill of materials from deno.lock, which scanners do not read themselves: CycloneDX 1.6
 * (https://cyclonedx.org/docs/1.6/json/, read 2026-11-21).
 *
 * Lists what is locked, with the licences of what is in the page. The bundler leaves out what nothing imports, so that not all of it need be in the program.
 */

import type { Notice } from "./page_notices.ts";

/** As much of deno.lock, version 5, as is read. Keys are `name@version`, with `_peer@version` behind for each peer. */
export interface Lockfile {
  readonly version: string;
  /** From what is imported, `npm:zod@4.6.7`, to the version it stands for, peers behind it. */
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<
    Record<string, {
      /** `sha512-` and base64. */
      readonly integrity: string;
      /** Names, with a version where there are several of one name. */
      readonly dependencies?: readonly string[];
      readonly optionalDependencies?: readonly string[];
    }>
  >;
}

export interface Made {
  readonly version: string;
  /** ISO 8601. */
  readonly at: string;
  /** The Deno whose runtime is inside. */
  readonly deno: string;
}

/**
 * @param notices by `name@version`, of what is in the page (page_notices.ts). @default none
 * @throws {Error} when the lockfile is of another version, or depends on what it does not list
 */
export function makeSbom(lockfile: Lockfile, made: Made, notices: ReadonlyMap<string, Notice> = new Map()) {
  if (lockfile.version !== "5") throw new Error(`Expected version 5 of deno.lock, not ${lockfile.version}.`);
  const refs = new Map(Object.keys(lockfile.npm).map((key) => [key, purlOf(key)]));
  const root = `pkg:generic/opper-agent@${made.version}`;
  const deno = ["pkg:github/denoland/deno", `v${made.deno}`].join("@");
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: made.at,
      component: { type: "application", "bom-ref": root, name: "opper-agent", version: made.version, purl: root },
    },
    components: [
      { type: "platform", "bom-ref": deno, name: "deno", version: made.deno, purl: deno },
      ...uniqueBy(
        Object.entries(lockfile.npm).map(([key, { integrity }]) => ({
          type: "library",
          "bom-ref": refs.get(key)!,
          ...nameOf(key),
          purl: refs.get(key)!,
          hashes: [hashOf(integrity)],
          ...licensesOf(notices.get(withoutPeers(key))),
        })),
        (component) => component["bom-ref"],
      ),
    ],
    dependencies: [
      { ref: root, dependsOn: [deno, ...directOf(lockfile).map(refOf)] },
      { ref: deno, dependsOn: [] },
      ...[...new Set(refs.values())].map((ref) => {
        const wanted = [...refs.keys()].filter((key) => refs.get(key) === ref).map((key) => lockfile.npm[key]!)
          .flatMap(({ dependencies = [], optionalDependencies = [] }) => [...dependencies, ...optionalDependencies]);
        return { ref, dependsOn: [...new Set(wanted.map(refOf))] };
      }),
    ],
  };

  function refOf(dependency: string): string {
    const isMeant = (key: string) => `${withoutPeers(key)}@`.startsWith(`${dependency}@`);
    const ref = refs.get(dependency) ?? [...refs].find(([key]) => isMeant(key))?.[1];
    if (ref === undefined) throw new Error(`deno.lock does not list "${dependency}".`);
    return ref;
  }
}

/** What is imported itself, as keys of `npm`. */
function directOf({ specifiers }: Lockfile): readonly string[] {
  return Object.entries(specifiers).map(([specifier, version]) => {
    const [, name] = /^npm:(@?[^@]+)@/.exec(specifier) ?? [];
    if (name === undefined) throw new Error(`Expected npm alone in deno.lock, not "${specifier}".`);
    return `${name}@${version}`;
  });
}

/** The versions of peers behind the first `_` after the version belong to the resolution, not to the package. */
function withoutPeers(key: string): string {
  const at = key.indexOf("@", 1);
  return `${key.slice(0, at)}@${key.slice(at + 1).split("_")[0]}`;
}

/** With the text, which is to be passed on. */
function licensesOf(notice: Notice | undefined) {
  if (notice === undefined) return {};
  return { licenses: [{ license: { id: notice.license, text: { content: notice.text } } }] };
}

function purlOf(key: string): string {
  const plain = withoutPeers(key);
  return `pkg:npm/${plain.startsWith("@") ? `%40${plain.slice(1)}` : plain}`;
}

function nameOf(key: string): { readonly group?: string; readonly name: string; readonly version: string } {
  const [, group, name, version] = /^(?:(@[^/]+)\/)?([^@]+)@(.+)$/.exec(withoutPeers(key))!;
  return { ...(group === undefined ? {} : { group }), name: name!, version: version! };
}

function hashOf(integrity: string): { readonly alg: "SHA-512"; readonly content: string } {
  const [, base64] = /^sha512-(.+)$/.exec(integrity) ?? [];
  if (base64 === undefined) throw new Error(`Expected an integrity of sha512, not "${integrity}".`);
  return { alg: "SHA-512", content: Uint8Array.fromBase64(base64).toHex() };
}

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
