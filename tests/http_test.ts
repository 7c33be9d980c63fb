/** Who may ask the page's server, what it answers to what nobody should send, and what it may do once it serves. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { Dashboard } from "./support/dashboard.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome } from "./support/small_home.ts";
import { waitUntil } from "./support/wait_until.ts";

async function withDashboard(
  body: (dashboard: Dashboard, home: string) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await using dashboard = await Dashboard.start(args, { home });
    await body(dashboard, home);
  });
}

Deno.test("who may ask: by host, origin, method and key", async (t) => {
  await withDashboard(async (dashboard) => {
    const { port, key } = dashboard;
    const own = `127.0.0.1:${port}`;
    const withKey = [`Authorization: Bearer ${key}`];
    const site = (value: string) => `Sec-Fetch-Site: ${value}`;
    type Row = readonly [line: string, host: string | undefined, headers: readonly string[], status: number];
    const rows: readonly Row[] = [
      ["GET /api/v1/cost", own, withKey, 200],
      ["HEAD /api/v1/cost", own, withKey, 200],
      ["GET /api/v1/cost", `localhost:${port}`, withKey, 200],
      ["GET /api/v1/cost", `LOCALHOST:${port}`, withKey, 200],
      ["GET /api/v1/cost", own, [`authorization: bearer ${key}`], 200],
      // The key: absent, of another start, cut, in a cookie, in the address.
      ["GET /api/v1/cost", own, [], 401],
      ["GET /api/v1/cost", own, ["Authorization: Bearer"], 401],
      ["GET /api/v1/cost", own, [`Authorization: Bearer ${key.slice(0, -1)}`], 401],
      ["GET /api/v1/cost", own, [`Authorization: Bearer ${key}x`], 401],
      ["GET /api/v1/cost", own, [`Authorization: Basic ${key}`], 401],
      ["GET /api/v1/cost", own, [`Cookie: key=${key}`], 401],
      [`GET /api/v1/cost?key=${key}`, own, [], 401],
      // A name that somebody else resolves to this machine; and it comes first.
      ["GET /api/v1/cost", "evil.example", withKey, 421],
      ["GET /api/v1/cost", `evil.example:${port}`, withKey, 421],
      ["GET /", `evil.example:${port}`, [], 421],
      ["DELETE /", `evil.example:${port}`, [], 421],
      ["GET /", `127.0.0.1.evil.example:${port}`, [], 421],
      ["GET /", "127.0.0.1", [], 421],
      ["GET /", `127.0.0.1:${port + 1}`, [], 421],
      ["GET /", `127.0.0.2:${port}`, [], 421],
      ["GET /", `[::1]:${port}`, [], 421],
      ["GET /", `x@127.0.0.1:${port}`, [], 421],
      ["GET /", "", [], 421],
      // Other sites.
      ["GET /api/v1/cost", own, [...withKey, `Origin: http://${own}`, site("same-origin")], 200],
      ["GET /api/v1/cost", own, [...withKey, site("none")], 200],
      ["GET /api/v1/cost", own, [...withKey, "Origin: http://evil.example"], 403],
      ["GET /api/v1/cost", own, [...withKey, `Origin: https://${own}`], 403],
      ["GET /api/v1/cost", own, [...withKey, `Origin: http://localhost:${port}`], 403],
      ["GET /api/v1/cost", own, [...withKey, `Origin: http://127.0.0.1:${port + 1}`], 403],
      ["GET /api/v1/cost", own, [...withKey, "Origin: null"], 403],
      ["GET /api/v1/cost", own, [...withKey, site("cross-site")], 403],
      ["GET /api/v1/cost", own, [...withKey, site("same-site")], 403],
      ["GET /", own, [site("cross-site")], 403],
      ["POST /api/v1/open", own, ["Origin: http://evil.example"], 403],
      // Methods.
      ["POST /api/v1/cost", own, withKey, 405],
      ["PUT /api/v1/cost", own, withKey, 405],
      ["DELETE /api/v1/cost", own, withKey, 405],
      ["OPTIONS /api/v1/cost", own, withKey, 405],
      ["PROPFIND /api/v1/cost", own, withKey, 405],
      ["POST /", own, [], 405],
      ["GET /api/v1/open", own, withKey, 405],
      // Paths: as the URL parser has them.
      ["GET //api/v1/cost", own, [], 404],
      ["GET /x/../api/v1/cost", own, [], 401],
      ["GET /%2e%2e/api/v1/cost", own, [], 401],
      ["GET /./api/v1/cost", own, [], 401],
      ["GET \\api\\v1\\cost", own, [], 400],
      ["GET /%61pi/v1/cost", own, withKey, 404],
      ["GET /api/v1/cost/", own, withKey, 404],
      ["GET /api/v1//cost", own, withKey, 404],
      ["GET /api/v1/../../../../etc/passwd", own, withKey, 404],
      ["GET /..%2f..%2fetc/passwd", own, [], 404],
      ["GET /api", own, [], 401],
      ["GET /api", own, withKey, 404],
      ["GET /api/v2/cost", own, withKey, 404],
      ["GET /API/v1/cost", own, withKey, 404],
      [`GET http://${own}/api/v1/cost`, own, withKey, 200],
      [`GET http://evil.example/api/v1/cost`, own, withKey, 421],
      [`GET http://${own}/api/v1/cost`, "evil.example", withKey, 421],
      // What is too long.
      ["GET /", own, [`X: ${"x".repeat(8000)}`], 404],
      ["GET /", own, [`X: ${"x".repeat(9000)}`], 431],
    ];
    for (const [line, host, headers, status] of rows) {
      const lines = [`${line} HTTP/1.1`, ...(host === undefined ? [] : [`Host: ${host}`]), ...headers];
      await t.step(
        `${line} | ${host} | ${headers.join(" | ").slice(0, 100).replaceAll(key, "KEY")}: ${status}`,
        async () => {
          const answer = await dashboard.raw(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`);
          // Without a page that was built, its address is as missing as any other.
          const isPage = /^GET \/ /.test(`${line} `) && status === 404;
          strictEqual(isPage && answer.status === 200 ? 404 : answer.status, status, answer.text.slice(0, 500));
        },
      );
    }
    await t.step("nothing of it disturbs the next", async () => strictEqual((await dashboard.ask("cost")).status, 200));
    strictEqual(dashboard.stderr, "");
  });
});

Deno.test("every route without a key is 401, and has all headers", async (t) => {
  await withDashboard(async (dashboard) => {
    const listed = JSON.parse(
      (await dashboard.ask("")).status === 404
        ? (await dashboard.get("/api/v1", {
          headers: { authorization: `Bearer ${dashboard.key}` },
        })).text
        : "{}",
    );
    const names: string[] = listed.operations.map(({ name }: { name: string }) => name);
    deepStrictEqual(names, [
      ...["overview", "sessions", "session", "cost", "misses", "cache", "limits", "advise"],
      ...["doctor", "traces", "whoami"],
    ]);
    for (const path of ["", ...names, "live", "nothing"].map((name) => `/api/v1${name && `/${name}`}`)) {
      await t.step(path, async () => {
        const { status, headers, text } = await dashboard.get(path);
        strictEqual(status, 401);
        match(JSON.parse(text).error.hint, /opper-agent dashboard/);
        strictEqual(headers.get("cache-control"), "no-store, no-transform");
      });
    }
    for (const path of ["/", "/nothing", "/api/v1/cost", "/api/v1/open"]) {
      await t.step(`headers of ${path}`, async () => {
        const { headers } = await dashboard.get(path);
        match(
          headers.get("content-security-policy")!,
          /^default-src 'none'; .*frame-ancestors 'none'; require-trusted-/,
        );
        ok(!/unsafe|data:|\*/.test(headers.get("content-security-policy")!));
        // The sheet of the page, and none of anything else.
        match(
          headers.get("content-security-policy")!,
          path === "/" ? /; style-src 'sha256-[\w+/]{43}='; / : /; style-src 'none'; /,
        );
        deepStrictEqual(
          ["x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"]
            .map((name) => headers.get(name)),
          ["nosniff", "no-referrer", "same-origin", "same-origin"],
        );
        strictEqual(headers.get("access-control-allow-origin"), null);
      });
    }
  });
});

