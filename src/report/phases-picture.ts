/** The phases of a plan as a flowchart of Mermaid, which GitHub draws. */

import type { PhaseResult } from "../model/report.ts";
import { clipped, fenced, visible } from "./escape.ts";
import { gatesThatCount, type Look, lookOf, looks } from "./phase-looks.ts";

/** One box. What has not been started, and what was verified long ago, is drawn as one. */
interface Box {
  readonly phases: readonly [PhaseResult, ...PhaseResult[]];
  readonly look: Look;
}

/** More are not to be read on a page, which shows them 800 pixels wide. */
const mostBoxes = 16;
const mostInARow = 7;

/** Mermaid takes no hyphens in the names of classes. */
const classOf = ({ look }: Box): string => look.replace("-", "");

/** Absent where there is nothing that a picture would show, or too much for one. */
export function phasesPicture(phases: readonly PhaseResult[]): string | undefined {
  const boxes = boxesOf(phases);
  if (boxes.length < 2 || boxes.length > mostBoxes) return undefined;
  const arrows = arrowsOf(boxes);
  if (longest(boxes, arrows) > mostInARow) return undefined;
  const classes = new Map(boxes.map((box) => [classOf(box), looks[box.look].style]));
  return fenced(
    [
      "flowchart LR",
      ...boxes.map((box, index) => `  p${index}["${label(box)}"]:::${classOf(box)}`),
      ...arrows.map(([from, to]) => `  p${from} --> p${to}`),
      ...[...classes].map(([name, style]) => `  classDef ${name} ${style}`),
    ].join("\n"),
    "mermaid",
  );
}

/** In an order in which every arrow leads forward. */
function boxesOf(phases: readonly PhaseResult[]): readonly Box[] {
  // What somebody waits for, or should have waited for, keeps its box.
  const needed = new Set(
    phases.filter(({ state, started }) => started && state !== "verified").flatMap(({ after }) => after),
  );
  const isOld = ({ id, state }: PhaseResult) => state === "verified" && !needed.has(id);
  const isIdle = ({ id, state }: PhaseResult) => state === "not-started" && !needed.has(id);
  const together = (of: readonly PhaseResult[], most: number): readonly Box[] => {
    const [first, ...more] = of;
    return first && of.length > most ? [{ phases: [first, ...more], look: lookOf(first) }] : of.map(single);
  };
  const single = (phase: PhaseResult): Box => ({ phases: [phase], look: lookOf(phase) });
  return [
    ...together(phases.filter(isOld), 4),
    ...phases.filter((phase) => !isOld(phase) && !isIdle(phase)).map(single),
    ...together(phases.filter(isIdle), 2),
  ];
}

/** From what comes before to what comes after. Not drawn is what follows from other arrows, and what would lead back into boxes drawn together. */
function arrowsOf(boxes: readonly Box[]): readonly (readonly [from: number, to: number])[] {
  const boxOf = new Map(boxes.flatMap(({ phases }, index) => phases.map(({ id }) => [id, index] as const)));
  /** Of each box so far, all that come before it. */
  const before: ReadonlySet<number>[] = [];
  return boxes.flatMap(({ phases }, to) => {
    const named = phases.flatMap(({ after }) => after.map((id) => boxOf.get(id) ?? to)).filter((from) => from < to);
    const earlier = named.map((from) => before[from] ?? new Set<number>());
    before.push(new Set([...named, ...earlier.flatMap((all) => [...all])]));
    return [...new Set(named)]
      .filter((from) => !earlier.some((all) => all.has(from)))
      .map((from) => [from, to] as const);
  });
}

/** How many boxes stand one after the other. */
function longest(boxes: readonly Box[], arrows: readonly (readonly [from: number, to: number])[]): number {
  const depths: number[] = [];
  for (const index of boxes.keys()) {
    const before = arrows.filter(([, to]) => to === index).map(([from]) => depths[from] ?? 0);
    depths.push(1 + Math.max(0, ...before));
  }
  return Math.max(...depths);
}

function label({ phases, look }: Box): string {
  const { sign, word } = looks[look];
  const ids = phases.length > 6 ? `${phases.length} phases` : phases.map(({ id }) => id).join(", ");
  const { all, holding } = gatesThatCount(phases.flatMap(({ gates }) => gates));
  const count = look === "not-started" ? "" : `<br/>${holding} of ${all}`;
  return `${sign} ${literal(ids)}<br/>${word}${count}`;
}

/** Mermaid reads numbered entities, and neither Markdown nor HTML nor its own syntax in them. */
const literal = (text: string): string =>
  visible(clipped(text, 60)).replace(/[^\p{L}\p{N} ]/gu, (character) => `#${character.codePointAt(0)};`);
