/** What is read of a record: a session, a message of either engine, or the steps of a message. */
import { type Fields, flag, json, name, numeric, type Row, time } from "../../fields.ts";

/** `kind` and what is beside it is given by the store; `data` is as the program wrote it. */
export const MESSAGE_FIELDS = {
  /** `session`, `message`, `row` of the second engine, `steps`. */
  kind: name("kind"),
  /** Of a row. */
  type: name("type"),
  /** When it was made, by its row. */
  rowAt: time("at"),
  steps: json("steps"),

  id: name("data", "id"),
  parentId: name("data", "parentID"),
  /** Above all sub-agents, where the store knows it. */
  rootId: name("data", "rootID"),
  directory: name("data", "directory"),
  title: name("data", "title"),
  forkedFrom: name("data", "forkedFrom"),

  role: name("data", "role"),
  created: time("data", "time", "created"),
  completed: time("data", "time", "completed"),
  provider: name("data", "providerID"),
  model: name("data", "modelID"),
  chosenProvider: name("data", "model", "providerID"),
  chosenModel: name("data", "model", "modelID"),
  rowModel: name("data", "model", "id"),
  mode: name("data", "mode"),
  agent: name("data", "agent"),
  isSummary: flag("data", "summary"),
  cost: numeric("data", "cost"),
  tokens: json("data", "tokens"),
} satisfies Fields;

export type MessageRow = Row<typeof MESSAGE_FIELDS>;
