/**
 * Rows to servers that the tests run on this machine, and that fail now and then: nothing is lost, nothing that was confirmed
 * comes again, and what goes wrong is one sentence.
 */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { exportCommand } from "../src/cli/commands/export_arguments.ts";
import type { CliHost } from "../src/cli/host.ts";
import { AgentError } from "../src/core/errors.ts";
import type { Need } from "../src/operations/contract/need.ts";
import { exportJson, readRowsOf, readTree, runExport, usdOf, writePiSession } from "./support/export_stage.ts";
import { agentCommand, agentEnvironment, withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome, SMALL_USD } from "./support/small_home.ts";

const SESSION = "01a1fb64-0000-7000-8000-0000000000aa";

interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

type Answer = (place: number) => Response;

/** A server that keeps what it confirmed. @param answer By how many requests came before */
async function withServer(
  answer: Answer,
  body: (url: string, confirmed: readonly Got[], all: readonly Got[]) => Promise<void>,
): Promise<void> {
  const [confirmed, all]: [Got[], Got[]] = [[], []];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const got = {
      method: request.method,
      path: pathname + search,
      headers: request.headers,
      bytes: new Uint8Array(await request.arrayBuffer()),
    };
    const response = answer(all.length);
    all.push(got);
    if (response.ok) confirmed.push(got);
    return response;
  });
  try {
    await body(`http://127.0.0.1:${server.addr.port}`, confirmed, all);
  } finally {
    await server.shutdown();
  }
}

const yes: Answer = () => new Response("{}");

/** Of an answer that says how long it is, and is shorter. */
function brokenAnswer(): Response {
  const half = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"partial'));
      controller.error(new Error("gone"));
    },
  });
  return new Response(half);
}

/** Every second request fails, each time otherwise. */
const moody: Answer = (place) => {
  if (place % 2 === 1) return new Response("{}");
  return [
    () => new Response("out of order", { status: 503 }),
    () => new Response('{"error":"bad key secret-token-1"}', { status: 401 }),
    brokenAnswer,
    () => new Response(null, { status: 302, headers: { location: "https://example.com/" } }),
  ][place / 2 % 4]!();
};

interface LogRecord {
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly timeUnixNano: string;
}

function recordsOf({ bytes }: Got): readonly Record<string, unknown>[] {
  const request = JSON.parse(new TextDecoder().decode(gunzipSync(bytes)));
  return request.resourceLogs[0].scopeLogs[0].logRecords.map(({ attributes }: LogRecord) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
  );
}

Deno.test("--otlp sends each turn once to a collector that takes them, and a correction again", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await withServer(yes, async (url, confirmed) => {
      const headers = { OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20secret-token-1,x-team=a" };
      await t.step("all of them, with names of the conventions", async () => {
        strictEqual((await exportJson(home, ["--otlp", url], headers)).sent, 7);
        const [got] = confirmed;
        strictEqual(got!.path, "/v1/logs");
        deepStrictEqual(
          ["authorization", "x-team", "content-type", "content-encoding"].map((name) => got!.headers.get(name)),
          ["Bearer secret-token-1", "a", "application/json", "gzip"],
        );
        const records = recordsOf(got!);
        const priced = records.filter((record) => "gen_ai.usage.cost.amount" in record);
        const sum = priced.reduce((sum, record) => sum + Number(record["gen_ai.usage.cost.amount"]), 0);
        ok(Math.abs(sum - SMALL_USD) < 1e-9);
        // 50 and 2000 read: the convention counts both as input.
        const second = records.find((record) => record["gen_ai.usage.cache_read.input_tokens"] === "2000")!;
        strictEqual(second["gen_ai.usage.input_tokens"], "2050");
        strictEqual(second["gen_ai.provider.name"], "anthropic");
        match(String(second["opper_agent.turn.id"]), /^[0-9a-f]{16}$/);
      });
      await t.step("nothing again", async () => {
        strictEqual((await exportJson(home, ["--otlp", url], headers)).sent, 0);
        strictEqual(confirmed.length, 1);
      });
      await t.step("a correction, with a later revision", async () => {
        await writePiSession(home, SESSION, ["2026-10"]);
        strictEqual((await exportJson(home, ["--otlp", url], headers)).sent, 1);
        await writePiSession(home, SESSION, ["2026-10"], 0.02);
        strictEqual((await exportJson(home, ["--otlp", url], headers)).sent, 1);
        const [first, second] = confirmed.slice(1).map((got) => recordsOf(got)[0]!);
        strictEqual(first!["opper_agent.turn.id"], second!["opper_agent.turn.id"]);
        ok(Number(second!["opper_agent.turn.revision"]) > Number(first!["opper_agent.turn.revision"]));
      });
    });
  });
});

