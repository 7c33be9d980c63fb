/** Long lists, made shorter on their way: through a forwarded port every byte counts. */
import { compressGzip } from "../host/compress_gzip.ts";
import type { HttpAnswer } from "./answer.ts";

/** What is shorter fits into a few packets as it is. */
const LEAST_CHARACTERS = 16 * 1024;

/** Text alone. @param acceptsGzip whether who asks can unpack it */
export function compressAnswer(answer: HttpAnswer, acceptsGzip: boolean): HttpAnswer {
  const { body, headers } = answer;
  if (typeof body !== "string" || body.length < LEAST_CHARACTERS) return answer;
  const varying = { ...headers, vary: "accept-encoding" };
  if (!acceptsGzip) return { ...answer, headers: varying };
  return { ...answer, headers: { ...varying, "content-encoding": "gzip" }, body: compressGzip(body) };
}
