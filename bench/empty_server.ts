/**
 * The least that answers: what a start of any server in this runtime takes. Compiled as the program is
 * (`deno compile -A bench/empty_server.ts`), or run from source.
 */
const decoder = new TextDecoder();
const encoder = new TextEncoder();
let rest = "";
for await (const bytes of Deno.stdin.readable) {
  const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
  rest = lines.pop()!;
  for (const line of lines) {
    const { id } = JSON.parse(line);
    if (id !== undefined) {
      Deno.stdout.writeSync(encoder.encode(`${JSON.stringify({ jsonrpc: "2.0", id, result: {} })}\n`));
    }
  }
}