Deno.test("a ticket is good once", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await using dashboard = await Dashboard.start([], { home }, { opens: false });
    const { ticket } = dashboard;
    const rows: [body: string, status: number][] = [
      ["", 400],
      ["{", 400],
      ["[]", 400],
      ['"x"', 400],
      ['{"ticket": 1}', 400],
      ['{"ticket": ""}', 401],
      [JSON.stringify({ ticket: `${ticket}x` }), 401],
      [JSON.stringify({ ticket: ticket.toLowerCase().toUpperCase() }), 401],
      [JSON.stringify({ ticket, more: "x".repeat(1024) }), 413],
      [JSON.stringify({ ticket }), 200],
      [JSON.stringify({ ticket }), 401],
    ];
    for (const [body, status] of rows) {
      await t.step(`${body.slice(0, 20).replace(ticket, "TICKET")}: ${status}`, async () => {
        strictEqual((await dashboard.get("/api/v1/open", { method: "POST", body })).status, status);
      });
    }
    await t.step("and is no key", async () => {
      const headers = { authorization: `Bearer ${ticket}` };
      strictEqual((await dashboard.get("/api/v1/cost", { headers })).status, 401);
    });
  });
});

Deno.test("what is asked wrongly is said in the operation's own words", async (t) => {
  await withDashboard(async (dashboard) => {
    const rows: [path: string, status: number, code: string, message: RegExp, hint: RegExp | undefined][] = [
      ["cost?by=dya", 400, "usage", /^Expected hour, .* or session for by, not "dya"\.$/, /^Did you mean day\?$/],
      ["cost?bi=day", 400, "usage", /^Unknown field "bi" of cost\.$/, /^Did you mean by\?$/],
      ["cost?by=day&by=hour", 400, "usage", /^Expected one value for by, not 2\.$/, undefined],
      ["cost?fill=yes", 400, "usage", /^Expected true or false for fill, not "yes"\.$/, undefined],
      ["cost?limit=1e3", 400, "usage", /^Expected a whole number from 0 to 100000 for limit, not "1e3"\.$/, undefined],
      ["cost?limit=-1", 400, "usage", /^Expected a whole number from 0 to 100000 for limit, not "-1"\.$/, undefined],
      ["cost?limit=", 400, "usage", /not ""\.$/, undefined],
      ["cost?__proto__=1&constructor=2", 400, "usage", /^Unknown field "__proto__" of cost\.$/, /./],
      ["cost?since=yesteryear", 400, "usage", /yesteryear/, /./],
      ["cost?timezone=Mars/Base", 400, "usage", /^Unknown time zone "Mars\/Base"/, /./],
      ["sessions?source=pi&source=nobody", 400, "usage", /for source, not "nobody"\.$/, undefined],
      ["sessions?cursor=x", 400, "usage", /./, /./],
      ["session?session=nope", 404, "not_found", /^No session "nope"/, /./],
      ["cots", 404, "not_found", /^There is no operation "cots" here\.$/, /^Did you mean cost\?$/],
      ["login", 404, "not_found", /./, /./],
      ["config", 404, "not_found", /./, /./],
      ["traces?baseUrl=http://evil.example", 400, "usage", /^Unknown field "baseUrl"/, /./],
      ["traces?keyName=x", 400, "usage", /^Unknown field "keyName"/, /./],
      ["whoami", 409, "failed", /^No Opper API key was found\.$/, /./],
    ];
    for (const [path, status, code, message, hint] of rows) {
      await t.step(path, async () => {
        const answer = await dashboard.ask(path);
        strictEqual(answer.status, status, answer.text);
        const { error } = JSON.parse(answer.text);
        strictEqual(error.code, code);
        match(error.message, message);
        if (hint === undefined) strictEqual(error.hint, undefined);
        else match(error.hint, hint);
      });
    }
  });
});

