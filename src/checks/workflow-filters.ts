import type { Filters } from "./workflow-file.ts";

/** Activity types that make up an event; a filter on types must name all of them. Of other events any filter leaves something out. */
const wholeEvents: { readonly [event: string]: readonly string[] } = {
  pull_request: ["opened", "synchronize", "reopened"],
  pull_request_target: ["opened", "synchronize", "reopened"],
  merge_group: ["checks_requested"],
};

/** What keeps an event from starting the workflow, in words; nothing where it always does, or does for these branches. */
export function narrowed(event: string, filters: Filters, branches: readonly string[] | undefined): readonly string[] {
  return Object.entries(filters).flatMap(([filter, values]) => {
    const written = `\`${filter}: [${values.join(", ")}]\``;
    if (filter === "types") {
      const whole = wholeEvents[event];
      const missing = whole?.filter((type) => !values.includes(type)) ?? [];
      return whole && missing.length === 0 ? [] : [written];
    }
    if (filter === "branches" || filter === "branches-ignore") {
      const passes = (branch: string) => matches(values, branch) === (filter === "branches");
      const kept = branches?.filter((branch) => !passes(branch));
      return kept && kept.length === 0 ? [] : [kept ? `${written}, which leaves out ${kept.join(", ")}` : written];
    }
    // A filter on tags alone leaves every branch out.
    if (filter.startsWith("tags")) return "branches" in filters || "branches-ignore" in filters ? [] : [written];
    // Which workflows `workflow_run` waits for is no filter but the event.
    return filter === "workflows" ? [] : [written];
  });
}

/** GitHub's patterns: the last one that matches decides, `!` takes out again. */
export function matches(patterns: readonly string[], name: string): boolean {
  const last = patterns.findLast((pattern) => expression(pattern.replace(/^!/, "")).test(name));
  return last !== undefined && !last.startsWith("!");
}

/** `*`: anything but `/`; `**`: anything; `?` and `+` count what stands before them; `[…]`: one of these. */
function expression(pattern: string): RegExp {
  const source = pattern.replace(/\*\*|\*|\\.|\[[^\]]*\]|[.^$(){}|\\[\]/]/g, (part) => {
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part.length > 1 ? part : `\\${part}`;
  });
  try {
    return new RegExp(`^(?:${source})$`, "u");
  } catch {
    // A pattern that cannot be read matches nothing, so what it should let through counts as left out.
    return /(?!)/;
  }
}
