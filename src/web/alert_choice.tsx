/** The bell: whether notifications are sent, and from which amount on. Off until it is turned on. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { alertsFrom, USUAL_ALERT_USD } from "./alerts.ts";
import { useValue } from "./use_value.ts";

export function AlertChoice(): VNode | null {
  const [isDenied, setDenied] = useState(false);
  const from = useValue(alertsFrom);
  if (!("Notification" in globalThis)) return null;
  const isOn = from !== "" && Notification.permission === "granted";
  const toggle = async () => {
    if (isOn) {
      alertsFrom.value = "";
      return;
    }
    const permission = await Notification.requestPermission();
    setDenied(permission !== "granted");
    if (permission === "granted") alertsFrom.value = USUAL_ALERT_USD;
  };
  return (
    <div class="buttons no-print">
      <button type="button" class="button" aria-pressed={isOn} onClick={toggle}>
        <span aria-hidden="true">{isOn ? "◉" : "○"}</span> Notify me a minute before
      </button>
      {isOn && (
        <label>
          from ${" "}
          <input
            class="amount"
            type="number"
            min="0"
            step="0.05"
            value={from}
            onChange={(event) => alertsFrom.value = event.currentTarget.value || USUAL_ALERT_USD}
          />
          on, and when a turn missed that much
        </label>
      )}
      {isDenied && <span class="dim" role="status">The browser does not allow notifications of this page.</span>}
    </div>
  );
}
