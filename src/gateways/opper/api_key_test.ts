import { strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { checkKeyName, maskKey, readKey } from "./api_key.ts";
import { resolveCredentials } from "./credentials.ts";

const CANARY = "op-canary-5f1d0c9b7a3e";

Deno.test("readKey understands what people paste", async (t) => {
  const rows: readonly string[] = [
    CANARY,
    ` ${CANARY}\r\n`,
    `"${CANARY}"`,
    `'${CANARY}'`,
    `“${CANARY}”`,
    `\ufeff${CANARY}`,
    `${CANARY.slice(0, 5)}\u200b${CANARY.slice(5)}\u2060`,
    `\u00a0${CANARY}\u00a0`,
    `OPPER_API_KEY=${CANARY}`,
    `OPPER_API_KEY = "${CANARY}"`,
    `export OPPER_API_KEY="${CANARY}"`,
    `export OPPER_API_KEY='${CANARY}';`,
    `\ufeffexport OPPER_API_KEY=${CANARY}\r`,
    `set OPPER_API_KEY=${CANARY}`,
    `setx OPPER_API_KEY "${CANARY}"`,
    `set -gx OPPER_API_KEY ${CANARY}`,
    `$env:OPPER_API_KEY = "${CANARY}"`,
    `"OPPER_API_KEY": "${CANARY}",`,
    `OPPER_API_KEY: ${CANARY}`,
    `"OPPER_API_KEY=${CANARY}"`,
    `Bearer ${CANARY}`,
    `export OPPER_API_KEY="${CANARY}" # of work`,
    `"apiKey": "${CANARY}",`,
    `api_key=${CANARY}`,
    `export OTHER_KEY='${CANARY}'`,
    `\x1b[200~${CANARY}\x1b[201~`,
    `Authorization: Bearer ${CANARY}`,
  ];
  for (const said of rows) await t.step(JSON.stringify(said), () => strictEqual(readKey(said), CANARY));
  await t.step("in the variable", () => {
    for (const said of rows) {
      strictEqual(resolveCredentials({ env: { OPPER_API_KEY: said }, opperHome: "/dev/null" }).apiKey, CANARY);
    }
  });
  await t.step("a key with signs of its own stays", () => strictEqual(readKey("op-a=b:c'd"), "op-a=b:c'd"));
});

Deno.test("maskKey", async (t) => {
  const rows: [apiKey: string, masked: string][] = [
    ["op-canary-5f1d0c9b7a3e", "op-…7a3e"],
    ["5f1d0c9b7a3e5f1d0c9b7a3e", "…7a3e"],
    ["op-tooshort", "…"],
    ["", "…"],
  ];
  for (const [apiKey, masked] of rows) await t.step(apiKey, () => strictEqual(maskKey(apiKey), masked));
});

Deno.test("checkKeyName never repeats what may be a key", () => {
  throws(
    () => checkKeyName(`${CANARY}-and-more`),
    (error) => error instanceof AgentError && error.code === "usage" && !error.message.includes("canary"),
  );
});