Deno.test("an unchanged answer is not sent again", async () => {
  await withDashboard(async (dashboard) => {
    const path = "cost?asOf=2026-11-20T12:00:00Z";
    const { status, headers } = await dashboard.ask(path);
    strictEqual(status, 200);
    const etag = headers.get("etag")!;
    const again = await dashboard.ask(path, { "if-none-match": etag });
    deepStrictEqual([again.status, again.text], [304, ""]);
    strictEqual((await dashboard.ask(path, { "if-none-match": '"x"' })).status, 200);
  });
});

Deno.test("long answers are compressed for who can unpack them", async () => {
  await withDashboard(async (dashboard) => {
    const rows: [accepted: string, encoding: string | null][] = [
      ["gzip, deflate, br", "gzip"],
      ["identity", null],
      ["br;q=1, gzip;q=0", null],
    ];
    const texts = new Set<string>();
    for (const [accepted, encoding] of rows) {
      const path = "cost?by=hour&fill=true&since=2026-11-01&asOf=2026-11-20T12:00:00Z";
      const { headers, text } = await dashboard.ask(path, { "accept-encoding": accepted });
      strictEqual(headers.get("content-encoding"), encoding, accepted);
      strictEqual(headers.get("vary"), "accept-encoding");
      texts.add(text);
    }
    strictEqual(texts.size, 1);
  });
});

