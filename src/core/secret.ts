/** Comparing what must not be guessed byte by byte. */

/** Whether two texts are the same, in a time that says nothing of where they differ. Their lengths are no secret. */
export function isSameSecret(given: string, secret: string): boolean {
  const [a, b] = [given, secret].map((text) => new TextEncoder().encode(text));
  if (a!.length !== b!.length) return false;
  let difference = 0;
  for (const [index, byte] of a!.entries()) difference |= byte ^ b![index]!;
  return difference === 0;
}
