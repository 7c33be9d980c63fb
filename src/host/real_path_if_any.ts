/** Where a path really leads, for those to whom a path that cannot be looked at is none. */

/** Without symbolic links; undefined for what is missing, or not ours to look at. */
export function realPathIfAny(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** The same for a directory; undefined for anything else. */
export function realDirectoryIfAny(path: string): string | undefined {
  try {
    const real = Deno.realPathSync(path);
    return Deno.statSync(real).isDirectory ? real : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
