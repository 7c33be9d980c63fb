/** config.json over real logs: what it changes, who goes before it, and that `config` changes one key and no other byte. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { startMcp } from "./support/mcp_client.ts";
import { type AgentRun, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome, PI, SMALL_NOW, SMALL_USD } from "./support/small_home.ts";

type Run = (args: readonly string[], env?: Record<string, string>) => Promise<AgentRun>;

/** A home with the small sessions, and its config.json with this text. */
async function withConfig(text: string | undefined, body: (run: Run, path: string, home: string) => Promise<void>) {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const path = join(home, ".opper/agent/config.json");
    await Deno.mkdir(join(home, ".opper/agent"), { recursive: true });
    if (text !== undefined) await Deno.writeTextFile(path, text);
    await body((args, env) => runAgent(args, { home, env: { TZ: "", ...env } }), path, home);
  });
}

const json = ({ code, stdout, stderr }: AgentRun) => {
  deepStrictEqual([code, stderr], [0, ""]);
  return JSON.parse(stdout);
};

Deno.test("the time zone of the file counts, after flag and environment", async () => {
  await withConfig('{"timezone":"Asia/Tokyo"}', async (run) => {
    const zone = async (args: string[], env?: Record<string, string>) =>
      json(await run(["cost", "--json", ...args], env)).timezone;
    strictEqual(await zone([]), "Asia/Tokyo");
    strictEqual(await zone([], { TZ: "America/Lima" }), "America/Lima");
    strictEqual(await zone(["--timezone", "UTC"], { TZ: "America/Lima" }), "UTC");
  });
});

Deno.test("decimals of the file count, after the flag, in tables alone", async () => {
  await withConfig('{"digits":2}', async (run) => {
    const total = async (args: string[]) => (await run(["cost", "--by", "provider", ...args])).stdout;
    // 0.0417772 in all, 0.0385... of it Anthropic's: see small_home.ts.
    match(await total([]), /^Total .*\$0\.04\+/m);
    match(await total(["--digits", "4"]), /^Total .*\$0\.0418\+/m);
    ok((await total(["--csv"])).includes("0.0032872"), "CSV keeps every digit");
    strictEqual(json(await run(["cost", "--json"])).total.cost.usd, SMALL_USD);
  });
});

Deno.test("hidden projects are left out of listings, and counted in sums", async (t) => {
  await withConfig('{"hideProjects":["/srv/app"]}', async (run) => {
    const ask = async (args: string[]) => json(await run([...args, "--json", "--as-of", SMALL_NOW]));
    // Of /srv/app are all but CLAUDE.
    await t.step("sessions", async () => {
      const { total, sessions, notes } = await ask(["sessions"]);
      deepStrictEqual([total, sessions.map(({ source }: { source: string }) => source)], [1, ["claude"]]);
      ok(notes.includes("3 sessions of hidden projects left out; `opper-agent cost` counts them."), notes.join("\n"));
    });
    await t.step("cache", async () => {
      const { caches } = await ask(["cache", "--all"]);
      deepStrictEqual(caches.map(({ source }: { source: string }) => source), ["claude"]);
    });
    await t.step("overview", async () => {
      const { sessions, today, totalSessions } = await ask(["overview"]);
      deepStrictEqual(sessions.map(({ source }: { source: string }) => source), ["claude"]);
      // Whatever was billed today counts: 0.00714 (PI) + 0.03135 (CLAUDE); CODEX is of an earlier day.
      deepStrictEqual([totalSessions, today.cost.usd], [1, 0.03849]);
    });
    await t.step("cost counts them", async () => {
      const { total, rows } = await ask(["cost", "--by", "project"]);
      strictEqual(total.cost.usd, SMALL_USD);
      const keys = rows.map(({ key }: { key: string }) => key);
      ok(keys.includes("(hidden)") && !keys.join().includes("/srv/app"), keys.join());
      // 0.00714 (PI) + 0.0032872 (CODEX)
      strictEqual(rows.find(({ key }: { key: string }) => key === "(hidden)").cost.usd, 0.0104272);
    });
    await t.step("nor are their sessions named by cost", async () => {
      const { rows } = await ask(["cost", "--by", "session"]);
      ok(!JSON.stringify(rows).includes(PI));
    });
    await t.step("what is named is shown", async () => {
      strictEqual((await ask(["sessions", "--project", "/srv/app"])).total, 3);
      strictEqual((await ask(["session", PI])).session.sessionId, PI);
      strictEqual((await ask(["cache", PI])).total, 1);
    });
    await t.step("a flag adds another", async () => {
      strictEqual((await ask(["sessions", "--hide-project", "web"])).total, 0);
    });
  });
});

