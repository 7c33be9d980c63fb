/**
 * The card, drawn in Chromium by a host on the bridge of MCP Apps' own package, with what a real server answers: what it
 * shows, that it counts down, asks for what it lacks, follows the host's theme, and that nothing gets out of it or into it.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import {
  type Browser,
  type BrowserUserOptions,
  findAxeViolations,
  findChromium,
  type Frame,
  type Page,
  startBrowser,
} from "../support/browser.ts";
import { type CardHost, type Shown, startCardHost } from "../support/card_host.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "../support/logs.ts";
import { startMcp } from "../support/mcp_client.ts";
import { withTemporaryDirectory } from "../support/run_agent.ts";
import { FORK, makeSmallHome, PI, SMALL_NOW } from "../support/small_home.ts";
import { waitUntil } from "../support/wait_until.ts";

const program = await findChromium();
const ignore = program === undefined;

const USER: BrowserUserOptions = {
  viewport: { width: 760, height: 720 },
  colorScheme: "light",
  timezoneId: "UTC",
  locale: "en-US",
};

const SESSION: Shown = { tool: "session_cost", arguments: { session: PI, as_of: SMALL_NOW } };
const BOARD: Shown = { tool: "cache_status", arguments: { as_of: SMALL_NOW } };
const REPORT: Shown = { tool: "usage_report", arguments: { by: "model", as_of: SMALL_NOW } };

/** A title that is a page, an order to a browser, and turns what follows around. */
const HOSTILE = 'a <img src=/stray onerror="top.pwned=1"><script>pwned=1</script> \u202egnp.exe\u202c';
const HOSTILE_ID = "01a1fb70-0000-7000-8000-0000000000ff";
const LONG_ID = "01a1fb71-0000-7000-8000-0000000000fe";

interface Stage {
  readonly host: CardHost;
  /** Opens a page and waits until the card is drawn. */
  show(shown: Shown, options?: Partial<BrowserUserOptions>): Promise<{ readonly page: Page; readonly card: Frame }>;
}

async function onStage(body: (stage: Stage) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await writeLog(piLogPath(home, HOSTILE_ID), [
      piHeader(HOSTILE_ID),
      { type: "session_info", id: "n", parentId: null, timestamp: "2026-11-20T11:57:00.000Z", name: HOSTILE },
      piTurn({ id: "h", at: "2026-11-20T11:58:30.000Z", cacheWrite: 1000, output: 10, usd: 0.004 }),
    ]);
    await writeLog(piLogPath(home, LONG_ID), [
      piHeader(LONG_ID),
      ...Array.from({ length: 130 }, (_, place) =>
        piTurn({
          id: `l${place}`,
          at: new Date(Date.parse("2026-11-20T08:00:00Z") + place * 60_000).toISOString(),
          input: 10,
          cacheRead: place === 0 || place === 70 ? 0 : 900 * place,
          cacheWrite: place === 70 ? 900 * 71 : 900,
          output: 100,
          usd: place === 70 ? 0.25 : 0.004 + place * 0.0003,
        })),
    ]);
    await using client = await startMcp({ home });
    const host = await startCardHost(client);
    const browser: Browser = await startBrowser(program!);
    try {
      await body({
        host,
        async show(shown, options = {}) {
          const user = await browser.newContext({ ...USER, ...options });
          const page = await user.newPage();
          await page.goto(host.addressOf(shown));
          await waitFor(async () => await page.evaluate<boolean>("document.body.dataset.done === '1'"));
          const card = page.frames().find((frame) => frame.parentFrame()?.parentFrame())!;
          await waitFor(async () => await card.evaluate<boolean>("document.querySelector('h1') !== null"));
          return { page, card };
        },
      });
    } finally {
      await browser.close();
      await host.close();
    }
  });
}

const waitFor = (look: () => Promise<boolean>) => waitUntil("the card is as expected", look);
const textOf = async (card: Frame, selector = "main") =>
  (await card.evaluate<string>(`document.querySelector(${JSON.stringify(selector)}).innerText`)).replace(/\s+/g, " ");
const has = (card: Frame, selector: string) =>
  waitFor(async () => await card.evaluate<boolean>(`document.querySelector(${JSON.stringify(selector)}) !== null`));
const logOf = (page: Page) => page.evaluate<[string, { arguments: Record<string, unknown> }][]>("hostLog");
const callsOf = async (page: Page) =>
  (await logOf(page)).filter(([what]) => what === "tools/call").map(([, call]) => call.arguments);

