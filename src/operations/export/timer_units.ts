/** What has an export run every quarter of an hour, as text for the system's own timers: nothing is installed. Pure. */

export const TIMERS = ["systemd", "launchd"] as const;

export type Timer = (typeof TIMERS)[number];

/** @param command Absolute path of the program, and its arguments */
export function timerUnits(timer: Timer, command: readonly string[]): string {
  return timer === "systemd" ? systemdUnits(command) : launchdAgent(command);
}

/** Syntax: systemd.service(5), systemd.timer(5) of version 257. */
function systemdUnits(command: readonly string[]): string {
  return `# ~/.config/systemd/user/opper-agent-export.service
[Unit]
Description=Export what coding agents cost

[Service]
Type=oneshot
Nice=10
ExecStart=${command.map(systemdWord).join(" ")}

# ~/.config/systemd/user/opper-agent-export.timer
[Unit]
Description=Export what coding agents cost, every quarter of an hour

[Timer]
OnCalendar=*:0/15
RandomizedDelaySec=300
Persistent=true

[Install]
WantedBy=timers.target

# Then: systemctl --user daemon-reload && systemctl --user enable --now opper-agent-export.timer
# Logs: journalctl --user -u opper-agent-export
`;
}

function systemdWord(word: string): string {
  const escaped = word.replace(/[\\"]/g, "\\$&").replaceAll("%", "%%").replaceAll("$", () => "$$");
  return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/** Keys: launchd.plist(5). */
function launchdAgent(command: readonly string[]): string {
  const words = command.map((word) => `    <string>${xmlText(word)}</string>`).join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ~/Library/LaunchAgents/ai.opper.agent.export.plist
     Then: launchctl bootstrap gui/$UID ~/Library/LaunchAgents/ai.opper.agent.export.plist -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>ai.opper.agent.export</string>
  <key>ProgramArguments</key>
  <array>
${words}
  </array>
  <key>StartInterval</key>
  <integer>900</integer>
  <key>RunAtLoad</key>
  <true/>
  <key>LowPriorityIO</key>
  <true/>
</dict>
</plist>
`;
}

function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
