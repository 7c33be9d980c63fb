/** What must not be guessed: keys and tickets that last no longer than this process. */

/** 32 random bytes, in characters that addresses and headers may hold. */
export function makeSecret(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
}
