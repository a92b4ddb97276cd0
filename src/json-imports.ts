/**
 * Lets `@actions/workflow-parser` load its schema where the sources run as they are: it imports JSON without saying so,
 * which bundlers take and Node refuses. In the bundle there is no such import left.
 */

import { registerHooks } from "node:module";

registerHooks({
  load: (url, context, next) =>
    /\/@actions\/workflow-parser\/dist\/[^/]+\.json$/.test(url)
      ? next(url, { ...context, importAttributes: { ...context.importAttributes, type: "json" } })
      : next(url, context),
});
