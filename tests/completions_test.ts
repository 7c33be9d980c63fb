/**
 * Completions as shells really give them. bash is everywhere the tests run; fish and zsh are asked where they are
 * installed, and reported as ignored where they are not; every script is searched for every command and flag.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { describeProgram } from "../src/cli/help/describe_program.ts";
import { COMMANDS } from "../src/cli/commands/registry.ts";
import { typedName } from "../src/cli/arguments/flag.ts";
import { idsWith } from "../src/agents/agents.ts";
import { OPERATIONS } from "../src/operations/registry.ts";
import { agentCommand, agentEnvironment, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { CLAUDE, makeSmallHome, PI } from "./support/small_home.ts";

const SHELLS = ["bash", "zsh", "fish"];
const commands = await describeProgram({ name: "opper-agent", operations: OPERATIONS, commands: COMMANDS });

Deno.test("every script has every command and flag", async (t) => {
  await withTemporaryDirectory(async (home) => {
    for (const shell of SHELLS) {
      const { code, stdout, stderr } = await runAgent(["completions", shell], { home });
      deepStrictEqual([code, stderr], [0, ""]);
      await t.step(shell, () => {
        for (const { name, flags } of commands) {
          match(stdout, new RegExp(`\\b${name}\\b`));
          for (const flag of flags) {
            const typed = shell === "fish" ? `-l ${typedName(flag).slice(2)} ` : typedName(flag);
            ok(stdout.includes(typed), `${name} ${typed}`);
          }
        }
        ok(!stdout.includes("undefined"));
      });
      await t.step(`${shell} writes nothing`, async () => {
        deepStrictEqual((await Array.fromAsync(Deno.readDir(home))).map(({ name }) => name), []);
      });
    }
  });
});

Deno.test("no flag is a switch to one command and takes a value of another", () => {
  // The scripts skip values on their way to the command, and do not know yet which it is.
  const kinds = new Map<string, boolean>();
  for (const { name, flags } of commands) {
    for (const flag of flags) {
      const isSwitch = flag.kind === "switch";
      for (const typed of [flag.name, ...(flag.short === undefined ? [] : [flag.short])]) {
        strictEqual(kinds.get(typed) ?? isSwitch, isSwitch, `--${typed} of ${name}`);
        kinds.set(typed, isSwitch);
      }
    }
  }
});

/** What is typed, with a `|` where bash parts words, and what is offered. */
const ROWS: readonly (readonly [words: string, offered: readonly string[]])[] = [
  ["do", ["doctor"]],
  ["--color ", ["auto", "always", "never"]],
  ["--color never ver", ["version"]],
  ["sessions --cache warm,ma", ["warm,maybe"]],
  ["sessions --sort|=|c", ["cost"]],
  ["sessions --sort|=", ["last", "cost", "tokens", "turns", "duration", "missUsd"]],
  ["--no-index sessions --lim", ["--limit"]],
  ["sessions --source ", idsWith("source")],
  ["sessions -s to", ["tokens"]],
  ["cost --by model e9", [CLAUDE.slice(0, 8)]],
  [`session ${PI.slice(0, 12)}`, [PI]],
  ["session lat", ["latest"]],
  ["session zzz", []],
  ["cost --timezone Europe/Stock", ["Europe/Stockholm"]],
  ["cost --since to", ["today"]],
  ["launch ", idsWith("launcher")],
  ["launch --model x p", ["pi"]],
  ["launch --no", ["--no-mcp-tools", "--no-relay"]],
  ["launch pi --mod", []],
  ["mcp inst", ["install"]],
  ["mcp install c", ["claude", "codex", "copilot", "claude_desktop"]],
  ["configure ", ["pi", "claude", "codex", "opencode", "openclaw", "copilot", "gemini", "hermes"]],
  ["config unset d", ["digits"]],
  ["completions ", ["bash", "zsh", "fish"]],
  ["help ses", ["sessions", "session"]],
  ["--root pi|=|/us", ["/usr"]],
  ["sessions --since 2026-11-20T14|:|03 --lim", ["--limit"]],
  ["session --as-of 2026-11-20T14|:|03 lat", ["latest"]],
  ["--root|=|pi|=|/us", ["/usr"]],
  ["nonsense ", []],
];

