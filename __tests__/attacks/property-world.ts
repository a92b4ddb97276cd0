/** A small world in which phases are worked on and cheated in: plain data, and what each deed makes of it. Knows nothing of src. */

/** What a check asks of the object of its phase; `type` is the weaker half of `not-null`. */
export type Asks = "not-null" | "type" | "key";

export interface Gate {
  readonly id: string;
  readonly asks: Asks;
  readonly blocking: boolean;
  /** Its check has `holds-before`. */
  readonly excused: boolean;
}

/** Makes a table `t_<id>`, or a column `c_<id>` on the table of a phase before it. */
export interface Phase {
  readonly id: string;
  readonly after: readonly string[];
  readonly on: string | undefined;
  readonly gates: readonly Gate[];
}

export interface Plan {
  readonly predecessors: "base" | "head";
  readonly incomplete: "block" | "allow";
  readonly phases: readonly Phase[];
}

/** How an object is made: `other` is as right as `right`, and another text. */
export type How = "right" | "other" | "nullable" | "keyless" | "broken";

export type Deed =
  | { readonly what: "makes"; readonly object: string; readonly how: How }
  | { readonly what: "defaults"; readonly object: string }
  | { readonly what: "loosens"; readonly object: string };

export interface Migration {
  readonly time: number;
  /** The phase whose glob its name matches; `nobody`: none. */
  readonly owner: string;
  readonly deeds: readonly Deed[];
}

export const forgeries = ["copied", "renamed", "flipped", "data", "as-if", "by-hand"] as const;
export type Forgery = (typeof forgeries)[number];

/** A verification document, by how it came to be; `from` is the work that a run looked at for it. */
export interface Paper {
  readonly how: "issued" | Forgery;
  /** The phase that it was derived of. */
  readonly of: string;
  readonly from: Work;
  /** The work that was there when it was forged. */
  readonly at: Work;
}

export interface Work {
  readonly plan: Plan;
  /** In running order. */
  readonly migrations: readonly Migration[];
}

export interface Checkout extends Work {
  readonly planIsThere: boolean;
  readonly papers: { readonly [phase: string]: Paper };
}

export interface World {
  readonly base: Checkout;
  readonly head: Checkout;
  readonly clock: number;
  /** Somebody merged what was red. */
  readonly forced: boolean;
}

export type Weakening =
  | { readonly of: "ask" | "gate" | "blocking" | "excuse" | "phase"; readonly phase: string }
  | { readonly of: "after"; readonly phase: string; readonly less: string }
  | { readonly of: "predecessors" | "incomplete" };

export type Step =
  | { readonly do: "write"; readonly phase: string; readonly how: How; readonly smuggles?: string }
  | { readonly do: "rewrite"; readonly phase: string; readonly how: How; readonly smuggles?: string }
  | { readonly do: "add"; readonly phase: string; readonly deed: Deed }
  | { readonly do: "backdate" | "withdraw" | "verify" | "tear"; readonly phase: string }
  | { readonly do: "forge"; readonly phase: string; readonly how: Forgery; readonly of: string }
  | { readonly do: "weaken"; readonly by: Weakening }
  | { readonly do: "extend"; readonly by: "phase" | "hotfix" | "policy" | { readonly gate: string } }
  | { readonly do: "unplan" | "abandon" }
  | { readonly do: "propose"; readonly forced: boolean };

export const ownMigrations = ({ migrations }: Work, id: string): readonly Migration[] =>
  migrations.filter(({ owner }) => owner === id);

export const phaseOf = ({ plan }: Work, id: string): Phase | undefined => plan.phases.find((phase) => phase.id === id);

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** @returns the checkout after the step; `undefined` where it cannot be done, or changes nothing. `propose` and `abandon` are no deeds in it. */
export function afterwards({ head, clock }: World, step: Step): Checkout | undefined {
  const done = stepped(head, clock, step);
  return done && !same(done, head) ? done : undefined;
}

function stepped(head: Checkout, clock: number, step: Step): Checkout | undefined {
  switch (step.do) {
    case "write": {
      const { phase, how, smuggles } = step;
      if (!phaseOf(head, phase) || ownMigrations(head, phase).length > 0) return undefined;
      return withMigration(head, { time: clock, owner: phase, deeds: makes(phase, how, smuggles) });
    }
    case "rewrite": {
      const { phase, how, smuggles } = step;
      return mainChanged(head, phase, (migration) => ({ ...migration, deeds: makes(phase, how, smuggles) }));
    }
    case "add":
      return withMigration(head, { time: clock, owner: step.phase, deeds: [step.deed] });
    case "backdate":
      return mainChanged(head, step.phase, (migration) => ({ ...migration, time: 1000 - clock }));
    case "withdraw": {
      const { [step.phase]: _, ...papers } = head.papers;
      return { ...head, papers, migrations: head.migrations.filter(({ owner }) => owner !== step.phase) };
    }
    case "verify": {
      const { plan, migrations } = head;
      if (!phaseOf(head, step.phase) || ownMigrations(head, step.phase).length === 0) return undefined;
      const from = { plan, migrations };
      return withPaper(head, step.phase, { how: "issued", of: step.phase, from, at: from });
    }
    case "tear": {
      const { [step.phase]: torn, ...papers } = head.papers;
      return torn ? { ...head, papers } : undefined;
    }
    case "forge":
      return forged(head, step.phase, step.how, step.of);
    case "weaken": {
      const plan = weakened(head.plan, step.by);
      return plan && { ...head, plan };
    }
    case "extend": {
      const plan = extended(head.plan, step.by);
      return plan && { ...head, plan };
    }
    case "unplan":
      return { ...head, planIsThere: false };
    default:
      return undefined;
  }
}

