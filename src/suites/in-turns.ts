/** Two cores are what a runner has. */
const width = 2;

/**
 * Does work for each item, two at a time; the results are in the order of the items.
 * @throws the first failure, when the work that had begun has ended
 */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  await workers(items, async (take) => {
    for (let next = take(); next; next = take()) results[next.index] = await work(next.item);
  });
  return results;
}

export interface Turn<Item> {
  readonly index: number;
  readonly item: Item;
}

/** Workers that each take the next item when they have time; as many as there is work for. */
export async function workers<Item>(
  items: readonly Item[],
  worker: (take: () => Turn<Item> | undefined) => Promise<void>,
): Promise<void> {
  const queue = items.map((item, index) => ({ index, item }));
  const failures: unknown[] = [];
  const take = () => (failures.length === 0 ? queue.shift() : undefined);
  const all = Array.from({ length: Math.min(width, items.length) }, () =>
    worker(take).catch((error: unknown) => failures.push(error)),
  );
  await Promise.all(all);
  if (failures.length > 0) throw failures[0];
}
