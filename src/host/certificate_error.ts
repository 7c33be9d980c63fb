/** The error for a refused certificate. Apart from trusting_fetch.ts, so that who only shows it need not load that. */

/** A server that cannot be trusted, or certificates of our own that cannot be used. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
  /** What is wrong, to follow the server's name: `has a certificate that has expired`. */
  readonly problem: string;
  /** What to do: sentences. */
  readonly hint: string;

  constructor(problem: string, hint: string, cause: unknown) {
    super(problem, { cause });
    this.problem = problem;
    this.hint = hint;
  }
}
