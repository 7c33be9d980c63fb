/** How far reading is, in words. */

/** `312 of 1,096 MB`. */
export function formatProgress(
  { readBytes, totalBytes }: { readonly readBytes: number; readonly totalBytes: number },
): string {
  const megabytes = (bytes: number) => Math.round(bytes / 1e6).toLocaleString("en");
  return `${megabytes(readBytes)} of ${megabytes(totalBytes)} MB`;
}
