export default {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { target: "es2024", parser: { syntax: "typescript" } }, module: { type: "es6" } }],
  },
  // Honest work on real repositories. With it everything takes nine and a half minutes on two cores, too near to ten for one job:
  // `npm run test:long` runs it, in a job of its own.
  testPathIgnorePatterns: [
    "/node_modules/",
    ...(process.env.PHASEGATE_LONG === "1" ? [] : ["honest(-verified|-checkouts)?\\.test"]),
  ],
  testTimeout: 60_000,
  maxWorkers: 3,
};
