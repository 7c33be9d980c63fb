/**
 * The model behind the tests' gateway: what it answers, by what the last message of the user says, and how many tokens it
 * counts, with prefixes that it has seen as cached. It knows nothing of HTTP, nor of any protocol: what it is asked, and
 * what it answers, has the form that the protocols (fake_chat.mjs, fake_messages.mjs, fake_responses.mjs) turn theirs into.
 *
 * A directive runs to the end of its line:
 *   SAY: <text>           answer exactly that
 *   BIG: <n>              answer n characters
 *   RUN: <command>        call the agent's shell tool; once it has answered, answer text
 *   LOOP: <n> <command>   n calls of the shell tool, one a turn
 *   TOOL: <name> <json>   call any tool; further lines of the kind are called one a turn
 *   ERROR: <status> <why> fail
 *   ERRONCE: <status>     fail the first time that this conversation is seen
 *   HTML: <status>        fail as a proxy in between does, with a page
 *   SLOW: <ms>            wait before the first word
 *   DRIP: <ms>            wait so long before each piece of the answer
 *   DROP:                 cut the connection in the middle of the answer
 *   PAD: <n>              count n more tokens of context, for as long as the message is in it
 * A request without tools, such as that for a title, is answered by text whatever it says of calls.
 */

/** A request for a summary repeats the conversation or goes behind it, with all that was asked for in it. */
const SUMMARY =
  /<conversation>|context checkpoint|detailed summary of the conversation|anchored (context )?summary|summari[sz]e the conversation/i;

/** What agents call the tool that runs a command. */
const SHELL_TOOL = /^(bash|shell|shell_command|exec_command|local_shell)$/i;

/** A model with a memory of its own; calls of one share what is cached. */
export function createFakeModel() {
  const seenPrefixes = new Set();
  const failedOnce = new Set();

  return {
    forget() {
      seenPrefixes.clear();
      failedOnce.clear();
    },

    /**
     * @param asked `{model, tools: [{name, parameters}], messages: [{role, text, raw}], prefix}`: the role is `user`,
     *   `assistant`, `tool` or another; `prefix` what comes before the messages
     * @returns `{error: {status, message, isPage}}`, or `{text, calls: [{name, args}], usage, slowMs, dripMs, drops}`; the
     *   usage is in the form of chat completions
     */
    answer(asked) {
      const { messages, tools } = asked;
      const lastUser = messages.findLastIndex(({ role }) => role === "user");
      const said = messages[lastUser]?.text ?? "";
      const toolAnswers = messages.slice(lastUser + 1).filter(({ role }) => role === "tool").length;
      // What a tool is called with may be directives for somebody else.
      const own = said.replace(/\bTOOL:[^\n]*/g, "");
      const directive = (name) => own.match(new RegExp(`\\b${name}: *([^\\n]*)`))?.[1].trim();

      if (SUMMARY.test(said)) return finish({ text: "## Goal\nA summary.", calls: [] });

      const [status, ...why] = (directive("ERROR") ?? "").split(" ");
      if (status !== "") return { error: { status: Number(status), message: why.join(" ") || `Scripted ${status}` } };
      const page = directive("HTML");
      if (page !== undefined) return { error: { status: Number(page), message: "A proxy speaks", isPage: true } };
      const once = directive("ERRONCE");
      const conversation = JSON.stringify(messages);
      if (once !== undefined && !failedOnce.has(conversation)) {
        failedOnce.add(conversation);
        return { error: { status: Number(once), message: "Scripted once" } };
      }

      const calls = tools.length === 0 ? [] : callsOf(said, directive, toolAnswers, tools);
      const plain = toolAnswers > 0 ? `Done after ${toolAnswers} tool result(s).` : `Echo: ${said.slice(0, 80)}`;
      const big = directive("BIG");
      return finish({ text: directive("SAY") ?? (big === undefined ? plain : "x".repeat(Number(big))), calls });

      function finish({ text, calls }) {
        const padding = messages.filter(({ role }) => role === "user")
          .reduce((sum, { text }) => sum + Number(text.match(/\bPAD: *(\d+)/)?.[1] ?? 0), 0);
        const written = calls.length > 0 ? JSON.stringify(calls) : text;
        const usage = countTokens(asked, padding, written, seenPrefixes);
        const [slowMs, dripMs] = ["SLOW", "DRIP"].map((name) => Number(directive(name) ?? 0));
        return { text, calls, usage, slowMs, dripMs, drops: directive("DROP") !== undefined };
      }
    },
  };
}

function callsOf(said, directive, toolAnswers, tools) {
  const [times, ...command] = (directive("LOOP") ?? "").split(" ");
  if (times !== "") return toolAnswers < Number(times) ? [shellCall(command.join(" "), tools)] : [];
  const run = directive("RUN");
  if (run !== undefined) return toolAnswers > 0 ? [] : [shellCall(run, tools)];
  const [, name, args] = [...said.matchAll(/\bTOOL: *(\S+) *([^\n]*)/g)][toolAnswers] ?? [];
  if (name === undefined) return [];
  try {
    return [{ name, args: JSON.parse(args.trim() || "{}") }];
  } catch {
    // Said where the test sees it, whatever the agent made of the words.
    return [{ name, args: { noJson: args } }];
  }
}

/** With what the agent's own tool asks for. */
function shellCall(command, tools) {
  const { name, parameters } = tools.find(({ name }) => SHELL_TOOL.test(name)) ?? { name: "bash" };
  const { properties = {}, required = [] } = parameters ?? {};
  const described = required.includes("description") ? { description: "a command" } : {};
  if ("cmd" in properties) return { name, args: { cmd: command } };
  const isList = properties.command?.type === "array";
  return { name, args: { command: isList ? ["sh", "-c", command] : command, ...described } };
}

/** Four characters a token. Marks for caching are no part of a prefix: agents move them from turn to turn. */
function countTokens({ model, prefix, messages }, padding, written, seenPrefixes) {
  const pieces = [model, prefix, ...messages.map(({ raw }) => raw)]
    .map((piece) => JSON.stringify(piece).replace(/,?"cache_control":\{[^}]*\}/g, ""));
  let seen = "";
  let total = padding;
  let cached = 0;
  for (const piece of pieces) {
    seen += piece;
    total += Math.ceil(piece.length / 4);
    if (seenPrefixes.has(seen)) cached = total;
    seenPrefixes.add(seen);
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
