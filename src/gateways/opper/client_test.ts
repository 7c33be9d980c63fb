/** The client against a real server on the loopback. The canary key is sent to it, and turns up nowhere else. */
import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { createOpperClient } from "./client.ts";
import { GatewayError, type GatewayFailure } from "../request_json.ts";

const CANARY = "op-canary-5f1d0c9b7a3e";

type Handler = (request: Request) => Response | Promise<Response>;

async function withServer(handler: Handler, body: (host: string) => Promise<void>): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  try {
    await body(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

function clientOf(host: string, timeoutMs = 5000) {
  return createOpperClient({ host, apiKey: CANARY, timeoutMs, code: "launch_failed" });
}

/** Everything of an error that could be printed. */
function textOfError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = error instanceof AgentError ? error.hint : "";
  return [error.name, error.message, hint, error.stack, JSON.stringify(error), textOfError(error.cause)].join("\n");
}

Deno.test("calls ask as documented, with the key in one header", async (t) => {
  const rows: [name: string, call: (client: ReturnType<typeof clientOf>) => Promise<unknown>, path: string][] = [
    ["models", (client) => client.listModels(), "/v3/compat/models"],
    ["traces", (client) => client.listTraces(), "/v3/traces"],
    [
      "traces by page",
      (client) => client.listTraces({ limit: 5, offset: 10, name: "a b" }),
      "/v3/traces?limit=5&offset=10&name=a+b",
    ],
    [
      "usage",
      (client) => client.sessionUsage("sess_1"),
      "/v2/analytics/usage?session_id=sess_1&granularity=minute&fields=total_tokens&group_by=model",
    ],
    [
      "usage of the organization",
      (client) => client.organizationUsage({ since: Date.UTC(2026, 10, 1), until: Date.UTC(2026, 11, 1) }),
      "/management/v1/usage?from=2026-11-01T00%3A00%3A00.000Z&to=2026-12-01T00%3A00%3A00.000Z&group_by=model",
    ],
    [
      "an id cannot leave its place",
      (client) => client.getTrace("../x?y").catch(() => undefined),
      "/v3/traces/..%2Fx%3Fy",
    ],
  ];
  for (const [name, call, path] of rows) {
    await t.step(name, async () => {
      const seen: string[] = [];
      await withServer((request) => {
        const { pathname, search } = new URL(request.url);
        seen.push(`${request.method} ${pathname}${search} ${request.headers.get("authorization")}`);
        return Response.json({ data: [] });
      }, async (host) => void await call(clientOf(host)));
      deepStrictEqual(seen, [`GET ${path} Bearer ${CANARY}`]);
    });
  }
});

Deno.test("listTraces and getTrace read what is there", async (t) => {
  const trace = {
    id: "t1",
    name: "session",
    status: "success",
    start_time: "2026-11-21T08:00:00.500Z",
    end_time: "2026-11-21T08:00:02",
    duration_ms: "1500",
    extra: 1,
  };
  const summary = {
    id: "t1",
    name: "session",
    status: "success",
    startedAt: Date.UTC(2026, 10, 21, 8, 0, 0, 500),
    endedAt: Date.UTC(2026, 10, 21, 8, 0, 2),
    durationMs: 1500,
  };

  await t.step(
    "a list, without what has no id",
    () =>
      withServer(
        () => Response.json({ data: [trace, { name: "none" }, null, 7], meta: { total_count: 41 } }),
        async (host) => {
          deepStrictEqual(await clientOf(host).listTraces(), { traces: [summary], totalCount: 41 });
        },
      ),
  );

  await t.step("one, with its spans", () =>
    withServer(() =>
      Response.json({
        data: {
          ...trace,
          end_time: null,
          duration_ms: null,
          span_count: 2,
          spans: [
            {
              id: "s1",
              trace_id: "t1",
              parent_id: null,
              name: "session",
              type: "session",
              start_time: "2026-11-21 08:00:00+01:00",
            },
            { id: "s2", parent_id: "s1", status: "error", start_time: "yesterday" },
            { trace_id: "t1" },
          ],
        },
      }), async (host) => {
      const nothing = { name: undefined, type: undefined, status: undefined, startedAt: undefined, endedAt: undefined };
      deepStrictEqual(await clientOf(host).getTrace("t1"), {
        ...summary,
        endedAt: undefined,
        durationMs: undefined,
        spanCount: 2,
        spans: [
          {
            ...nothing,
            id: "s1",
            parentId: undefined,
            name: "session",
            type: "session",
            startedAt: Date.UTC(2026, 10, 21, 7),
          },
          { ...nothing, id: "s2", parentId: "s1", status: "error" },
        ],
      });
    }));
});

Deno.test("sessionUsage adds up what is known", async (t) => {
  const rows: [name: string, answer: unknown, usage: object][] = [
    ["numbers as texts", [
      { time_bucket: "08:00", model: "a", cost: "0.25", count: "2", total_tokens: "1000" },
      { time_bucket: "08:01", model: "a", cost: 0.5, count: 1, total_tokens: 500 },
      { time_bucket: "08:01", model: "b", cost: "1e-3", count: 1, total_tokens: 20 },
    ], {
      // 0.25 + 0.5 + 0.001
      usd: 0.751,
      requests: 4,
      totalTokens: 1520,
      rowsWithoutCost: 0,
      models: [
        { model: "a", usd: 0.75, requests: 3, totalTokens: 1500 },
        { model: "b", usd: 0.001, requests: 1, totalTokens: 20 },
      ],
    }],
    ["null is not zero", { data: [{ model: "a", cost: null, count: 1, total_tokens: null }] }, {
      usd: undefined,
      requests: 1,
      totalTokens: undefined,
      rowsWithoutCost: 1,
      models: [{ model: "a", usd: undefined, requests: 1, totalTokens: undefined }],
    }],
    ["partly known", { rows: [{ model: "a", cost: "" }, { model: "a", cost: 0 }] }, {
      usd: 0,
      requests: undefined,
      totalTokens: undefined,
      rowsWithoutCost: 1,
      models: [{ model: "a", usd: 0, requests: undefined, totalTokens: undefined }],
    }],
    ["nothing yet", { data: [] }, {
      usd: undefined,
      requests: undefined,
      totalTokens: undefined,
      rowsWithoutCost: 0,
      models: [],
    }],
  ];
  for (const [name, answer, usage] of rows) {
    await t.step(name, () =>
      withServer(() => Response.json(answer), async (host) => {
        deepStrictEqual(await clientOf(host).sessionUsage("sess_1"), usage);
      }));
  }
});

Deno.test("organizationUsage reads what is there", async () => {
  const row = { group: "anthropic/claude-sonnet-4.6", cost: "1.25", total_cost: 1.5, cache_savings: 0.75, count: 7 };
  const answer = { data: [{ ...row, total_tokens: null, something_new: 1 }, "?"], meta: { currency: "USD" } };
  await withServer(() => Response.json(answer), async (host) => {
    deepStrictEqual(await clientOf(host).organizationUsage({ since: 0, until: 1 }), {
      models: [{
        model: "anthropic/claude-sonnet-4.6",
        usd: 1.25,
        totalUsd: 1.5,
        cacheSavingsUsd: 0.75,
        requests: 7,
        totalTokens: undefined,
      }],
      currency: "USD",
    });
  });
});

Deno.test("a trace as the public command line has it, with figures", async () => {
  const spans = [{ uuid: "s1", type: "llm", meta: { cost: "0.01", usage: { input_tokens: 5 } } }];
  await withServer(() => Response.json({ trace: { uuid: "t1", total_cost: 0.01 }, spans }), async (host) => {
    const trace = await clientOf(host).getTrace("t1");
    deepStrictEqual([trace.id, trace.usd], ["t1", 0.01]);
    deepStrictEqual(trace.spans.map(({ id, usd, inputTokens }) => [id, usd, inputTokens]), [["s1", 0.01, 5]]);
  });
});

Deno.test("every failure is a sentence, and none holds the key", async (t) => {
  const json = (body: unknown, status: number) => () => Response.json(body, { status });
  const rows: [name: string, handler: Handler, failure: GatewayFailure, message: RegExp][] = [
    [
      "401",
      json({ error: { message: `Bad key ${CANARY}.` } }, 401),
      "refused",
      /refused the key \(401\): Bad key …\.$/,
    ],
    ["401 without words", () => new Response(null, { status: 401 }), "refused", /refused the key \(401\)\.$/],
    ["detail", json({ detail: "Slow down" }, 429), "status", /answered with status 429: Slow down\.$/],
    ["message", json({ message: "Out\nof  order" }, 500), "status", /answered with status 500: Out of order\.$/],
    ["error as a text", json({ error: "Nope" }, 403), "status", /answered with status 403: Nope\.$/],
    ["detail that is a list", json({ detail: [{ msg: CANARY }] }, 422), "status", /answered with status 422\.$/],
    [
      "a page",
      () => new Response("<html>Bad gateway</html>", { status: 502 }),
      "status",
      /answered with status 502\.$/,
    ],
    ["404", json({ detail: "Not found" }, 404), "not_found", /does not know what was asked for \(404\): Not found\.$/],
    ["no JSON", () => new Response(`oops ${CANARY}`), "answer", /did not answer with JSON\.$/],
    ["no list", json({ data: CANARY }, 200), "answer", /did not answer with a list of models\.$/],
    ["null", json(null, 200), "answer", /did not answer with a list of models\.$/],
    ["a very long message", json({ message: "x".repeat(5000) }, 500), "status", /status 500: x{299}…$/],
    [
      "a key where the message is cut",
      json({ message: `${"x".repeat(290)}${CANARY}` }, 500),
      "status",
      /status 500: x{290}…$/,
    ],
  ];
  for (const [name, handler, failure, message] of rows) {
    await t.step(name, () =>
      withServer(handler, async (host) => {
        await rejects(clientOf(host).listModels(), (error) => {
          ok(error instanceof GatewayError);
          deepStrictEqual([error.failure, error.code], [failure, "launch_failed"]);
          match(error.message, message);
          ok(!textOfError(error).includes(CANARY));
          return true;
        });
      }));
  }

  await t.step("no answer in time", async () => {
    const ends: (() => void)[] = [];
    await withServer(
      () => new Promise((resolve) => void ends.push(() => resolve(new Response("[]")))),
      async (host) => {
        await rejects(
          clientOf(host).listModels({ timeoutMs: 50 }),
          (error) =>
            error instanceof GatewayError && error.failure === "timeout" &&
            / did not answer within 0\.05 s\.$/.test(error.message),
        );
        ends.forEach((end) => end());
      },
    );
  });

  await t.step("an answer that begins and does not end", async () => {
    let end = () => {};
    const slow = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode("["));
            end = () => controller.close();
          },
        }),
      );
    await withServer(slow, async (host) => {
      await rejects(
        clientOf(host, 50).listModels(),
        (error) => error instanceof GatewayError && error.failure === "timeout",
      );
      end();
    });
  });

  await t.step("nobody there", async () => {
    let host = "";
    await withServer(() => new Response(), (it) => {
      host = it;
      return Promise.resolve();
    });
    await rejects(clientOf(host).listModels(), (error) => {
      ok(error instanceof GatewayError);
      strictEqual(error.failure, "unreachable");
      strictEqual(error.message, `${host} cannot be reached.`);
      ok(!textOfError(error).includes(CANARY));
      return true;
    });
  });
});

