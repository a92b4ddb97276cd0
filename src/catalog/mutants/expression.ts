/** Changes to an expression as PostgreSQL prints it: operators between blanks, every element of a list with its cast. */

export interface ChangedExpression {
  readonly text: string;
  /** What became of which part, for people. */
  readonly detail: string;
}

/** Parts of the text that are no string and no quoted name, with where they start. */
function* bare(text: string): Generator<{ readonly from: number; readonly to: number }> {
  let from = 0;
  for (const { index, 0: quoted } of text.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g)) {
    yield { from, to: index };
    from = index + quoted.length;
  }
  yield { from, to: text.length };
}

/** Every parenthesis outside of strings and quoted names: where it stands, and the one that it belongs to. */
function parentheses(text: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (const { from, to } of bare(text))
    for (let at = from; at < to; at += 1) {
      if (text[at] === "(") open.push(at);
      if (text[at] !== ")") continue;
      const start = open.pop();
      if (start !== undefined) pairs.set(start, at);
    }
  return pairs;
}

/** The innermost parentheses around a place, without them. */
function clauseAround(text: string, place: number): string {
  let inner: readonly [number, number] = [-1, text.length];
  for (const [start, end] of parentheses(text))
    if (start < place && place < end && start > inner[0]) inner = [start, end];
  return text.slice(inner[0] + 1, inner[1]);
}

const swapped: { readonly [operator: string]: string } = { ">=": ">", "<=": "<", ">": ">=", "<": "<=", "=": "<>" };

/** The expression with one comparison changed at its border, once for each comparison. */
export function comparisonsSwapped(expression: string): ChangedExpression[] {
  const changed: ChangedExpression[] = [];
  for (const { from, to } of bare(expression))
    for (const { index, 1: operator = "" } of expression
      .slice(from, to)
      .matchAll(/(?<= )(>=|<=|>|<|=)(?= (?!ANY|ALL))/g)) {
      const at = from + index;
      const text = expression.slice(0, at) + swapped[operator] + expression.slice(at + operator.length);
      changed.push({ text, detail: clauseAround(text, at) });
    }
  return changed;
}

/**
 * The expression with one element of an `ARRAY[…]` less, once for each element of lists that have several. There is no
 * counterpart with one more: a suite can only notice a value that it tries, and none would try the one made up here; that
 * values outside of the list are refused at all is what an expression that is always true asks for.
 */
export function elementsRemoved(expression: string): ChangedExpression[] {
  return [...expression.matchAll(/ARRAY\[((?:'(?:[^']|'')*'|[^'\]])*)\]/g)].flatMap(({ index, 1: list = "" }) => {
    const elements = list.match(/(?:'(?:[^']|'')*'|[^',])+/g)?.map((element) => element.trim()) ?? [];
    if (elements.length < 2) return [];
    const start = index + "ARRAY[".length;
    const without = (element: number) => elements.filter((_, other) => other !== element).join(", ");
    return elements.map((element, at) => ({
      text: expression.slice(0, start) + without(at) + expression.slice(start + list.length),
      detail: `without ${element.replace(/::[\w ]+$/, "")}`,
    }));
  });
}

/** What is joined by AND at the top of an expression, without the parentheses around all of it. */
export function conjuncts(expression: string): readonly string[] {
  const pairs = parentheses(expression);
  let [from, to] = [0, expression.length];
  while (pairs.get(from) === to - 1) [from, to] = [from + 1, to - 1];
  const outside = (place: number) =>
    ![...pairs].some(([start, end]) => start >= from && end < to && start < place && place < end);
  const cuts: number[] = [];
  for (const part of bare(expression))
    for (const { index } of expression.slice(part.from, part.to).matchAll(/ AND /g)) {
      const at = part.from + index;
      if (at > from && at < to && outside(at)) cuts.push(at);
    }
  const starts = [from, ...cuts.map((at) => at + " AND ".length)];
  return starts.map((start, index) => expression.slice(start, cuts[index] ?? to));
}

/** The expression with one of the conditions that it joins by AND less, once for each. */
export function conjunctsRemoved(expression: string): ChangedExpression[] {
  const all = conjuncts(expression);
  if (all.length < 2) return [];
  return all.map((conjunct, at) => {
    const rest = all.filter((_, other) => other !== at);
    return { text: `(${rest.join(" AND ")})`, detail: `without ${conjunct}` };
  });
}