Deno.test("a server that fails now and then gets everything once", async (t) => {
  for (const way of ["post", "otlp"] as const) {
    await t.step(way, async () => {
      await withTemporaryDirectory(async (home) => {
        await makeSmallHome(home);
        await writePiSession(home, SESSION, ["2026-08", "2026-09", "2026-10", "2026-11"]);
        const file = join(home, "headers");
        await Deno.writeTextFile(file, "# of the team\nAuthorization: Bearer secret-token-1\n");
        await withServer(moody, async (url, confirmed, all) => {
          let runs = 0;
          for (let code = 1; code !== 0; runs++) {
            ok(runs < 20);
            const run = await runExport(home, [`--${way}`, `${url}/in?query=x`, "--headers-file", file]);
            code = run.code;
            if (code === 0) continue;
            deepStrictEqual([run.code, run.stdout], [1, ""]);
            match(
              run.stderr,
              /^error: http:\/\/127\.0\.0\.1:\d+\/in.* (answered with status|broke off)[^\n]*\.\nhint: .*\n$/,
            );
            ok(!run.stderr.includes("secret-token-1") && !run.stderr.includes("query"), run.stderr);
          }
          // Four months, each tried again once.
          strictEqual(all.length, 8);
          const body = (got: Got) => got.bytes.toString();
          // A broken answer was confirmed by the server alone: the same bytes came again.
          const unique = [...new Map(confirmed.map((got) => [body(got), got])).values()];
          strictEqual(unique.length, 4);
          if (way === "otlp") {
            const ids = unique.flatMap(recordsOf).map((record) => record["opper_agent.turn.id"]);
            deepStrictEqual([ids.length, new Set(ids).size], [11, 11]);
          } else {
            const rows = (await Promise.all(unique.map(({ bytes }) => readRowsOf(bytes)))).flat();
            strictEqual(new Set(rows.map(({ turn_id }) => turn_id)).size, 11);
            strictEqual(usdOf(rows).toFixed(9), (SMALL_USD + 0.04).toFixed(9));
          }
        });
      });
    });
  }
});

Deno.test("a collector that refuses records, or is none, confirms nothing", async (t) => {
  const rows: [what: string, answer: string, message: RegExp][] = [
    [
      "refused",
      '{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too old"}}',
      /^error: The collector refused 3 of 7 records: too old\.\nhint: .*--since/,
    ],
    ["a page", "<html>", /^error: The collector did not answer in JSON/],
  ];
  for (const [what, answer, message] of rows) {
    await t.step(what, async () => {
      await withTemporaryDirectory(async (home) => {
        await makeSmallHome(home);
        await withServer((place) => new Response(place === 0 ? answer : "{}"), async (url) => {
          const { code, stderr } = await runExport(home, ["--otlp", url]);
          strictEqual(code, 1);
          match(stderr, message);
          strictEqual((await exportJson(home, ["--otlp", url])).sent, 7);
        });
      });
    });
  }
});

Deno.test("what --since leaves out is sent by an export without it", async () => {
  await withTemporaryDirectory(async (home) => {
    await writePiSession(home, SESSION, ["2026-09", "2026-10"]);
    await writePiSession(home, SESSION.replace("aa", "bb"), ["2026-10"], 0.02);
    // The first is refused, so that all of it is kept here.
    await withServer((place) => new Response("{}", { status: place === 0 ? 503 : 200 }), async (url) => {
      strictEqual((await runExport(home, ["--otlp", url])).code, 1);
      const sent = async (...args: string[]) => (await exportJson(home, ["--otlp", url, ...args])).sent;
      // Of September nothing, and of October both.
      deepStrictEqual([await sent("--since", "2026-10-01"), await sent("--since", "2026-10-01")], [2, 0]);
      deepStrictEqual([await sent(), await sent()], [1, 0]);
    });
  });
});

Deno.test("--put puts a file for each month, and again what changed of them", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await writePiSession(home, SESSION, ["2026-10"]);
    await withServer(yes, async (url, confirmed) => {
      await t.step("a file each", async () => {
        const address = `${url}/bucket/{file}?signature=a`;
        strictEqual((await exportJson(home, ["--put", address, "--host", "laptop"])).sent, 2);
        deepStrictEqual(confirmed.map(({ method, path }) => `${method} ${path}`), [
          "PUT /bucket/month=2026-10/anna-laptop.parquet?signature=a",
          "PUT /bucket/month=2026-11/anna-laptop.parquet?signature=a",
        ]);
        strictEqual((await readRowsOf(confirmed[1]!.bytes)).length, 7);
        await writePiSession(home, SESSION, ["2026-10"], 0.02);
        // Signed anew, it is the same place.
        const again = await exportJson(home, ["--put", address.replace("=a", "=b"), "--host", "laptop"]);
        deepStrictEqual([again.sent, confirmed.at(-1)!.path.slice(-1)], [1, "b"]);
      });
      await t.step("all in one", async () => {
        strictEqual((await exportJson(home, ["--put", `${url}/anna.parquet?signature=a`])).sent, 1);
        strictEqual((await readRowsOf(confirmed.at(-1)!.bytes)).length, 8);
      });
    });
  });
});

