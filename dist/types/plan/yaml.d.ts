import type { Mistake, Place } from "../model/report.js";
/** Steps from the root of a YAML document to a value. */
export type Path = readonly (string | number)[];
/** A YAML document with the places that its keys and values come from. */
export interface Yaml {
    readonly value: unknown;
    /** Where the key at this path stands (the item, in a list); of the nearest parent where the path leads nowhere. */
    key(path: Path): Place;
    /** Where the value at this path starts; of the nearest parent where the path leads nowhere. */
    at(path: Path): Place;
}
/**
 * Reads one YAML document of plain values. What makes YAML more than that (anchors, aliases, tags, several documents, duplicate
 * keys, keys that JavaScript treats in a way of its own) is refused.
 */
export declare function readYaml(text: string, file: string): {
    readonly yaml: Yaml;
} | {
    readonly mistakes: readonly [Mistake, ...Mistake[]];
};