const makes = (phase: string, how: How, smuggles: string | undefined): readonly Deed[] => [
  { what: "makes", object: phase, how },
  ...(smuggles === undefined ? [] : [{ what: "makes", object: smuggles, how: "right" } as const]),
];

const withMigration = (head: Checkout, migration: Migration): Checkout => ({
  ...head,
  migrations: [...head.migrations, migration].toSorted((one, other) => one.time - other.time),
});

const withPaper = (head: Checkout, phase: string, paper: Paper): Checkout => ({
  ...head,
  papers: { ...head.papers, [phase]: paper },
});

/** Its first migration is the one that makes its object. */
function mainChanged(head: Checkout, phase: string, change: (migration: Migration) => Migration): Checkout | undefined {
  const [main] = ownMigrations(head, phase);
  if (!main) return undefined;
  return withMigration({ ...head, migrations: head.migrations.filter((each) => each !== main) }, change(main));
}

/** What is copied is another phase's paper; what is forged claims that wrong work is right. */
function forged(head: Checkout, phase: string, how: Forgery, of: string): Checkout | undefined {
  const { plan, migrations } = head;
  if (!phaseOf(head, phase)) return undefined;
  const now = { plan, migrations };
  if (how === "copied" || how === "renamed") {
    const source = head.papers[of];
    if (of === phase || source?.how !== "issued") return undefined;
    return withPaper(head, phase, { how, of, from: source.from, at: now });
  }
  if (ownMigrations(head, phase).length === 0 && how !== "by-hand") return undefined;
  if (how === "as-if") {
    const right = mainChanged(head, phase, (migration) => ({ ...migration, deeds: makes(phase, "right", undefined) }));
    if (!right || same(right.migrations, migrations)) return undefined;
    return withPaper(head, phase, { how, of: phase, from: { plan, migrations: right.migrations }, at: now });
  }
  return withPaper(head, phase, { how, of: phase, from: now, at: now });
}

function weakened(plan: Plan, by: Weakening): Plan | undefined {
  const phases = (change: (phase: Phase) => Phase | undefined) => ({
    ...plan,
    phases: plan.phases.flatMap((phase) => change(phase) ?? []),
  });
  const gates = (id: string, change: (gate: Gate, index: number) => Gate | undefined) =>
    phases((phase) =>
      phase.id === id ? { ...phase, gates: phase.gates.flatMap((gate, at) => change(gate, at) ?? []) } : phase,
    );
  switch (by.of) {
    case "ask":
      return gates(by.phase, (gate) => (gate.asks === "not-null" ? { ...gate, asks: "type" } : gate));
    case "gate":
      return gates(by.phase, (gate, index) => (index === 0 ? gate : undefined));
    case "blocking":
      return gates(by.phase, (gate, index) => (index === 0 ? gate : { ...gate, blocking: false }));
    case "excuse":
      return gates(by.phase, (gate, index) => (index === 0 ? { ...gate, excused: true } : gate));
    case "after":
      return phases((phase) =>
        phase.id === by.phase ? { ...phase, after: phase.after.filter((id) => id !== by.less) } : phase,
      );
    case "phase": {
      const isNeeded = plan.phases.some(({ after, on }) => after.includes(by.phase) || on === by.phase);
      return isNeeded || plan.phases.length === 1
        ? undefined
        : phases((phase) => (phase.id === by.phase ? undefined : phase));
    }
    case "predecessors":
      return { ...plan, predecessors: "head" };
    case "incomplete":
      return { ...plan, incomplete: "allow" };
  }
}

function extended(plan: Plan, by: Extract<Step, { do: "extend" }>["by"]): Plan | undefined {
  if (by === "policy") return { ...plan, predecessors: "base", incomplete: "block" };
  if (by === "phase" || by === "hotfix") {
    const id = `p${plan.phases.length + 1}`;
    if (plan.phases.length >= 6 || plan.phases.some((phase) => phase.id === id)) return undefined;
    const gates = [{ id: `${id}.1`, asks: "not-null", blocking: true, excused: false }] as const;
    return {
      ...plan,
      phases: [
        ...plan.phases,
        { id, after: by === "hotfix" ? [] : plan.phases.map((phase) => phase.id), on: undefined, gates },
      ],
    };
  }
  return {
    ...plan,
    phases: plan.phases.map((phase) =>
      phase.id !== by.gate || phase.gates.length > 1
        ? phase
        : { ...phase, gates: [...phase.gates, { id: `${phase.id}.2`, asks: "key", blocking: true, excused: false }] },
    ),
  };
}
