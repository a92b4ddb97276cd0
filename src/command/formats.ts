/** How a report can be written. */
export const formats = ["text", "json", "markdown"] as const;
export type Format = (typeof formats)[number];
