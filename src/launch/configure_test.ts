/** Pi's models.json as people write it: one key comes and goes, and every other byte stays. */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import type { CatalogueModel } from "../core/catalogue_model.ts";
import type { AddedProvider } from "../agents/provider_setup.ts";
import { AgentError } from "../core/errors.ts";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { piProviderSetup } from "../agents/pi/provider_setup.ts";
import { addProvider, type GatewayAccess, providerAt, removeProvider } from "./configure.ts";

const CANARY = "op-canary-5f1d0c9b7a3e";
const MODEL: CatalogueModel = {
  id: "anthropic/claude-sonnet-4.6",
  contextWindow: 1_000_000,
  maxOutputTokens: 64_000,
  vision: true,
  reasoning: [],
  price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
};
const setup = piProviderSetup.file!;
const KEY_COMMAND = { command: "/usr/bin/opper-agent", args: ["key", "--base-url", "https://api.opper.ai"] };
const GATEWAY: GatewayAccess = {
  host: "https://api.opper.ai",
  apiKey: CANARY,
  keyCommand: KEY_COMMAND,
  models: [MODEL],
  os: "linux",
};
const PROVIDER = written(providerAt(GATEWAY));

/** As the file then has it. */
function written(provider: AddedProvider): Readonly<Record<string, unknown>> {
  return JSON.parse(setup.add("", provider)).providers.opper;
}

const OF_PI = { file: setup, holdsKey: true };

interface Place {
  readonly path: string;
  readonly stateDirectory: string;
}

async function withModels(text: string | undefined, body: (place: Place) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, ".pi/agent/models.json");
    if (text !== undefined) {
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, text, { mode: 0o644 });
    }
    await body({ path, stateDirectory: join(directory, ".opper/agent") });
  });
}

const COMMENTED = `// mine
{
    "providers": {
        "local": { "baseUrl": "http://localhost:11434/v1", "apiKey": "none", }, // Ollama
    },
}
`;

Deno.test("addProvider and removeProvider give back the same bytes", async (t) => {
  const texts: [name: string, text: string][] = [
    ["comments and trailing commas", COMMENTED],
    ["on one line", `{"providers":{"a":{}},"other":[1,2]}`],
    ["tabs and carriage returns", `{\r\n\t"providers": {\r\n\t\t"a": {}\r\n\t}\r\n}\r\n`],
    ["without providers", `{\n  "other": 1 // one\n}\n`],
    ["empty providers", `{\n  "providers": {}\n}\n`],
    ["an empty object", `{}`],
    ["only white space", `\n`],
    ["a byte order mark", `\ufeff{"providers": {"a": {}}}`],
  ];
  for (const [name, text] of texts) {
    await t.step(name, () =>
      withModels(text, async (place) => {
        const file = { ...place, ...OF_PI, force: false };
        deepStrictEqual(await addProvider(file, GATEWAY), { changed: true, created: false, replaced: [] });
        const added = await Deno.readTextFile(place.path);
        match(added, new RegExp(CANARY));
        strictEqual((await Deno.stat(place.path)).mode! & 0o777, 0o600);

        deepStrictEqual(await addProvider(file, GATEWAY), { changed: false, created: false, replaced: [] });
        strictEqual(await Deno.readTextFile(place.path), added);

        strictEqual((await removeProvider(file)).removed, true);
        strictEqual(await Deno.readTextFile(place.path), text);
        strictEqual((await removeProvider(file)).removed, false);
        strictEqual(await Deno.readTextFile(place.path), text);
      }));
  }

  await t.step("no file at all", () =>
    withModels(undefined, async (place) => {
      const file = { ...place, ...OF_PI, force: false };
      strictEqual((await removeProvider(file)).removed, false);
      deepStrictEqual(await addProvider(file, GATEWAY), { changed: true, created: true, replaced: [] });
      deepStrictEqual(JSON.parse(await Deno.readTextFile(place.path)), { providers: { opper: PROVIDER } });
      strictEqual((await Deno.stat(place.path)).mode! & 0o777, 0o600);
      strictEqual((await removeProvider(file)).removed, true);
      await rejects(Deno.stat(place.path), Deno.errors.NotFound);
    }));

  await t.step("a file that stays because something was added to it", () =>
    withModels(undefined, async (place) => {
      const file = { ...place, ...OF_PI, force: false };
      await addProvider(file, GATEWAY);
      const text = await Deno.readTextFile(place.path);
      await Deno.writeTextFile(place.path, text.replace("{", "{ // mine"));
      strictEqual((await removeProvider(file)).removed, true);
      match(await Deno.readTextFile(place.path), /mine/);
    }));
});

Deno.test("addProvider brings one of ours up to date, and makes it private", () =>
  withModels(COMMENTED, async (place) => {
    const file = { ...place, ...OF_PI, force: false };
    await addProvider(file, { ...GATEWAY, host: "http://127.0.0.1:8080/x", apiKey: "op-old", models: [] });
    await Deno.chmod(place.path, 0o644);
    deepStrictEqual(await addProvider(file, GATEWAY), { changed: true, created: false, replaced: [] });
    await Deno.chmod(place.path, 0o644);
    deepStrictEqual(await addProvider(file, GATEWAY), { changed: false, created: false, replaced: [] });
    strictEqual((await Deno.stat(place.path)).mode! & 0o777, 0o600);
    ok(!(await Deno.readTextFile(place.path)).includes("op-old"));
  }));

