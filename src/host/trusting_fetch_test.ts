/** Against real servers on the loopback, whose certificates are in tests/fixtures/certificates. */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { CertificateError } from "./certificate_error.ts";
import { makeTrustingFetch, type TrustingFetchOptions } from "./trusting_fetch.ts";

const CERTIFICATES = fileURLToPath(new URL("../../tests/fixtures/certificates/", import.meta.url));

/** @param body is given what came as `authorization` with each request */
async function withServer(
  certificate: string,
  body: (url: string, requests: readonly (string | null)[]) => Promise<void>,
): Promise<void> {
  const requests: (string | null)[] = [];
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: Deno.readTextFileSync(CERTIFICATES + certificate),
    key: Deno.readTextFileSync(`${CERTIFICATES}server.key`),
    onListen() {},
  }, (request) => {
    requests.push(request.headers.get("authorization"));
    return new Response("hello");
  });
  try {
    await body(`https://localhost:${server.addr.port}/`, requests);
  } finally {
    await server.shutdown();
  }
}

function make(env: Record<string, string>, options: Partial<TrustingFetchOptions> = {}) {
  return makeTrustingFetch({ env, cwd: CERTIFICATES, home: CERTIFICATES, systemBundles: [], os: "linux", ...options });
}

/** Connections stay open for the next request, and nobody closes them before the process ends. */
const KEEPS_CONNECTIONS = { sanitizeResources: false, sanitizeOps: false };

Deno.test("an authority that the machine was told of is trusted", KEEPS_CONNECTIONS, async (t) => {
  const rows: [what: string, env: Record<string, string>, options?: Partial<TrustingFetchOptions>][] = [
    ["as for Node", { NODE_EXTRA_CA_CERTS: "root.pem" }],
    ["as for OpenSSL", { SSL_CERT_FILE: `${CERTIFICATES}root.pem` }],
    ["beside files that are not there", { NODE_EXTRA_CA_CERTS: "gone.pem", CURL_CA_BUNDLE: "root.pem" }],
    ["a directory, with certificates of servers in it", { SSL_CERT_DIR: CERTIFICATES }],
    ["the system's", {}, { systemBundles: ["/gone.pem", `${CERTIFICATES}root.pem`] }],
  ];
  for (const [what, env, options] of rows) {
    await t.step(what, () =>
      withServer("server.pem", async (url, requests) => {
        const fetch = make(env, options);
        strictEqual(await (await fetch(url, { headers: { authorization: "a" } })).text(), "hello");
        strictEqual(await (await fetch(url)).text(), "hello");
        deepStrictEqual(requests, ["a", null]);
      }));
  }
  await t.step("a server's own, which no authority signed", () =>
    withServer("self_signed.pem", async (url) => {
      strictEqual(await (await make({ NODE_EXTRA_CA_CERTS: "self_signed.pem" })(url)).text(), "hello");
    }));
  await t.step("and one that is broken beside it spoils nothing", async () => {
    const directory = await Deno.makeTempDir();
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const path = `${directory}/bundle.pem`;
    await Deno.writeTextFile(path, broken + Deno.readTextFileSync(`${CERTIFICATES}root.pem`));
    await withServer("server.pem", async (url) => {
      strictEqual(await (await make({ NODE_EXTRA_CA_CERTS: path })(url)).text(), "hello");
    });
    await Deno.remove(directory, { recursive: true });
  });
});

Deno.test(
  "a certificate that is not accepted is explained, and its server is sent nothing",
  KEEPS_CONNECTIONS,
  async (t) => {
    const trusted = { NODE_EXTRA_CA_CERTS: "root.pem" };
    const rows: [certificate: string, env: Record<string, string>, problem: RegExp, hint: RegExp][] = [
      [
        "server.pem",
        {},
        /of an authority that is not known here$/,
        /^Set NODE_EXTRA_CA_CERTS to a file with your company's/,
      ],
      [
        "server.pem",
        { NODE_EXTRA_CA_CERTS: "gone.pem" },
        /not known here$/,
        /^NODE_EXTRA_CA_CERTS names "gone.pem", which is missing\. Set NODE_EXTRA_CA_CERTS/,
      ],
      [
        "server.pem",
        { NODE_EXTRA_CA_CERTS: "self_signed.pem", SSL_CERT_FILE: "server.key" },
        /not known here$/,
        /^SSL_CERT_FILE names "server.key", which holds no certificate.* None of the certificates of NODE_EXTRA_CA_CERTS signed/,
      ],
      ["self_signed.pem", {}, /not known here$/, /NODE_EXTRA_CA_CERTS/],
      ["expired.pem", trusted, /has expired$/, /clock/],
      ["other_name.pem", trusted, /^has a certificate for other\.example$/, /base URL/],
      [
        "self_signed_authority.pem",
        { NODE_EXTRA_CA_CERTS: "self_signed_authority.pem" },
        /signed itself/,
        /authority signed/,
      ],
    ];
    for (const [certificate, env, problem, hint] of rows) {
      await t.step(`${certificate} ${JSON.stringify(env)}`, () =>
        withServer(certificate, async (url, requests) => {
          await rejects(make(env)(url, { headers: { authorization: "a" } }), (error) => {
            ok(error instanceof CertificateError, String(error));
            match(error.problem, problem);
            match(error.hint, hint);
            return true;
          });
          deepStrictEqual(requests, []);
        }));
    }
  },
);

Deno.test("whatever else fails, fails as ever, and nothing is read for it", async () => {
  let asked = 0;
  const fetch = make({ NODE_EXTRA_CA_CERTS: "root.pem" }, {
    fetch() {
      asked++;
      return Promise.reject(new TypeError("client error (Connect): tcp connect error: Connection refused"));
    },
  });
  await rejects(fetch("https://localhost/"), /Connection refused/);
  strictEqual(asked, 1);
});

Deno.test("where the system keeps authorities in no file, Deno is told to ask it, and nobody sees how", async (t) => {
  for (const os of ["darwin", "windows"] as const) {
    await t.step(os, async () => {
      const clients: unknown[] = [];
      const fetch = make({}, {
        os,
        fetch(_, options) {
          clients.push(options?.client);
          return Promise.resolve(new Response());
        },
      });
      await fetch("https://localhost/");
      await fetch("https://localhost/");
      strictEqual(Deno.env.get("DENO_TLS_CA_STORE"), undefined);
      ok(clients.length === 2 && clients[0] instanceof Deno.HttpClient && clients[1] === clients[0]);
      clients[0].close();
    });
  }
  await t.step("unless somebody chose", async () => {
    const clients: unknown[] = [];
    const fetch = make({ DENO_TLS_CA_STORE: "mozilla" }, {
      os: "darwin",
      fetch(_, options) {
        clients.push(options?.client);
        return Promise.resolve(new Response());
      },
    });
    await fetch("https://localhost/");
    deepStrictEqual(clients, [undefined]);
  });
});