/** A home with sessions, and the program in PATH. */
async function withShell(
  body: (run: (shell: string, script: string) => Promise<string>, home: string) => Promise<void>,
) {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await Deno.mkdir(join(home, "bin"));
    const quoted = agentCommand().map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    await Deno.writeTextFile(join(home, "bin/opper-agent"), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
    const env = agentEnvironment({ home });
    await body(async (shell, script) => {
      const { code, stdout, stderr } = await new Deno.Command(shell, {
        args: ["-c", script],
        cwd: home,
        clearEnv: true,
        env: { ...env, PATH: `${home}/bin:${env["PATH"]}` },
        stdin: "null",
      }).output();
      deepStrictEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
      return new TextDecoder().decode(stdout);
    }, home);
  });
}

/** A call of the function as readline makes it. @param breaks characters beside blanks that part words */
function bashCall(typed: string, breaks: string): string {
  const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  const line = `opper-agent ${typed.replaceAll("|", "")}`;
  const words = ["opper-agent", ...(breaks === "" ? typed.replaceAll("|", "").split(" ") : typed.split(/[ |]/))];
  return `COMP_WORDS=(${words.map(quote).join(" ")}); COMP_CWORD=${words.length - 1}; COMP_LINE=${quote(line)}; ` +
    `COMP_POINT=${line.length}; COMP_WORDBREAKS=' ${breaks}'; _opper_agent; ` +
    `for word in \${COMPREPLY[@]+"\${COMPREPLY[@]}"}; do printf "%s\\n" "$word"; done`;
}

/** What people set for themselves, and completions run under. */
const BASH_OPTIONS: readonly (readonly [name: string, script: string])[] = [
  ["as it starts", ":"],
  ["that is strict", "set -euo pipefail; shopt -s failglob"],
  ["as POSIX has it", "set -o posix; shopt -s nullglob"],
];

for (const [name, options] of BASH_OPTIONS) {
  Deno.test(`bash offers what can be typed, in a shell ${name}`, async (t) => {
    await withShell(async (run, home) => {
      await run("bash", "opper-agent completions bash > c.bash");
      // One shell for all: it has to be there for the next Tab.
      const separator = "-- next";
      const script = ROWS.map(([typed]) => `${bashCall(typed, "=:")}; echo '${separator}'`).join("\n");
      const outputs = (await run("bash", `${options}; source '${home}/c.bash'\n${script}`)).split(`${separator}\n`);
      for (const [index, [typed, offered]] of ROWS.entries()) {
        await t.step(typed, () => {
          deepStrictEqual(outputs[index]!.split("\n").filter((line) => line !== ""), [...offered]);
        });
      }
    });
  });
}

Deno.test("bash, where only blanks part words, offers them whole", async (t) => {
  const rows: [typed: string, offered: string[]][] = [
    ["sessions --sort=c", ["--sort=cost"]],
    ["sessions --cache=warm,ma", ["--cache=warm,maybe"]],
    ["session --as-of=2026-11-20T14:03 lat", ["latest"]],
    ["--root pi=/us", ["pi=/usr"]],
    ["--root=pi=/us", ["--root=pi=/usr"]],
    ["sessions --sort ", ["last", "cost", "tokens", "turns", "duration", "missUsd"]],
  ];
  await withShell(async (run, home) => {
    await run("bash", "opper-agent completions bash > c.bash");
    for (const [typed, offered] of rows) {
      await t.step(typed, async () => {
        const output = await run("bash", `source '${home}/c.bash'; ${bashCall(typed, "")}`);
        deepStrictEqual(output.split("\n").filter((line) => line !== ""), offered);
      });
    }
  });
});

