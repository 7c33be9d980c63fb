/** install.sh against a server on this machine, with archives and checksums made here. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TARGETS } from "../scripts/targets.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";

const SCRIPT = fileURLToPath(new URL("../install.sh", import.meta.url));
const PROGRAM = "#!/bin/sh\necho opper-agent 9.9.9\necho more\n";
/** What the script needs of the machine, but for something that downloads and something that compares. */
const TOOLS = [
  "sh",
  "uname",
  "mktemp",
  "rm",
  "tar",
  "gzip",
  "chmod",
  "head",
  "mkdir",
  "cp",
  "mv",
  "grep",
  "awk",
  "cat",
];

interface Release {
  /** Files by name. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  readonly asked: string[];
  readonly url: string;
}

interface Machine {
  readonly root: string;
  readonly home: string;
  readonly release: Release;
  install(changes?: { readonly env?: Record<string, string>; readonly tools?: readonly string[] }): Promise<Outcome>;
  /** Puts a program in front of the machine's own. */
  fake(name: string, script: string): Promise<void>;
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine with an empty home, and a release for every system on a server. */
async function onMachine(body: (machine: Machine) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (root) => {
    const home = join(root, "home");
    const bin = join(root, "bin");
    for (const directory of [home, bin, join(root, "tmp")]) await Deno.mkdir(directory);
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    const archive = await makeArchive(root, PROGRAM);
    for (const { asset } of TARGETS) if (asset.endsWith(".tar.gz")) files.set(asset, archive);
    files.set("SHA256SUMS", checksumsOf(files));
    const asked: string[] = [];
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const name = new URL(request.url).pathname.replace(/^\/release\//, "");
      asked.push(name);
      const file = files.get(name);
      return file === undefined ? new Response("nothing here", { status: 404 }) : new Response(file);
    });
    const release = { files, asked, url: `http://127.0.0.1:${server.addr.port}/release` };
    await body({
      root,
      home,
      release,
      async fake(name, script) {
        await Deno.writeTextFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      },
      async install({ env, tools = usableTools()[0]! } = {}) {
        for (const tool of [...TOOLS, ...tools]) await linkTool(tool, bin);
        const { code, stdout, stderr } = await new Deno.Command(join(bin, "sh"), {
          args: [SCRIPT],
          cwd: root,
          clearEnv: true,
          env: { HOME: home, PATH: bin, TMPDIR: join(root, "tmp"), OPPER_AGENT_BASE_URL: release.url, ...env },
        }).output();
        const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
        deepStrictEqual([...Deno.readDirSync(join(root, "tmp"))], [], "nothing is left behind");
        return { code, stdout: text(stdout), stderr: text(stderr) };
      },
    });
  });
}

async function makeArchive(root: string, program: string): Promise<Uint8Array<ArrayBuffer>> {
  const directory = await Deno.makeTempDir({ dir: root });
  await Deno.writeTextFile(join(directory, "opper-agent"), program, { mode: 0o755 });
  await Deno.writeTextFile(join(directory, "LICENSE"), "MIT\n");
  const args = ["-czf", join(directory, "archive"), "-C", directory, "opper-agent", "LICENSE"];
  strictEqual((await new Deno.Command("tar", { args }).output()).code, 0);
  const bytes = await Deno.readFile(join(directory, "archive"));
  await Deno.remove(directory, { recursive: true });
  return bytes;
}

function checksumsOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const lines = [...files].map(([name, bytes]) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`);
  return new TextEncoder().encode(lines.join(""));
}

/** Pairs of a tool to download and one to compare with, of those that this machine has. */
function usableTools(): readonly (readonly string[])[] {
  const pairs = [["curl", "sha256sum"], ["curl", "shasum", "perl"], ["curl", "openssl"], ["wget", "sha256sum"]];
  const usable = pairs.filter((tools) => tools.every((tool) => findTool(tool) !== undefined));
  ok(usable.length > 0, "neither curl nor wget is here, or nothing that compares");
  return usable;
}

function findTool(name: string): string | undefined {
  const candidates = (Deno.env.get("PATH") ?? "").split(":").map((directory) => join(directory, name));
  return candidates.find((path) => existsSync(path));
}

/** Nothing happens where the test has put one of its own. */
async function linkTool(name: string, bin: string): Promise<void> {
  const path = findTool(name);
  ok(path, `"${name}" is not on this machine`);
  if (existsSync(join(bin, name))) return;
  // Not a link: some are many programs in one, and go by the name that they are called by.
  await Deno.writeTextFile(join(bin, name), `#!/bin/sh\nexec ${path} "$@"\n`, { mode: 0o755 });
}

const installed = (home: string) => join(home, ".local/bin/opper-agent");

