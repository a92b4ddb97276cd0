/**
 * What a run of Phasegate costs, beside a shell script that does each check once. Prints tables and writes nothing.
 *
 * npm run bench [-- PART…]    parts: boot, start, whole, parts, coverage, growth, profile; all unless told
 */

import { availableParallelism, loadavg } from "node:os";
import { timeActionStarts } from "./action-start.ts";
import { timeBoots } from "./boot.ts";
import { timeCoverage } from "./coverage.ts";
import { median, ms, quantile, ratio, table } from "./figures.ts";
import { phaseCount, timeGrowth } from "./growth.ts";
import { timeParts } from "./parts.ts";
import { type PhasegateRun, runPhasegate, runScript, type ScriptRun } from "./processes.ts";
import { profile, type Spent } from "./profile.ts";
import { inDirectory, root } from "./programs.ts";
import { type UsualScript, writeUsual } from "./usual.ts";

const rounds = { boot: 9, start: 15, clone: 15, whole: 5, growth: 3, naive: 20 };
const gateCounts = [100, 500, 1000, 2000];

const say = (text: string) => process.stdout.write(`${text}\n\n`);
const asked = process.argv.slice(2);
const wanted = (part: string) => asked.length === 0 || asked.includes(part);

const load = loadavg().map((value) => value.toFixed(1));
say(`Node ${process.versions.node}, ${availableParallelism()} cores, load before: ${load.join(", ")}`);
if (wanted("boot")) await boots();
if (wanted("start")) await starts();
if (wanted("whole")) await whole();
if (wanted("parts")) await parts();
if (wanted("coverage")) await covered();
if (wanted("growth")) await growth();
if (wanted("profile")) await profiled();

async function starts(): Promise<void> {
  const { empty, action } = await timeActionStarts(rounds.start);
  say("From the start of a process to its first line, medians:");
  say(
    table(
      ["", "median", "ratio"],
      [
        ["an empty Node program", ms(median(empty)), "1"],
        ["the action", ms(median(action)), ratio(median(action), median(empty))],
      ],
    ),
  );
}

async function boots(): Promise<void> {
  const { byHand, first, cached } = await timeBoots(rounds.boot);
  const row = (name: string, values: readonly number[]) => [
    name,
    ms(median(values)),
    ratio(median(values), median(byHand)),
  ];
  say(`Boot to the first query, median of ${rounds.boot}`);
  say(
    table(
      ["", "time", "ratio"],
      [row("initdb + pg_ctl start", byHand), row("first boot", first), row("cached boot", cached)],
    ),
  );
}

async function whole(): Promise<void> {
  await inDirectory(async (directory) => {
    const script = await writeUsual(root, directory);
    await runPhasegate(root); // fills the caches
    const ours: PhasegateRun[] = [];
    const theirs: ScriptRun[] = [];
    for (let round = 0; round < rounds.whole; round += 1) {
      theirs.push(await runScript(directory));
      ours.push(await runPhasegate(root));
    }
    tellWhole(ours, theirs, script);
  });
}

function tellWhole(ours: readonly PhasegateRun[], theirs: readonly ScriptRun[], script: UsualScript): void {
  const our = (of: (run: PhasegateRun) => number) => median(ours.map(of));
  const their = (of: (run: ScriptRun) => number) => median(theirs.map(of));
  const timed = (of: (timings: PhasegateRun["report"]["timings"]) => number) => our(({ report }) => of(report.timings));
  const part = (word: string) =>
    their(({ parts }) =>
      Object.entries(parts).reduce((sum, [name, took]) => sum + (name.split(" ", 1)[0] === word ? took : 0), 0),
    );
  const row = (name: string, our: number, their: number) => [name, ms(our), ms(their), ratio(our, their)];
  const { looks, mutants } = counts(ours[0]);
  const copies = theirs[0]?.times.clone ?? 0;
  say(
    `This repository's plan, ${script.checks} checks, ${script.migrations} migrations: median of ${rounds.whole}, interleaved`,
  );
  say(
    table(
      ["", "phasegate", "script", "ratio"],
      [
        row(
          "whole run",
          our(({ wallMs }) => wallMs),
          their(({ wallMs }) => wallMs),
        ),
        row(
          "boot",
          timed(({ bootMs }) => bootMs),
          part("boot"),
        ),
        row(
          `migrations (script: and ${copies} copies)`,
          timed(({ replayMs }) => replayMs),
          part("migrations") + part("clone"),
        ),
        row(
          `checks (${looks} looks; script: ${script.checks})`,
          timed(({ checksMs }) => checksMs),
          part("checks"),
        ),
        [`proof (${mutants} mutants)`, ms(timed(({ proofMs }) => proofMs)), "-", "-"],
      ],
    ),
  );
  say(
    `The Node process: ${Math.round(our(({ memoryMib }) => memoryMib))} MiB at its largest, ${ms(our(({ cpuMs }) => cpuMs))} of processor time`,
  );
  const longest = Object.entries(theirs[0]?.parts ?? {})
    .map(([name]) => [name, their(({ parts }) => parts[name] ?? 0), theirs[0]?.times[name] ?? 1] as const)
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 6)
    .map(([name, took, times]) => [name, `${times}`, ms(took), ms(took / times)]);
  say("Where the script's time goes");
  say(table(["", "times", "together", "each"], longest));
}

