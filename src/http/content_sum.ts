/** As a policy names a script or a sheet within a page: by the sum of its text, which is what the browser adds up. */
export async function contentSum(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${new Uint8Array(digest).toBase64()}'`;
}
