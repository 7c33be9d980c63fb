import { strictEqual } from "node:assert/strict";
import { gitValue, repositoryName } from "./git_config.ts";

Deno.test("gitValue()", async (t) => {
  const text = `
[user]
\tname = "Anna \\"A\\" Berg" ; a comment
\temail = first@example.com
  EMAIL=anna@example.com # work
[User "other"]
\temail = other@example.com
[empty]
\tvalue =
`;
  const rows: [section: string, key: string, value: string | undefined][] = [
    ["user", "name", 'Anna "A" Berg'],
    ["user", "email", "anna@example.com"],
    ['user "other"', "email", "other@example.com"],
    ["user", "nothing", undefined],
    ["empty", "value", undefined],
    ["nowhere", "email", undefined],
  ];
  for (const [section, key, value] of rows) {
    await t.step(`${section} ${key}`, () => strictEqual(gitValue(text, section, key), value));
  }
});

Deno.test("repositoryName()", async (t) => {
  const rows: [address: string, name: string | undefined][] = [
    ["https://github.com/acme/shop.git", "acme/shop"],
    ["https://anna:secret@github.com/acme/shop", "acme/shop"],
    ["git@github.com:acme/shop.git", "acme/shop"],
    ["github.com:acme/shop", "acme/shop"],
    ["ssh://git@host.example:2222/acme/shop.git/", "acme/shop"],
    ["https://gitlab.example/group/part/shop.git", "group/part/shop"],
    ["/srv/git/shop.git", undefined],
    ["../shop", undefined],
    ["file:///srv/git/acme/shop.git", undefined],
    ["C:\\git\\acme\\shop", undefined],
    ["C:/git/acme/shop", undefined],
    ["https://example.com/shop", undefined],
  ];
  for (const [address, name] of rows) {
    await t.step(address, () => strictEqual(repositoryName(`[remote "origin"]\n\turl = ${address}\n`), name));
  }
  await t.step("the first remote where none is called origin, and origin wherever it stands", () => {
    const [a, b] = ["up", "origin"].map((name) => `[remote "${name}"]\n\turl = https://h/${name}/x\n`);
    strictEqual(repositoryName(a!), "up/x");
    strictEqual(repositoryName(a! + b!), "origin/x");
    strictEqual(repositoryName("[core]\n\tbare = false\n"), undefined);
  });
});