Deno.test("bash offers the same to a function that knows the words alone, as wrappers call it", async (t) => {
  await withShell(async (run, home) => {
    await run("bash", "opper-agent completions bash > c.bash");
    const separator = "-- next";
    const calls = ROWS.map(([typed]) => bashCall(typed, "=:").replace(/COMP_LINE=.*?; COMP_POINT=\d+; /, ""));
    const script = calls.map((call) => `${call}; echo '${separator}'`).join("\n");
    const outputs =
      (await run("bash", `set -euo pipefail; unset COMP_LINE COMP_POINT; source '${home}/c.bash'\n${script}`))
        .split(`${separator}\n`);
    for (const [index, [typed, offered]] of ROWS.entries()) {
      await t.step(typed, () => {
        deepStrictEqual(outputs[index]!.split("\n").filter((line) => line !== ""), [...offered]);
      });
    }
  });
});

/** Directories whose names a shell might take apart or expand. */
const NAMES = ["zz a b", "zz$HOME", "zz*"];

Deno.test("bash offers directories as they are called", async () => {
  await withShell(async (run, home) => {
    for (const name of NAMES) await Deno.mkdir(join(home, "in", name), { recursive: true });
    await run("bash", "opper-agent completions bash > c.bash");
    const output = await run("bash", `source c.bash; cd in; ${bashCall("sessions --project zz", "=:")}`);
    deepStrictEqual(output.split("\n").filter((line) => line !== "").sort(), [...NAMES].sort());
  });
});

/** What is typed behind an agent, where the shell offers files as it does for a program that it knows nothing of. */
const BEHIND_AGENT = ["launch pi zz", "launch pi -- zz", "launch pi --print zz", "launch --model x pi -p hello zz"];

Deno.test("bash leaves what stands behind the agent to its own completion of files", async (t) => {
  await withShell(async (run, home) => {
    await run("bash", "opper-agent completions bash > c.bash");
    // Without -o default nothing would be offered; with an answer of ours, nothing else.
    match(await run("bash", `source c.bash; complete -p opper-agent`), /-o default /);
    for (const typed of BEHIND_AGENT) {
      await t.step(typed, async () => {
        strictEqual(await run("bash", `set -eu; source '${home}/c.bash'; ${bashCall(typed, "=:")}`), "");
      });
    }
  });
});