async function treeOf(directory: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  const below = await Promise.all(
    entries.map(async ({ name, isDirectory }) =>
      isDirectory ? (await treeOf(join(directory, name))).map((path) => `${name}/${path}`) : [name]
    ),
  );
  return below.flat().sort();
}

Deno.test("install.sh installs with whatever is there to download and compare with", async (t) => {
  for (const tools of usableTools()) {
    await t.step(tools.join(" and "), () =>
      onMachine(async ({ home, install }) => {
        const { code, stdout, stderr } = await install({ tools });
        deepStrictEqual([code, stderr], [0, ""]);
        ok(stdout.includes(`\nInstalled opper-agent 9.9.9: ${installed(home)}\n`), stdout);
        deepStrictEqual(await treeOf(home), [".local/bin/opper-agent"]);
        strictEqual(await Deno.readTextFile(installed(home)), PROGRAM);
        strictEqual((await Deno.stat(installed(home))).mode! & 0o777, 0o755);
      }));
  }
});

Deno.test("install.sh asks for the archive of the machine", async (t) => {
  const rows: [system: string, machine: string, translated: string, name: string][] = [
    ["Linux", "x86_64", "", "linux-x64"],
    ["Linux", "amd64", "", "linux-x64"],
    ["Linux", "aarch64", "", "linux-arm64"],
    ["Darwin", "x86_64", "0", "macos-x64"],
    ["Darwin", "x86_64", "1", "macos-arm64"],
    ["Darwin", "arm64", "", "macos-arm64"],
  ];
  for (const [system, machine, translated, name] of rows) {
    await t.step(`${system} ${machine} ${translated}`, () =>
      onMachine(async ({ fake, install, release }) => {
        await fake("uname", `case $1 in -s) echo ${system} ;; -m) echo ${machine} ;; esac`);
        await fake("sysctl", `echo ${translated}`);
        strictEqual((await install()).code, 0);
        deepStrictEqual(release.asked, ["SHA256SUMS", TARGETS.find((target) => target.name === name)!.asset]);
      }));
  }
});

Deno.test("install.sh installs nothing when something is wrong", async (t) => {
  const other = new TextEncoder().encode("something else");
  const rows: [name: string, spoil: (machine: Machine) => Promise<unknown> | unknown, message: RegExp][] = [
    [
      "another file than the checksum's",
      ({ release }) => release.files.forEach((_, name) => name !== "SHA256SUMS" && release.files.set(name, other)),
      /^error: The checksum of opper-agent-linux-x64\.tar\.gz is [0-9a-f]{64}, and should be [0-9a-f]{64}\. Nothing was/,
    ],
    [
      "half a file",
      ({ release: { files } }) =>
        files.forEach((bytes, name) => name !== "SHA256SUMS" && files.set(name, bytes.slice(0, bytes.length / 2))),
      /^error: The checksum of /,
    ],
    [
      "no file",
      ({ release }) => release.files.delete("opper-agent-linux-x64.tar.gz"),
      /error: http:\/\/\S+\/opper-agent-linux-x64\.tar\.gz could not be downloaded\./,
    ],
    [
      "no checksums",
      ({ release }) => release.files.delete("SHA256SUMS"),
      /error: http:\/\/\S+\/SHA256SUMS could not be downloaded\./,
    ],
    [
      "no checksum of this file",
      ({ release }) =>
        release.files.set("SHA256SUMS", checksumsOf(new Map([["opper-agent-linux-x64.tar.gz.old", other]]))),
      /^error: SHA256SUMS says nothing of opper-agent-linux-x64\.tar\.gz\./,
    ],
    [
      "a program that does not start",
      async ({ root, release: { files } }) => {
        files.set("opper-agent-linux-x64.tar.gz", await makeArchive(root, "#!/bin/sh\nexit 1\n"));
        files.delete("SHA256SUMS");
        files.set("SHA256SUMS", checksumsOf(files));
      },
      /^error: The program does not start on this machine\. Nothing was installed\./,
    ],
    [
      "an archive of something else",
      ({ release: { files } }) => {
        files.set("opper-agent-linux-x64.tar.gz", other);
        files.delete("SHA256SUMS");
        files.set("SHA256SUMS", checksumsOf(files));
      },
      /error: opper-agent-linux-x64\.tar\.gz could not be unpacked\./,
    ],
    ["another system", ({ fake }) => fake("uname", "echo FreeBSD"), /^error: There is no opper-agent for FreeBSD on /],
    [
      "another processor",
      ({ fake }) => fake("uname", "case $1 in -s) echo Linux ;; -m) echo riscv64 ;; esac"),
      /^error: There is no opper-agent for Linux on riscv64\.\nhint: Run it from source/,
    ],
    [
      "Windows",
      ({ fake }) => fake("uname", "echo MINGW64_NT-10.0"),
      /^error: This script is not for Windows\.\nhint: /,
    ],
    ["musl", ({ fake }) => fake("ldd", 'echo "musl libc (x86_64)" >&2; exit 1'), /^error: opper-agent needs glibc/],
  ];
  for (const [name, spoil, message] of rows) {
    await t.step(name, () =>
      onMachine(async (machine) => {
        await machine.fake("uname", "case $1 in -s) echo Linux ;; -m) echo x86_64 ;; esac");
        await spoil(machine);
        const { code, stderr } = await machine.install();
        strictEqual(code, 1);
        match(stderr, message);
        deepStrictEqual(await treeOf(machine.home), []);
      }));
  }
  await t.step("nothing to download with", () =>
    onMachine(async ({ install, home }) => {
      const { code, stderr } = await install({ tools: ["sha256sum"] });
      deepStrictEqual([code, stderr.split("\n")[0]], [1, "error: Neither curl nor wget is there to download with."]);
      deepStrictEqual(await treeOf(home), []);
    }));
  await t.step("nothing to compare with", () =>
    onMachine(async ({ install, home }) => {
      const { code, stderr } = await install({ tools: ["curl"] });
      deepStrictEqual([code, stderr.split("\n")[0]], [1, "error: Nothing is there to compare checksums with."]);
      deepStrictEqual(await treeOf(home), []);
    }));
  await t.step("half a script", () =>
    onMachine(async ({ root, home, install }) => {
      const text = await Deno.readTextFile(SCRIPT);
      await install({ env: { OPPER_AGENT_BASE_URL: "http://127.0.0.1:1" } });
      for (let length = 1000; length < text.trimEnd().length; length += 997) {
        const { stdout } = await new Deno.Command("sh", {
          args: ["-c", text.slice(0, length)],
          cwd: root,
          clearEnv: true,
          env: { HOME: home, PATH: join(root, "bin") },
        }).output();
        deepStrictEqual([new TextDecoder().decode(stdout), await treeOf(home)], ["", []], `${length} characters`);
      }
    }));
});

