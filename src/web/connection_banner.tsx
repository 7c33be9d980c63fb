/** Above every page, while the program is gone, has no room for another page, or the key is not its. */
import type { VNode } from "preact";
import { NO_KEY, useClient } from "./client.ts";
import { now } from "./clock.ts";
import { useLook } from "./look.ts";
import { Failed } from "./states.tsx";
import { useValue } from "./use_value.ts";
import { formatTime } from "../operations/report/format.ts";

export function ConnectionBanner(): VNode | null {
  const { connection, at } = useValue(useClient().live);
  const { timezone } = useLook();
  if (connection === "refused") return <Failed error={NO_KEY} />;
  if (connection === "busy") {
    return <p class="banner" role="alert">Too many pages of opper-agent are open: close one of them.</p>;
  }
  if (connection !== "ended") return null;
  return (
    <p class="banner" role="alert">
      opper-agent has ended. Figures of {formatTime(at, timezone, now.peek(), "seconds")}.
    </p>
  );
}
