import type { Refusal } from "./route.ts";

/**
 * What GitHub refuses with 422 although its description allows it. It says "characters" and counts bytes: so do we
 * for comments too, where it is less well known, because what fits in bytes fits in characters.
 */
const bytes = (text: string): number => Buffer.byteLength(text, "utf8");

/** The first of the sentences that is one. */
const first = (...found: readonly (string | false | undefined)[]): string | undefined =>
  found.find((one) => typeof one === "string");

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const object = (value: unknown): { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null ? (value as { readonly [name: string]: unknown }) : {};
const array = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const longest = { comment: 65_536, output: 65_535, message: 65_536, title: 255, annotations: 50 } as const;

const unprocessable = (message: string): Refusal => ({
  message: "Validation Failed",
  errors: [{ resource: "IssueComment", code: "unprocessable", field: "data", message }],
});

/** Why a comment is refused: it is too long, or blank. */
export const refusesComment = (sent: unknown): Refusal | undefined => {
  const { body } = object(sent);
  if (typeof body !== "string") return undefined;
  if (bytes(body) > longest.comment) {
    return unprocessable(`Body is too long (maximum is ${longest.comment} characters)`);
  }
  return body.trim() === "" ? unprocessable("Body can't be blank") : undefined;
};

const tooLong = (value: unknown, most: number): string | undefined => {
  const length = bytes(text(value));
  return length > most ? `Only ${most} characters are allowed; ${length} were supplied.` : undefined;
};

const wrongLine = (name: string, value: unknown): string | false =>
  typeof value === "number" && value < 1 && `For 'properties/${name}', ${value} is not greater than or equal to 1.`;

const wrongAnnotation = (sent: unknown): string | undefined => {
  const one = object(sent);
  const path = text(one.path);
  const columns = one.start_column !== undefined || one.end_column !== undefined;
  return first(
    tooLong(one.message, longest.message),
    tooLong(one.raw_details, longest.message),
    [...text(one.title)].length > longest.title && `Only ${longest.title} characters are allowed in 'title'.`,
    wrongLine("start_line", one.start_line),
    wrongLine("end_line", one.end_line),
    wrongLine("start_column", one.start_column),
    wrongLine("end_column", one.end_column),
    Number(one.end_line) < Number(one.start_line) && "'end_line' must not lie before 'start_line'.",
    columns && one.start_line !== one.end_line && "Columns are only supported on a single line.",
    (path === "" || /^([/\\]|[A-Za-z]:|\.{1,2}\/)/.test(path)) && `'${path}' is not a path in the repository.`,
  );
};

const wrongAnnotations = (annotations: readonly unknown[]): string | undefined =>
  first(
    annotations.length > longest.annotations &&
      `No more than ${longest.annotations} items are allowed; ${annotations.length} were supplied.`,
    ...annotations.map(wrongAnnotation),
  );

/** Why a check-run is refused, when it is created and when it is changed. */
export const refusesCheckRun = (sent: unknown): Refusal | undefined => {
  const check = object(sent);
  const output = object(check.output);
  const details = check.details_url;
  const wrong = first(
    check.name === "" && "'name' must not be empty.",
    check.status === "completed" && check.conclusion === undefined && `"conclusion" wasn't supplied.`,
    tooLong(output.title, longest.title),
    tooLong(output.summary, longest.output),
    tooLong(output.text, longest.output),
    wrongAnnotations(array(output.annotations)),
    details !== undefined && !/^https?:\/\//.test(text(details)) && "'details_url' must use the scheme http or https.",
  );
  return wrong === undefined ? undefined : { message: `Invalid request.\n\n${wrong}` };
};
