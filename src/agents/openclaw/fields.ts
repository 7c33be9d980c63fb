/** The fields of OpenClaw's entries that are read: Pi's, what it adds to them, and what its database says of a session. */
import { type Fields, name, type Row } from "../fields.ts";
import { PI_FIELDS } from "../formats/pi_entries/fields.ts";

export const OPENCLAW_FIELDS = {
  ...PI_FIELDS,
  responseId: name("message", "responseId"),
  api: name("message", "api"),
  /** Who charged what `cost.total` says. */
  costOrigin: name("message", "usage", "cost", "totalOrigin"),
  /** Where the message was copied from. */
  mirrorOrigin: name("message", "__openclaw", "mirrorOrigin"),
  /** The same in older versions, as the beginning of a key. */
  idempotencyKey: name("message", "idempotencyKey"),

  /** See layouts.ts. In each row of a database. */
  rootId: name("told", "root"),
  forkedFrom: name("told", "parent"),
  windowTitle: name("told", "title"),
} satisfies Fields;

export type OpenClawRow = Row<typeof OPENCLAW_FIELDS>;
