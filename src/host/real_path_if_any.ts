/** Without symbolic links; undefined for what is missing, or not ours to look at. */
export function realPathIfAny(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