/** Undefined where it is not installed. */
async function isInstalled(shell: string): Promise<boolean> {
  try {
    return (await new Deno.Command(shell, { args: ["-c", "true"], stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A test that needs a shell, and is reported as ignored where that is not installed. */
async function testWith(shell: string, name: string, body: (t: Deno.TestContext) => Promise<void>): Promise<void> {
  const isMissing = !(await isInstalled(shell));
  Deno.test({ name: isMissing ? `${name} (${shell} is not installed)` : name, ignore: isMissing, fn: body });
}

await testWith("fish", "fish offers the same, with what it is", async (t) => {
  await withShell(async (run, home) => {
    await run("fish", "opper-agent completions fish > c.fish");
    for (const [typed, offered] of ROWS) {
      // Fish does not part words, and completes directories in its own way.
      const line = typed.replaceAll("|", "");
      if (line.startsWith("--root")) continue;
      await t.step(line, async () => {
        const output = await run("fish", `source c.fish; complete -C 'opper-agent ${line}'`);
        const words = output.split("\n").filter((line) => line !== "")
          .map((line) => line.split("\t")[0]!.replace(/^--\w+=/, ""));
        deepStrictEqual(words.sort(), [...offered].sort());
      });
    }
    await t.step("project, age and cost of a session", async () => {
      const output = await run("fish", "source c.fish; complete -C 'opper-agent session e9'");
      match(output, /^e99afcf6\t\/srv\/web, .* ago|in .*, \$0\.031\n$/);
    });
    await Deno.writeTextFile(join(home, "zz a.txt"), "");
    for (const typed of BEHIND_AGENT) {
      await t.step(typed, async () => {
        const output = await run("fish", `source c.fish; complete -C 'opper-agent ${typed}'`);
        match(output, /^zz\\? a\.txt$/m);
        ok(!output.includes("zzz_command"));
      });
    }
  });
});

/** Presses Tab in an interactive zsh. @returns all that it draws from then on, without what steers the terminal */
const ZSH_TAB = `zmodload zsh/zpty
zpty z zsh -f -i
show() { local text= piece; while zpty -r -m z piece "*$1*" 2>/dev/null; do text+=$piece; [[ $piece == *$1* ]] && break; done; print -r -- $text }
zpty -w z "PS1='rea''dy> '; fpath=($PWD \\$fpath); autoload -U compinit; compinit -u -d $PWD/dump; bindkey '^I' complete-word; LISTMAX=10000; stty cols 200 rows 4000; cd in"
# Then its editor has the terminal.
show 'ready> ' >/dev/null
zpty -n -w z "$TYPED"$'\t\t'
# A line of its own says that all before it was answered.
zpty -n -w z $'\x15'"print do''ne"$'\n'
show done
zpty -d z`;

await testWith("zsh", "zsh offers files behind the agent, and not the machine's commands", async (t) => {
  await withShell(async (run, home) => {
    await run("zsh", "opper-agent completions zsh > _opper-agent; zsh -n _opper-agent");
    await Deno.mkdir(join(home, "in"));
    for (const name of ["zz a.txt", "zzother.txt"]) await Deno.writeTextFile(join(home, "in", name), "");
    await Deno.writeTextFile(join(home, "bin/zzz_command"), "#!/bin/sh\n", { mode: 0o755 });
    for (const typed of ["launch pi ", ...BEHIND_AGENT]) {
      await t.step(typed, async () => {
        const drawn = await run("zsh", `TYPED='opper-agent ${typed}'; ${ZSH_TAB}`);
        match(drawn, /zz\\? a\.txt/);
        match(drawn, /zzother\.txt/);
        ok(!drawn.includes("zzz_command"), drawn);
      });
    }
    await t.step("and before it the agents", async () => {
      match(await run("zsh", `TYPED='opper-agent launch '; ${ZSH_TAB}`), /launch pi/);
    });
  });
});

Deno.test("what scripts ask is answered or is nothing, and never an error", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await t.step("sessions with project, age and cost", async () => {
      const { code, stdout, stderr } = await runAgent(["complete", "sessions", CLAUDE.slice(0, 4)], { home });
      deepStrictEqual([code, stderr], [0, ""]);
      // 0.03135: see small_home.ts.
      match(stdout, /^e99afcf6\t\/srv\/web, [^,]+, \$0\.031\n$/);
    });
    await t.step("hidden projects stay hidden", async () => {
      await Deno.writeTextFile(join(home, ".opper/agent/config.json"), '{"hideProjects":["/srv/web"]}');
      strictEqual((await runAgent(["complete", "sessions", CLAUDE.slice(0, 4)], { home })).stdout, "");
    });
    await Deno.writeTextFile(join(home, ".opper/agent/config.json"), '{"nonsense":1}');
    for (const args of [["sessions"], ["sessions", "x"], ["nonsense"], [], ["--nonsense"], ["zones", "Nowhere"]]) {
      await t.step(args.join(" ") || "nothing", async () => {
        deepStrictEqual(await runAgent(["complete", ...args], { home }), { code: 0, stdout: "", stderr: "" });
      });
    }
    await t.step("help does not show it", async () => {
      ok(!(await runAgent(["help"], { home })).stdout.includes("Answer a completion script"));
    });
  });
});

Deno.test("completions says which shells there are", async (t) => {
  const rows: [args: string[], stderr: string][] = [
    [
      [],
      'Expected bash, zsh or fish after "opper-agent completions", not nothing.',
    ],
    [["fihs"], 'Expected bash, zsh or fish after "opper-agent completions", not "fihs".\nhint: Did you mean fish?'],
    [
      ["powershell"],
      'Expected bash, zsh or fish after "opper-agent completions", not "powershell".',
    ],
    [
      ["zsh", "fish"],
      '"opper-agent completions" takes SHELL alone, but was given "fish".',
    ],
  ];
  await withTemporaryDirectory(async (home) => {
    for (const [args, stderr] of rows) {
      await t.step(args.join(" ") || "none", async () => {
        deepStrictEqual(await runAgent(["completions", ...args], { home }), {
          code: 2,
          stdout: "",
          stderr: `error: ${stderr}\n`,
        });
      });
    }
  });
});
