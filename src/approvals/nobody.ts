import type { Approvals } from "../model/ports.ts";

/** Where nobody can be asked, and why. */
export const nobody = (why: string): Approvals => ({ ask: async () => ({ none: why }) });
