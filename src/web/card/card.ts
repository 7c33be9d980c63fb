/**
 * The page that clients with MCP Apps show beside an answer of `session_cost`, `cache_status` or `usage_report`: one page
 * for all three. Plain elements, no framework: all of it is to be less than 20 kB. scripts/build_card.ts makes it.
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { EpochMs } from "../../core/model.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import { type DrawnTurn, readTurns } from "../session/read_turns.ts";
import { AnswerClock } from "./answer_clock.ts";
import { type Answer, readAnswer } from "./answer.ts";
import { drawCaches, headCaches } from "./draw_caches.ts";
import { drawPromptChart } from "./draw_prompt_chart.ts";
import { drawReport, headReport } from "./draw_report.ts";
import { drawSession, headSession } from "./draw_session.ts";
import { type Child, element, fill, minuteText, soft } from "./element.ts";
import { HostLink } from "./host_link.ts";

type JsonObject = Readonly<Record<string, unknown>>;

const SECOND = 1000;
/** Revision of MCP Apps. */
const REVISION = "2026-01-26";
/** Turns that fit into one answer, and answers that are asked for at most. */
const TURNS_A_PAGE = 60;
const MOST_PAGES = 10;

const main = document.querySelector("main")!;
const root = document.documentElement;
const status = element("span", { role: "status" });
const button = element("button", { type: "button" }, "Refresh");

/** What the tool was called with. */
let args: JsonObject = {};
let canAsk = false;
let clock: AnswerClock | undefined;
let answer: Answer | undefined;
let turns: readonly DrawnTurn[] = [];
/** Of results that the card was opened for: what was asked about one is nothing to the next. */
let edition = 0;
const ticks = new Set<(now: EpochMs) => void>();

function tick(draw: (now: EpochMs) => void): void {
  ticks.add(draw);
  draw(clock!.now());
}

function draw(): void {
  if (answer === undefined) return;
  const hadFocus = document.activeElement === button;
  ticks.clear();
  const [head, body] = drawAnswer(answer);
  main.replaceChildren();
  fill(main, {}, [
    element("header", {}, element("div", {}, ...head), canAsk && button),
    ...body,
    soft(`As of ${minuteText(answer.output.asOf)}. `, status),
  ]);
  if (hadFocus) button.focus();
}

function drawAnswer(shown: Answer): readonly [head: readonly Child[], body: readonly Child[]] {
  switch (shown.tool) {
    case "session_cost": {
      const chart = turns.length > 0 &&
        drawPromptChart(turns, shown.output.totals.turns, Math.max(240, main.clientWidth - 32));
      return [headSession(shown.output), [...drawSession(shown.output, tick), chart]];
    }
    case "cache_status":
      return [headCaches(shown.output, tick), drawCaches(shown.output, tick)];
    case "usage_report":
      return [headReport(shown.output), drawReport(shown.output)];
  }
}

function say(text: string): void {
  status.textContent = text;
  if (answer === undefined) main.replaceChildren(status);
}

/** Takes the result that the card was opened for. */
function show(result: JsonObject): void {
  const read = readAnswer(result);
  if (typeof read === "string") return say(read);
  edition++;
  const session = read.tool === "session_cost" ? read.output : undefined;
  turns = readTurns(session?.turns ?? []);
  take(read);
  if (turns.length < (session?.totals.turns ?? 0) || isLate("wasOld")) void refresh();
}

function take(read: Answer): void {
  answer = read;
  clock = new AnswerClock(Date.parse(read.output.asOf));
  say("");
  draw();
}

/** Whether it is worth asking anew; not where the tool was to answer for a moment that it was told. */
function isLate(how: "wasOld" | "hasSlept"): boolean {
  return args["as_of"] === undefined && clock?.[how]() === true;
}

/** Asks anew: of a session for all its turns, which a model seldom does, and the chart needs. */
async function refresh(): Promise<void> {
  if (answer === undefined || !canAsk || button.hasAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  const mine = edition;
  const { tool, output } = answer;
  const all = tool === "session_cost" && { session: output.session.sessionId, turns: true, limit: TURNS_A_PAGE };
  const found: NonNullable<SessionOutput["turns"]>[number][] = [];
  let more = {};
  try {
    for (let page = 0; page < MOST_PAGES; page++) {
      const sent = { name: tool, arguments: { ...args, ...all, ...more } };
      const read = readAnswer(await host.ask("tools/call", sent));
      if (mine !== edition) return;
      if (typeof read === "string") throw new Error(read);
      if (read.tool !== "session_cost") return take(read);
      const { turns: some = [], nextCursor: cursor } = read.output;
      found.push(...some);
      // Until there are as many as before, those stay.
      if (cursor === undefined || found.length > turns.length) turns = readTurns(found);
      take(read);
      if (cursor === undefined) return;
      more = { cursor };
    }
  } catch (error) {
    say(`The server could not be asked. ${error}`);
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** The host's theme and colours. */
function follow(context: JsonObject): void {
  const { theme, styles } = context;
  if (theme === "light" || theme === "dark") root.style.colorScheme = theme;
  const variables = isRecord(styles) ? styles["variables"] : undefined;
  for (const [name, value] of Object.entries(isRecord(variables) ? variables : {})) {
    if (name.startsWith("--") && typeof value === "string") root.style.setProperty(name, value);
  }
}

const host = new HostLink(parent, (method, params) => {
  switch (method) {
    case "ui/notifications/tool-input":
      args = isRecord(params["arguments"]) ? params["arguments"] : {};
      break;
    case "ui/notifications/tool-result":
      show(params);
      break;
    case "ui/notifications/tool-cancelled":
      say("The call was cancelled.");
      break;
    case "ui/notifications/host-context-changed":
      follow(params);
  }
});

let [width, height] = [0, 0];
new ResizeObserver(() => {
  const isOtherWidth = main.clientWidth !== width;
  if (isOtherWidth) {
    width = main.clientWidth;
    draw();
  }
  const now = Math.ceil(main.getBoundingClientRect().height);
  if (isOtherWidth || now !== height) {
    host.tell("ui/notifications/size-changed", { width: root.clientWidth, height: height = now });
  }
}).observe(main);

setInterval(() => {
  if (clock === undefined) return;
  for (const draw of ticks) draw(clock.now());
}, SECOND);
// The machine may have slept meanwhile.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && isLate("hasSlept")) void refresh();
});
button.addEventListener("click", () => void refresh());
say("Waiting for the answer…");

host.ask("ui/initialize", {
  protocolVersion: REVISION,
  appInfo: { name: "opper-agent", version: "1" },
  appCapabilities: { availableDisplayModes: ["inline"] },
}).then(({ hostCapabilities, hostContext }) => {
  canAsk = isRecord(hostCapabilities) && hostCapabilities["serverTools"] !== undefined;
  if (isRecord(hostContext)) follow(hostContext);
  host.tell("ui/notifications/initialized");
}, (error) => say(String(error)));
