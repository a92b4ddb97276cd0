import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { readCatalog } from "../../src/catalog/read.ts";
import { workingTree } from "../../src/repository/working-tree.ts";
import { cluster } from "../migrate/world.ts";
import { schemaPage } from "./schema-page.ts";

const server = cluster({ roles: ["ledger_admin", "read_model_refresher"] });
const page = new URL("../../db/docs/SCHEMA.md", import.meta.url);

test("the picture of the schema is that of the migrations; UPDATE_GOLDEN=1 draws it anew", async () => {
  const tree = workingTree(new URL("../..", import.meta.url).pathname);
  const paths = tree.list().filter((path) => /^migrations\/.*\.sql$/.test(path));
  const applied = await server.apply(Object.fromEntries(paths.map((path) => [path, tree.read(path) ?? ""])));
  await applied.close();
  expect(applied.last).toMatchObject({ status: "applied" });
  const drawn = schemaPage(await server.get().transaction(applied.database, readCatalog));
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(page, drawn);
  expect(readFileSync(page, "utf8")).toBe(drawn);
});