Deno.test("text of conversations: only when asked for, and never with --no-text", async () => {
  await withDashboard(async (dashboard) => {
    strictEqual((await dashboard.ask("session?includeText=true")).status, 200);
  });
  await withDashboard(async (dashboard) => {
    const { status, text } = await dashboard.ask("session?includeText=true");
    strictEqual(status, 400);
    match(JSON.parse(text).error.message, /^Unknown field "includeText"/);
    const listed = await dashboard.get("/api/v1", { headers: { authorization: `Bearer ${dashboard.key}` } });
    ok(!listed.text.includes('"includeText"'));
  }, ["--no-text"]);
});

Deno.test("pages that are open hear what changes", async (t) => {
  await withDashboard(async (dashboard, home) => {
    const events = dashboard.live();
    const next = async (name: string) => {
      for (;;) {
        const { value } = await events.next();
        if (value!.event === name) return value!;
      }
    };
    await t.step("hello and the board", async () => {
      const hello = await next("hello");
      deepStrictEqual([hello.data["timezone"], hello.data["text"], hello.data["remote"]], ["UTC", true, false]);
      const board = await next("now");
      ok(board.id);
      const { overview, cache } = board.data as Record<string, Record<string, unknown>>;
      deepStrictEqual([overview!["totalSessions"], cache!["schemaVersion"]], [4, 1]);
    });
    let id: string | undefined;
    await t.step("a session that grew, and no other", async () => {
      const log = join(home, ".pi/agent/sessions");
      const [path] = [...walk(log)];
      const lines = (await Deno.readTextFile(path!)).trimEnd().split("\n");
      const turn = JSON.parse(lines.at(-1)!);
      const grown = { ...turn, id: "grown", timestamp: new Date().toISOString() };
      if (grown.message?.responseId) grown.message.responseId = "grown";
      await Deno.writeTextFile(path!, `${JSON.stringify(grown)}\n`, { append: true });
      const changed = await next("sessions");
      id = changed.id;
      strictEqual(sessionsIn(changed.data), 1);
      deepStrictEqual(changed.data["gone"], []);
    });
    await t.step("after a break: what changed since", async () => {
      await events.return(undefined);
      const first = async (since: string) => {
        for await (const { event, data } of dashboard.live({ "last-event-id": since })) {
          if (event === "sessions" || event === "now") return { event, data };
        }
        return undefined;
      };
      const before = await first(id!.replace(/\d+$/, (number) => String(Number(number) - 1)));
      strictEqual(sessionsIn(before!.data), 1);
      deepStrictEqual((await first("another-7"))?.data["reset"], true);
    });
  });
});

function sessionsIn({ columns }: Record<string, unknown>): number {
  return (columns as Record<string, unknown[]>)["sessionId"]!.length;
}

