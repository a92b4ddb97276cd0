const kept = new WeakMap<object, Map<string, unknown>>();

/** Does work once for each key, as long as `owner` lives; whoever asks again gets the same promise. */
export function once<Result>(owner: object, key: string, work: () => Promise<Result>): Promise<Result> {
  const known = kept.get(owner) ?? new Map<string, unknown>();
  kept.set(owner, known);
  // A key belongs to one sort of work, which always gives the same type.
  const found = known.get(key) as Promise<Result> | undefined;
  if (found) return found;
  const made = work();
  known.set(key, made);
  return made;
}
