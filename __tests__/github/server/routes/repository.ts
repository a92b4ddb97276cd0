import { comparisonAnswer, gitRefAnswer } from "../answers/commit.ts";
import { branchAnswer } from "../answers/protection.ts";
import { fullRepositoryAnswer } from "../answers/repository.ts";
import { commitOf, commitOfRef } from "../commits.ts";
import { answer, type Call, notFound, type Routes } from "../route.ts";
import { rulesetsOf } from "../rules.ts";
import type { Comparison } from "../state.ts";

const comparisonOf = ({ state }: Call, base: string, head: string): Comparison | undefined =>
  base === head
    ? { status: "identical", mergeBase: base, ahead: [], behindBy: 0 }
    : state.comparisons[`${base}...${head}`];

export const repositoryRoutes = {
  "GET /repos/{owner}/{repo}": {
    needs: "metadata: read",
    answer: (call) => answer(200, fullRepositoryAnswer(call)),
  },
  "GET /repos/{owner}/{repo}/branches/{branch}": {
    needs: "contents: read",
    answer: (call) => {
      const { branch = "" } = call.path;
      const tip = call.state.branches[branch];
      if (tip === undefined) return notFound("Branch not found");
      return answer(200, branchAnswer(call, branch, tip, rulesetsOf(call.state, branch).length > 0));
    },
  },
  "GET /repos/{owner}/{repo}/git/ref/{ref}": {
    needs: "contents: read",
    answer: (call) => {
      const { ref = "" } = call.path;
      const sha = commitOfRef(call, ref);
      return sha === undefined ? notFound() : answer(200, gitRefAnswer(call, `refs/${ref}`, sha));
    },
  },
  "GET /repos/{owner}/{repo}/compare/{basehead}": {
    needs: "contents: read",
    answer: (call) => {
      const [base = "", head = ""] = (call.path.basehead ?? "").split("...").map((end) => commitOf(call, end));
      const found = base && head ? comparisonOf(call, base, head) : undefined;
      return found === undefined ? notFound() : answer(200, comparisonAnswer(call, base, head, found));
    },
  },
} as const satisfies Routes;
