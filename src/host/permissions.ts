/** Giving up what the rest of a run has no need for, so that no mistake in it, nor in a package, can make use of it. */

/** For good: nothing asks to have them back. */
export function giveUp(...names: readonly ("net" | "run")[]): void {
  for (const name of names) Deno.permissions.revokeSync({ name });
}
