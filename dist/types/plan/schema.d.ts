import { z } from "zod";
/** What the schema needs to know of a check kind. */
export interface KindSchema {
    readonly summary: string;
    readonly params: z.ZodType;
    /** It runs programs of the change, which the policy has to allow. */
    readonly runsPrograms?: true;
}
export type KindSchemas = {
    readonly [kind: string]: KindSchema;
};
/** The schema of `phasegate.yml`, over the check kinds that there are. */
export declare function planSchema<Kinds extends KindSchemas>(kinds: Kinds): z.ZodObject<{
    version: z.ZodLiteral<1>;
    name: z.ZodString;
    postgres: z.ZodObject<{
        version: z.ZodLiteral<15 | 16 | 17 | 18>;
        roles: z.ZodDefault<z.ZodArray<z.ZodPipe<z.ZodUnion<readonly [z.ZodString, z.ZodObject<{
            name: z.ZodString;
            bypassrls: z.ZodDefault<z.ZodBoolean>;
            "member-of": z.ZodDefault<z.ZodArray<z.ZodString>>;
        }, z.core.$strict>]>, z.ZodTransform<{
            name: string;
            bypassrls: boolean;
            "member-of": string[];
        }, string | {
            name: string;
            bypassrls: boolean;
            "member-of": string[];
        }>>>>;
        migrator: z.ZodPrefault<z.ZodObject<{
            bypassrls: z.ZodDefault<z.ZodBoolean>;
            createrole: z.ZodDefault<z.ZodBoolean>;
            superuser: z.ZodDefault<z.ZodBoolean>;
        }, z.core.$strict>>;
    }, z.core.$strict>;
    migrations: z.ZodPrefault<z.ZodObject<{
        dir: z.ZodDefault<z.ZodString>;
    }, z.core.$strict>>;
    policy: z.ZodPrefault<z.ZodObject<{
        predecessors: z.ZodDefault<z.ZodEnum<{
            base: "base";
            head: "head";
        }>>;
        incomplete: z.ZodDefault<z.ZodEnum<{
            allow: "allow";
            block: "block";
        }>>;
        "ordinary-migrations": z.ZodDefault<z.ZodEnum<{
            allow: "allow";
            refuse: "refuse";
        }>>;
        programs: z.ZodDefault<z.ZodEnum<{
            allow: "allow";
            refuse: "refuse";
        }>>;
        "plan-owners": z.ZodDefault<z.ZodArray<z.ZodString>>;
    }, z.core.$strict>>;
    documents: z.ZodDefault<z.ZodString>;
    phases: z.ZodArray<z.ZodObject<{
        id: z.ZodString;
        title: z.ZodString;
        after: z.ZodDefault<z.ZodArray<z.ZodString>>;
        owns: z.ZodObject<{
            migrations: z.ZodOptional<z.ZodUnion<readonly [z.ZodArray<z.ZodString>, z.ZodObject<{
                through: z.ZodString;
            }, z.core.$strict>]>>;
            files: z.ZodOptional<z.ZodArray<z.ZodString>>;
            objects: z.ZodOptional<z.ZodArray<z.ZodString>>;
        }, z.core.$strict>;
        touches: z.ZodDefault<z.ZodArray<z.ZodString>>;
        gates: z.ZodArray<z.ZodObject<{
            id: z.ZodString;
            title: z.ZodString;
            requirement: z.ZodOptional<z.ZodString>;
            blocking: z.ZodDefault<z.ZodBoolean>;
            until: z.ZodOptional<z.ZodString>;
            checks: z.ZodArray<z.ZodPipe<z.ZodObject<{
                "holds-before": z.ZodOptional<z.ZodString>;
            }, z.core.$strict>, z.ZodTransform<{
                kind: string;
                params: unknown;
                holdsBefore: string | undefined;
            }, {
                "holds-before"?: string | undefined;
            }>>>;
        }, z.core.$strict>>;
    }, z.core.$strict>>;
}, z.core.$strict>;
/** A plan as it is used: complete, every default filled in. */
export type Plan = z.output<ReturnType<typeof planSchema>>;
export type Phase = Plan["phases"][number];
export type Gate = Phase["gates"][number];
export type Check = Gate["checks"][number];
/** The JSON Schema of the plan, for editors: what may be written, defaults left out. */
export declare function planJsonSchema(kinds: KindSchemas): object;
