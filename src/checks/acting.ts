import { z } from "zod";

/** Who sends a statement, and with which settings: pieces that `sql` and `statement` share. */

export const as = z
  .string()
  .min(1)
  .max(63)
  .optional()
  .describe(
    "A role of the plan that it is sent as. Without it, a role that is not superuser and that RLS hides nothing from.",
  );

export const set = z
  .record(z.string().regex(/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/, { error: "is no name of a setting" }), z.string())
  .optional()
  .describe("Settings that it is sent with: `app.current_tenant_id: …`.");

/** The parameters that `Database.act` takes; absent ones stay absent. */
export const acting = ({
  as,
  set,
}: {
  as?: string | undefined;
  set?: { readonly [name: string]: string } | undefined;
}): { as?: string; set?: { readonly [name: string]: string } } => ({
  ...(as === undefined ? {} : { as }),
  ...(set === undefined ? {} : { set }),
});
