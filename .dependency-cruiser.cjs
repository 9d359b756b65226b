// Which room may import which? (The table of the design, held by `npm run check`.)
const room = (name) => `^src/${name}/`;
const only = (name, ...allowed) => ({
  name: `${name}-imports`,
  comment: `src/${name} may import only: ${[name, ...allowed].join(", ")}`,
  severity: "error",
  from: { path: room(name) },
  to: { path: "^src/", pathNot: [room(name), ...allowed.map((path) => `^src/${path}`)] },
});
const procedureTypes = "procedures/procedure\\.ts$";
const flowTypes = "flows/(citizen|events|effects|queue|view|protocol)\\.ts$";

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
    { name: "no-unresolvable", severity: "error", from: { path: "^src" }, to: { couldNotResolve: true, pathNot: ["^bun:", "^@tensorflow/tfjs-node$", "dist/src/main"] } },
    only("core"),
    only("hal", "core/"),
    only("chip", "core/", "hal/chip-reader/chip-reader\\.ts$", "hal/sim/far-ends\\.ts$", procedureTypes),
    only("ml", "core/"),
    only("documents", "core/", "store/store\\.ts$", "ml/(work-process|serve-process|glyphs)\\.ts$"),
    only("procedures", "core/"),
    only("store", "core/"),
    only("sync", "core/", "store/"),
    only("update", "core/", "store/", "sync/protocol/"),
    only("flows", "core/", procedureTypes),
    only("screen", "core/", flowTypes, procedureTypes),
    only("console", "core/", "hal/", "ops/"),
    only("ops", "core/", "hal/", "store/"),
    // The set-up of one kiosk writes what the kiosk reads, and tries what the kiosk will do.
    only("provision", "core/", "hal/(board|on-each-open)\\.ts$", "ops/", "store/", "console/", "sync/certificates/", "sync/protocol/", "procedures/communes\\.ts$", "documents/certificates\\.ts$", "config\\.ts$"),
    // How a database is opened and locked, and how a file is written, exist once.
    only("portal", "core/", "documents/", "sync/protocol/", "store/(chain|database|durable-file|faults|lock)\\.ts$"),
    { name: "sim-is-apart", comment: "product code never sees the test knobs", severity: "error", from: { path: "^src/(?!hal/sim/|dock/|chip/sim/|doctor\\.ts|kiosk\\.ts|main\\.ts)" }, to: { path: "^src/hal/sim/" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|tests|node_modules)/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
    tsConfig: { fileName: "tsconfig.json" },
  },
};
