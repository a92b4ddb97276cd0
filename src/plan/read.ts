import type { Mistake, Place } from "../model/report.ts";
import { mistakesOf, nearest, oneOf } from "./mistakes.ts";
import { type KindSchemas, type Plan, planJsonSchema, planSchema } from "./schema.ts";
import { type Path, readYaml, type Yaml } from "./yaml.ts";

/** A plan, with where everything in it stands. */
export interface ReadPlan {
  readonly file: string;
  readonly plan: Plan;
  /** The value at this path as it was written, defaults not filled in. */
  written(path: Path): unknown;
  /** Where the value at this path of the file starts. */
  at(path: Path): Place;
}

export type PlanReading = { readonly read: ReadPlan } | { readonly mistakes: readonly [Mistake, ...Mistake[]] };

/** Reads a plan, or says everything that is wrong with it, in the order of the file. */
export function readPlan(text: string, file: string, kinds: KindSchemas): PlanReading {
  if (last?.text !== text || last.file !== file || last.kinds !== kinds)
    last = { text, file, kinds, reading: read(text, file, kinds) };
  return last.reading;
}

/** On base and at head a plan is nearly always the same, and nothing takes longer than to hold it against its schema. */
let last:
  | { readonly text: string; readonly file: string; readonly kinds: KindSchemas; readonly reading: PlanReading }
  | undefined;

function read(text: string, file: string, kinds: KindSchemas): PlanReading {
  const reading = readYaml(text.replace(/^\uFEFF/, ""), file);
  if ("mistakes" in reading) return reading;
  const { yaml } = reading;
  const parsed = planSchema(kinds).safeParse(yaml.value);
  const mistakes = [
    ...(parsed.success ? [] : mistakesOf(parsed.error, yaml, planJsonSchema(kinds))),
    ...crossChecks(namesOf(yaml.value), yaml),
    ...refusedPrograms(yaml, kinds),
  ];
  const [first, ...more] = mistakes.toSorted(byPlace);
  if (first) return { mistakes: [first, ...more] };
  if (!parsed.success) return { mistakes: [{ place: yaml.at([]), message: "The plan cannot be read." }] };
  const written = (path: Path) =>
    path.reduce<unknown>(
      (value, step) => (Array.isArray(value) ? value[Number(step)] : child(value, String(step))),
      yaml.value,
    );
  return { read: { file, plan: parsed.data, written, at: (path) => yaml.at(path) } };
}

const byPlace = (a: Mistake, b: Mistake): number =>
  (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);

/** What a schema cannot say: ids that name something once, and names that lead somewhere. Told also where the schema is not met. */
function crossChecks({ phases, roles }: Names, yaml: Yaml): Mistake[] {
  const phaseIds = phases.map(({ id }) => id);
  const gateIds = phases.flatMap(({ gates }, phase) =>
    gates.map(({ id }, gate) => ({ id, path: ["phases", phase, "gates", gate, "id"] })),
  );
  return [
    ...twice(
      phases.map(({ id }, phase) => ({ id, path: ["phases", phase, "id"] })),
      "phase",
      yaml,
    ),
    ...twice(gateIds, "gate", yaml),
    ...phases.flatMap(({ id, after }, phase) =>
      after.flatMap((name, index) =>
        predecessor(name, id, phaseIds, phase, yaml.at(["phases", phase, "after", index])),
      ),
    ),
    ...phases.flatMap(({ gates }, phase) =>
      gates.flatMap(({ until }, gate) =>
        until === "" ? [] : superseder(until, phaseIds, phase, yaml.at(["phases", phase, "gates", gate, "until"])),
      ),
    ),
    ...roleMistakes(roles, yaml),
  ];
}

/** Checks that run programs of the change, where the policy does not allow them: nothing need be run to know it. */
function refusedPrograms(yaml: Yaml, kinds: KindSchemas): Mistake[] {
  if (text(child(yaml.value, "policy"), "programs") === "allow") return [];
  const running = Object.keys(kinds).filter((kind) => kinds[kind]?.runsPrograms);
  return list(yaml.value, "phases").flatMap((phase, phaseIndex) =>
    list(phase, "gates").flatMap((gate, gateIndex) =>
      list(gate, "checks").flatMap((check, checkIndex) =>
        running
          .filter((kind) => child(check, kind) !== undefined)
          .map((kind) => ({
            place: yaml.key(["phases", phaseIndex, "gates", gateIndex, "checks", checkIndex, kind]),
            message: `\`${kind}\` runs a program of the change; the policy of this plan refuses programs.`,
            help: "Set `programs: allow` in `policy:`, after reading what that opens (docs/checks.md), or take the check out.",
          })),
      ),
    ),
  );
}

