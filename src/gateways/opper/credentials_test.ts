/** Stored keys in real files. The canary must turn up in no error, whatever is wrong with the file around it. */
import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { AgentError } from "../../core/errors.ts";
import { withTemporaryDirectory } from "../../../tests/support/run_agent.ts";
import { findSlot, removeKey, resolveCredentials, saveKey } from "./credentials.ts";

const CANARY = "op-canary-5f1d0c9b7a3e";
const OTHER = "op-other-77aa66bb55cc";
const AT = "2026-11-21T08:00:00.000Z";

async function withConfig<T>(content: unknown, body: (opperHome: string) => T | Promise<T>): Promise<T> {
  return await withTemporaryDirectory(async (directory) => {
    const opperHome = join(directory, ".opper");
    if (content !== undefined) {
      await Deno.mkdir(opperHome);
      const text = typeof content === "string" ? content : JSON.stringify(content);
      await Deno.writeTextFile(join(opperHome, "config.json"), text);
    }
    return await body(opperHome);
  });
}

async function readConfig(opperHome: string): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(join(opperHome, "config.json")));
}

const TWO_SLOTS = {
  version: 1,
  defaultKey: "main",
  keys: {
    main: { apiKey: CANARY, user: { email: "ada@example.com", name: "Ada", id: 7 }, source: "device-flow" },
    work: { apiKey: OTHER, baseUrl: "https://eu.example" },
  },
};

Deno.test("resolveCredentials", async (t) => {
  const rows: [
    name: string,
    config: unknown,
    env: Record<string, string>,
    keyName: string | undefined,
    found: object,
  ][] = [
    ["the environment first", TWO_SLOTS, { OPPER_API_KEY: "op-env" }, undefined, {
      apiKey: "op-env",
      origin: "environment",
    }],
    ["also before a name", TWO_SLOTS, { OPPER_API_KEY: "op-env" }, "work", { apiKey: "op-env", origin: "environment" }],
    ["and when the file is broken", "{", { OPPER_API_KEY: "op-env" }, undefined, {
      apiKey: "op-env",
      origin: "environment",
    }],
    ["an empty variable is none", TWO_SLOTS, { OPPER_API_KEY: "" }, "work", {
      apiKey: OTHER,
      baseUrl: "https://eu.example",
      origin: "work",
      slot: "work",
    }],
    ["the default slot", TWO_SLOTS, {}, undefined, {
      apiKey: CANARY,
      origin: "main",
      slot: "main",
      user: { email: "ada@example.com", name: "Ada" },
    }],
    ["a slot called environment", { keys: { environment: { apiKey: OTHER } } }, {}, "environment", {
      apiKey: OTHER,
      origin: "environment",
      slot: "environment",
    }],
    ["without defaultKey", { keys: { default: { apiKey: OTHER } } }, {}, undefined, {
      apiKey: OTHER,
      origin: "default",
      slot: "default",
    }],
    ["beside a slot that is broken", { keys: { default: { apiKey: OTHER }, odd: null } }, {}, undefined, {
      apiKey: OTHER,
      origin: "default",
      slot: "default",
    }],
  ];
  for (const [name, config, env, keyName, found] of rows) {
    await t.step(
      name,
      () => withConfig(config, (opperHome) => deepStrictEqual(resolveCredentials({ env, opperHome, keyName }), found)),
    );
  }
});