Deno.test(
  "the card shows a session, counts down, and asks for the turns that it draws",
  { ignore },
  () =>
    onStage(async ({ show }) => {
      const { page, card } = await show(SESSION);
      await has(card, "svg");
      const text = await textOf(card);
      for (
        const part of [
          /^fix the build .* · pi · .* · claude-sonnet-4-6 Refresh/,
          /Cost \$0\.0071 as the agent reports/,
          /Turns 2\b/,
          // 1000 of 10 + 1000 + 20 + 1000 + 200.
          /Read from the cache 44\.8% of 2,230 prompt tokens/,
          /Cache stays warm 2m 5\ds/,
          /As of 2026-11-20 12:00 UTC/,
        ]
      ) match(text, part);
      strictEqual(
        await card.evaluate<string>("document.querySelector('svg').getAttribute('aria-label')"),
        "Prompt of each turn: up to 1,220 tokens, 0 misses",
      );
      deepStrictEqual(await callsOf(page), [{ session: PI, as_of: SMALL_NOW, turns: true, limit: 60 }]);
      const secondsLeft = async () => Number(/2m (\d\d)s/.exec(await textOf(card))![1]);
      const before = await secondsLeft();
      await waitFor(async () => await secondsLeft() <= before - 2);
      // What the button asks for is drawn in place of what was there.
      await card.click("button");
      await waitFor(async () => (await callsOf(page)).length === 2);
      await waitFor(async () => await secondsLeft() >= before - 1);
      const sizes = (await logOf(page)).filter(([what]) => what === "size").map(([, height]) => Number(height));
      const height = await card.evaluate<number>("document.querySelector('main').getBoundingClientRect().height");
      strictEqual(sizes.at(-1), Math.ceil(height));
    }),
);

Deno.test("a long session is drawn whole, page by page", { ignore }, () =>
  onStage(async ({ show }) => {
    const { page, card } = await show({ ...SESSION, arguments: { session: LONG_ID, as_of: SMALL_NOW } });
    await waitFor(async () => (await textOf(card, "figcaption").catch(() => "")).includes("each turn"));
    match(await textOf(card, "figcaption"), /^Prompt of each turn: up to 11\dk tokens, 1 miss$/i);
    strictEqual((await callsOf(page)).length, 3);
    strictEqual(await card.evaluate<number>("document.querySelectorAll('.over').length"), 130);
  }));

Deno.test(
  "the card shows the board of warm caches, and the rows of a report",
  { ignore },
  () =>
    onStage(async ({ show }) => {
      const board = await show(BOARD);
      const text = await textOf(board.card);
      match(
        text,
        /^Warm caches 3 caches warm, \$[\d.]+ at stake in their next requests; the next goes cold in 2m 5\ds\./,
      );
      strictEqual(await board.card.evaluate<number>("document.querySelectorAll('tbody tr').length"), 3);
      match(text, /fix the build/);
      const report = await show(REPORT);
      match(await textOf(report.card), /^Cost by model All that is logged Refresh Cost \$[\d.]+\+ /);
      // Unknown is no zero.
      const rows = await report.card.evaluate<string[][]>(
        "[...document.querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))",
      );
      deepStrictEqual(rows.find(([key]) => key === "acme/acme-1"), ["acme/acme-1", "0%", "?"]);
    }),
);

Deno.test("what is not known is shown as such", { ignore }, () =>
  onStage(async ({ show }) => {
    const { card } = await show({ ...SESSION, arguments: { session: FORK, as_of: SMALL_NOW }, canAsk: false });
    const text = await textOf(card);
    match(text, /Cost \? no price known/);
    strictEqual(await card.evaluate<boolean>("document.querySelector('button') === null"), true);
  }));

Deno.test(
  "a failure is said, and a host that refuses leaves what was drawn",
  { ignore },
  () =>
    onStage(async ({ show, host }) => {
      const { page, card } = await show(BOARD);
      await page.evaluate("bridge.oncalltool = async () => { throw new Error('not allowed here') }");
      await card.click("button");
      await waitFor(async () => (await textOf(card)).includes("not allowed here"));
      match(await textOf(card), /^Warm caches/);
      // A session that is not there: the tool's own words.
      await page.goto(host.addressOf({ ...SESSION, arguments: { session: "nope" } }));
      await waitFor(async () => await page.evaluate<boolean>("document.body.dataset.done === '1'"));
      const failed = page.frames().find((frame) => frame.parentFrame()?.parentFrame())!;
      await waitFor(async () => /No session "nope"/.test(await textOf(failed)));
    }),
);

