export default {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { target: "es2024", parser: { syntax: "typescript" } }, module: { type: "es6" } }],
  },
  // Four minutes of honest work on real repositories, beside everything else too long: `npm run test:long` runs them.
  testPathIgnorePatterns: [
    "/node_modules/",
    ...(process.env.PHASEGATE_LONG === "1" ? [] : ["honest(-verified|-checkouts)?\\.test"]),
  ],
  testTimeout: 60_000,
  maxWorkers: 3,
};
