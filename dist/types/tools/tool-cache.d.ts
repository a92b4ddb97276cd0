export type Environment = Readonly<Record<string, string | undefined>>;
/** Where fetched tools and prepared clusters are kept between runs: the runner's tool cache, else the user's cache. */
export declare function toolCache(env: Environment): string;
/**
 * Makes a directory of the cache that nobody else can write; `undefined` where that is not possible, because what lies
 * there is executed later.
 */
export declare function ownDirectory(path: string, mode: 0o700 | 0o755): string | undefined;