function* walk(directory: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory) yield* walk(join(directory, name));
    else yield join(directory, name);
  }
}

Deno.test("sixty-four requests at once, and no more; who sends nothing keeps no place", async () => {
  await withDashboard(async (dashboard) => {
    const head = `POST /api/v1/open HTTP/1.1\r\nHost: 127.0.0.1:${dashboard.port}\r\nContent-Length: 9\r\n\r\n`;
    const stalled: Deno.TcpConn[] = [];
    const stall = async () => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: dashboard.port });
      stalled.push(connection);
      await connection.write(new TextEncoder().encode(head));
    };
    await waitUntil("all places to be taken", async () => {
      // More than there are, and again where this took so long that they were given up.
      await Promise.all(Array.from({ length: 80 }, stall));
      const { status, headers, text } = await dashboard.ask("cost");
      if (status === 200) return false;
      deepStrictEqual([status, headers.get("retry-after"), JSON.parse(text).error.code], [503, "1", "busy"]);
      return true;
    });
    await waitUntil("room again", async () => (await dashboard.ask("cost")).status === 200, { everyMs: 200 });
    for (const connection of stalled) connection.close();
  });
});

Deno.test("sixteen pages, and no more; one that goes makes room", async () => {
  await withDashboard(async (dashboard) => {
    const headers = { authorization: `Bearer ${dashboard.key}` };
    const endings = Array.from({ length: 16 }, () => new AbortController());
    for (const { signal } of endings) {
      const response = await fetch(`${dashboard.base}/api/v1/live`, { headers, signal });
      strictEqual(response.status, 200);
      await response.body!.getReader().read();
    }
    const { status, text } = await dashboard.ask("live");
    deepStrictEqual([status, JSON.parse(text).error.code], [503, "busy"]);
    strictEqual((await dashboard.ask("cost")).status, 200);
    endings[3]!.abort();
    await waitUntil("room for another page", async () => {
      const response = await fetch(`${dashboard.base}/api/v1/live`, { headers });
      await response.body!.cancel();
      return response.status === 200;
    });
    for (const ending of endings) ending.abort();
  });
});

Deno.test("what it may no longer do once it serves", async (t) => {
  await t.step(
    "a route that asks the network fails, though there is a key",
    () =>
      withTemporaryDirectory(async (home) => {
        await makeSmallHome(home);
        await using dashboard = await Dashboard.start([], { home, env: { OPPER_API_KEY: "op-0123456789abcdef" } });
        const { status, text } = await dashboard.ask("whoami");
        strictEqual(status, 409, text);
        match(text, /gave up the network/);
      }),
  );
});

Deno.test("it ends cleanly, by every signal", async (t) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    await t.step(signal, () =>
      withDashboard(async (dashboard) => {
        const said: string[] = [];
        const listening = (async () => {
          for await (const { event } of dashboard.live()) said.push(event);
        })();
        await waitUntil("the board", () => said.includes("now"));
        strictEqual(await dashboard.end(signal), 0, dashboard.stderr);
        await listening;
        strictEqual(said.at(-1), "bye");
        strictEqual(dashboard.stderr, "");
      }));
  }
});

Deno.test("ports", async (t) => {
  await withDashboard(async (first, home) => {
    await t.step("one that is taken: the next free one, which it says", async () => {
      await using second = await Dashboard.start(["--port", String(first.port)], { home });
      ok(second.port > first.port);
      match(second.stderr, new RegExp(`^note: port ${first.port} is taken`));
      ok(first.key !== second.key);
      strictEqual(
        (await second.get("/api/v1/cost", { headers: { authorization: `Bearer ${first.key}` } })).status,
        401,
      );
    });
    await t.step("it listens on this machine's own address alone", async () => {
      const addresses = Deno.networkInterfaces().filter(({ family, address }) =>
        family === "IPv4" && !address.startsWith("127.")
      );
      for (const { address } of addresses) {
        const connected = await Deno.connect({ hostname: address, port: first.port }).then(
          (connection) => connection.close() ?? true,
          () => false,
        );
        strictEqual(connected, false, address);
      }
    });
  });
});