Deno.test("a link to models.json stays a link", () =>
  withModels(COMMENTED, async (place) => {
    const target = join(dirname(place.path), "dotfiles.json");
    await Deno.rename(place.path, target);
    await Deno.symlink(target, place.path);
    await addProvider({ ...place, ...OF_PI, force: false }, GATEWAY);
    match(await Deno.readTextFile(target), new RegExp(CANARY));
    await removeProvider({ ...place, ...OF_PI, force: false });
    strictEqual(await Deno.readTextFile(target), COMMENTED);
    ok((await Deno.lstat(place.path)).isSymlink);
  }));

Deno.test("a link to a file that becomes empty stays a link", () =>
  withModels("", async (place) => {
    const target = join(dirname(place.path), "dotfiles.json");
    await Deno.rename(place.path, target);
    await Deno.symlink(target, place.path);
    const file = { ...place, ...OF_PI, force: false };
    await addProvider(file, GATEWAY);
    strictEqual((await removeProvider(file)).removed, true);
    strictEqual((await Deno.lstat(place.path)).isSymlink, true);
    strictEqual(await Deno.readTextFile(target), "");
  }));

Deno.test("what cannot be read or is not ours is left alone", async (t) => {
  const theirs = (provider: object) => JSON.stringify({ providers: { opper: provider } });
  const rows: [name: string, text: string, adding: RegExp, removing: RegExp | "nothing"][] = [
    [
      "cut short",
      `{"providers": {`,
      /was left as it is\. .*line 1/,
      /was left as it is\. .*line 1/,
    ],
    ["a list", `[]`, /was left as it is\. .*line 1/, /was left as it is\. .*line 1/],
    ["providers is a list", `{"providers": []}`, /was left as it is\. .*line 1/, "nothing"],
    [
      "providers twice",
      `{"providers": {}, "providers": {}}`,
      /was left as it is\. .*line 1/,
      /was left as it is\. .*line 1/,
    ],
    [
      "headers of its own",
      theirs({ ...PROVIDER, headers: { x: "1" } }),
      /is not as opper-agent writes it/,
      /is not as opper-agent writes it/,
    ],
    [
      "the address of a session",
      theirs({ ...PROVIDER, baseUrl: "https://api.opper.ai/v3/session/sess_1" }),
      /--force replaces/,
      /--force removes/,
    ],
    ["another protocol", theirs({ ...PROVIDER, api: "anthropic-messages" }), /--force replaces/, /--force removes/],
    ["a text", `{"providers": {"opper": "x"}}`, /--force replaces/, /--force removes/],
  ];
  for (const [name, text, adding, removing] of rows) {
    await t.step(name, () =>
      withModels(text, async (place) => {
        const isRefused = (message: RegExp) => (error: unknown) => {
          ok(error instanceof AgentError);
          match(`${error.message} ${error.hint}`, message);
          ok(error.message.includes(place.path));
          ok(!error.message.includes(CANARY));
          return true;
        };
        const file = { ...place, ...OF_PI, force: false };
        await rejects(addProvider(file, GATEWAY), isRefused(adding));
        if (removing === "nothing") strictEqual((await removeProvider(file)).removed, false);
        else await rejects(removeProvider(file), isRefused(removing));
        strictEqual(await Deno.readTextFile(place.path), text);
        strictEqual((await Deno.stat(place.path)).mode! & 0o777, 0o644);
      }));
  }

  await t.step("unless forced", () =>
    withModels(theirs({ headers: {} }), async (place) => {
      const file = { ...place, ...OF_PI, force: true };
      const { changed, replaced, keptAt } = await addProvider(file, GATEWAY);
      deepStrictEqual([changed, replaced], [true, ["providers.opper"]]);
      strictEqual(await Deno.readTextFile(keptAt!), theirs({ headers: {} }));
      strictEqual((await Deno.stat(keptAt!)).mode! & 0o777, 0o600);
      deepStrictEqual(JSON.parse(await Deno.readTextFile(place.path)), { providers: { opper: PROVIDER } });
    }));
  await t.step(
    "or removed by force",
    () =>
      withModels(`{"providers":{"a":1,"opper":{"headers":{}}}}`, async (place) => {
        const { removed, replaced, keptAt } = await removeProvider({ ...place, ...OF_PI, force: true });
        deepStrictEqual([removed, replaced], [true, ["providers.opper"]]);
        strictEqual(await Deno.readTextFile(keptAt!), `{"providers":{"a":1,"opper":{"headers":{}}}}`);
        strictEqual(await Deno.readTextFile(place.path), `{"providers":{"a":1}}`);
      }),
  );
});

Deno.test("the key is written so that Pi takes it as it is", async (t) => {
  const rows: [apiKey: string, inFile: string][] = [
    [CANARY, CANARY],
    ["op-$HOME", "op-$$HOME"],
    ["$$", "$$$$"],
    ["!touch", "$!touch"],
  ];
  for (const [apiKey, inFile] of rows) {
    await t.step(
      apiKey,
      () => strictEqual(written({ ...providerAt(GATEWAY), apiKey, models: [] }).apiKey, inFile),
    );
  }
});

Deno.test("the address is the gateway's without a session", () => {
  strictEqual(PROVIDER["baseUrl"], "https://api.opper.ai/v3/compat");
});
