import { test } from "@jest/globals";
import { adopted, with4A } from "../support/workshop.ts";

test("try", async () => {
  const t0 = performance.now();
  const w = await with4A();
  console.log(w.root, performance.now() - t0);
  const a = await adopted();
  console.log(a.root);
}, 120000);
