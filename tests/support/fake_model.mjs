/**
 * The model behind the tests' gateway: what it answers to OpenAI chat completions, by what the last message of the user
 * says, and how many tokens it counts, with prefixes that it has seen as cached. It knows nothing of HTTP.
 *
 * A directive runs to the end of its line:
 *   SAY: <text>           answer exactly that
 *   BIG: <n>              answer n characters
 *   RUN: <command>        call the tool `bash`; once it has answered, answer text
 *   LOOP: <n> <command>   n calls of `bash`, one a turn
 *   TOOL: <name> <json>   call any tool
 *   ERROR: <status> <why> fail
 *   ERRONCE: <status>     fail the first time that this conversation is seen
 *   SLOW: <ms>            wait before the first word
 *   DROP:                 cut the connection in the middle of the answer
 *   PAD: <n>              count n more tokens of context, for as long as the message is in it
 */

/** A model with a memory of its own; calls of one share what is cached. */
export function createFakeModel() {
  const seenPrefixes = new Set();
  const failedOnce = new Set();

  return {
    forget() {
      seenPrefixes.clear();
      failedOnce.clear();
    },

    /** @returns `{error: {status, message}}`, or `{text, calls: [{name, args}], usage, slowMs, drops}` */
    answer(body) {
      const messages = body.messages.map((message) => ({ ...message, text: textOf(message.content) }));
      const lastUser = messages.findLastIndex(({ role }) => role === "user");
      const said = messages[lastUser]?.text ?? "";
      const toolAnswers = messages.slice(lastUser + 1).filter(({ role }) => role === "tool").length;
      const directive = (name) => said.match(new RegExp(`\\b${name}: *([^\\n]*)`))?.[1].trim();

      // An agent that asks for a summary repeats the conversation, and all that was asked for in it.
      if (/<conversation>/.test(said)) return finish({ text: "## Goal\nA summary.", calls: [] });

      const [status, ...why] = (directive("ERROR") ?? "").split(" ");
      if (status !== "") return { error: { status: Number(status), message: why.join(" ") || `Scripted ${status}` } };
      const once = directive("ERRONCE");
      const conversation = JSON.stringify(messages);
      if (once !== undefined && !failedOnce.has(conversation)) {
        failedOnce.add(conversation);
        return { error: { status: Number(once), message: "Scripted once" } };
      }

      const calls = callsOf(directive, toolAnswers);
      const plain = toolAnswers > 0 ? `Done after ${toolAnswers} tool result(s).` : `Echo: ${said.slice(0, 80)}`;
      const big = directive("BIG");
      return finish({ text: directive("SAY") ?? (big === undefined ? plain : "x".repeat(Number(big))), calls });

      function finish({ text, calls }) {
        const padding = messages.filter(({ role }) => role === "user")
          .reduce((sum, { text }) => sum + Number(text.match(/\bPAD: *(\d+)/)?.[1] ?? 0), 0);
        const written = calls.length > 0 ? JSON.stringify(calls) : text;
        const usage = countTokens(body, padding, written, seenPrefixes);
        return { text, calls, usage, slowMs: Number(directive("SLOW") ?? 0), drops: directive("DROP") !== undefined };
      }
    },
  };
}

function callsOf(directive, toolAnswers) {
  const bash = (command) => ({ name: "bash", args: { command } });
  const [times, ...command] = (directive("LOOP") ?? "").split(" ");
  if (times !== "") return toolAnswers < Number(times) ? [bash(command.join(" "))] : [];
  if (toolAnswers > 0) return [];
  const run = directive("RUN");
  if (run !== undefined) return [bash(run)];
  const [, name, args] = directive("TOOL")?.match(/^(\S+) *(.*)$/) ?? [];
  return name === undefined ? [] : [{ name, args: JSON.parse(args || "{}") }];
}

/** Four characters a token. Marks for caching are no part of a prefix: agents move them from turn to turn. */
function countTokens(body, padding, written, seenPrefixes) {
  const pieces = [body.model, body.tools ?? [], ...body.messages]
    .map((piece) => JSON.stringify(piece).replace(/,?"cache_control":\{[^}]*\}/g, ""));
  let prefix = "";
  let total = padding;
  let cached = 0;
  for (const piece of pieces) {
    prefix += piece;
    total += Math.ceil(piece.length / 4);
    if (seenPrefixes.has(prefix)) cached = total;
    seenPrefixes.add(prefix);
  }
  const output = Math.max(1, Math.ceil(written.length / 4));
  return {
    prompt_tokens: total,
    completion_tokens: output,
    total_tokens: total + output,
    // The last token is never read from a cache, even when the same is asked twice.
    prompt_tokens_details: { cached_tokens: Math.min(cached, total - 1) },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}

function textOf(content) {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text }) => text ?? "").join("\n");
}
