/** Writes one log line by line, counts its bytes, and gives it the time of its last line, as a tool would have. */
import { dirname } from "node:path";

const BUFFER_BYTES = 1 << 20;
const encoder = new TextEncoder();
/** Logs are nested (a sub-agent's within its parent's), so that each open one needs a buffer of its own. */
const spareBuffers: Uint8Array[] = [];

export class LogFile {
  readonly path: string;
  /** Written so far. */
  bytes = 0;
  readonly #file: Deno.FsFile;
  readonly #buffer: Uint8Array;
  #used = 0;

  constructor(path: string) {
    this.path = path;
    Deno.mkdirSync(dirname(path), { recursive: true });
    this.#file = Deno.openSync(path, { write: true, createNew: true });
    this.#buffer = spareBuffers.pop() ?? new Uint8Array(BUFFER_BYTES);
  }

  line(text: string): void {
    this.#write(text);
    this.#write("\n");
  }

  close(lastAt: number): void {
    this.#flush();
    this.#file.close();
    spareBuffers.push(this.#buffer);
    Deno.utimeSync(this.path, lastAt / 1000, lastAt / 1000);
  }

  #write(text: string): void {
    let rest = text;
    for (;;) {
      const { read, written } = encoder.encodeInto(rest, this.#buffer.subarray(this.#used));
      this.#used += written;
      this.bytes += written;
      if (read === rest.length) return;
      rest = rest.slice(read);
      this.#flush();
    }
  }

  #flush(): void {
    for (let from = 0; from < this.#used;) from += this.#file.writeSync(this.#buffer.subarray(from, this.#used));
    this.#used = 0;
  }
}
