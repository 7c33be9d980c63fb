/** How the machine is called on its network. */

/** Empty where the system does not say. */
export function readMachineName(): string {
  try {
    return Deno.hostname();
  } catch (error) {
    if (error instanceof Error && "code" in error || error instanceof Deno.errors.NotCapable) return "";
    throw error;
  }
}