Deno.test("roots of the file are read, and one that is not there is said", async (t) => {
  await withConfig(undefined, async (run, path, home) => {
    await Deno.mkdir(join(home, "old"));
    await Deno.rename(join(home, ".pi/agent/sessions"), join(home, "old/sessions"));
    await Deno.writeTextFile(path, JSON.stringify({ roots: ["pi=~/old/sessions"] }));
    await t.step("read", async () => strictEqual(json(await run(["sessions", "--json"])).total, 4));
    await Deno.writeTextFile(path, JSON.stringify({ roots: ["pi=~/gone"] }));
    await t.step("said", async () => {
      const { code, stdout, stderr } = await run(["sessions", "--json"]);
      deepStrictEqual([code, JSON.parse(stdout).total], [0, 2]);
      strictEqual(stderr, `warning: "${home}/gone" of config.json is no directory: its logs are not counted.\n`);
    });
  });
});

Deno.test("a wrong file is a mistake of whoever wrote it, and `config` itself still helps", async (t) => {
  await withConfig('{ "digts": 2 }', async (run, path) => {
    await t.step("said before anything is read", async () => {
      const { code, stdout, stderr } = await run(["sessions"]);
      deepStrictEqual([code, stdout], [2, ""]);
      strictEqual(
        stderr,
        `error: "${path}" has an unknown key "digts": expected timezone, digits, roots, hideProjects, ` +
          "currency, plan, budget, limits, enrich or export.\n" +
          "hint: Did you mean digits?\n",
      );
    });
    await Deno.writeTextFile(path, '{ "digits": "many" }');
    await t.step("set mends it", async () => {
      strictEqual((await run(["config", "set", "digits", "3"])).code, 0);
      strictEqual(await Deno.readTextFile(path), '{ "digits": 3 }');
      strictEqual((await run(["sessions"])).code, 0);
    });
  });
});

Deno.test("config shows what holds, and where it is from", async () => {
  await withConfig('{"digits":2,"hideProjects":["a"]}', async (run, path) => {
    const answer = json(await run(["config", "--json", "--hide-project", "b"], { TZ: "America/Lima" }));
    deepStrictEqual([answer.schemaVersion, answer.file, answer.exists, answer.changed], [1, path, true, false]);
    deepStrictEqual(answer.settings, [
      { key: "timezone", value: "America/Lima", from: ["environment"], flag: "--timezone" },
      { key: "digits", value: 2, from: ["file"], flag: "--digits" },
      { key: "roots", value: [], from: ["default"], flag: "--root" },
      { key: "hideProjects", value: ["b", "a"], from: ["flag", "file"], flag: "--hide-project" },
      { key: "currency", from: ["default"] },
      { key: "plan", value: {}, from: ["default"] },
      { key: "budget", value: {}, from: ["default"] },
      { key: "limits", value: {}, from: ["default"] },
      { key: "enrich", value: {}, from: ["default"] },
      { key: "export", value: {}, from: ["default"] },
    ]);
  });
});

Deno.test("a rate and plans are set as JSON or by their parts, and each goes alone", async () => {
  await withConfig(undefined, async (run, path) => {
    const after = async (...args: string[]) => {
      const { code, stderr } = await run(["config", ...args]);
      deepStrictEqual([code, stderr], [0, ""]);
      return JSON.parse(await Deno.readTextFile(path));
    };
    const euros = { code: "EUR", perUsd: 0.92, asOf: "2026-11-20" };
    const max = { name: "Max 20x", usdPerMonth: 200 };
    deepStrictEqual(await after("set", "currency", JSON.stringify(euros)), { currency: euros });
    deepStrictEqual(await after("set", "currency", "sek", "9.5", "2026-11-21"), {
      currency: { code: "SEK", perUsd: 9.5, asOf: "2026-11-21" },
    });
    await after("set", "currency", "EUR", "0.92", "2026-11-20");
    await after("set", "plan.Anthropic", "Max 20x", "200");
    const plans = { anthropic: max, openai: { name: "Plus", usdPerMonth: 20 } };
    deepStrictEqual(await after("set", "plan.openai", '{"name":"Plus","usdPerMonth":20}'), {
      currency: euros,
      plan: plans,
    });
    const { settings } = json(await run(["config", "--json"]));
    deepStrictEqual(settings.slice(-6, -4), [
      { key: "currency", value: euros, from: ["file"] },
      { key: "plan", value: plans, from: ["file"] },
    ]);
    await after("set", "budget.usdPerMonth", "200");
    deepStrictEqual((await after("set", "limits.alertAt", "75,90")).limits, { alertAt: [75, 90] });
    const { stdout } = await run(["config"]);
    match(stdout, /^budget\.usdPerMonth +200 +file$/m);
    match(stdout, /^limits\.alertAt +75,90 +file$/m);
    await after("unset", "budget.usdPerMonth");
    await after("unset", "limits");
    match(stdout, /^currency +EUR: 0\.92 for a US dollar on 2026-11-20 +file$/m);
    match(stdout, /^plan\.anthropic +Max 20x: \$200\.00 a month +file$/m);
    // A rate that is known changes no answer that did not ask for it.
    match((await run(["cost", "--by", "provider"])).stdout, /^Total .*\$0\.042\+/m);
    deepStrictEqual(await after("unset", "plan.openai"), { currency: euros, plan: { anthropic: max } });
    deepStrictEqual(await after("unset", "plan"), { currency: euros });
  });
});

