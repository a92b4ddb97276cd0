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
export const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The extension with its dot, as `node:path` sees it. */
export function extension(file: string): string {
  const dot = file.lastIndexOf(".");
  return dot > 0 ? file.slice(dot) : "";
}

/**
 * The number that node-pg-migrate sorts by: the digits that the name begins with; 17 digits are a UTC date.
 * `undefined` where there are none, `NaN` where 17 digits are no date.
 */
export function numericPrefix(file: string): number | undefined {
  const digits = /^\d+/.exec(file)?.[0];
  if (digits === undefined) return undefined;
  const date = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits);
  if (!date) return Number(digits);
  const [, year, month, day, hours, minutes, seconds, ms] = date;
  return Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${ms}Z`);
}

/**
 * Names with the same number: node-pg-migrate's `localeCompare`, which leaves the locale to the machine. It is fixed
 * here, and the order of two such files is reported (`same-prefix`), because it may be another one elsewhere.
 */
const byName = new Intl.Collator("en", {
  usage: "sort",
  numeric: true,
  sensitivity: "variant",
  ignorePunctuation: true,
});

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Compares two file names as node-pg-migrate does; names without a number, which it refuses, come last. */
export function compareFiles(a: string, b: string): number {
  const [first, second] = [numericPrefix(a), numericPrefix(b)];
  if (first === undefined || second === undefined) {
    return first === second ? byCodeUnits(a, b) : first === undefined ? 1 : -1;
  }
  return first - second || byName.compare(a, b) || byCodeUnits(a, b);
}

/** What lies directly in the folder: subfolders are not read, and dot files are what `ignorePattern` leaves out by default. */
export function listMigrations(paths: readonly string[], dir: string): readonly Migration[] {
  const folder = dir.replace(/^\.\//, "").replace(/\/+$/, "");
  const under = folder === "" || folder === "." ? "" : `${folder}/`;
  return paths
    .filter(
      (path) => path.startsWith(under) && !path.slice(under.length).includes("/") && !fileName(path).startsWith("."),
    )
    .toSorted((a, b) => compareFiles(fileName(a), fileName(b)))
    .map((path) => {
      const suffix = extension(fileName(path));
      return {
        path,
        name: suffix === "" ? fileName(path) : fileName(path).slice(0, -suffix.length),
        kind: suffix.toLowerCase() === ".sql" ? "sql" : "program",
      };
    });
}
