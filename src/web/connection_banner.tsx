/** Above every page, while the program is gone or the key is not its. */
import type { VNode } from "preact";
import { NO_KEY, useClient } from "./client.ts";
import { now } from "./clock.ts";
import { useLook } from "./look.ts";
import { Failed } from "./states.tsx";
import { formatTime } from "../operations/report/format.ts";

export function ConnectionBanner(): VNode | null {
  const { connection, at } = useClient().live.value;
  const { timezone } = useLook();
  if (connection === "refused") return <Failed error={NO_KEY} />;
  if (connection !== "ended") return null;
  return (
    <p class="banner" role="alert">
      opper-agent has ended. Figures of {formatTime(at, timezone, now.peek(), "seconds")}.
    </p>
  );
}