Deno.test("resolveCredentials says what is missing or wrong, and no key", async (t) => {
  const slot = (fields: object) => ({ keys: { default: fields } });
  const rows: [
    name: string,
    config: unknown,
    env: Record<string, string>,
    keyName: string | undefined,
    message: RegExp,
  ][] = [
    ["no file", undefined, {}, undefined, /^No Opper API key was found\.$/],
    ["an empty file", "\n", {}, undefined, /^No Opper API key was found\.$/],
    ["no such slot", TWO_SLOTS, {}, "home", /^No Opper API key named "home" is stored \(stored: main, work\)\.$/],
    ["a name and no file", undefined, {}, "home", /^No Opper API key named "home" is stored \(no key is stored\)\.$/],
    [
      "a default that is gone",
      { ...TWO_SLOTS, defaultKey: "gone" },
      {},
      undefined,
      /named "gone" is stored \(stored: main, work\)/,
    ],
    ["a name that objects have", TWO_SLOTS, {}, "constructor", /named "constructor" is stored/],
    [
      "cut short",
      `{"keys":{"default":{"apiKey":"${CANARY}"`,
      {},
      undefined,
      /config\.json is not understood: it is not a JSON object/,
    ],
    ["a list", [CANARY], {}, undefined, /it is not a JSON object/],
    ["a later version", { version: 2, keys: { default: CANARY } }, {}, undefined, /its version is 2, not 1/],
    ["keys are a list", { keys: [CANARY] }, {}, undefined, /"keys" is not an object/],
    ["defaultKey is a number", { defaultKey: 1, keys: {} }, {}, undefined, /"defaultKey" is not a text/],
    [
      "a slot that is a text",
      { keys: { default: CANARY } },
      {},
      undefined,
      /The key "default" in .* is not as expected/,
    ],
    ["no key in it", slot({ baseUrl: "https://x" }), {}, undefined, /is not as expected/],
    ["a base URL that is none", slot({ apiKey: CANARY, baseUrl: 1 }), {}, undefined, /is not as expected/],
    [
      "a line feed in a stored key",
      slot({ apiKey: `${CANARY}\nX-Evil: 1` }),
      {},
      undefined,
      /^The key "default" in .* holds white space/,
    ],
    [
      "a line feed in the variable",
      TWO_SLOTS,
      { OPPER_API_KEY: `${CANARY}\n${CANARY}` },
      undefined,
      /^OPPER_API_KEY holds white space/,
    ],
    ["nothing but blanks", TWO_SLOTS, { OPPER_API_KEY: " \n" }, undefined, /^OPPER_API_KEY is empty/],
    ["nothing in quotes", TWO_SLOTS, { OPPER_API_KEY: "''" }, undefined, /^OPPER_API_KEY is empty/],
    [
      "another variable",
      TWO_SLOTS,
      { OPPER_API_KEY: `KEY=${CANARY} x` },
      undefined,
      /^OPPER_API_KEY holds white space/,
    ],
    [
      "a control character",
      TWO_SLOTS,
      { OPPER_API_KEY: `${CANARY}\x7f` },
      undefined,
      /^OPPER_API_KEY holds characters that no key has/,
    ],
    [
      "no ASCII",
      TWO_SLOTS,
      { OPPER_API_KEY: `${CANARY}…` },
      undefined,
      /^OPPER_API_KEY holds characters that no key has/,
    ],
    ["far too long", TWO_SLOTS, { OPPER_API_KEY: CANARY.repeat(300) }, undefined, /^OPPER_API_KEY has 6600 characters/],
  ];
  for (const [name, config, env, keyName, message] of rows) {
    await t.step(name, () =>
      withConfig(config, (opperHome) => {
        throws(() => resolveCredentials({ env, opperHome, keyName, code: "launch_failed" }), (error) => {
          ok(error instanceof AgentError);
          strictEqual(error.code, "launch_failed");
          match(error.message, message);
          ok(error.hint !== undefined);
          ok(!`${error.message} ${error.hint} ${error.stack} ${String(error.cause)}`.includes(CANARY));
          return true;
        });
      }));
  }
  await t.step("a file that cannot be read", () =>
    withConfig(undefined, async (opperHome) => {
      await Deno.mkdir(join(opperHome, "config.json"), { recursive: true });
      throws(() => resolveCredentials({ env: {}, opperHome, code: "launch_failed" }), (error) =>
        error instanceof AgentError && error.code === "launch_failed" && /could not be read/.test(error.message));
    }));
  await t.step("how to get one", () =>
    withConfig(undefined, (opperHome) => {
      throws(() => resolveCredentials({ env: {}, opperHome }), (error) =>
        error instanceof AgentError && error.code === "failed" &&
        error.hint === "Run `opper-agent login`, or set OPPER_API_KEY. Create keys at https://platform.opper.ai.");
    }));
});

