/** THREATS 19 to 25: verification documents. */

import { documentOf, migrationOf, type Workshop } from "../support/workshop.ts";
import type { Attack, Papers } from "./attacks.ts";
import { begin4AWrong } from "./attacks-on-the-order.ts";

/** Replaces what must be there. */
function forged(text: string, ...edits: readonly (readonly [from: string | RegExp, to: string])[]): string {
  return edits.reduce((before, [from, to]) => {
    const after = before.replace(from, to);
    if (after === before) throw new Error(`the document holds no ${from}`);
    return after;
  }, text);
}

const wrong4AWith = (document: (papers: Papers) => string) => (workshop: Workshop, papers: Papers) => {
  begin4AWrong(workshop);
  workshop.write(documentOf("4A"), document(papers));
};

const edited4B =
  (...edits: Parameters<typeof forged>[1][]) =>
  (workshop: Workshop) =>
    workshop.edit(documentOf("4B"), (text) => forged(text, ...edits));

export const attacksOnDocuments: readonly Attack[] = [
  {
    threat: 19,
    attack: "a document is written by hand",
    stage: "adopted",
    act: wrong4AWith(() => "# Exit gates of 4A\n\nOverall status: ✅ PASS\n\n- 4A.2 ✅ PASS\n"),
    ends: {
      violations: ["gate-failed 4A.2", "document-differs 4A"],
      says: ["allocation_ratio is nullable", "The document holds no data that a run could compare"],
    },
  },
  {
    threat: 19,
    attack: "there is no document at all",
    stage: "adopted",
    act: (workshop) => workshop.add("4A"),
    ends: { violations: ["document-missing 4A"], says: ["db/docs/PHASE_4A_EXIT_GATE_VERIFICATION.md does not exist"] },
  },
  {
    threat: 20,
    attack: "the document of another phase is copied",
    stage: "4A",
    act: (workshop, papers) => {
      workshop.add("4B");
      workshop.write(documentOf("4B"), papers["4A"]);
    },
    ends: { violations: ["document-differs 4B"], says: ["phase: the document says 4A; this run derives 4B"] },
  },
  {
    threat: 20,
    attack: "the document of another phase is copied, with the names put right",
    stage: "4A",
    act: (workshop, papers) => {
      workshop.add("4B");
      workshop.write(documentOf("4B"), papers["4A"].replaceAll("4A", "4B"));
    },
    ends: {
      violations: ["document-differs 4B"],
      says: [
        "20251113120000000_enhance-allocation-schema.sql: the document says",
        "gate 4B.2: the document says passed; this run derives no such gate",
      ],
    },
  },
  {
    threat: 20,
    attack: "the document of another branch is copied",
    stage: "adopted",
    act: (workshop, papers) => {
      workshop.add("4A");
      workshop.edit(migrationOf["4A"], (text) => text.replace("numeric(6, 5)", "numeric(6,5)"));
      workshop.write(documentOf("4A"), papers["4A"]);
    },
    ends: {
      violations: ["document-differs 4A"],
      says: ["migration 20251113120000000_enhance-allocation-schema.sql: the document says sha256"],
    },
  },
  {
    threat: 21,
    attack: "the migration is changed afterwards",
    stage: "4B",
    act: (workshop) => workshop.edit(migrationOf["4B"], (text) => text.replace("RETURN 1;", "RETURN 1000;")),
    ends: {
      violations: ["document-differs 4B"],
      says: ["migration 20251114120000000_add-sum-equality-validation.sql: the document says sha256"],
    },
  },
  {
    threat: 22,
    attack: "FAIL becomes PASS in the prose alone",
    stage: "adopted",
    act: wrong4AWith((papers) => forged(papers["4A"], [/("id": "4A\.2",[\s\S]*?"verdict": )"passed"/, '$1"failed"'])),
    ends: {
      violations: ["gate-failed 4A.2", "document-differs 4A"],
      says: ["allocation_ratio is nullable", 'Here stands "| Overall status | ✅ **PASS** |"'],
    },
  },
  {
    threat: 22,
    attack: "FAIL becomes PASS in the data alone",
    stage: "adopted",
    act: wrong4AWith((papers) => forged(papers["4A"], ["- Status: ✅ PASS", "- Status: ❌ FAIL"])),
    ends: {
      violations: ["gate-failed 4A.2", "document-differs 4A"],
      says: ["allocation_ratio is nullable", 'Here stands "- Status: ❌ FAIL"'],
    },
  },
  {
    threat: 22,
    attack: "a whole document says PASS of a phase that fails",
    stage: "adopted",
    act: wrong4AWith((papers) => papers["4A"]),
    ends: {
      violations: ["gate-failed 4A.2", "document-differs 4A"],
      says: ["the document says passed; this run derives failed (nullable)"],
    },
  },
  {
    threat: 22,
    attack: "what was seen is edited to what should have been seen",
    stage: "4B",
    act: edited4B([/"timing": "after"/, '"timing": "before"']),
    ends: {
      violations: ["document-differs 4B"],
      says: ["gate 4B.3, the proof of trigger", "this run derives failed from it (other-timing)"],
    },
  },
  {
    threat: 23,
    attack: "the work is taken back, and the document stays",
    stage: "4B",
    act: (workshop) => {
      workshop.remove(migrationOf["4B"]);
      workshop.remove("db/docs/ROUNDING_POLICY.md");
    },
    ends: {
      violations: ["gate-failed 4B.1", "gate-failed 4B.3", "gate-failed 4B.5", "document-differs 4B"],
      says: ["gate 4B.1, view", "the document says passed; this run derives failed (no-view)"],
    },
  },
  {
    threat: 23,
    attack: "verified work is reverted",
    stage: "4A",
    act: (workshop) => {
      workshop.git("revert", "--no-edit", "HEAD~1");
    },
    ends: {
      violations: ["plan-weakened", "verified-work-changed 4A", "regressed 4A"],
      says: ["20251113120000000_enhance-allocation-schema.sql is gone; 4A was verified with it"],
    },
  },
  {
    threat: 24,
    attack: "the document of a verified phase is deleted, so that its migration may change",
    stage: "4A",
    act: (workshop) => {
      workshop.remove(documentOf("4A"));
      workshop.edit(migrationOf["4A"], (text) => text.replace("numeric(6, 5)", "numeric(7, 5)"));
    },
    ends: {
      violations: ["verified-work-changed 4A", "regressed 4A"],
      says: [
        "20251113120000000_enhance-allocation-schema.sql was altered; 4A was verified with it",
        "PHASE_4A_EXIT_GATE_VERIFICATION.md is gone",
      ],
    },
  },
  {
    threat: 24,
    attack: "the document of a verified phase is deleted, and nothing else",
    stage: "4A",
    act: (workshop) => workshop.remove(documentOf("4A")),
    ends: {
      violations: ["regressed 4A"],
      says: ["PHASE_4A_EXIT_GATE_VERIFICATION.md is gone; on base it says PASS for 4A"],
    },
  },
  {
    threat: 25,
    attack: "remediation looks like a gate's section",
    stage: "4B",
    act: edited4B([
      "<!-- phasegate: begin remediation -->\n",
      "<!-- phasegate: begin remediation -->\n### 4B.9: Load tested\n\n- Status: ✅ PASS\n",
    ]),
    ends: { violations: ["document-differs 4B"], says: ["The block remediation holds a heading"] },
  },
  {
    threat: "forged",
    attack: "a sign-off is written among the gates",
    stage: "4B",
    act: edited4B(["## Gates\n", "Signed-off-by: Ada <ada@example.org>\n\n## Gates\n"]),
    ends: { violations: ["document-differs 4B"], says: ['Here stands "Signed-off-by: Ada <ada@example.org>"'] },
  },
  {
    threat: "forged",
    attack: "a document of a phase that nobody has begun",
    stage: "adopted",
    act: (workshop, papers) => workshop.write(documentOf("4A"), papers["4A"]),
    ends: {
      violations: ["gate-failed 4A.2", "gate-failed 4A.5", "gate-failed 4A.9", "document-differs 4A"],
      says: ["20251113120000000_enhance-allocation-schema.sql: the document says sha256"],
    },
  },
];
