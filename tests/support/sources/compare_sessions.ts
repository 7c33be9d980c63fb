/** Compares answers with what sessions are known to have cost: tokens exactly, recorded dollars to a billionth. */
import { type ReportedCost, type TokenUsage, totalTokens, type Usd } from "../../../src/core/model.ts";
import { addSums, type ExpectedSessions, type ExpectedSums, joinSubagents } from "./expected_sessions.ts";

/** What `readAnswers` of scan_answers.ts gives, as far as it is looked at here. */
export interface SourceAnswers {
  readonly sessions: readonly AnsweredSession[];
  readonly turns: readonly (readonly [sessionId: string, turns: readonly AnsweredTurn[]])[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly buckets: readonly { readonly sessionId: string }[];
  readonly misses: readonly { readonly sessionId: string }[];
  readonly lifetimes: unknown;
}

interface AnsweredTurn {
  readonly key: string;
  readonly model: { readonly provider: string; readonly model: string };
  readonly reported?: ReportedCost;
}

interface AnsweredSession {
  readonly source: string;
  readonly sessionId: string;
  readonly turns: number;
  readonly usage: TokenUsage;
  readonly models: readonly {
    readonly provider: string;
    readonly model: string;
    readonly turns: number;
    readonly usage: TokenUsage;
    readonly cost: { readonly usd: Usd; readonly basis: string };
  }[];
  readonly cost: { readonly usd: Usd; readonly basis: string };
  readonly file: string;
  readonly files: readonly string[];
  readonly isDeleted?: true;
}

const LEAST_USD = 1e-9;

/**
 * Every difference in a line of its own: none where all agrees.
 *
 * Models are compared without who bills for them: what is expected names the protocol that was spoken. But who is named for
 * one protocol is always the same.
 */
export function differencesOf(source: string, answers: SourceAnswers, all: ExpectedSessions): readonly string[] {
  const differences: string[] = [];
  const found = new Map(answers.sessions.map((session) => [session.sessionId, session]));
  const expected = joinSubagents(all, new Map(answers.sessions.map(({ sessionId, files }) => [sessionId, files])));
  for (const [id, session] of found) {
    if (session.source !== source) differences.push(`${id} is one of ${session.source}`);
    // Nobody need have counted one that asked for nothing.
    if (!expected.has(id) && totalTokens(session.usage) > 0) differences.push(`${id} is not expected`);
  }
  const billers = new Map<string, Set<string>>();
  for (const [id, known] of expected) {
    const session = found.get(id);
    if (session === undefined) {
      differences.push(`${id} is missing`);
      continue;
    }
    const say = (what: string, is: unknown, was: unknown) =>
      differences.push(`${id}: ${what} ${JSON.stringify(is)}, expected ${JSON.stringify(was)}`);
    const isTotal = session.turns === 0 && totalTokens(session.usage) > 0;
    const compare = (what: string, is: ExpectedSums, was: ExpectedSums) => {
      // What is known as a sum has no turns.
      if (!isTotal && was.turns !== undefined && is.turns !== was.turns) say(`${what}turns`, is.turns, was.turns);
      for (const [kind, count] of Object.entries(was.usage)) {
        const counted = is.usage[kind as keyof TokenUsage];
        if (counted !== count) say(`${what}${kind}`, counted, count);
      }
      if (was.usd !== undefined && Math.abs((is.usd ?? 0) - was.usd) > LEAST_USD) say(`${what}usd`, is.usd, was.usd);
    };
    const isModels = modelsOf(session, answers, isTotal);
    const usd = Object.values(isModels).reduce((sum, { usd = 0 }) => sum + usd, 0);
    compare("", { ...session, usd }, known);
    if (known.models === undefined) continue;
    const wasModels = expectedModels(known.models);
    // An agent that has a sum alone has it of the model that it began with.
    if (isTotal && Object.keys(isModels).length === 1 && Object.keys(wasModels).length > 1) continue;
    for (const name of new Set([...Object.keys(isModels), ...Object.keys(wasModels)])) {
      const [is, was] = [isModels[name], wasModels[name]];
      if (is === undefined || was === undefined) say("models", Object.keys(isModels), Object.keys(wasModels));
      else compare(`${name} `, is, was);
    }
    const isRecorded = known.usd !== undefined && known.usd > 0 &&
      Object.values(known.models).every(({ usd = 0 }) => usd > 0);
    if (isRecorded && Math.abs(session.cost.usd - known.usd) > LEAST_USD) say("cost", session.cost, known.usd);
    for (const name of Object.keys(known.models)) {
      const [protocol, model] = splitName(name);
      const named = billers.get(protocol) ?? new Set();
      for (const { provider, model: other } of session.models) if (other === model) named.add(provider);
      billers.set(protocol, named);
    }
  }
  return differences.concat(
    [...billers].filter(([, named]) => named.size > 1).map(([protocol, named]) =>
      `${protocol} is billed by ${[...named].join(", ")}`
    ),
  );
}

/** By model, with what the agent recorded of its price. */
function modelsOf(
  session: AnsweredSession,
  { turns }: SourceAnswers,
  isTotal: boolean,
): Readonly<Record<string, ExpectedSums>> {
  const sums: Record<string, ExpectedSums> = {};
  for (const { model, turns, usage, cost } of session.models) {
    if (turns === 0 && totalTokens(usage) === 0) continue;
    const usd = isTotal && cost.basis === "reported" ? cost.usd : undefined;
    sums[model] = addSums(sums[model], { turns, usage, usd });
  }
  for (const [, own] of turns.filter(([id]) => id === session.sessionId)) {
    for (const { model: { model }, reported } of own) {
      if (reported === undefined) continue;
      const sum = sums[model]!;
      sums[model] = { ...sum, usd: (sum.usd ?? 0) + reported.usd };
    }
  }
  return sums;
}

function expectedModels(models: Readonly<Record<string, ExpectedSums>>): Readonly<Record<string, ExpectedSums>> {
  const sums: Record<string, ExpectedSums> = {};
  for (const [name, model] of Object.entries(models)) {
    sums[splitName(name)[1]] = addSums(sums[splitName(name)[1]], model);
  }
  return sums;
}

function splitName(name: string): readonly [provider: string, model: string] {
  const slash = name.indexOf("/");
  return [name.slice(0, slash), name.slice(slash + 1)];
}