/** Sends for as long as somebody reads. @param start what comes before blanks without end */
function endless(start: string, count: (bytes: number) => void): ReadableStream<Uint8Array> {
  const blanks = new Uint8Array(64 * 1024).fill(0x20);
  return new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(start)),
    pull(controller) {
      controller.enqueue(blanks);
      count(blanks.length);
    },
  }, { highWaterMark: 0 });
}

/** What unpacks to as many megabytes of blanks. */
async function packed(megabytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const blanks = new Blob([new Uint8Array(megabytes * 1e6).fill(0x20)]);
  return await new Response(blanks.stream().pipeThrough(new CompressionStream("gzip"))).bytes();
}

Deno.test("an answer is read up to a limit, whatever comes", async (t) => {
  const bomb = await packed(60);
  const gzip = { "content-encoding": "gzip" };
  type Call = (client: ReturnType<typeof clientOf>) => Promise<unknown>;
  const models: Call = (client) => client.listModels();
  const trace: Call = (client) => client.getTrace("t1");
  let sent = 0;
  const count = (bytes: number) => sent += bytes;
  const rows: [name: string, call: Call, answer: () => Response, says: RegExp][] = [
    ["models without end", models, () => new Response(endless('{"data":[', count)), /answered with more than 4 MB\.$/],
    ["a trace without end", trace, () => new Response(endless("{", count)), /answered with more than 8 MB\.$/],
    ["small, and large when unpacked", models, () => new Response(bomb, { headers: gzip }), /more than 4 MB\.$/],
    [
      "a refusal without end",
      models,
      () => new Response(endless('{"message":"no', count), { status: 401 }),
      /refused the key \(401\)\.$/,
    ],
    [
      "an error that is large when unpacked",
      models,
      () => new Response(bomb, { status: 500, headers: gzip }),
      /answered with status 500\.$/,
    ],
    [
      "a redirect without end",
      models,
      () => new Response(endless("", count), { status: 302, headers: { location: "/a" } }),
      /redirected more than 3 times\.$/,
    ],
    [
      "packed, and broken",
      models,
      () => new Response(bomb.slice(0, 500), { headers: gzip }),
      /broke off its answer, or gave none in HTTP\.$/,
    ],
  ];
  for (const [name, call, answer, says] of rows) {
    await t.step(name, () =>
      withServer(answer, async (host) => {
        sent = 0;
        await rejects(call(clientOf(host)), (error) => error instanceof GatewayError && says.test(error.message));
        // What was on its way when it was given up: far less than without a limit.
        ok(sent < 32e6, `${sent} bytes were sent`);
      }));
  }
  await t.step(
    "what is just within it is read",
    () =>
      withServer(() => new Response(`${" ".repeat(3_999_980)}{"data":[{"id":"a"}]}`.slice(1)), async (host) => {
        deepStrictEqual(await clientOf(host).listModels(), [{ id: "a" }]);
      }),
  );
});

