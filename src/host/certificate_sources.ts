/**
 * Certificates of authorities that somebody gave to this machine's programs: a company's own, which no browser knows.
 *
 * Read when a connection was refused for want of one, and not before: who needs none never waits for them, and a variable
 * that names a file which is gone harms nobody.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { readPlace, withoutWrapping } from "../core/said_place.ts";
import { join, resolve } from "./paths.ts";
import { hasCode, reasonOf } from "./atomic_file.ts";

/** Where certificates were looked for. */
export interface CertificateSource {
  /** The variable that names it, or `the system`. */
  readonly origin: string;
  readonly path: string;
  /** PEM, one certificate each. */
  readonly certificates: readonly string[];
  /** What is wrong with it, to follow its path: `which is missing`. */
  readonly problem?: string;
}

/** Variables by which programs are told of a file, the most used first. Each adds to what is trusted, and replaces nothing. */
const FILE_VARIABLES = [
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "DENO_CERT",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
] as const;
/** Of directories, separated as in PATH. */
const DIRECTORY_VARIABLE = "SSL_CERT_DIR";

export const SYSTEM = "the system";

/** Where systems keep theirs: Debian and Alpine, Fedora, older ones, SUSE, OpenELEC, and everybody with OpenSSL's own. */
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/ssl/cert.pem",
] as const;

/** A bundle of all authorities has a quarter of one. */
const MAXIMUM_MEGABYTES = 16;
const MAXIMUM_FILES = 2000;

/** Where certificates are looked for. */
export interface SourceOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of a relative path. */
  readonly cwd: string;
  /** What `~` and `$HOME` in a path are. */
  readonly home: string;
  /** Of the system, the first that is there. @default where the systems keep it; other than Linux: none, Deno asks them */
  readonly systemBundles?: readonly string[];
  readonly separator?: ":" | ";";
}

/** What the variables name and what the system has, those with problems included. */
export function readCertificateSources(options: SourceOptions): readonly CertificateSource[] {
  const { env, cwd, home, systemBundles = SYSTEM_BUNDLES, separator = ":" } = options;
  const sources: CertificateSource[] = [];
  for (const origin of FILE_VARIABLES) {
    const path = readPlace(env[origin], home);
    if (path !== undefined) sources.push({ origin, path, ...readCertificateFile(resolve(cwd, path)) });
  }
  for (const said of withoutWrapping(env[DIRECTORY_VARIABLE] ?? "").split(separator)) {
    const path = readPlace(said, home);
    if (path !== undefined) {
      sources.push({ origin: DIRECTORY_VARIABLE, path, ...readCertificateDirectory(resolve(cwd, path)) });
    }
  }
  for (const path of systemBundles) {
    const { certificates, problem } = readCertificateFile(path);
    if (problem !== undefined) continue;
    sources.push({ origin: SYSTEM, path, certificates });
    break;
  }
  return sources;
}

type Content = Pick<CertificateSource, "certificates" | "problem">;

function readCertificateFile(path: string): Content {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) {
      return { certificates: [], problem: `which is ${stat.isDirectory() ? "a directory" : "no file"}` };
    }
    if (stat.size > MAXIMUM_MEGABYTES * 1e6) {
      return { certificates: [], problem: `which is larger than ${MAXIMUM_MEGABYTES} MB` };
    }
    const certificates = certificatesOf(readFileSync(path));
    if (certificates.length > 0) return { certificates };
    return { certificates, problem: stat.size === 0 ? "which is empty" : "which holds no certificate in PEM or DER" };
  } catch (error) {
    return { certificates: [], problem: hasCode(error, "ENOTDIR") ? "which is missing" : problemOf(error) };
  }
}

/** Files of other kinds may lie in it. */
function readCertificateDirectory(path: string): Content {
  try {
    const names = readdirSync(path).sort().slice(0, MAXIMUM_FILES);
    const certificates = new Set(names.flatMap((name) => readCertificateFile(join(path, name)).certificates));
    if (certificates.size > 0) return { certificates: [...certificates] };
    return { certificates: [], problem: "which holds no certificate in PEM or DER" };
  } catch (error) {
    return { certificates: [], problem: problemOf(error) };
  }
}

function problemOf(error: unknown): string {
  if (hasCode(error, "ENOENT")) return "which is missing";
  return hasCode(error, "ENOTDIR") ? "which is no directory" : `which cannot be read: ${reasonOf(error)}`;
}

const PEM = /-----BEGIN (?:X509 )?CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END (?:X509 )?CERTIFICATE-----/g;

/** All of a file in PEM, whatever stands between them; or the one of a file in DER. */
export function certificatesOf(bytes: Uint8Array): readonly string[] {
  // What DER begins with: a sequence, and how long it is.
  if (bytes[0] === 0x30 && bytes[1]! >= 0x80) return [pemOf(bytes.toBase64())];
  const text = new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8").decode(bytes);
  return [...text.matchAll(PEM)].map(([, base64]) => pemOf(base64!.replace(/\s+/g, "")));
}

function pemOf(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
