/** Of what there are sums and no turns. Apart from reports of sessions, because the page needs nothing else of those. */

/** Whether nothing but sums is known of what was spent, so that there is no count of turns. */
export function isKnownAsTotals({ turns, totals }: { readonly turns: number; readonly totals?: unknown }): boolean {
  return turns === 0 && totals !== undefined;
}