Deno.test("install.sh over what is there", async (t) => {
  await t.step("an older program is replaced", () =>
    onMachine(async ({ home, install }) => {
      await Deno.mkdir(join(home, ".local/bin"), { recursive: true });
      await Deno.writeTextFile(installed(home), "old", { mode: 0o700 });
      strictEqual((await install()).code, 0);
      strictEqual(await Deno.readTextFile(installed(home)), PROGRAM);
    }));
  await t.step(
    "and stays when the new one is not what it should be",
    () =>
      onMachine(async ({ home, install, release }) => {
        await Deno.mkdir(join(home, ".local/bin"), { recursive: true });
        await Deno.writeTextFile(installed(home), "old");
        release.files.set(
          "SHA256SUMS",
          checksumsOf(new Map([...release.files].map(([name]) => [name, new Uint8Array(1)]))),
        );
        strictEqual((await install()).code, 1);
        strictEqual(await Deno.readTextFile(installed(home)), "old");
        deepStrictEqual(await treeOf(home), [".local/bin/opper-agent"]);
      }),
  );
  await t.step("a directory that is none", () =>
    onMachine(async ({ home, install }) => {
      await Deno.writeTextFile(join(home, ".local"), "a file");
      const { code, stderr } = await install();
      strictEqual(code, 1);
      ok(
        stderr.includes(`error: ${home}/.local/bin could not be made.\nhint: OPPER_INSTALL_DIR names another`),
        stderr,
      );
    }));
});

Deno.test("install.sh says how to find the program", async (t) => {
  await t.step("in a directory that is not on the path", () =>
    onMachine(async ({ home, install }) => {
      const { stdout } = await install();
      ok(stdout.endsWith(`  export PATH="${home}/.local/bin:$PATH"\n`), stdout);
    }));
  await t.step("in one that is", () =>
    onMachine(async ({ root, home, install }) => {
      const { stdout } = await install({ env: { PATH: `${home}/.local/bin:${root}/bin` } });
      ok(stdout.endsWith(`Installed opper-agent 9.9.9: ${installed(home)}\n`), stdout);
    }));
  await t.step("behind another of its name", () =>
    onMachine(async ({ root, home, install, fake }) => {
      await fake("opper-agent", "");
      const { stdout } = await install({ env: { PATH: `${root}/bin:${home}/.local/bin` } });
      ok(stdout.endsWith(`comes first in your PATH: ${root}/bin/opper-agent\n`), stdout);
    }));
  await t.step(
    "in a directory of your own, with a space, from where you are",
    () =>
      onMachine(async ({ root, home, install }) => {
        const { code, stdout } = await install({ env: { OPPER_INSTALL_DIR: "my tools" } });
        strictEqual(code, 0);
        ok(stdout.includes(`Installed opper-agent 9.9.9: ${root}/my tools/opper-agent\n`), stdout);
        deepStrictEqual(await treeOf(home), []);
      }),
  );
});
