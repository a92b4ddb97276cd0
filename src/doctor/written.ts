import type { Json } from "../model/json.ts";

/** A part of a YAML file as it is written; `undefined` where there is none. */
export type Written = Json | undefined;

/** What stands under a key. */
export const child = (value: Written, key: string): Written =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
    ? (value as { readonly [key: string]: Json })[key] // just found to be its own property
    : undefined;

/** The items of a list; none where it is no list. */
export const items = (value: Written): readonly Json[] => (Array.isArray(value) ? value : []);

/** A text, where it is one. */
export const text = (value: Written): string | undefined => (typeof value === "string" ? value : undefined);
