import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Direction, runOne } from "../../src/migrate/engine.ts";

/** What node-pg-migrate itself sends for a file, on a connection that only listens. */
export async function sentByNodePgMigrate(text: string, direction: Direction): Promise<string | "refused"> {
  const sent: string[] = [];
  const query = async (sql: string | { text: string }) => {
    const one = typeof sql === "string" ? sql : sql.text;
    sent.push(one);
    if (one.startsWith("SELECT table_name")) return { rows: [{}] };
    if (one.startsWith("SELECT constraint_name")) return { rows: [{}] };
    return { rows: one.startsWith("SELECT name") && direction === "down" ? [{ name: "1_a" }] : [] };
  };
  const dir = await mkdtemp(join(tmpdir(), "phasegate-test-"));
  try {
    await writeFile(join(dir, "1_a.sql"), text);
    await runOne({ client: { query }, dir, file: "1_a.sql", name: "1_a", direction });
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("User has disabled")) return "refused";
    throw error;
  } finally {
    await rm(dir, { recursive: true });
  }
  return sent[sent.indexOf("BEGIN") + 1] ?? "";
}
