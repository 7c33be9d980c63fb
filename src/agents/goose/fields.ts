/** The fields of a row of Goose's that are read: of a session, or of a response in its ledger. */
import { count, type Fields, name, numeric, type Row, time, whole } from "../fields.ts";

export const GOOSE_FIELDS = {
  kind: name("kind"),

  id: name("id"),
  name: name("name"),
  description: name("description"),
  type: name("type"),
  cwd: name("cwd"),
  began: time("began"),
  updated: time("updated"),
  provider: name("provider"),
  sessionModel: name("modelConfig", "model_name"),
  parent: name("parent"),
  /** Of a sub-agent's: the session that somebody began. */
  root: name("root"),
  rootBegan: time("rootBegan"),

  /** Of a session the sums of all its responses. */
  inputSum: whole("input"),
  outputSum: whole("output"),
  totalSum: whole("total"),
  cacheReadSum: whole("cacheRead"),
  cacheWriteSum: whole("cacheWrite"),
  /** Of these what stands in the ledger. */
  listedInput: whole("listedInput"),
  listedOutput: whole("listedOutput"),
  listedTotal: whole("listedTotal"),
  listedCacheRead: whole("listedCacheRead"),
  listedCacheWrite: whole("listedCacheWrite"),
  listedUsd: numeric("listedCost"),

  row: whole("row"),
  at: time("at"),
  model: name("model"),
  input: count("input"),
  output: count("output"),
  total: count("total"),
  cacheRead: count("cacheRead"),
  cacheWrite: count("cacheWrite"),
  usd: numeric("cost"),
  costSource: name("costSource"),
  isCompaction: whole("isCompaction"),
} satisfies Fields;

export type GooseRow = Row<typeof GOOSE_FIELDS>;
