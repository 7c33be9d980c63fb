/**
 * What may be known of the machine by who opens nothing: where the user's home is, what the environment says, and which
 * directory somebody meant who wrote it down where no shell has read it. Made by host/environment.ts.
 */

/** Plain data and pure functions, but for those that read a small file and a directory's names; tests make one up. */
export interface Machine {
  readonly os: "linux" | "darwin" | "windows";
  /** Absolute path of the user's home. */
  readonly home: string;
  /** Absolute path of the working directory. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;

  /**
   * Text of a small file of settings; undefined when it cannot be read.
   *
   * @param mostBytes of a file that may be large: no more than these from its beginning are read @default all
   */
  readTextFile(path: string, mostBytes?: number): string | undefined;

  /**
   * The same of a file that somebody named as what to read, and may have meant a pipe: that is waited for.
   *
   * @param mostBytes no more than these from its beginning are read @default all
   */
  readNamedFile(path: string, mostBytes?: number): string | undefined;

  /** Names of what is in a directory, in no order; none when it cannot be read. */
  namesIn(path: string): readonly string[];

  /** One path of several, as the system writes them. */
  join(...parts: readonly string[]): string;

  /**
   * The directory that somebody meant, absolute: `~` and `$HOME` are the home, what is relative is below the working
   * directory, and quotes and blanks that were pasted along are no part of it.
   *
   * @param said the value of a variable or a setting
   * @returns undefined when it says nothing
   */
  resolve(said: string | undefined): string | undefined;

  /** Several, with commas between. None when it says nothing. */
  resolveList(said: string | undefined): readonly string[];

  /**
   * The directory that a program means by it which takes it as it stands, blanks, commas and `~`.
   *
   * @param expandsHome whether that program reads a `~` in front as we do @default false
   * @returns undefined for nothing, and for an ordinary one, which everybody reads alike
   */
  asWritten(said: string | undefined, expandsHome?: boolean): string | undefined;

  /**
   * The directory that a variable names, for files that we write: what only a shell knows, the home of
   * somebody else (`~bob`) or another variable (`$DATA/x`), is refused.
   *
   * @param isList whether it may name several, with commas between: the first one is meant @default false
   * @returns undefined when the variable says nothing
   * @throws {AgentError} usage, when it holds what only a shell knows
   */
  directoryOf(variable: string, isList?: boolean): string | undefined;

  /**
   * Variables that each name a directory, in full, so that a program means the same by them wherever it is started. What is
   * not set stays so; one that says nothing becomes empty.
   */
  inFull(variables: readonly string[]): Readonly<Record<string, string>>;
}
