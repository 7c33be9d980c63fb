/**
 * The server's half of the protocol: the handshake, and requests whose parameters are checked before they are handled.
 *
 * Made of the SDK's Protocol rather than its Server, which is deprecated, loads a schema validator for requests that we
 * never make (50 of 220 ms of every start, 1.32.2), and answers wrong parameters as faults of its own.
 */
// @ts-types="@modelcontextprotocol/sdk/shared/protocol"
import { Protocol, type RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
// @ts-types="@modelcontextprotocol/sdk/types"
import {
  InitializeRequestSchema,
  LATEST_PROTOCOL_VERSION,
  type ServerNotification,
  type ServerRequest,
  type ServerResult,
  SUPPORTED_PROTOCOL_VERSIONS,
} from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { AgentError } from "../core/errors.ts";
import { messageOf, ProtocolError } from "./protocol_error.ts";
import type { ServerDescription } from "./dual_era.ts";
import type { JsonObject } from "./tools/tool_definition.ts";

export type RequestExtra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** Schema of a request as the SDK has it: a method and its parameters. */
type RequestSchema = z.ZodObject<{ method: z.ZodLiteral<string> }>;
type ParametersOf<S extends z.ZodType> = NonNullable<z.infer<S> extends { params?: infer P } ? P : never>;

export class ProtocolServer extends Protocol<ServerRequest, ServerNotification, ServerResult> {
  readonly #reportBug: (error: unknown) => string;

  /** @param reportBug takes what nobody expected, and gives a sentence for the client */
  constructor(description: ServerDescription, reportBug: (error: unknown) => string) {
    super();
    this.#reportBug = reportBug;
    this.handle(InitializeRequestSchema, ({ protocolVersion }) =>
      Promise.resolve({
        protocolVersion: SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion)
          ? protocolVersion
          : LATEST_PROTOCOL_VERSION,
        capabilities: description.capabilities,
        serverInfo: description.serverInfo,
        instructions: description.instructions,
      }));
  }

  /**
   * Answers a method with what `body` gives. What it throws is answered as an error: a ProtocolError as it is, an
   * AgentError as wrong parameters, and anything else without details.
   */
  handle<S extends RequestSchema>(
    schema: S,
    body: (parameters: ParametersOf<S>, extra: RequestExtra) => Promise<JsonObject>,
  ): void {
    const [method] = schema.shape.method.values;
    // Lenient, since the SDK answers what does not pass as an internal error.
    const lenient = z.looseObject({ method: z.literal(method!), params: z.looseObject({}).optional() });
    this.setRequestHandler(lenient, async (request, extra) => {
      const parsed = schema.safeParse({ ...request, params: request.params ?? {} });
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        const at = issue?.path.slice(1).join(".");
        throw new ProtocolError("invalid_params", `${method}: ${at ? `${at}: ` : ""}${issue?.message}`);
      }
      try {
        return { ...await body((parsed.data as { params: ParametersOf<S> }).params, extra) };
      } catch (error) {
        if (error instanceof ProtocolError || extra.signal.aborted) throw error;
        if (error instanceof AgentError) throw new ProtocolError("invalid_params", messageOf(error));
        throw new ProtocolError("internal", this.#reportBug(error));
      }
    });
  }

  // What may be sent and handled is decided by what is registered: nothing is left to check here.
  protected override assertCapabilityForMethod(): void {}
  protected override assertNotificationCapability(): void {}
  protected override assertRequestHandlerCapability(): void {}
  protected override assertTaskCapability(): void {}
  protected override assertTaskHandlerCapability(): void {}
}
