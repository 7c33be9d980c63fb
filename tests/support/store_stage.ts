/** A home with logs in every form of store, and an index that is kept while they change. */
import { dirname, join } from "node:path";
import { KeptHome } from "./kept_home.ts";
import { withTemporaryDirectory } from "./run_agent.ts";

/** One for the agents of store_agents.ts. */
export class Stage extends KeptHome {
  constructor(root: string) {
    super(root);
    Deno.mkdirSync(dirname(this.database), { recursive: true });
  }

  get database(): string {
    return join(this.home, ".local", "share", "stash", "stash.db");
  }

  write(path: string, content: unknown): void {
    const file = join(this.home, ".scroll", path);
    Deno.mkdirSync(dirname(file), { recursive: true });
    Deno.writeTextFileSync(file, typeof content === "string" ? content : JSON.stringify(content, undefined, 2));
  }
}

export async function onStage(test: (stage: Stage) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (root) => await test(new Stage(root)));
}
