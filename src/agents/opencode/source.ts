/** Reads the sessions of OpenCode: messages as formats/opencode_messages/ reads them, and nothing else. */
import { messageSource } from "../formats/opencode_messages/fold.ts";

export const opencodeSource = messageSource;
