/** Homes that grow as agents write: what each form of log is like between one look and the next. */
import { dirname, join } from "node:path";
import { DatabaseWriter } from "../database_writer.ts";
import { type DatabaseContent, growthOf, readContent } from "./database_content.ts";
import { documentVersions } from "./document_versions.ts";
import { databaseBeside, type HomeFile, writeHomeFile } from "./source_homes.ts";

/** One that comes about step by step. */
export interface Growth {
  /** @returns whether there is more to come */
  step(): Promise<boolean>;
}

/** @param lengthOf What a file that has `before` bytes has after the next step */
export function growLines(
  home: string,
  files: readonly HomeFile[],
  lengthOf: (file: HomeFile, before: number) => number,
): Growth {
  const lengths = new Map(files.map((file) => [file, 0]));
  return {
    step() {
      for (const file of files) {
        const { relativePath, bytes } = file;
        const before = lengths.get(file)!;
        const length = Math.min(bytes.length, lengthOf(file, before));
        lengths.set(file, length);
        const path = join(home, relativePath);
        Deno.mkdirSync(dirname(path), { recursive: true });
        Deno.writeFileSync(path, bytes.subarray(before, length), { append: true });
      }
      return Promise.resolve(files.some((file) => lengths.get(file)! < file.bytes.length));
    },
  };
}

/** Just past the next line. */
export function nextLine({ bytes }: HomeFile, before: number): number {
  const newline = bytes.indexOf(10, before);
  return newline < 0 ? bytes.length : newline + 1;
}

/** A document, or what there is of it so far. */
interface Writing {
  readonly file: HomeFile;
  readonly versions: readonly Uint8Array[];
}

/**
 * Documents that are written anew turn by turn, in turns as a new file and over the old one. Those that make a log together
 * come one after the other.
 *
 * @param onHalf Called while some are half-written, before they are whole
 */
export function growDocuments(home: string, files: readonly HomeFile[], onHalf: () => Promise<void>): Growth {
  const steps = 8;
  const parts = files.filter(({ isPart }) => isPart);
  const writings: Writing[] = files.map((file) => {
    const place = parts.indexOf(file);
    if (place < 0) return { file, versions: documentVersions(file.bytes, steps) };
    const earlier = Math.floor(place * steps / parts.length);
    return { file, versions: [...new Array<Uint8Array>(earlier).fill(new Uint8Array()), file.bytes] };
  });
  let step = 0;
  return {
    async step() {
      const now = writings.flatMap(({ file, versions }) => {
        const bytes = versions[step];
        return bytes === undefined || bytes.length === 0 ? [] : [{ relativePath: file.relativePath, bytes }];
      });
      for (const { relativePath, bytes } of now) {
        if (step % 2 === 0) Deno.removeSync(writtenAt(home, relativePath));
        writeHomeFile(home, { relativePath, bytes: bytes.subarray(0, bytes.length / 2) });
      }
      if (now.length > 0) await onHalf();
      for (const file of now) writeHomeFile(home, file);
      step++;
      return writings.some(({ versions }) => versions.length > step);
    },
  };
}

/** Is there afterwards. */
function writtenAt(home: string, relativePath: string): string {
  const path = join(home, relativePath);
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeFileSync(path, new Uint8Array(), { append: true });
  return path;
}

/** A database that another process writes, which leaves all rows in the `-wal`. */
export class GrowingDatabase implements Growth, AsyncDisposable {
  readonly #steps: readonly string[];
  readonly #writer: DatabaseWriter;
  #done = 0;

  private constructor(readonly path: string, readonly content: DatabaseContent, steps: number) {
    this.#steps = growthOf(content, steps);
    this.#writer = new DatabaseWriter(path);
  }

  /** @param scratch A directory of nobody's @param files All of the home, of which some belong to the database */
  static async begin(
    home: string,
    file: HomeFile,
    files: readonly HomeFile[],
    scratch: string,
    steps = 10,
  ): Promise<GrowingDatabase> {
    const own = files.filter((other) => other === file || databaseBeside(other.relativePath) === file.relativePath);
    for (const one of own) writeHomeFile(scratch, one);
    const content = readContent(join(scratch, file.relativePath), file.store!);
    const path = join(home, file.relativePath);
    Deno.mkdirSync(dirname(path), { recursive: true });
    const growing = new GrowingDatabase(path, content, steps);
    await growing.run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = OFF;");
    await growing.change(content.schema.map((sql) => `${sql};`).join(""));
    return growing;
  }

  /** As it is when it stands. */
  async run(sql: string): Promise<void> {
    await this.#writer.run(sql);
  }

  /** All of it, or nothing. */
  async change(sql: string): Promise<void> {
    await this.run(`BEGIN IMMEDIATE; ${sql} COMMIT`);
  }

  async step(): Promise<boolean> {
    await this.change(this.#steps[this.#done++]!);
    return this.#done < this.#steps.length;
  }

  async kill(): Promise<void> {
    await this.#writer.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }
}

/** Takes a step of each that has more, and says so after each. */
export async function growAll(growths: readonly Growth[], afterStep: () => Promise<void>): Promise<void> {
  let growing = growths;
  while (growing.length > 0) {
    const more: Growth[] = [];
    for (const growth of growing) if (await growth.step()) more.push(growth);
    growing = more;
    await afterStep();
  }
}