function counts(run: PhasegateRun | undefined): { readonly looks: number; readonly mutants: number } {
  const checks = (run?.report.phases ?? []).flatMap(({ gates }) => gates.flatMap(({ checks }) => checks));
  return {
    looks: checks.reduce((sum, { observations }) => sum + observations.length, 0),
    mutants: checks.reduce((sum, { red }) => sum + (red?.mutants.length ?? 0), 0),
  };
}

async function parts(): Promise<void> {
  const { cloneMs, mutantMs } = await timeParts(root, rounds.clone);
  const row = (name: string, values: readonly number[]) => [
    name,
    `${values.length}`,
    ms(median(values)),
    ms(quantile(values, 0.95)),
  ];
  say("One at a time, on the database at head");
  say(
    table(["", "n", "median", "95 %"], [row("clone of a database", cloneMs), row("mutant of the catalog", mutantMs)]),
  );
}

async function covered(): Promise<void> {
  const { mutants, cases, killed, eachMs, wholeMs, naiveMs } = await timeCoverage(root, rounds.naive);
  const naive = median(naiveMs);
  const row = (name: string, count: number, time: number, high: string) => [
    name,
    `${count}`,
    ms(time),
    high,
    `${(naive / time).toFixed(0)} ×`,
  ];
  say(`Coverage: ${mutants} mutants of the schema, ${killed} killed, ${cases} cases`);
  say(
    table(
      ["a mutant", "n", "median", "95 %", "faster by"],
      [
        row("until a case notices it", eachMs.length, median(eachMs), ms(quantile(eachMs, 0.95))),
        row("the whole check, by the number of mutants (mean)", mutants, wholeMs / mutants, "-"),
        row("naively: new clones, all suites", naiveMs.length, naive, ms(quantile(naiveMs, 0.95))),
      ],
    ),
  );
}

async function growth(): Promise<void> {
  const grown = await timeGrowth(gateCounts, rounds.growth);
  say(`Gates over ${phaseCount} phases with a migration each, one check a gate: median of ${rounds.growth} whole runs`);
  const done = grown.filter((one) => "wallMs" in one);
  const rows = done.map(({ gates, wallMs, replayMs, checksMs, proofMs, cpuMs, memoryMib }, at) => {
    const before = done[at - 1];
    const further = before ? ms((wallMs - before.wallMs) / (gates - before.gates)) : "-";
    const times = [wallMs, replayMs, checksMs, proofMs, cpuMs].map(ms);
    return [`${gates}`, ...times, `${Math.round(memoryMib)} MiB`, further];
  });
  const head = ["gates", "whole run", "replay", "checks", "proof", "Node's processor", "memory", "each further gate"];
  say(table(head, rows));
  for (const one of grown) if ("failure" in one) say(`${one.gates} gates: ${one.failure}`);
}

async function profiled(): Promise<void> {
  const { replayMs, checksMs, proofMs, byKind, byRequest } = await profile(root);
  say(`One run in this process: replay ${ms(replayMs)}, checks ${ms(checksMs)}, proof ${ms(proofMs)}`);
  const rows = (spent: readonly Spent[]) =>
    spent.slice(0, 10).map(({ what, times, busyMs }) => [what, `${times}`, ms(busyMs), ms(busyMs / times)]);
  say(table(["kind (jobs run side by side)", "times", "together", "each"], rows(byKind)));
  say(table(["asked of PostgreSQL", "times", "together", "each"], rows(byRequest)));
}
