import { branchRuleAnswer, protectionAnswer, rulesetAnswer, simpleRulesetAnswer } from "../answers/protection.ts";
import { listed } from "../pages.ts";
import { answer, type Call, notFound, type Routes } from "../route.ts";
import { rulesetsOf } from "../rules.ts";
import type { Ruleset } from "../state.ts";

const shown = ({ state, query }: Call): readonly Ruleset[] => {
  const targets = query.get("targets")?.split(",");
  return state.rulesets
    .filter((ruleset) => ruleset.source.type === "Repository" || query.get("includes_parents") !== "false")
    .filter((ruleset) => targets === undefined || targets.includes(ruleset.target));
};

export const ruleRoutes = {
  "GET /repos/{owner}/{repo}/branches/{branch}/protection": {
    needs: "administration: read",
    answer: (call) => {
      const { branch = "" } = call.path;
      if (call.state.branches[branch] === undefined) return notFound("Branch not found");
      const found = call.state.protection[branch];
      return found ? answer(200, protectionAnswer(call, branch, found)) : notFound("Branch not protected");
    },
  },
  "GET /repos/{owner}/{repo}/rules/branches/{branch}": {
    needs: "metadata: read",
    answer: (call) => {
      const rules = rulesetsOf(call.state, call.path.branch ?? "").flatMap((ruleset) =>
        ruleset.rules.map((rule) => branchRuleAnswer(ruleset, rule)),
      );
      return listed(call, rules, (rule) => rule);
    },
  },
  "GET /repos/{owner}/{repo}/rulesets": {
    needs: "metadata: read",
    answer: (call) => listed(call, shown(call), (ruleset) => simpleRulesetAnswer(call, ruleset)),
  },
  "GET /repos/{owner}/{repo}/rulesets/{ruleset_id}": {
    needs: "metadata: read",
    answer: (call) => {
      const found = shown(call).find((ruleset) => ruleset.id === Number(call.path.ruleset_id));
      const mayEdit = call.token?.permissions.administration === "write";
      return found === undefined ? notFound() : answer(200, rulesetAnswer(call, found, mayEdit));
    },
  },
} as const satisfies Routes;