Deno.test("saveKey", async (t) => {
  await t.step("makes file and directory, for their owner alone", () =>
    withConfig(undefined, async (opperHome) => {
      const stored = await saveKey({ opperHome, apiKey: CANARY, obtainedAt: AT });
      deepStrictEqual(stored, {
        path: join(opperHome, "config.json"),
        keyName: "default",
        isDefault: true,
        replaced: false,
      });
      deepStrictEqual(await readConfig(opperHome), {
        version: 1,
        defaultKey: "default",
        keys: { default: { apiKey: CANARY, obtainedAt: AT, source: "manual" } },
      });
      strictEqual((await Deno.stat(join(opperHome, "config.json"))).mode! & 0o777, 0o600);
      strictEqual((await Deno.stat(opperHome)).mode! & 0o777, 0o700);
    }));

  await t.step("a named key that is the first is the one to use", () =>
    withConfig(undefined, async (opperHome) => {
      strictEqual((await saveKey({ opperHome, keyName: "work", apiKey: CANARY, obtainedAt: AT })).isDefault, true);
      strictEqual(resolveCredentials({ env: {}, opperHome }).slot, "work");
    }));

  await t.step("keeps other slots, unknown fields and what is odd", () =>
    withConfig({
      theme: { dark: true },
      ...TWO_SLOTS,
      keys: { ...TWO_SLOTS.keys, odd: null, work: { ...TWO_SLOTS.keys.work, region: "eu", user: { name: "Bo" } } },
    }, async (opperHome) => {
      await Deno.chmod(join(opperHome, "config.json"), 0o644);
      const stored = await saveKey({ opperHome, keyName: "work", apiKey: CANARY, obtainedAt: AT });
      deepStrictEqual([stored.isDefault, stored.replaced], [false, true]);
      deepStrictEqual(await readConfig(opperHome), {
        theme: { dark: true },
        version: 1,
        defaultKey: "main",
        keys: {
          main: TWO_SLOTS.keys.main,
          odd: null,
          // The user was the other key's.
          work: { apiKey: CANARY, baseUrl: "https://eu.example", region: "eu", obtainedAt: AT, source: "manual" },
        },
      });
      strictEqual((await Deno.stat(join(opperHome, "config.json"))).mode! & 0o777, 0o600);
    }));

  await t.step(
    "the same key again keeps its user; a base URL takes the place of the old one",
    () =>
      withConfig(TWO_SLOTS, async (opperHome) => {
        const stored = await saveKey({ opperHome, apiKey: CANARY, baseUrl: "https://new.example", obtainedAt: AT });
        deepStrictEqual([stored.keyName, stored.replaced], ["main", false]);
        const { user, baseUrl } = resolveCredentials({ env: {}, opperHome });
        deepStrictEqual([user?.name, baseUrl], ["Ada", "https://new.example"]);
      }),
  );

  await t.step("through a symbolic link, which stays", () =>
    withConfig(TWO_SLOTS, async (opperHome) => {
      const path = join(opperHome, "config.json");
      const target = join(opperHome, "real.json");
      await Deno.rename(path, target);
      await Deno.symlink(target, path);
      await saveKey({ opperHome, apiKey: OTHER, obtainedAt: AT });
      ok((await Deno.lstat(path)).isSymlink);
      match(await Deno.readTextFile(target), new RegExp(OTHER));
    }));

  for (const text of [`{"keys": {"default": {"apiKey": "${OTHER}"}},}`, `{"version":3}`, "\u0000", `"${OTHER}"`]) {
    await t.step(`leaves a broken file alone: ${text.slice(0, 12)}`, () =>
      withConfig(text, async (opperHome) => {
        await rejects(saveKey({ opperHome, apiKey: CANARY, obtainedAt: AT }), AgentError);
        await rejects(removeKey(opperHome), AgentError);
        strictEqual(await Deno.readTextFile(join(opperHome, "config.json")), text);
      }));
  }

  const refused: [apiKey: string, keyName: string | undefined][] = [
    ["", undefined],
    [`${CANARY} x`, undefined],
    [`${CANARY}\r\nX: y`, undefined],
    [CANARY, "a b"],
    [CANARY, "../x"],
    [CANARY, ""],
    [CANARY, "__proto__"],
    [CANARY, `${CANARY}-and-more`],
  ];
  for (const [apiKey, keyName] of refused) {
    await t.step(`refuses ${JSON.stringify([apiKey, keyName])}`, () =>
      withConfig(undefined, async (opperHome) => {
        await rejects(saveKey({ opperHome, keyName, apiKey, obtainedAt: AT }), (error) =>
          error instanceof AgentError && !error.message.includes(CANARY));
        await rejects(Deno.stat(opperHome), Deno.errors.NotFound);
      }));
  }
});

Deno.test("findSlot tells where a key would go", async (t) => {
  const rows: [config: unknown, keyName: string | undefined, slot: object][] = [
    [undefined, undefined, { keyName: "default" }],
    [TWO_SLOTS, undefined, { keyName: "main" }],
    [TWO_SLOTS, "work", { keyName: "work", baseUrl: "https://eu.example" }],
    [TWO_SLOTS, "new", { keyName: "new" }],
  ];
  for (const [config, keyName, slot] of rows) {
    await t.step(
      JSON.stringify(slot),
      () => withConfig(config, (opperHome) => deepStrictEqual(findSlot(opperHome, keyName), slot)),
    );
  }
});

Deno.test("removeKey", async (t) => {
  await t.step(
    "takes one slot, and gives its place to none",
    () =>
      withConfig({ theme: 1, ...TWO_SLOTS }, async (opperHome) => {
        const removed = await removeKey(opperHome);
        deepStrictEqual([removed.keyName, removed.removed, removed.left], ["main", true, ["work"]]);
        deepStrictEqual(await readConfig(opperHome), {
          theme: 1,
          version: 1,
          defaultKey: "main",
          keys: { work: TWO_SLOTS.keys.work },
        });
        throws(() => resolveCredentials({ env: {}, opperHome }), /named "main" is stored \(stored: work\)/);
      }),
  );

  await t.step("changes nothing where there is no such slot", () =>
    withConfig(TWO_SLOTS, async (opperHome) => {
      const text = await Deno.readTextFile(join(opperHome, "config.json"));
      const removed = await removeKey(opperHome, "nobody");
      deepStrictEqual([removed.removed, removed.left], [false, ["main", "work"]]);
      strictEqual(await Deno.readTextFile(join(opperHome, "config.json")), text);
      deepStrictEqual([...Deno.readDirSync(opperHome)].map(({ name }) => name), ["config.json"]);
    }));

  await t.step("makes nothing where there is nothing", () =>
    withConfig(undefined, async (opperHome) => {
      deepStrictEqual((await removeKey(opperHome)).removed, false);
      await rejects(Deno.stat(opperHome), Deno.errors.NotFound);
    }));
});