Deno.test("Ctrl-C while a server is waited for ends it cleanly, and the next export goes on", async () => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const asked = Promise.withResolvers<void>();
    const held = Promise.withResolvers<Response>();
    let answer = () => {
      asked.resolve();
      return held.promise;
    };
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      await request.arrayBuffer();
      return await answer();
    });
    const url = `http://127.0.0.1:${server.addr.port}`;
    try {
      const [program, ...args] = agentCommand();
      const child = new Deno.Command(program, {
        args: [...args, "export", "--otlp", url],
        cwd: home,
        clearEnv: true,
        env: agentEnvironment({ home, env: { USER: "anna" } }),
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      await asked.promise;
      child.kill("SIGINT");
      const { code, stderr } = await child.output();
      strictEqual(code, 130);
      match(
        new TextDecoder().decode(stderr),
        /^error: The export was stopped while http:.* was sent rows\.\nhint: Nothing is/,
      );
      held.resolve(new Response("{}"));
      answer = () => Promise.resolve(new Response("{}"));
      strictEqual((await exportJson(home, ["--otlp", url])).sent, 7);
    } finally {
      await server.shutdown();
    }
  });
});

Deno.test("what is kept for a server is its owner's alone, and names no secret", async () => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await withServer(yes, async (url) => {
      await exportJson(home, ["--post", `${url}/in?signature=secret-token-1`]);
    });
    const state = join(home, ".opper/agent");
    const own = [...readTree(state)].filter(([name]) => name.startsWith("export"));
    // The rows, the cursor and the lock.
    strictEqual(own.length, 3);
    for (const [name, bytes] of own) {
      ok(!`${name}${new TextDecoder().decode(bytes)}`.includes("secret-token-1"), name);
      strictEqual((await Deno.stat(join(state, name))).mode! & 0o077, 0, name);
    }
  });
});

Deno.test("addresses and headers that are wrong are said before anything is read", async () => {
  await withTemporaryDirectory(async (home) => {
    const file = join(home, "headers");
    const rows: [args: string[], header: string, code: number, message: RegExp][] = [
      [
        ["--post", "team.example"],
        "",
        2,
        /^error: Expected an address with https:\/\/ for --post, not "team\.example"/,
      ],
      [["--post", "https://a:b@team.example"], "", 2, /^error: The address of --post has a name or a password in it/],
      [["--otlp", "http://team.example"], "A: secret", 2, /^error: Headers would go to team\.example for everybody/],
      [["--otlp", "http://127.0.0.1:1"], "no colon", 2, /^error: Line 1 of ".*headers" is no header/],
      [
        ["--otlp", "http://127.0.0.1:1", "--put", "http://127.0.0.1:1"],
        "",
        2,
        /^error: Rows go to one place, but --put/,
      ],
      [["--otlp", "http://127.0.0.1:1"], "", 1, /^error: http:\/\/127\.0\.0\.1:1\/v1\/logs cannot be reached/],
    ];
    await makeSmallHome(home);
    for (const [args, header, code, message] of rows) {
      await Deno.writeTextFile(file, header);
      const run = await runExport(home, [...args, ...(header === "" ? [] : ["--headers-file", file])]);
      match(run.stderr, message);
      deepStrictEqual([run.code, run.stdout, run.stderr.includes("secret")], [code, "", false]);
    }
    if (Deno.build.os === "windows") return;
    // As a shell makes it of <(pass show team): it is read, and what comes next fails.
    const pipe = join(home, "pipe");
    strictEqual((await new Deno.Command("mkfifo", { args: [pipe] }).output()).code, 0);
    const script = 'echo "Authorization: Bearer secret" > "$0"';
    await using _writer = new Deno.Command("sh", { args: ["-c", script, pipe] }).spawn();
    const run = await runExport(home, ["--post", "http://127.0.0.1:1/in", "--headers-file", pipe]);
    match(run.stderr, /^error: http:\/\/127\.0\.0\.1:1\/in cannot be reached/);
  });
});

Deno.test("only an export to a server keeps the network, and that for no sample", async (t) => {
  const rows: [args: string[], needs: Need[]][] = [
    [["/team"], ["user_files"]],
    [["--format", "csv"], ["user_files"]],
    [["--dry-run", "--otlp", "http://127.0.0.1:1"], ["user_files"]],
    [["--otlp", "http://127.0.0.1:1"], ["network", "user_files"]],
    [["--put", "http://127.0.0.1:1"], ["network", "user_files"]],
  ];
  for (const [args, needs] of rows) {
    await t.step(args.join(" "), async () => {
      const asked: (readonly Need[])[] = [];
      const host: Partial<CliHost> = {
        env: {},
        isErrorTerminal: false,
        now: () => 0,
        makeContext(_globals, _progress, { needs }) {
          asked.push(needs);
          return Promise.reject(new AgentError("failed", "enough"));
        },
      };
      const parsed = exportCommand.parse(args, "opper-agent")!;
      await rejects(exportCommand.run(parsed, host as CliHost, { name: "", operations: [], commands: [] }), /enough/);
      deepStrictEqual(asked, [needs]);
    });
  }
});
