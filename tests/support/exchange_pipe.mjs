/**
 * Stands between an MCP client and a server, hands on every byte, and writes down what was said. A client starts it in the
 * place of the server, with whatever it hands on of its environment. Plain JavaScript, so that any Node runs it, at once.
 *
 *   node exchange_pipe.mjs FILE PROGRAM [ARGUMENT]...
 *
 * A line of FILE: `{ pid, from: "client" | "server", line }`, or `{ pid, from: "client", signal }`. Several clients may
 * write to one file. exchange.ts reads it.
 */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import process from "node:process";
import { StringDecoder } from "node:string_decoder";

const [file, program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });

/** Appended at once: a client may kill whatever it started. */
function write(record) {
  appendFileSync(file, `${JSON.stringify({ pid: process.pid, ...record })}\n`);
}

function pass(from, input, output) {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  input.on("data", (bytes) => {
    const lines = (rest + decoder.write(bytes)).split("\n");
    rest = lines.pop();
    // Written down before it is handed on, so that no answer stands before its question.
    for (const line of lines) write({ from, line });
    output.write(bytes);
  });
  input.on("end", () => {
    if (rest !== "") write({ from, line: rest });
    output.end();
  });
  // Whoever is gone reads no more.
  output.on("error", () => {});
}

pass("client", process.stdin, child.stdin);
pass("server", child.stdout, process.stdout);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    write({ from: "client", signal });
    child.kill(signal);
  });
}
child.on("close", (code) => process.exit(code ?? 1));
