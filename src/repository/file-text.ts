/** Nothing that a plan speaks of is near this size. */
export const maxBytes = 8 * 1024 * 1024;

export const tooLarge = (path: string, size: number): Error =>
  new Error(`${path} has ${size} bytes; at most ${maxBytes} are read`);

export const symbolicLink = (path: string): Error => new Error(`${path} is a symbolic link; the file itself is asked`);

export const leadsOut = (path: string, target: string): Error =>
  new Error(`${path} leads out of the repository (${target})`);

/** A path of the tree that is only what is left of its name when it is shown. */
export const namelessFile = (path: string): Error =>
  new Error(`the name of ${path} is not UTF-8; it can be listed, and not read`);

/** @throws where it is too large, or not UTF-8 */
export function textOf(path: string, bytes: Uint8Array): string {
  if (bytes.length > maxBytes) throw tooLarge(path, bytes.length);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error(`${path} is not UTF-8 text`, { cause: error });
  }
}
