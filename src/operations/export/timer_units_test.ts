import { match, ok } from "node:assert/strict";
import { timerUnits } from "./timer_units.ts";

const COMMAND = ["/opt/my tools/opper-agent", "export", "/mnt/100% $team", '--person="A" <a&b>'];

Deno.test("timerUnits() quotes what systemd reads otherwise", () => {
  const text = timerUnits("systemd", COMMAND);
  match(
    text,
    /^ExecStart="\/opt\/my tools\/opper-agent" export "\/mnt\/100%% \$\$team" "--person=\\"A\\" <a&b>"$/m,
  );
  match(text, /^OnCalendar=\*:0\/15\n(?:.*\n)*Persistent=true$/m);
});

Deno.test("timerUnits() writes XML for launchd", () => {
  const text = timerUnits("launchd", COMMAND);
  ok(text.startsWith("<?xml"));
  match(text, /<string>--person="A" &lt;a&amp;b&gt;<\/string>/);
  match(text, /<key>StartInterval<\/key>\n {2}<integer>900<\/integer>/);
});
