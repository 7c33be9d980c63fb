/** The second thread of level_program.ts. */
import { threadPort } from "../../src/host/thread.ts";
import { type LevelOrder, workAtLevel } from "./work_at_level.ts";

const port = threadPort<LevelOrder, number>();
port.onMessage(async (order) => port.post(await workAtLevel(order)));
