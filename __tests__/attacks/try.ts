import { existsSync } from "node:fs";
import { stages } from "./attacks.ts";
import { attacksOnThePlan } from "./attacks-on-the-plan.ts";
import { attacksOnDocuments } from "./attacks-on-documents.ts";
import { attacksOnTheDatabase } from "./attacks-on-the-database.ts";
import { attacksOnTheRun } from "./attacks-on-the-run.ts";
const t0 = performance.now();
const all = [...attacksOnThePlan, ...attacksOnDocuments, ...attacksOnTheDatabase, ...attacksOnTheRun];
const want = new RegExp(process.argv[2] ?? ".");
const st = await stages();
console.log("stages", performance.now() - t0);
for (const [k, v] of Object.entries(st.honest)) console.log(k, v.code);
const queue = all.filter((a) => want.test(`${a.threat} ${a.attack} ${JSON.stringify(a.ends)}`));
async function worker() {
  for (let a = queue.shift(); a; a = queue.shift()) {
    const t = performance.now();
    const w = st.begin(a.stage);
    try {
      const args = a.act(w, st.papers) ?? [];
      if (w.git("status", "--porcelain") !== "") w.commit("attack");
      const r = await w.judge(...args);
      const v = r.report?.violations.map((x) => `${x.code} ${x.gate ?? x.phase ?? ""}`.trim());
      const text = r.report ? r.report.violations.flatMap((x) => x.findings.map((f) => `${f.message} ${f.help}`)).join("\n") : r.said;
      const ok = ("violations" in a.ends ? JSON.stringify(v) === JSON.stringify(a.ends.violations) : r.code === a.ends.exit) && a.ends.says.every((s) => text.includes(s)) && !(a.unmade && existsSync(a.unmade));
      console.log(`${ok ? "ok" : "\nDIFFERS"} [${a.threat}] ${a.attack}: exit ${r.code} ${Math.round(performance.now() - t)}ms`);
      if (!ok) { console.log(JSON.stringify(v)); console.log(a.ends.says.filter((s) => !text.includes(s))); console.log(text.slice(0, 1500)); }
    } catch (e) { console.log(`\n[${a.threat}] ${a.attack}: THROWN ${String((e as Error).stack).slice(0, 600)}`); }
    w.dispose();
  }
}
await Promise.all([worker(), worker()]);
st.dispose();
console.log("total", performance.now() - t0);
