import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/**
 * One iteration: stretching slows down the guessing of passwords that people choose, and those of a run are 192 random
 * bits. It would cost milliseconds at every connection.
 */
const iterations = 1;

/** A password that is made for one run and known to nobody else. */
export const randomPassword = (): string => randomBytes(24).toString("base64url");

/** What PostgreSQL stores for a password (RFC 5803); always of the same length. */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const sign = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(sign("Client Key")).digest();
  return text(salt, storedKey, sign("Server Key"));
}

/** A verifier that no password fits, because its keys are no hash of anything known. */
export const unusableVerifier = (): string => text(randomBytes(16), randomBytes(32), randomBytes(32));

const text = (salt: Buffer, storedKey: Buffer, serverKey: Buffer): string =>
  `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey.toString("base64")}:${serverKey.toString("base64")}`;
