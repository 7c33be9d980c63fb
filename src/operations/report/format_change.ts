/** How much more or less something is than it was. */

/** In whole percent, `+34%` or `-5%`; `same`, and `new` for what there was nothing of. */
export function formatChange(now: number, before: number): string {
  if (now === before) return "same";
  if (before === 0) return "new";
  const percent = Math.round((now / before - 1) * 100);
  if (percent === 0) return now > before ? "+<1%" : "-<1%";
  // A hundredfold is not read as a percentage.
  if (percent >= 10_000) return `${Math.round(now / before)}x`;
  return `${percent > 0 ? "+" : ""}${percent}%`;
}
