import assert from "node:assert/strict";
import { findCustomModel, listCustomModels } from "./custom_models.ts";

const entry = (displayName: string | undefined, model: string, members: object = {}) => ({
  displayName,
  model,
  provider: "openai",
  baseUrl: "http://127.0.0.1/v1",
  apiKey: "secret",
  ...members,
});

Deno.test("which model a session's name means", async (t) => {
  const models = [
    entry("Fake One", "fake-1"),
    entry("Fake  GPT 5.4 [mine]", "gpt-5.4"),
    entry(undefined, "qwen3-coder"),
  ];
  const twins = [entry("A", "a-1"), entry("B", "b-1"), entry("A", "a-2")];
  const rows: [name: string, models: readonly object[], expected: string | undefined][] = [
    ["custom:Fake-One-0", models, "fake-1"],
    ["custom:Fake-GPT-5.4-[mine]-0", models, "gpt-5.4"],
    ["custom:Fake-GPT-5.4-[mine]-1", models, "gpt-5.4"],
    ["custom:qwen3-coder-0", models, "qwen3-coder"],
    ["custom:Fake-One", models, "fake-1"],
    ["custom:Gone-0", models, undefined],
    ["custom:fake-one-0", models, undefined],
    ["custom:A-0", twins, "a-1"],
    // The third of the list is the only one there with that label, and there is no third of the label.
    ["custom:A-2", twins, "a-2"],
    ["custom:A-1", twins, "a-2"],
    ["custom:A-3", twins, undefined],
    ["custom:A", twins, undefined],
    // The second of the label, or the one in the second place.
    ["custom:A-1", [entry("A", "a-1"), entry("A", "a-2"), entry("A", "a-3")], "a-2"],
    ["custom:A-1", [entry("B", "b"), entry("A", "a-1"), entry("A", "a-2")], undefined],
    ["custom:A-1", [entry("A", "same"), entry("A", "same")], "same"],
    ["custom:A-7", [entry("A", "a-1", { index: 7 }), entry("A", "a-2", { index: 1 })], "a-1"],
    ["custom:x", [entry("A", "a-1", { id: "custom:x" })], "a-1"],
  ];
  for (const [name, list, expected] of rows) {
    await t.step(`${name} of ${list.length}`, () => {
      const found = findCustomModel(name, listCustomModels([JSON.stringify({ customModels: list })]));
      assert.equal(found?.model, expected);
    });
  }
});

Deno.test("settings", async (t) => {
  await t.step("no key is kept, nor an address", () => {
    const models = listCustomModels([JSON.stringify({ customModels: [entry("A", "a")] })]);
    assert.doesNotMatch(JSON.stringify(models), /secret|127/);
  });
  await t.step("where requests go", () => {
    const list = [entry("A", "a", { baseUrl: "https://api.opper.ai/v3/compat/openai" }), entry("B", "b")];
    const models = listCustomModels([JSON.stringify({ customModels: list })]);
    assert.deepEqual(models.map(({ seller }) => seller), ["opper", undefined]);
  });
  await t.step("of before", () => {
    const list = [{ model_display_name: "Old One", model: "old", base_url: "https://openrouter.ai/api/v1" }];
    const [model] = listCustomModels([undefined, JSON.stringify({ custom_models: list })]);
    assert.deepEqual([model?.label, model?.model, model?.seller], ["Old-One", "old", "openrouter"]);
  });
  await t.step("with comments", () => {
    assert.equal(listCustomModels(['{"customModels":[{"model":"m"},], // mine\n}']).length, 1);
  });
  for (const text of ["", "{", "null", "[]", '{"customModels":7}', '{"customModels":[null,7,[],{},{"model":7}]}']) {
    await t.step(`none in ${text}`, () => assert.deepEqual(listCustomModels([text]), []));
  }
});