Deno.test("who speaks no HTTP is told from who is not there", async (t) => {
  const rows: [name: string, answer: string, says: RegExp][] = [
    ["another protocol", "220 mail.example ESMTP\r\n".repeat(100), /broke off its answer, or gave none in HTTP\.$/],
    ["nothing", "", /broke off its answer, or gave none in HTTP\.$/],
    ["half of it", "HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n[", /broke off its answer, or gave none in HTTP\.$/],
    ["headers without end", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(200_000)}`, /answered with too many headers\.$/],
  ];
  for (const [name, answer, says] of rows) {
    await t.step(name, async () => {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const serving = (async () => {
        const connection = await listener.accept();
        await connection.read(new Uint8Array(65_536));
        const bytes = new TextEncoder().encode(answer);
        // Whoever has heard enough hangs up.
        for (let at = 0; at < bytes.length;) {
          const written = await connection.write(bytes.subarray(at)).catch(() => undefined);
          if (written === undefined) break;
          at += written;
        }
        connection.close();
      })();
      await rejects(
        clientOf(`http://127.0.0.1:${listener.addr.port}`).listModels(),
        (error) => error instanceof GatewayError && error.failure === "answer" && says.test(error.message),
      );
      await serving;
      listener.close();
    });
  }
});

Deno.test("redirects are followed within the host, and the key goes no further", async (t) => {
  await t.step("to another host", async () => {
    let reached = 0;
    await withServer(() => {
      reached++;
      return Response.json({ data: [] });
    }, (other) =>
      withServer(() => Response.redirect(`${other}/v3/compat/models`, 307), async (host) => {
        await rejects(clientOf(host).listModels(), (error) =>
          error instanceof GatewayError && error.failure === "answer" &&
          error.message === `${host} answered with a redirect, to ${other}, which was not followed.`);
      }));
    strictEqual(reached, 0);
  });

  await t.step(
    "within the host",
    () =>
      withServer(
        (request) =>
          new URL(request.url).pathname === "/moved"
            ? Response.json({ data: [{ id: request.headers.get("authorization") }] })
            : new Response(null, { status: 308, headers: { location: "/moved" } }),
        async (host) => {
          deepStrictEqual(await clientOf(host).listModels(), [{ id: `Bearer ${CANARY}` }]);
        },
      ),
  );

  await t.step("round in a circle", () =>
    withServer((request) => Response.redirect(request.url, 302), async (host) => {
      await rejects(clientOf(host).listModels(), /redirected more than 3 times/);
    }));

  await t.step("to nowhere", () =>
    withServer(() => new Response(null, { status: 302 }), async (host) => {
      await rejects(clientOf(host).listModels(), /answered with a redirect, which was not followed/);
    }));
});

Deno.test("createOpperClient refuses what it could not keep safe", async (t) => {
  const rows: [host: string, apiKey: string][] = [
    ["https://api.opper.ai", `${CANARY}\r\nx-evil: 1`],
    ["https://api.opper.ai", ""],
    ["ftp://api.opper.ai", CANARY],
    ["api.opper.ai", CANARY],
    ["https://me:secret@api.opper.ai", CANARY],
  ];
  for (const [host, apiKey] of rows) {
    await t.step(`${host} ${JSON.stringify(apiKey)}`, () => {
      throws(
        () => createOpperClient({ host, apiKey }),
        (error) => error instanceof AgentError && !/canary|secret/.test(textOfError(error)),
      );
    });
  }
  await t.step("the client itself shows no key", () => {
    const client = clientOf("https://api.opper.ai");
    ok(!Deno.inspect(client, { showHidden: true, depth: 9 }).includes(CANARY));
    match(client.keyFingerprint, /^[0-9a-f]{16}$/);
    ok(client.keyFingerprint !== createOpperClient({ host: client.host, apiKey: "op-other" }).keyFingerprint);
  });
});
