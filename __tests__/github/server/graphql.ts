/** The part of GraphQL that a query needs: one operation, variables, arguments, aliases. No fragments, no directives. */

export type Value = string | number | boolean | null;

interface VariableUse {
  readonly variable: string;
}

interface Selected {
  readonly name: string;
  readonly alias: string;
  readonly arguments: { readonly [name: string]: Value | VariableUse };
  readonly selections: readonly Selected[];
}

interface Query {
  /** Name → whether it must be given. */
  readonly variables: { readonly [name: string]: boolean };
  readonly selections: readonly Selected[];
}

export interface ObjectValue {
  /** The name of its type. */
  readonly type: string;
  readonly fields: { readonly [name: string]: Field };
}

export interface Field {
  readonly arguments?: readonly string[];
  readonly value: (given: {
    readonly [name: string]: Value | undefined;
  }) => Value | ObjectValue | readonly ObjectValue[];
}

/** What is wrong with a query, in GitHub's words. */
export class QueryMistake extends Error {}

const tokens = (text: string): readonly string[] => {
  const token = /\s+|,|#[^\n]*|([_A-Za-z]\w*|-?\d+(?:\.\d+)?|"(?:[^"\\\n]|\\.)*"|[{}()[\]:$!=@]|\.\.\.)/gy;
  const found: string[] = [];
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new QueryMistake(`Parse error on "${text.slice(at, at + 10)}"`);
    if (match[1] !== undefined) found.push(match[1]);
  }
  return found;
};

/** Reads a query. Throws a `QueryMistake` at what is none, and at what this part of GraphQL does not have. */
export const parse = (text: string): Query => {
  const all = tokens(text);
  let at = 0;
  const peek = (): string | undefined => all[at];
  const take = (): string => {
    const token = all[at++];
    if (token === undefined) throw new QueryMistake("Unexpected end of document");
    return token;
  };
  const expect = (wanted: string): void => {
    const token = take();
    if (token !== wanted) throw new QueryMistake(`Parse error on "${token}": "${wanted}" was expected`);
  };
  const name = (): string => {
    const token = take();
    if (!/^[_A-Za-z]/.test(token)) throw new QueryMistake(`Parse error on "${token}": a name was expected`);
    return token;
  };
  const until = <T>(end: string, one: () => T): readonly T[] => {
    const list: T[] = [];
    while (peek() !== end) list.push(one());
    expect(end);
    return list;
  };
  const value = (): Value | VariableUse => {
    const token = take();
    if (token === "$") return { variable: name() };
    if (/^["\d-]/.test(token) || ["true", "false", "null"].includes(token)) return JSON.parse(token);
    throw new QueryMistake(`Parse error on "${token}": a value was expected`);
  };
  const argument = (): readonly [string, Value | VariableUse] => {
    const called = name();
    expect(":");
    return [called, value()];
  };
  const declared = (): readonly [string, boolean] => {
    expect("$");
    const called = name();
    expect(":");
    name();
    const required = peek() === "!";
    if (required) take();
    if (peek() !== "=") return [called, required];
    throw new QueryMistake("Variables with defaults are not known here");
  };
  const listIf = <T>(start: string, end: string, one: () => T): readonly T[] => {
    if (peek() !== start) return [];
    take();
    return until(end, one);
  };
  const selected = (): Selected => {
    const alias = name();
    const aliased = peek() === ":";
    if (aliased) take();
    return {
      alias,
      name: aliased ? name() : alias,
      arguments: Object.fromEntries(listIf("(", ")", argument)),
      selections: listIf("{", "}", selected),
    };
  };
  if (peek() === "query") {
    take();
    if (peek() !== "(" && peek() !== "{") name();
  }
  const variables = Object.fromEntries(listIf("(", ")", declared));
  expect("{");
  const selections = until("}", selected);
  if (peek() !== undefined) throw new QueryMistake(`Parse error on "${peek()}": one operation was expected`);
  return { variables, selections };
};

type Variables = { readonly [name: string]: Value | undefined };

const argumentsOf = (query: Query, one: Selected, field: Field, variables: Variables): Variables =>
  Object.fromEntries(
    Object.entries(one.arguments).map(([name, value]) => {
      if (!field.arguments?.includes(name)) {
        throw new QueryMistake(`Field '${one.name}' doesn't accept argument '${name}'`);
      }
      if (typeof value !== "object" || value === null) return [name, value];
      if (!(value.variable in query.variables)) {
        throw new QueryMistake(`Variable $${value.variable} is used by anonymous query but not declared`);
      }
      return [name, variables[value.variable]];
    }),
  );

const select = (query: Query, selections: readonly Selected[], from: ObjectValue, variables: Variables): unknown =>
  Object.fromEntries(
    selections.map((one) => {
      const field = from.fields[one.name];
      if (field === undefined) throw new QueryMistake(`Field '${one.name}' doesn't exist on type '${from.type}'`);
      const found = field.value(argumentsOf(query, one, field, variables));
      const inner = (value: Value | ObjectValue): unknown => {
        if (typeof value !== "object" || value === null) return value;
        if (one.selections.length > 0) return select(query, one.selections, value, variables);
        throw new QueryMistake(
          `Field must have selections (field '${one.name}' returns ${value.type} but has no selections.)`,
        );
      };
      return [one.alias, Array.isArray(found) ? found.map(inner) : inner(found as Value | ObjectValue)];
    }),
  );

/** What a query selects from a root object. Throws a `QueryMistake`. */
export const execute = (text: string, variables: Variables, root: ObjectValue): unknown => {
  const query = parse(text);
  for (const [name, required] of Object.entries(query.variables)) {
    if (required && (variables[name] === undefined || variables[name] === null)) {
      throw new QueryMistake(`Variable $${name} of a non-null type was provided invalid value`);
    }
  }
  return select(query, query.selections, root, variables);
};
