import { strictEqual } from "node:assert/strict";
import { folderKey, folderName, restBelow } from "./folder.ts";

Deno.test("folderName() and folderKey()", async (t) => {
  const rows: [path: string, name: string, key?: string][] = [
    ["C:\\Users\\kim\\shop", "C:\\Users\\kim\\shop", "c:\\users\\kim\\shop"],
    ["c:\\Users\\kim\\shop", "C:\\Users\\kim\\shop", "c:\\users\\kim\\shop"],
    ["c:/Users/kim/shop/", "C:\\Users\\kim\\shop", "c:\\users\\kim\\shop"],
    ["C:\\Users\\kim/shop\\\\", "C:\\Users\\kim\\shop", "c:\\users\\kim\\shop"],
    ["\\\\?\\C:\\Users\\kim\\shop", "C:\\Users\\kim\\shop", "c:\\users\\kim\\shop"],
    ["C:\\", "C:\\", "c:\\"],
    ["c:", "C:\\", "c:\\"],
    ["\\\\Server\\Share\\shop\\", "\\\\Server\\Share\\shop", "\\\\server\\share\\shop"],
    ["\\\\?\\UNC\\Server\\Share\\shop", "\\\\Server\\Share\\shop", "\\\\server\\share\\shop"],
    ["/srv/App", "/srv/App"],
    ["/srv/App//", "/srv/App"],
    ["/", "/"],
    ["//", "/"],
    ["/srv/a\\b\\", "/srv/a\\b\\"],
    ["/c/Users/kim", "/c/Users/kim"],
    ["c:shop", "c:shop"],
    ["", ""],
  ];
  for (const [path, name, key = name] of rows) {
    await t.step(path, () => {
      strictEqual(folderName(path), name);
      strictEqual(folderKey(path), key);
      strictEqual(folderKey(name), key);
    });
  }
});

Deno.test("restBelow()", async (t) => {
  const rows: [path: string, folder: string, rest: string | undefined][] = [
    ["/srv/app", "/srv/app", ""],
    ["/srv/app/", "/srv/app", ""],
    ["/srv/app/sub", "/srv/app/", "/sub"],
    ["/srv/apple", "/srv/app", undefined],
    ["/srv", "/srv/app", undefined],
    ["/srv/App", "/srv/app", undefined],
    ["/srv/app", "/", "/srv/app"],
    ["/", "/", ""],
    ["c:/Users/kim/shop", "C:\\users\\KIM", "\\shop"],
    ["C:\\Users\\kim", "c:\\users\\kim\\", ""],
    ["C:\\Users\\kimberly", "C:\\Users\\kim", undefined],
    ["C:\\Users", "c:", "\\Users"],
    ["D:\\Users", "C:\\", undefined],
    ["\\\\?\\C:\\Users\\kim", "C:\\Users", "\\kim"],
    ["/Users/kim", "C:\\", undefined],
  ];
  for (const [path, folder, rest] of rows) {
    await t.step(`${path} in ${folder}`, () => strictEqual(restBelow(path, folder), rest));
  }
});
