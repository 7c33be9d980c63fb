/**
 * `fetch` that also trusts who this machine trusts: the system's own authorities, and those that variables name, as in
 * companies whose proxy looks into every connection.
 *
 * A server is asked as ever; only when its certificate was refused for want of an authority are those read, and it is asked
 * again. Nothing has been sent to it by then. What remains is a {@linkcode CertificateError} that says what is wrong and
 * what to set. Proxies are those of the environment, as ever.
 */
import { CertificateError } from "./certificate_error.ts";
import { type CertificateSource, readCertificateSources, type SourceOptions, SYSTEM } from "./certificate_sources.ts";

type FetchOptions = RequestInit & { readonly client?: Deno.HttpClient };
/** As the global one, as far as it is used here. */
type Fetch = (url: URL | RequestInfo, options?: FetchOptions) => Promise<Response>;

/** Where certificates are looked for, and what sends a request; tests have their own of both. */
export interface TrustingFetchOptions extends SourceOptions {
  /** @default this machine's */
  readonly os?: typeof Deno.build.os;
  /** @default the global one */
  readonly fetch?: Fetch;
}

/** Made once a process: what was found out about authorities is kept for the next request. */
export function makeTrustingFetch(options: TrustingFetchOptions): typeof fetch {
  const { env, os = Deno.build.os, fetch: send = fetch as Fetch } = options;
  // What Deno reads of these systems are no files.
  const asksSystem = os === "darwin" || os === "windows";
  let client: Deno.HttpClient | undefined;
  let isFirst = true;

  return async (url, init) => {
    try {
      if (isFirst && asksSystem) client = makeSystemClient(env);
      isFirst = false;
      return await send(url, { ...init, client });
    } catch (error) {
      const refused = refusalOf(error);
      if (refused === undefined) throw error;
      if (!MENDED_BY_AUTHORITIES.test(refused)) throw explain(refused, error, []);
      const sources = readCertificateSources({
        separator: os === "windows" ? ";" : ":",
        ...options,
        ...(asksSystem ? { systemBundles: [] } : {}),
      });
      const extended = makeClient(sources.flatMap(({ certificates }) => certificates));
      if (extended === undefined) throw explain(refused, error, sources);
      try {
        const response = await send(url, { ...init, client: extended });
        client = extended;
        return response;
      } catch (error) {
        const refused = refusalOf(error);
        throw refused === undefined ? error : explain(refused, error, sources);
      }
    }
  };
}

/**
 * With the system's authorities besides those that Deno comes with: it takes them once, by a variable, and keeps them. The
 * variable is gone before anybody else could see it. Where somebody set it, Deno does what it says by itself.
 *
 * @returns undefined where there are none to be had
 */
function makeSystemClient(env: SourceOptions["env"]): Deno.HttpClient | undefined {
  if (env[STORE_VARIABLE]) return undefined;
  try {
    Deno.env.set(STORE_VARIABLE, "mozilla,system");
    return Deno.createHttpClient({});
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  } finally {
    Deno.env.delete(STORE_VARIABLE);
  }
}

const STORE_VARIABLE = "DENO_TLS_CA_STORE";

/** @returns undefined when there is no certificate that can be used */
function makeClient(certificates: readonly string[]): Deno.HttpClient | undefined {
  const all = [...new Set(certificates)];
  if (all.length === 0) return undefined;
  try {
    return Deno.createHttpClient({ caCerts: all });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // One that cannot be read would spoil the others.
    const usable = all.length === 1 ? [] : all.filter((one) => makeClient([one]) !== undefined);
    return usable.length === 0 ? undefined : Deno.createHttpClient({ caCerts: usable });
  }
}

/** What Deno says of a certificate that it refused. Undefined: it failed otherwise. Read in 2.7.14 and 2.9.6. */
function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, refused] = /invalid peer certificate: (.*)/s.exec(error.message) ??
    /^((?:Failed opening CA file|Unknown certificate store|Failed to load platform certificates).*)/.exec(
      error.message,
    ) ??
    [];
  return refused ?? refusalOf(error.cause);
}

/** The signature is wrong when another authority of the same name is known; others are of what the certificate itself is. */
const MENDED_BY_AUTHORITIES = /^(UnknownIssuer|BadSignature)\b/;

function explain(refused: string, cause: unknown, sources: readonly CertificateSource[]): CertificateError {
  const [, problem, hint] = EXPLANATIONS.find(([pattern]) => pattern.test(refused))!;
  const valid = /only valid for (.*)$/.exec(refused)?.[1]?.replace(/\w+\("([^"]*)"\)/g, "$1");
  return new CertificateError(
    problem.replace("OTHERS", valid === undefined ? "another name" : valid).replace("REFUSED", refused.trim()),
    hint === undefined ? adviseAuthority(sources) : hint,
    cause,
  );
}

const RENEW = "Whoever runs the gateway, or the proxy in front of it, has to replace it.";

/** By what Deno says; the last one is for all that it may say as well. */
const EXPLANATIONS: readonly (readonly [pattern: RegExp, problem: string, hint?: string])[] = [
  [/^(UnknownIssuer|BadSignature)/, "has a certificate of an authority that is not known here"],
  [/Expired/i, "has a certificate that has expired", `Check this machine's clock. ${RENEW}`],
  [/NotValidYet/i, "has a certificate that is not valid yet", `Check this machine's clock. ${RENEW}`],
  [
    /not valid for name|NotValidForName/i,
    "has a certificate for OTHERS",
    "Check the base URL: --base-url, OPPER_BASE_URL, or the one stored with the key.",
  ],
  [
    /CaUsedAsEndEntity/,
    "has a certificate that it signed itself as an authority, which is not accepted of a server",
    `${RENEW} It needs one that an authority signed, which NODE_EXTRA_CA_CERTS may then name.`,
  ],
  [/Revoked/i, "has a certificate that was revoked", RENEW],
  [/UnsupportedCertVersion/, "has a certificate of an old version, without the server's name", RENEW],
  [
    /CA file|certificate store|platform certificates/,
    `cannot be asked: the certificates that DENO_CERT or ${STORE_VARIABLE} stand for cannot be read (REFUSED)`,
    "Fix or unset these variables; NODE_EXTRA_CA_CERTS names a file with further authorities.",
  ],
  [/^/, "has a certificate that is not accepted (REFUSED)", RENEW],
];

function adviseAuthority(sources: readonly CertificateSource[]): string {
  const wrong = sources.flatMap(({ origin, path, problem }) =>
    problem === undefined ? [] : [`${origin} names "${path}", ${problem}.`]
  );
  const tried = [...new Set(sources.filter(({ problem }) => problem === undefined).map(({ origin }) => origin))];
  return [
    ...wrong,
    tried.some((origin) => origin !== SYSTEM)
      ? `None of the certificates of ${tried.join(", ")} signed it: NODE_EXTRA_CA_CERTS has to name a file with the ` +
        "root certificate that did, in PEM."
      : "Set NODE_EXTRA_CA_CERTS to a file with your company's root certificate, in PEM.",
  ].join(" ");
}
