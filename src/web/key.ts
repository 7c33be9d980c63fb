/**
 * The key that every question carries. The address that is opened holds a ticket, good once; it is traded for the key, which
 * stays in sessionStorage, and goes from the address at once. Another tab of the same page asks an open one for it.
 */
const STORED = "opper-agent key";
const CHANNEL = "opper-agent key";
/** How long an open tab may take to answer, in milliseconds. */
const PATIENCE_MS = 400;

/**
 * The ticket is out of the address when this returns.
 *
 * @returns undefined where there is none: the page was not opened by an address that the program printed
 */
export async function findKey(): Promise<string | undefined> {
  const ticket = takeTicket();
  const key = (ticket === undefined ? undefined : await tradeTicket(ticket)) ?? sessionStorage.getItem(STORED) ??
    await askOtherTabs();
  if (key === undefined || key === null) return undefined;
  sessionStorage.setItem(STORED, key);
  answerOtherTabs(key);
  return key;
}

/** `#ticket=…` alone, or behind a page: `#/cost?by=day&ticket=…`. Taken out of the address, and of the history. */
function takeTicket(): string | undefined {
  const [, ticket] = /[#?&]ticket=([\w-]+)/.exec(location.hash) ?? [];
  if (ticket === undefined) return undefined;
  const rest = location.hash.replace(/([#?&])ticket=[\w-]+&?/, "$1").replace(/[?&#]$/, "");
  history.replaceState(null, "", rest === "" ? "#/now" : rest);
  return ticket;
}

async function tradeTicket(ticket: string): Promise<string | undefined> {
  const response = await fetch("/api/v1/open", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ticket }),
  });
  if (!response.ok) return undefined;
  const { key } = await response.json() as { readonly key?: string };
  return key;
}

function askOtherTabs(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(CHANNEL);
    const done = (key?: string) => {
      channel.close();
      resolve(key);
    };
    const timer = setTimeout(done, PATIENCE_MS);
    channel.onmessage = ({ data }: MessageEvent<{ readonly key?: string }>) => {
      if (typeof data.key !== "string") return;
      clearTimeout(timer);
      done(data.key);
    };
    channel.postMessage({ asks: true });
  });
}

function answerOtherTabs(key: string): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<{ readonly asks?: boolean }>) => {
    if (data.asks === true) channel.postMessage({ key });
  };
}