Deno.test("theme and colours are the host's, also when they change", { ignore }, () =>
  onStage(async ({ show }) => {
    const { page, card } = await show({ ...BOARD, theme: "dark" });
    const ground = () => card.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    strictEqual(await ground(), "rgb(21, 24, 30)");
    await page.evaluate("bridge.setHostContext({ theme: 'light' })");
    await waitFor(async () => await ground() === "rgb(255, 255, 255)");
    await page.evaluate(
      "bridge.setHostContext({ theme: 'light', styles: { variables: { '--color-background-primary': 'rgb(250, 240, 230)' } } })",
    );
    await waitFor(async () => await ground() === "rgb(250, 240, 230)");
  }));

Deno.test("names out of logs are text: none does anything", { ignore }, () =>
  onStage(async ({ show, host }) => {
    for (const shown of [BOARD, { ...SESSION, arguments: { session: HOSTILE_ID, as_of: SMALL_NOW } }]) {
      const { page, card } = await show(shown);
      const text = await textOf(card);
      match(text, /a <img src=\/stray onerror="top\.pwned=1"><script>pwned=1<\/script> \ufffdgnp\.exe\ufffd/);
      ok(!/\p{Bidi_Control}/u.test(text));
      strictEqual(await card.evaluate<number>("document.querySelectorAll('img, body script ~ script').length"), 0);
      for (const frame of page.frames()) strictEqual(await frame.evaluate<string>("typeof pwned"), "undefined");
    }
    deepStrictEqual(host.strays, []);
  }));

Deno.test(
  "nothing gets out of the card: no request, no frame of the host",
  { ignore },
  () =>
    onStage(async ({ show, host }) => {
      const { page, card } = await show(SESSION);
      const origin = await page.evaluate<string>("location.origin");
      const outcomes = await card.evaluate<unknown[]>(`Promise.all([
        fetch(${JSON.stringify(`${origin}/stray`)}).then(() => "sent", (error) => error.name),
        new Promise((done) => {
          const image = new Image();
          image.onload = () => done("sent");
          image.onerror = () => done("refused");
          image.src = ${JSON.stringify(`${origin}/stray.png`)};
        }),
        (() => { try { return String(top.document.title); } catch (error) { return error.name; } })(),
        (() => { try { return String(localStorage.length); } catch (error) { return error.name; } })(),
      ])`);
      deepStrictEqual(outcomes, ["TypeError", "refused", "SecurityError", "SecurityError"]);
      deepStrictEqual(host.strays, []);
    }),
);

Deno.test(
  "the host's questions are answered, and a wish for less motion is kept",
  { ignore },
  () =>
    onStage(async ({ show }) => {
      const { page, card } = await show(SESSION, { reducedMotion: "reduce" });
      // Past the bridge, which asks neither of these.
      const answers = await page.evaluate<unknown[]>(
        `Promise.all(["ping", "other"].map((method) => new Promise((done) => {
      addEventListener("message", ({ data }) => data.id === method && done(data.result ?? data.error.code));
      document.querySelector("iframe").contentWindow.postMessage({ jsonrpc: "2.0", id: method, method }, "*");
    })))`,
      );
      deepStrictEqual(answers, [{}, -32601]);
      strictEqual(
        await page.evaluate<string>("bridge.teardownResource({}).then((answer) => JSON.stringify(answer))"),
        "{}",
      );
      strictEqual(
        await card.evaluate<string>("getComputedStyle(document.querySelector('.bar i')).transitionDuration"),
        "0s",
      );
    }),
);

Deno.test("axe finds nothing to complain about in any card, light or dark, wide or narrow", { ignore }, async (t) => {
  await onStage(async ({ show }) => {
    for (const [name, shown] of Object.entries({ SESSION, BOARD, REPORT })) {
      for (const theme of ["light", "dark"] as const) {
        for (const width of [760, 360]) {
          await t.step(`${name.toLowerCase()}, ${theme}, ${width}`, async () => {
            const { page, card } = await show({ ...shown, theme }, {
              viewport: { width, height: 720 },
              bypassCSP: true,
              colorScheme: theme,
            });
            if (name === "SESSION") await has(card, "svg");
            const kept = Deno.env.get("CARD_PICTURES");
            if (kept !== undefined) {
              await page.waitForTimeout(400);
              await page.screenshot({ path: `${kept}/${name.toLowerCase()}-${theme}-${width}.png`, fullPage: true });
            }
            deepStrictEqual(await findAxeViolations(card), []);
            strictEqual(await card.evaluate<boolean>("document.body.scrollWidth <= innerWidth"), true);
          });
        }
      }
    }
  });
});
