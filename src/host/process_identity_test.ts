/** Who a process is, asked of the real system. */
import { match, notStrictEqual, strictEqual } from "node:assert/strict";
import { processSight } from "./process_identity.ts";

Deno.test("this process, and one that it started", { ignore: Deno.build.os === "windows" }, async () => {
  const self = processSight.identifySelf();
  strictEqual(self.pid, Deno.pid);
  for (const text of [self.machine, self.boot, self.start]) match(text, /^\S.*$/);
  strictEqual(self.namespace !== "", Deno.build.os === "linux");
  if (Deno.build.os === "linux") {
    const id = await Deno.readTextFile("/etc/machine-id").catch(() => "");
    strictEqual(self.machine, `${Deno.hostname()} ${/^.{8}/.exec(id)?.[0] ?? ""}`.trim());
  }
  strictEqual(processSight.startOf(Deno.pid), self.start);

  // Of a name with what separates fields, where a process can give itself one.
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", "printf 'a) S 1\\n(b c' > /proc/$$/comm; echo ready; read -r _"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.stdout.getReader();
  await output.read();
  const start = processSight.startOf(child.pid);
  try {
    match(start ?? "", /^\S.*$/);
    if (Deno.build.os === "linux") notStrictEqual(start, self.start);
    strictEqual(processSight.startOf(child.pid), start, "asked again");
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await output.cancel();
    await child.stdin.abort().catch(() => {});
  }
  strictEqual(processSight.startOf(child.pid), undefined);
});
