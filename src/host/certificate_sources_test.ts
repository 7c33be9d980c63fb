import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { certificatesOf, readCertificateSources } from "./certificate_sources.ts";

const CERTIFICATES = fileURLToPath(new URL("../../tests/fixtures/certificates/", import.meta.url));
const ROOT = Deno.readTextFileSync(`${CERTIFICATES}root.pem`);
const SERVER = Deno.readTextFileSync(`${CERTIFICATES}server.pem`);
const DER = Uint8Array.fromBase64(ROOT.replace(/-----.*-----|\s/g, ""));

const bytes = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string) => {
  const units = new Uint8Array(2 + 2 * text.length);
  const view = new DataView(units.buffer);
  [0xfeff, ...text].forEach((unit, at) =>
    view.setUint16(2 * at, typeof unit === "number" ? unit : unit.charCodeAt(0), true)
  );
  return units;
};

Deno.test("certificatesOf()", async (t) => {
  const rows: [what: string, content: Uint8Array, expected: readonly string[]][] = [
    ["one in PEM", bytes(ROOT), [ROOT]],
    ["several, and what stands between them", bytes(`# a\n${ROOT}subject=b\n${SERVER}`), [ROOT, SERVER]],
    ["line ends of Windows", bytes(ROOT.replaceAll("\n", "\r\n")), [ROOT]],
    ["no line end at the end", bytes(ROOT.trimEnd()), [ROOT]],
    ["a mark at the start", bytes(`\ufeff${ROOT}`), [ROOT]],
    ["as Windows writes text", utf16(ROOT), [ROOT]],
    ["by its other name", bytes(ROOT.replaceAll("CERTIFICATE", "X509 CERTIFICATE")), [ROOT]],
    ["DER", DER, [ROOT]],
    ["a key", Deno.readFileSync(`${CERTIFICATES}server.key`), []],
    ["a request", bytes(ROOT.replaceAll("CERTIFICATE", "CERTIFICATE REQUEST")), []],
    ["cut short", bytes(ROOT.slice(0, 200)), []],
    ["nothing", new Uint8Array(), []],
  ];
  for (const [what, content, expected] of rows) {
    await t.step(what, () => deepStrictEqual(certificatesOf(content), expected));
  }
});

Deno.test("readCertificateSources() reads what the variables name, and says what is wrong with the rest", async () => {
  await withTemporaryDirectory(async (cwd) => {
    const write = (name: string, content: string) => Deno.writeTextFile(join(cwd, name), content);
    await write("root.pem", ROOT);
    await write("empty.pem", "");
    await write("text.txt", "hello");
    await Deno.mkdir(join(cwd, "certs"));
    await write("certs/5ed36f99.0", SERVER);
    await write("certs/README", "not one");
    const read = (env: Record<string, string>, systemBundles: readonly string[] = []) =>
      readCertificateSources({ env, cwd, home: cwd, systemBundles }).map(({ origin, certificates, problem }) =>
        `${origin}: ${problem ?? certificates.length}`
      );
    deepStrictEqual(read({ NODE_EXTRA_CA_CERTS: "root.pem", SSL_CERT_FILE: join(cwd, "root.pem") }), [
      "NODE_EXTRA_CA_CERTS: 1",
      "SSL_CERT_FILE: 1",
    ]);
    // As they stand in files that no shell has read.
    deepStrictEqual(
      read({
        NODE_EXTRA_CA_CERTS: "~/root.pem",
        SSL_CERT_FILE: "'$HOME/root.pem'",
        CURL_CA_BUNDLE: " ${HOME}/root.pem ",
        SSL_CERT_DIR: '"~/certs:$HOME/certs"',
      }),
      [
        "NODE_EXTRA_CA_CERTS: 1",
        "SSL_CERT_FILE: 1",
        "CURL_CA_BUNDLE: 1",
        "SSL_CERT_DIR: 1",
        "SSL_CERT_DIR: 1",
      ],
    );
    deepStrictEqual(read({ DENO_CERT: "root.pem", REQUESTS_CA_BUNDLE: "root.pem", CURL_CA_BUNDLE: "" }), [
      "DENO_CERT: 1",
      "REQUESTS_CA_BUNDLE: 1",
    ]);
    deepStrictEqual(read({ SSL_CERT_DIR: "missing:certs::text.txt" }), [
      "SSL_CERT_DIR: which is missing",
      "SSL_CERT_DIR: 1",
      "SSL_CERT_DIR: which is no directory",
    ]);
    const wrong: [path: string, problem: string][] = [
      ["missing.pem", "which is missing"],
      ["empty.pem", "which is empty"],
      ["text.txt", "which holds no certificate in PEM or DER"],
      ["certs", "which is a directory"],
      ["text.txt/a.pem", "which is missing"],
    ];
    for (const [path, problem] of wrong) {
      deepStrictEqual(read({ NODE_EXTRA_CA_CERTS: path }), [`NODE_EXTRA_CA_CERTS: ${problem}`]);
    }
    // The system has one of them, and nobody minds those that it has not.
    const bundles = ["missing.pem", "empty.pem", "root.pem", "certs/5ed36f99.0"].map((name) => join(cwd, name));
    const [system, ...more] = readCertificateSources({ env: {}, cwd, home: cwd, systemBundles: bundles });
    strictEqual(system?.path, join(cwd, "root.pem"));
    deepStrictEqual([system.certificates, more], [[ROOT], []]);
  });
});
