/** Which migrations a folder holds, in the order in which node-pg-migrate 9 runs them. */
/** One migration of a tree. */
export interface Migration {
    readonly path: string;
    /** As it is recorded: the file's name without its extension. */
    readonly name: string;
    /** `sql` is data; everything else is executed as a program of the change. */
    readonly kind: "sql" | "program";
}
/** The file's name: what follows the last slash. */
export declare const fileName: (path: string) => string;
/** The extension with its dot, as `node:path` sees it. */
export declare function extension(file: string): string;
/**
 * The number that node-pg-migrate sorts by: the digits that the name begins with; 17 digits are a UTC date.
 * `undefined` where there are none, `NaN` where 17 digits are no date.
 */
export declare function numericPrefix(file: string): number | undefined;
/** Compares two file names as node-pg-migrate does; names without a number, which it refuses, come last. */
export declare function compareFiles(a: string, b: string): number;
/** What lies directly in the folder: subfolders are not read, and dot files are what `ignorePattern` leaves out by default. */
export declare function listMigrations(paths: readonly string[], dir: string): readonly Migration[];
