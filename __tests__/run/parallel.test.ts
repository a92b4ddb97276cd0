import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { inParallel } from "../../src/run/parallel.ts";

test("jobs of one key run one after the other in their order, others beside them, never more than the width", async () => {
  const log: string[] = [];
  let running = 0;
  let most = 0;
  const busy = new Set<string>();
  const job = (name: string, key?: string) => ({
    ...(key === undefined ? {} : { key }),
    run: async () => {
      running += 1;
      most = Math.max(most, running);
      if (key !== undefined) {
        expect(busy.has(key)).toBe(false);
        busy.add(key);
      }
      await pause(name.length % 3);
      if (key !== undefined) busy.delete(key);
      running -= 1;
      log.push(name);
    },
  });
  const names = Array.from({ length: 30 }, (_, index) => `${"x".repeat(index % 5)}${index}`);
  await inParallel(
    names.map((name, index) => job(name, index % 3 === 0 ? undefined : `key ${index % 2}`)),
    4,
  );
  expect(log).toHaveLength(30);
  expect(most).toBe(4);
  const ofKey = names.filter((_, index) => index % 3 !== 0 && index % 2 === 0);
  expect(log.filter((name) => ofKey.includes(name))).toEqual(ofKey);
});

test("the first failure ends it: what has begun is awaited, the rest is not started", async () => {
  const log: string[] = [];
  const jobs = [
    { run: async () => Promise.reject(new Error("broken")) },
    {
      run: async () => {
        await pause(20);
        log.push("begun");
      },
    },
    {
      run: async () => {
        log.push("late");
      },
    },
  ];
  await expect(inParallel(jobs, 2)).rejects.toThrow("broken");
  expect(log).toEqual(["begun"]);
});

test("nothing to do is done at once", async () => {
  await inParallel([], 3);
});
