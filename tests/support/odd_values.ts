/** Values as no tool writes them, for what has to keep every one of them as it is. */

const NUMBERS: readonly number[] = [
  ...[0, -0, 1, -1, 63, 64, 127, 128, 255, 256, 0.1, 0.1 + 0.2, 1e-10, 123456.789, 1e21, 1e300, 5e-324],
  ...[2 ** 28 - 1, 2 ** 28, 2 ** 30, 2 ** 31, 2 ** 32, 2 ** 35 - 1, 2 ** 49, 2 ** 50 - 1, 2 ** 50, 2 ** 52, 2 ** 53],
  ...[1.7e12, 1788202557073, 1788202557073.25, -1788202557073, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  ...[Infinity, -Infinity, NaN, Number.MAX_VALUE],
];

const TEXTS: readonly string[] = [
  ...["", "a", "main", "model", "anthropic", "__proto__", "constructor", "\0", "é", "日本語 🎉", "\ud800", "a\udc00b"],
  ...["msg_01TVIcw3Y7NgjZGrlaFgTVVU:req_011Ciq5ZRi0m7vu75h1hF6Tt", "msg_01TVIcw3Y7NgjZGrlaFgTVVU"],
  ...["263655cd-d823-4094-9f86-68e2b2aafd68", "263655CD-d823-4094-9f86-68e2b2aafd68"],
  ...["263655cd-d823-4094-9f86-68e2b2aafd6\u0663", "263655cdd-823-4094-9f86-68e2b2aafd68"],
  ...["2026-08-31T16:14:07.386Z", "2026-08-31T16:14:07.386z", "2026-02-31T16:14:07.386Z", "+12026-08-31T16:14:07.38Z"],
  ...["/srv/dev/api-next", "--srv-dev-api--/2026-08-31T16-14-07-386Z_01a05899-761a-74d1-81b0-52126609d0d5"],
  ...["01a05899-761a-74d1-81b0-52126609d0d5", "deepseek/deepseek-chat-v3-0324", "claude-opus-4-6", "a/".repeat(40)],
  ...["aaaaaaaa:aaaaaaaa", "aaaaaaaa_aaaaaaaa:aaaaaaaa/aaaaaaaa", "x".repeat(5000), "é/".repeat(3000)],
];

export interface OddValues {
  number(): number;
  text(): string;
  /** Anything that JSON can say. @param depth How deep it may be */
  value(depth: number): unknown;
}

/** @param random Of `seededRandom` */
export function oddValues(random: () => number): OddValues {
  const whole = (below: number) => Math.floor(random() * below);
  const number = () => {
    const kind = random();
    if (kind < 0.4) return NUMBERS[whole(NUMBERS.length)]!;
    if (kind < 0.7) return whole(2 ** whole(54));
    return kind < 0.85 ? random() * 10 ** whole(20) : -whole(1e6) / 10 ** whole(8);
  };
  const text = () => {
    if (random() < 0.6) return TEXTS[whole(TEXTS.length)]!;
    // Any characters, halves of pairs among them.
    return String.fromCharCode(...Array.from({ length: whole(60) }, () => whole(random() < 0.5 ? 128 : 65536)));
  };
  const value = (depth: number): unknown => {
    const kind = whole(depth === 0 ? 5 : 8);
    if (kind < 2) return number();
    if (kind < 4) return text();
    if (kind === 4) return [null, true, false][whole(3)];
    const count = whole(5);
    if (kind === 5) return Array.from({ length: count }, () => value(depth - 1));
    return Object.fromEntries(Array.from({ length: count }, () => [text(), value(depth - 1)]));
  };
  return { number, text, value };
}
