import { z } from "zod";
import { approver, noApprover } from "../model/approver.ts";
import { readName } from "../sql/identifier.ts";

/** What the schema needs to know of a check kind. */
export interface KindSchema {
  readonly summary: string;
  readonly params: z.ZodType;
  /** It runs programs of the change, which the policy has to allow. */
  readonly runsPrograms?: true;
}
export type KindSchemas = { readonly [kind: string]: KindSchema };

/** ASCII, so that two ids which look alike are alike; a file name on every system. */
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, {
  error: "is no id; use up to 40 of the characters A–Z a–z 0–9 . _ -, starting with a letter or digit",
});

/** Inside the repository: relative, with `/`, without `..`. */
const insideRepository = z
  .string()
  .regex(/^(?![/~]|[A-Za-z]:)(?!(?:.*\/)?\.\.(?:\/|$))[^\\\0]+$/, {
    error: "leaves the repository; write a path relative to its root, with `/` and without `..`",
  })
  .regex(/^(?!(?:.*\/)?\.(?:\/|$))(?!.*\/\/)(?!.*\/$)/, {
    error: "is another spelling of a path; write it without `./`, `//` and a `/` at its end",
  });

const text = z.string().trim().min(1);
const roleName = z.string().regex(/^(?!pg_)[a-z_][a-z0-9_]{0,62}$/, {
  error: "is no name for a role; use lower-case letters, digits and _, not starting with pg_",
});

const role = z
  .union([
    roleName,
    z.strictObject({
      name: roleName,
      bypassrls: z.boolean().default(false).describe("Rows are not hidden from it by row-level security."),
      "member-of": z.array(roleName).default([]).describe("Roles above it that it belongs to."),
    }),
  ])
  .transform((given) => (typeof given === "string" ? { name: given, bypassrls: false, "member-of": [] } : given));

const postgres = z.strictObject({
  version: z.literal([15, 16, 17, 18]).describe("Major version of the server that the plan is for."),
  roles: z
    .array(role)
    .default([])
    .describe("Roles that migrations and checks speak of; cluster-wide, so a migration must not make them."),
  migrator: z
    .strictObject({
      bypassrls: z.boolean().default(false),
      createrole: z.boolean().default(false),
      superuser: z.boolean().default(false),
    })
    .prefault({})
    .describe("What the role that runs migrations may do in production."),
});

const policy = z.strictObject({
  predecessors: z
    .enum(["base", "head"])
    .default("base")
    .describe("Where a predecessor must be verified: on the base branch, or in the same change."),
  incomplete: z
    .enum(["block", "allow"])
    .default("block")
    .describe("Whether a phase that a change advances may be merged unverified."),
  "ordinary-migrations": z
    .enum(["refuse", "allow"])
    .default("refuse")
    .describe("Whether migrations that no phase owns may be merged."),
  programs: z
    .enum(["refuse", "allow"])
    .default("refuse")
    .describe("Whether programs of the change (JavaScript and TypeScript migrations, `command` checks) may run."),
  "plan-owners": z
    .array(z.string().regex(approver, { error: noApprover }))
    .default([])
    .describe("Who may approve a weaker plan: logins (`@ada`) and teams (`@organization/team`)."),
});

const owns = z
  .strictObject({
    migrations: z
      .union([z.array(insideRepository).min(1), z.strictObject({ through: text })])
      .optional()
      .describe(
        "Globs of file names in the migrations folder, or `{ through: <name> }`: all up to this one that no earlier phase owns.",
      ),
    files: z.array(insideRepository).min(1).optional().describe("Globs of files whose existence starts the phase."),
    objects: z
      // What cannot be read as a name would guard nothing, and nobody would know.
      .array(
        text.refine((name) => readName(name) !== undefined, {
          error: "is no name of an object; write `table`, `schema.table` or `table.column`, without arguments",
        }),
      )
      .min(1)
      .optional()
      .describe("Database objects that the phase creates: `table`, `table.column`, an index."),
  })
  .refine((owned) => Object.values(owned).some((value) => value !== undefined), {
    error: "owns nothing; name at least one migration, file or object",
  });

/** One entry of `checks`: the key of exactly one kind, and what may stand beside it. */
function checkSchema<Kinds extends KindSchemas>(kinds: Kinds) {
  const shape: { [kind: string]: z.ZodType } = {};
  for (const [kind, { params, summary }] of Object.entries(kinds)) shape[kind] = params.optional().describe(summary);
  return z
    .strictObject({
      ...shape,
      "holds-before": text.optional().describe("Why it is right that the check holds before its phase already."),
    })
    .meta({ oneOf: Object.keys(kinds).map((kind) => ({ required: [kind] })) })
    .superRefine((entry, context) => {
      const given = Object.keys(kinds).filter((kind) => kind in entry);
      if (given.length === 1) return;
      const message =
        given.length === 0
          ? "names no check kind"
          : `names ${given.length} check kinds (${given.join(", ")}); write one entry for each`;
      context.addIssue({ code: "custom", message, params: { allowed: Object.keys(kinds) } });
    })
    .transform((entry) => {
      const kind = Object.keys(kinds).find((candidate) => candidate in entry);
      const values: { readonly [key: string]: unknown } = entry;
      return {
        kind: kind ?? "",
        params: kind === undefined ? undefined : values[kind],
        holdsBefore: entry["holds-before"],
      };
    });
}

/** The schema of `phasegate.yml`, over the check kinds that there are. */
export function planSchema<Kinds extends KindSchemas>(kinds: Kinds) {
  const gate = z.strictObject({
    id: id.describe("What people quote: `4A.2`."),
    title: text,
    requirement: text.optional().describe("The requirement in the words of whoever asked for it."),
    blocking: z.boolean().default(true).describe("`false`: reported, never counted."),
    until: id
      .optional()
      .describe("A later phase that supersedes the gate: it is judged just before that phase instead of at head."),
    checks: z.array(checkSchema(kinds)).min(1),
  });
  const phase = z.strictObject({
    id: id.describe("What people say: `4A`."),
    title: text,
    after: z.array(id).default([]).describe("Phases above that must be verified first."),
    owns,
    touches: z
      .array(insideRepository)
      .default([])
      .describe("Files that it shares with other phases; they start nothing."),
    gates: z.array(gate).min(1),
  });
  return z.strictObject({
    version: z.literal(1),
    name: text,
    postgres,
    migrations: z.strictObject({ dir: insideRepository.default("migrations") }).prefault({}),
    policy: policy.prefault({}),
    documents: insideRepository
      .refine((path) => path.includes("{phase}"), { error: "needs `{phase}` where the phase's id goes" })
      .default("docs/PHASE_{phase}_EXIT_GATE_VERIFICATION.md")
      .describe("Where the verification documents lie."),
    phases: z.array(phase).min(1),
  });
}

/** A plan as it is used: complete, every default filled in. */
export type Plan = z.output<ReturnType<typeof planSchema>>;
export type Phase = Plan["phases"][number];
export type Gate = Phase["gates"][number];
export type Check = Gate["checks"][number];

/** The JSON Schema of the plan, for editors: what may be written, defaults left out. */
export function planJsonSchema(kinds: KindSchemas): object {
  return z.toJSONSchema(planSchema(kinds), { io: "input", target: "draft-2020-12", unrepresentable: "any" });
}
