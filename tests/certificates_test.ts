/** A gateway whose certificate a company's own authority signed: the real program against a real server, and a proxy. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const CERTIFICATES = fileURLToPath(new URL("fixtures/certificates/", import.meta.url));
const CANARY = "op-canary-5f1d0c9b7a3e";

/** @param body is given its address, and what it was asked */
async function withSecureGateway(body: (host: string, asked: readonly string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: Deno.readTextFileSync(`${CERTIFICATES}server.pem`),
    key: Deno.readTextFileSync(`${CERTIFICATES}server.key`),
    onListen() {},
  }, (request) => {
    asked.push(`${new URL(request.url).pathname} ${request.headers.get("authorization")}`);
    return Response.json({ data: [] });
  });
  try {
    await body(`https://localhost:${server.addr.port}`, asked);
  } finally {
    await server.shutdown();
  }
}

/** A proxy that joins whoever asks with whom they ask for. @param body is given its address, and whom it was asked for */
async function withProxy(body: (url: string, asked: readonly string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const client of listener) {
      const buffer = new Uint8Array(65_536);
      const length = await client.read(buffer) ?? 0;
      const [, hostname, port] = /^CONNECT (\S+):(\d+)/.exec(new TextDecoder().decode(buffer.subarray(0, length))) ??
        [];
      asked.push(`${hostname}:${port}`);
      const server = await Deno.connect({ hostname, port: Number(port) });
      await client.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
      // Either side hangs up when it has enough.
      client.readable.pipeTo(server.writable).catch(() => {});
      server.readable.pipeTo(client.writable).catch(() => {});
    }
  })();
  try {
    await body(`http://127.0.0.1:${listener.addr.port}`, asked);
  } finally {
    listener.close();
    await serving.catch(() => {});
  }
}

const env = (host: string) => ({ OPPER_API_KEY: CANARY, OPPER_BASE_URL: host });

Deno.test("a company's own authority is trusted when it is named as for Node", () =>
  withTemporaryDirectory((home) =>
    withSecureGateway(async (host, asked) => {
      const { code, stdout } = await runAgent(["whoami"], {
        home,
        env: { ...env(host), NODE_EXTRA_CA_CERTS: `${CERTIFICATES}root.pem` },
      });
      match(stdout, /^Accepted +yes, 0 models$/m);
      strictEqual(code, 0);
      deepStrictEqual(asked, [`/v3/compat/models Bearer ${CANARY}`]);
    })
  ));

Deno.test("without it the message names the certificate and what to set, and the key went nowhere", async (t) => {
  for (const args of [["whoami"], ["configure", "pi"]]) {
    await t.step(args.join(" "), () =>
      withTemporaryDirectory((home) =>
        withSecureGateway(async (host, asked) => {
          const { code, stdout, stderr } = await runAgent(args, { home, env: env(host) });
          deepStrictEqual(asked, []);
          ok(!`${stdout}${stderr}`.includes(CANARY));
          match(
            `${stdout}${stderr}`,
            /has a certificate of an authority that is not known here\. Set NODE_EXTRA_CA_CERTS/,
          );
          if (args[0] === "whoami") strictEqual(code, 1);
        })
      ));
  }
});

Deno.test("a proxy of the environment is used all the same, and NO_PROXY heeded", () =>
  withTemporaryDirectory((home) =>
    withSecureGateway((host) =>
      withProxy(async (proxy, asked) => {
        const trusting = { ...env(host), NODE_EXTRA_CA_CERTS: `${CERTIFICATES}root.pem`, HTTPS_PROXY: proxy };
        const through = await runAgent(["whoami"], { home, env: trusting });
        match(through.stdout, /^Accepted +yes, 0 models$/m);
        // Once without the authority, and once with it.
        deepStrictEqual([...new Set(asked)], [host.replace("https://", "")]);
        const before = asked.length;
        const past = await runAgent(["whoami"], { home, env: { ...trusting, NO_PROXY: "localhost" } });
        match(past.stdout, /^Accepted +yes, 0 models$/m);
        strictEqual(asked.length, before);
      })
    )
  ));
