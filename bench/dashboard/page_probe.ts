/** Runs in the page before anything of it does, and measures there: what drives it from outside comes late. */

/** `probe` of the page. Times are milliseconds since it was gone to, or since something was done. */
export const PROBE = String.raw`(() => {
  const probe = globalThis.probe = { longTasks: [], figure: undefined, whole: undefined };
  new PerformanceObserver((list) => {
    for (const { duration, startTime } of list.getEntries()) probe.longTasks.push({ duration, startTime });
  }).observe({ type: "longtask", buffered: true });

  // Behind the frame in which it became true.
  const painted = (since, resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.now() - since);
    requestAnimationFrame(() => port2.postMessage(0));
  };
  probe.until = (isThere, since = performance.now()) => new Promise((resolve, reject) => {
    const look = () => {
      if (isThere()) painted(since, resolve);
      else if (performance.now() - since < 60_000) requestAnimationFrame(look);
      else reject(new Error("In vain: " + isThere + " at " + location.hash));
    };
    look();
  });
  probe.after = (act, isThere) => {
    const since = performance.now();
    act();
    return probe.until(isThere, since);
  };
  const text = () => document.getElementById("root")?.textContent ?? document.body?.textContent ?? "";
  probe.hasFigure = () => /[$][\d,]*[1-9]|[$]\d*\.\d*[1-9]/.test(text());
  probe.isWhole = () => document.querySelector("main") !== null &&
    document.querySelector("[aria-busy=true], .connection-connecting, .connection-reading") === null;
  const ignore = () => {};
  probe.until(probe.hasFigure, 0).then((ms) => probe.figure = ms, ignore);
  probe.until(() => probe.hasFigure() && probe.isWhole(), 0).then((ms) => probe.whole = ms, ignore);

  probe.paint = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
  probe.bytes = (part = "") => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .filter(({ name }) => name.includes(part)).reduce((sum, { transferSize }) => sum + transferSize, 0);
  probe.longest = () => probe.longTasks.splice(0).reduce((most, { duration }) => Math.max(most, duration), 0);

  // Of a list that is scrolled all the time: how long each frame took.
  probe.scroll = (ms) => new Promise((resolve) => {
    const box = list("");
    const [frames, since] = [[], performance.now()];
    let last = since;
    const step = (now) => {
      frames.push(now - last);
      last = now;
      box.scrollTop += 90;
      if (now - since < ms) requestAnimationFrame(step);
      else resolve(frames.slice(2));
    };
    requestAnimationFrame(step);
  });
  const list = (rest) => document.querySelector('.table-body[aria-label="Sessions"]' + rest);
  probe.rows = () => list("")?.getAttribute("aria-rowcount");
  probe.top = () => list(" .row")?.textContent;
})()`;
