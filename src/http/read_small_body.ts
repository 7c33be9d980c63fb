/** A body that is read up to a limit, whatever its length is said to be. */

/** @returns undefined when there is more */
export async function readSmallBody({ body }: Request, mostBytes: number): Promise<string | undefined> {
  if (body === null) return "";
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > mostBytes) return undefined;
    parts.push(part);
  }
  return await new Blob(parts as Uint8Array<ArrayBuffer>[]).text();
}