/** The names in a plan that may not be one yet; empty where there is none. */
interface Names {
  readonly phases: readonly {
    readonly id: string;
    readonly after: readonly string[];
    readonly gates: readonly { readonly id: string; readonly until: string }[];
  }[];
  readonly roles: readonly { readonly name: string; readonly memberOf: readonly string[] }[];
}

function namesOf(plan: unknown): Names {
  return {
    phases: list(plan, "phases").map((phase) => ({
      id: text(phase, "id"),
      after: list(phase, "after").map(String),
      gates: list(phase, "gates").map((gate) => ({ id: text(gate, "id"), until: text(gate, "until") })),
    })),
    roles: list(child(plan, "postgres"), "roles").map((role) =>
      typeof role === "string"
        ? { name: role, memberOf: [] }
        : { name: text(role, "name"), memberOf: list(role, "member-of").map(String) },
    ),
  };
}

function child(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as { readonly [key: string]: unknown })[key] // just found to be its own property
    : undefined;
}

function list(value: unknown, key: string): readonly unknown[] {
  const found = child(value, key);
  return Array.isArray(found) ? found : [];
}

function text(value: unknown, key: string): string {
  const found = child(value, key);
  return typeof found === "string" ? found : "";
}

function predecessor(name: string, phase: string, ids: readonly string[], index: number, place: Place): Mistake[] {
  const earlier = ids.slice(0, index).filter((id) => id !== "");
  if (earlier.includes(name)) return [];
  const near = nearest(name, earlier);
  const known = ids.includes(name);
  return [
    {
      place,
      message: known
        ? `Phase ${phase} comes after \`${name}\`, which is written ${name === phase ? "here" : "below it"}; a phase may name only phases above it.`
        : `Phase ${phase} comes after \`${name}\`, which is no phase.`,
      help:
        known && name !== phase
          ? `Move \`${name}\` above \`${phase}\`.`
          : earlier.length === 0
            ? "Remove it: this is the first phase."
            : `${near === undefined ? "" : `Did you mean \`${near}\`? `}Allowed here: ${oneOf(earlier)}.`,
    },
  ];
}

function superseder(name: string, ids: readonly string[], index: number, place: Place): Mistake[] {
  const later = ids.slice(index + 1);
  if (later.includes(name)) return [];
  const help =
    later.length === 0 ? "Remove it: no phase comes later." : `Write one of the later phases: ${oneOf(later)}.`;
  return [{ place, message: `\`until: ${name}\` names no later phase.`, help }];
}

/** Ids that are the same, or differ only in case, which file names on some systems do not tell apart. */
function twice(ids: readonly { id: string; path: Path }[], what: string, yaml: Yaml): Mistake[] {
  const seen = new Map<string, { id: string; path: Path }>();
  return ids.flatMap(({ id, path }): Mistake[] => {
    if (id === "") return [];
    const first = seen.get(id.toLowerCase());
    if (!first) {
      seen.set(id.toLowerCase(), { id, path });
      return [];
    }
    const { line } = yaml.at(first.path);
    const same = first.id === id;
    return [
      {
        place: yaml.at(path),
        message: same
          ? `The ${what} \`${id}\` stands twice, first on line ${line}.`
          : `The ${what} \`${id}\` differs from \`${first.id}\` on line ${line} only in case.`,
        help: "Give it an id of its own.",
      },
    ];
  });
}

function roleMistakes(roles: Names["roles"], yaml: Yaml): Mistake[] {
  return roles.flatMap(({ name, memberOf }, index): Mistake[] => {
    const earlier = roles.slice(0, index).map((role) => role.name);
    const path: Path = ["postgres", "roles", index];
    const again = { place: yaml.at(path), message: `The role \`${name}\` stands twice.`, help: "Keep one of them." };
    const unknown = memberOf.filter((group) => !earlier.includes(group));
    return [
      ...(name !== "" && earlier.includes(name) ? [again] : []),
      ...unknown.map((group) => ({
        place: yaml.at([...path, "member-of"]),
        message: `\`${name}\` is a member of \`${group}\`, which is no role above it.`,
        help: `Write \`${group}\` above \`${name}\`.`,
      })),
    ];
  });
}