Deno.test("config set and unset change one key and no other byte", async (t) => {
  const text = '{\n\t// mine\n\t"digits": 2, // cents\n\t"timezone": "UTC",\n}\n';
  await withConfig(text, async (run, path) => {
    const after = async (...args: string[]) => {
      const { code, stderr } = await run(["config", ...args]);
      deepStrictEqual([code, stderr], [0, ""]);
      return await Deno.readTextFile(path);
    };
    strictEqual(await after("set", "digits", "4"), text.replace("2,", "4,"));
    strictEqual(await after("set", "digits", "2"), text);
    const added = await after("set", "roots", "pi=/a", "codex=~/b");
    deepStrictEqual(added.startsWith(text.slice(0, -2)), true, added);
    strictEqual(await after("unset", "roots"), text);
    strictEqual(await after("unset", "hideProjects"), text);
  });
  await t.step("a file that was made goes with its last key", async () => {
    await withConfig(undefined, async (run, path) => {
      strictEqual((await run(["config", "set", "digits", "1"])).code, 0);
      strictEqual(await Deno.readTextFile(path), '{\n  "digits": 1\n}\n');
      const { code, stdout } = await run(["config", "unset", "digits"]);
      strictEqual(code, 0);
      match(stdout, /was removed/);
      deepStrictEqual([...Deno.readDirSync(join(path, ".."))].map(({ name }) => name).includes("config.json"), false);
    });
  });
  await t.step("a link stays one", async () => {
    await withConfig(undefined, async (run, path, home) => {
      await Deno.writeTextFile(join(home, "dotfile.json"), "{}\n");
      await Deno.symlink(join(home, "dotfile.json"), path);
      strictEqual((await run(["config", "set", "digits", "1"])).code, 0);
      ok((await Deno.lstat(path)).isSymlink);
      match(await Deno.readTextFile(join(home, "dotfile.json")), /"digits": 1/);
    });
  });
  const wrong: [args: string[], message: RegExp][] = [
    [["set"], /^error: Expected KEY after "config set": timezone, .*\nhint: For example: .*\n$/],
    [
      ["set", "digts", "1"],
      /^error: Expected timezone, .*, plan\.PROVIDER, budget\.usdPerMonth, limits\.alertAt, enrich\.openrouter or export\.person\|.* for KEY, not "digts"\.\nhint: Did you mean digits\?\n$/,
    ],
    [["set", "digits"], /^error: Expected one value for digits, not 0\.\n/],
    [["set", "currency", "EUR"], /^error: Expected code, perUsd and asOf for currency, .*\nhint: .* EUR 0\.92 .*\n$/],
    [
      ["set", "plan", "Max", "200"],
      /^error: Expected plan\.PROVIDER, not "plan" alone\.\nhint: .*plan\.anthropic.*\n$/,
    ],
    [["set", "digits", "many"], /^error: Expected a whole number from 0 to 6 for digits, not "many"\.\n/],
    [["unset", "digits", "1"], /^error: "config unset" takes KEY alone, but was given "1"\.\n/],
    [["show", "digits"], /^error: "config show" takes no KEY, but was given "digits"\.\n/],
    [
      ["sett", "digits", "1"],
      /^error: Expected show, set or unset for ACTION, not "sett"\.\nhint: Did you mean set\?\n$/,
    ],
  ];
  await withConfig(undefined, async (run) => {
    for (const [args, message] of wrong) {
      await t.step(args.join(" "), async () => {
        const { code, stdout, stderr } = await run(["config", ...args]);
        match(stderr, message);
        deepStrictEqual([code, stdout], [2, ""]);
      });
    }
  });
});

Deno.test("the MCP server honours the file", async () => {
  await withConfig('{"timezone":"Asia/Tokyo","hideProjects":["/srv/app"]}', async (_run, _path, home) => {
    await using client = await startMcp({ home, env: { TZ: "" } });
    const report = await client.structured("usage_report", { by: "project" });
    strictEqual(report["timezone"], "Asia/Tokyo");
    ok(JSON.stringify(report["rows"]).includes("(hidden)"));
    strictEqual((await client.structured("list_sessions"))["total"], 1);
  });
});
