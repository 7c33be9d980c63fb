/** The machines that a release is made for. Their names are those of the files, and what install.sh looks for. */

export interface Target {
  /** In names of files: `linux-x64`. */
  readonly name: string;
  /** What `deno compile --target` calls it. */
  readonly triple: string;
  /** Windows gets the bare program, all others an archive, which keeps it executable. */
  readonly asset: string;
  readonly program: "opper-agent" | "opper-agent.exe";
}

export const TARGETS: readonly Target[] = [
  archived("linux-x64", "x86_64-unknown-linux-gnu"),
  archived("linux-arm64", "aarch64-unknown-linux-gnu"),
  archived("macos-x64", "x86_64-apple-darwin"),
  archived("macos-arm64", "aarch64-apple-darwin"),
  {
    name: "windows-x64",
    triple: "x86_64-pc-windows-msvc",
    asset: "opper-agent-windows-x64.exe",
    program: "opper-agent.exe",
  },
];

function archived(name: string, triple: string): Target {
  return { name, triple, asset: `opper-agent-${name}.tar.gz`, program: "opper-agent" };
}
