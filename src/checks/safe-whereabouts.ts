import type { Hazard } from "../model/ports.ts";
import type { ParsedStatement } from "../sql/statements.ts";
import { type Token, tokensIn } from "./safe-tokens.ts";

/** What tells one server, one database or one connection from another: with it, a rule can hold where it is judged only. */

export const whereaboutsRule = "knows-where-it-runs";

const functions = new Set([
  "current_database",
  "inet_client_addr",
  "inet_client_port",
  "inet_server_addr",
  "inet_server_port",
  "pg_conf_load_time",
  "pg_control_checkpoint",
  "pg_control_init",
  "pg_control_recovery",
  "pg_control_system",
  "pg_current_logfile",
  "pg_database_size",
  "pg_is_in_recovery",
  "pg_postmaster_start_time",
  "pg_show_all_settings",
]);
const relations = new Set([
  "pg_authid",
  "pg_config",
  "pg_database",
  "pg_file_settings",
  "pg_hba_file_rules",
  "pg_roles",
  "pg_settings",
  "pg_shadow",
  "pg_stat_activity",
  "pg_stat_database",
  "pg_stat_replication",
  "pg_stat_ssl",
  "pg_tablespace",
  "pg_user",
]);

/** One hazard for each thing that a statement, or the body of what it makes, asks about where it runs. */
export async function whereabouts(statements: readonly ParsedStatement[]): Promise<readonly Hazard[]> {
  const hazards: Hazard[] = [];
  for (const { node, text, line } of statements) {
    const tokens = await tokensIn(text);
    const hasBody = "DoStmt" in node || "CreateFunctionStmt" in node;
    const found = [...asked(tokens), ...(hasBody ? await askedInTexts(tokens) : [])];
    const told = new Map(found.map((one) => [one.what, one]));
    for (const one of told.values()) {
      const message = `It asks \`${one.what}\`, which tells one server or connection from another; what a migration makes is asked to do the same everywhere.`;
      const help = "Decide by rows, roles or a setting of your own: `current_setting('app.…', true)`.";
      hazards.push({ rule: whereaboutsRule, message, help, line: line + one.line - 1 });
    }
  }
  return hazards;
}

interface Asked {
  readonly what: string;
  readonly line: number;
}

/** In bodies, and in what bodies execute. */
async function askedInTexts(tokens: readonly Token[]): Promise<readonly Asked[]> {
  const found: Asked[] = [];
  for (const { text, isText, line } of tokens) {
    if (!isText) continue;
    const inner = await tokensIn(text);
    const executes = inner.some(({ text, isText }) => !isText && text === "execute");
    const all = [...asked(inner), ...(executes ? await askedInTexts(inner) : [])];
    found.push(...all.map((one) => ({ ...one, line: line + one.line - 1 })));
  }
  return found;
}

function asked(tokens: readonly Token[]): readonly Asked[] {
  return tokens.flatMap(({ text, isText, line }, at): Asked[] => {
    if (isText) return [];
    const next = (by: number) => tokens[at + by];
    const called = next(1)?.text === "(" && !next(1)?.isText;
    if (text === "current_setting" && called) {
      const what = setting(tokens.slice(at + 2, at + 6));
      return what === undefined ? [] : [{ what: `current_setting(${what})`, line }];
    }
    if (text === "show" && at === 0 && next(2)?.text !== ".") return [{ what: `show ${next(1)?.text}`, line }];
    if (text === "version" && called && next(2)?.text === ")") return [{ what: "version()", line }];
    if (functions.has(text) && called) return [{ what: `${text}()`, line }];
    return relations.has(text) || text === "current_catalog" ? [{ what: text, line }] : [];
  });
}

/** What is asked for, unless it is a setting of one's own: those have a dot in their names. */
function setting([name, ...after]: readonly Token[]): string | undefined {
  const ends = after[0]?.text === "::" && after[1]?.text === "text" ? after[2] : after[0];
  const isConstant = name?.isText === true && (ends?.text === ")" || ends?.text === ",");
  if (!isConstant) return "…";
  return name.text.includes(".") ? undefined : `'${name.text}'`;
}
