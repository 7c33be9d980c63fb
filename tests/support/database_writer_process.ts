/** A program that has a database open and writes to it as it is told, a statement a line; each is answered when it is done. */
import { DatabaseSync } from "node:sqlite";

const database = new DatabaseSync(Deno.args[0]!);
let begun = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (begun + text).split("\n");
  begun = lines.pop()!;
  for (const line of lines) {
    database.exec(JSON.parse(line));
    console.log("done");
  }
}
