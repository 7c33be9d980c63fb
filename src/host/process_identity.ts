/**
 * Identifies a process so that another one, maybe on another machine or in another container, can tell
 * whether it still runs: its id means something only together with the machine, its boot, the namespace of ids and the
 * time at which it was started.
 */
/** What cannot be told is an empty text. */
export interface ProcessIdentity {
  /** Name of the machine, and the beginning of the id that its system was installed with: many are called `localhost`. */
  readonly machine: string;
  /** Of the kernel that runs: another one on every machine and after every start of it. */
  readonly boot: string;
  /** Of the process ids: containers have their own. */
  readonly namespace: string;
  readonly pid: number;
  /** When it was started, as the system writes that: to be compared and no more. */
  readonly start: string;
}

/** How this machine is looked at; tests hand in another one. */
export interface ProcessSight {
  /** This process. */
  identifySelf(): ProcessIdentity;
  /** Start of a process that runs; undefined when none of that id does. */
  startOf(pid: number): string | undefined;
}

/**
 * Lines: the boot, the machine's name and id, the start of process `$1`, which is none when there is no such process. Small images have
 * no programs but a shell, and what Deno runs may not read /proc itself unless it may do everything.
 */
const SCRIPTS: Partial<Record<typeof Deno.build.os, string>> = {
  // The name of the program, in parentheses, may hold blanks and line feeds. What ended and is not waited for has ended.
  linux: `read -r boot < /proc/sys/kernel/random/boot_id; read -r machine < /proc/sys/kernel/hostname
id=; read -r id < /etc/machine-id
stat=
while read -r line || [ -n "$line" ]; do stat="$stat $line"; done < "/proc/$1/stat"
set -- \${stat##*) }
case "$1" in Z | X) start= ;; *) start="\${20-}" ;; esac
printf '%s\\n' "$boot" "$machine \${id%"\${id#????????}"}" "$start"`,
  // As numbers of seconds would change with the clock, the text is taken that the kernel's own time gives.
  darwin: `sysctl -n kern.bootsessionuuid; uname -n; ps -o lstart= -p "$1"`,
};

let self: ProcessIdentity | undefined;

/** The machine that this runs on. Where programs may not be started, little can be told. */
export const processSight: ProcessSight = {
  identifySelf: () =>
    self ??= {
      ...lookAt(Deno.pid) ?? { machine: "", boot: "", start: "" },
      namespace: namespaceOfIds(),
      pid: Deno.pid,
    },
  startOf(pid) {
    const start = lookAt(pid)?.start;
    return start === "" ? undefined : start;
  },
};

function lookAt(pid: number): Pick<ProcessIdentity, "boot" | "machine" | "start"> | undefined {
  const script = SCRIPTS[Deno.build.os];
  if (script === undefined) return undefined;
  try {
    const { stdout } = new Deno.Command("/bin/sh", {
      args: ["-c", script, "sh", String(pid)],
      cwd: "/",
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC0" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).outputSync();
    const [boot = "", machine = "", start = ""] = new TextDecoder().decode(stdout).split("\n").map((line) =>
      line.trim()
    );
    return { boot, machine, start };
  } catch (error) {
    // No shell, no process left to have, or not allowed to start any.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function namespaceOfIds(): string {
  if (Deno.build.os !== "linux") return "";
  try {
    return Deno.readLinkSync("/proc/self/ns/pid");
  } catch (error) {
    if (error instanceof Error) return "";
    throw error;
  }
}
