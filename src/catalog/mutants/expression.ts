/** Changes to an expression as PostgreSQL prints it: operators between blanks, every element of a list with its cast. */

/** Parts of the text that are no string and no quoted name, with where they start. */
function* bare(text: string): Generator<{ readonly from: number; readonly to: number }> {
  let from = 0;
  for (const { index, 0: quoted } of text.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g)) {
    yield { from, to: index };
    from = index + quoted.length;
  }
  yield { from, to: text.length };
}

const swapped: { readonly [operator: string]: string } = { ">=": ">", "<=": "<", ">": ">=", "<": "<=", "=": "<>" };

/** The expression with one comparison changed at its border, once for each comparison. */
export function comparisonsSwapped(expression: string): string[] {
  const changed: string[] = [];
  for (const { from, to } of bare(expression))
    for (const { index, 1: operator = "" } of expression
      .slice(from, to)
      .matchAll(/(?<= )(>=|<=|>|<|=)(?= (?!ANY|ALL))/g)) {
      const at = from + index;
      changed.push(expression.slice(0, at) + swapped[operator] + expression.slice(at + operator.length));
    }
  return changed;
}

/** The expression with one element of an `ARRAY[…]` less, once for each element of lists that have several. */
export function elementsRemoved(expression: string): string[] {
  return [...expression.matchAll(/ARRAY\[((?:'(?:[^']|'')*'|[^'\]])*)\]/g)].flatMap(({ index, 1: list = "" }) => {
    const elements = list.match(/(?:'(?:[^']|'')*'|[^',])+/g)?.map((element) => element.trim()) ?? [];
    if (elements.length < 2) return [];
    const start = index + "ARRAY[".length;
    const without = (element: number) => elements.filter((_, other) => other !== element).join(", ");
    return elements.map((_, at) => expression.slice(0, start) + without(at) + expression.slice(start + list.length));
  });
}
