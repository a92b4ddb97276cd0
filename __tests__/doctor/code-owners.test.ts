import { expect, test } from "@jest/globals";
import { ownersOf, readCodeOwners } from "../../src/doctor/code-owners.ts";

const read = (files: { readonly [path: string]: string }) =>
  readCodeOwners({ read: (path) => files[path], list: () => Object.keys(files) });

const owns = (pattern: string, path: string): boolean => {
  const owners = read({ CODEOWNERS: `${pattern} @ada\n` });
  return owners !== undefined && ownersOf(owners, path).length > 0;
};

test.each<[pattern: string, path: string, owned: boolean]>([
  ["*", "a/b.sql", true],
  ["*.sql", "a/b.sql", true],
  ["*.sql", "a/b.sqlx", false],
  ["phasegate.yml", "a/phasegate.yml", true],
  ["/phasegate.yml", "a/phasegate.yml", false],
  ["/phasegate.yml", "phasegate.yml", true],
  ["phasegate.yml", "phasegatexyml", false],
  ["/.github/", ".github/workflows/gate.yml", true],
  ["/.github", ".github/workflows/gate.yml", true],
  [".github/workflows", ".github/workflows/gate.yml", true],
  [".github/workflows", "x/.github/workflows/gate.yml", false],
  ["tests/", "db/tests/a.sql", true],
  ["tests/", "tests", false],
  ["docs/*", "docs/a.md", true],
  ["docs/*", "docs/a/b.md", false],
  ["/db/**/tests", "db/a/b/tests/c.sql", true],
  ["/db/**/tests", "db/tests/c.sql", true],
  ["**/logs", "a/logs/b", true],
  ["a?.sql", "ab.sql", true],
  ["with\\ space.sql", "with space.sql", true],
])("`%s` and %s", (pattern, path, owned) => {
  expect(owns(pattern, path)).toBe(owned);
});

test("the last pattern that matches decides, and one without owners takes them away", () => {
  const owners = read({ CODEOWNERS: "* @ada # everything\n\n# a comment\n/db/ @lin @org/team\n/db/free.sql\n" });
  if (!owners) throw new Error("it is there");
  expect(ownersOf(owners, "a.sql")).toEqual(["@ada"]);
  expect(ownersOf(owners, "db/a.sql")).toEqual(["@lin", "@org/team"]);
  expect(ownersOf(owners, "db/free.sql")).toEqual([]);
});

test("the file in .github counts before the others", () => {
  expect(read({ "docs/CODEOWNERS": "* @c", CODEOWNERS: "* @b", ".github/CODEOWNERS": "* @a" })?.file).toBe(
    ".github/CODEOWNERS",
  );
  expect(read({ "docs/CODEOWNERS": "* @c" })?.file).toBe("docs/CODEOWNERS");
  expect(read({})).toBeUndefined();
});

test("one that cannot be read is none", () => {
  const read = (path: string): string | undefined => {
    if (path === ".github/CODEOWNERS") throw new Error("it is a symbolic link");
    return path === "CODEOWNERS" ? "* @b\n" : undefined;
  };
  expect(readCodeOwners({ read, list: () => [] })?.file).toBe("CODEOWNERS");
});
