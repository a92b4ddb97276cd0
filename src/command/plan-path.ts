import { isAbsolute, relative, resolve, sep } from "node:path";

/**
 * The path of a plan as trees name it, whatever way it was typed: `./phasegate.yml`, `plans//a.phasegate.yml`, an absolute
 * path. Another spelling would be another plan, of which base knows nothing.
 *
 * @param root of the checkout
 */
export function planPath(given: string, root: string): string {
  const inside = relative(root, resolve(root, given));
  // On another drive, or the root itself: what was typed is what is told to be no plan.
  return inside === "" || isAbsolute(inside) ? given : inside.split(sep).join("/");
}
