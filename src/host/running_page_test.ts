import { strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { announcePage, findRunningPage } from "./running_page.ts";

const ADDRESS = "http://127.0.0.1:4756/";

Deno.test("a page is found as long as it is served, and the first of several is", () =>
  withTemporaryDirectory(async (directory) => {
    const state = join(directory, "agent");
    strictEqual(findRunningPage(state), undefined);
    const end = await announcePage(state, ADDRESS);
    strictEqual(findRunningPage(state), ADDRESS);
    const endSecond = await announcePage(state, "http://127.0.0.1:4757/");
    endSecond();
    strictEqual(findRunningPage(state), ADDRESS);
    end();
    strictEqual(findRunningPage(state), undefined);
  }));

Deno.test("what else is in the file is not opened", () =>
  withTemporaryDirectory(async (directory) => {
    const end = await announcePage(directory, ADDRESS);
    for (const text of ["http://example.com/", "http://127.0.0.1:4756/ | bash=x", "", "file:///etc/passwd"]) {
      await Deno.writeTextFile(join(directory, "dashboard.address"), text);
      strictEqual(findRunningPage(directory), undefined, text);
    }
    end();
  }));

Deno.test("where nothing can be written, nothing is said, and nothing fails", () =>
  withTemporaryDirectory(async (directory) => {
    const file = join(directory, "file");
    await Deno.writeTextFile(file, "");
    (await announcePage(join(file, "below"), ADDRESS))();
    strictEqual(findRunningPage(join(file, "below")), undefined);
  }));
