import { type ObjectValue, QueryMistake, type Value } from "./graphql.ts";
import type { QueueEntry, State } from "./state.ts";

const commit = (oid: string | null): ObjectValue | null =>
  oid === null ? null : { type: "Commit", fields: { oid: { value: () => oid } } };

const pull = (state: State, number: number): ObjectValue => {
  const found = state.pulls.find((one) => one.number === number);
  if (found === undefined) throw new Error(`the merge queue holds pull request ${number}, which is not in the state`);
  return {
    type: "PullRequest",
    fields: {
      number: { value: () => number },
      title: { value: () => found.title },
      headRefOid: { value: () => found.head.sha },
      baseRefName: { value: () => found.base.ref },
    },
  };
};

const entryValue = (state: State, entry: QueueEntry): ObjectValue => ({
  type: "MergeQueueEntry",
  fields: {
    headCommit: { value: () => commit(entry.headCommit) },
    baseCommit: { value: () => commit(entry.baseCommit) },
    position: { value: () => entry.position },
    pullRequest: { value: () => pull(state, entry.pull) },
  },
});

/** A page of entries. Cursors are opaque to clients: here, how many entries were shown. */
const entriesValue = (
  state: State,
  entries: readonly QueueEntry[],
  first: Value | undefined,
  after: Value | undefined,
) => {
  if (typeof first !== "number") {
    throw new QueryMistake("You must provide a `first` or `last` value to properly paginate the `entries` connection.");
  }
  if (first < 1 || first > 100) {
    throw new QueryMistake(
      `Requesting ${first} records on the \`entries\` connection exceeds the \`first\` limit of 100 records.`,
    );
  }
  const start = typeof after === "string" ? Number(atob(after)) : 0;
  const end = Math.min(start + first, entries.length);
  const pageInfo: ObjectValue = {
    type: "PageInfo",
    fields: {
      hasNextPage: { value: () => end < entries.length },
      endCursor: { value: () => (end > start ? btoa(String(end)) : null) },
    },
  };
  return {
    type: "MergeQueueEntryConnection",
    fields: {
      nodes: { value: () => entries.slice(start, end).map((entry) => entryValue(state, entry)) },
      totalCount: { value: () => entries.length },
      pageInfo: { value: () => pageInfo },
    },
  } satisfies ObjectValue;
};

/** The merge queue of a branch, first come first. */
export const queueValue = (state: State, entries: readonly QueueEntry[]): ObjectValue => ({
  type: "MergeQueue",
  fields: {
    entries: {
      arguments: ["first", "after"],
      value: ({ first, after }) =>
        entriesValue(
          state,
          entries.toSorted((one, other) => one.position - other.position),
          first,
          after,
        ),
    },
  },
});
