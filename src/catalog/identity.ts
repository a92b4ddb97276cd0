import type { CatalogObject } from "../model/ports.ts";

/** The qualified name that an identity carries after its kind, as SQL text: `public.a`, `c on public.a`. */
export const nameIn = ({ kind, identity }: Pick<CatalogObject, "kind" | "identity">): string =>
  identity.slice(kind.length + 1);
