import type { Server } from "../model/ports.js";
import { type BootOptions } from "./provider.js";
export type { BootOptions } from "./provider.js";
export { Unavailable } from "./provider.js";
/**
 * A PostgreSQL server of the wanted major version, ready for connections. Whoever asks for it calls `stop`; if this
 * process ends without it, by whatever means, an owned server ends and its files are removed all the same.
 * @throws Unavailable where there is none: each provider that was tried, why it does not serve, and what to do
 */
export declare function boot(options: BootOptions): Promise<Server>;
