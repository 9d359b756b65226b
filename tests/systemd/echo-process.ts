// Which process can a test stop while the runtime's health asks after it?
import { serveProcess } from "../../src/ml/serve-process.js";

serveProcess<{ readonly text: string }, { readonly pid: number }>({
  act: async () => ({ pid: process.pid }),
  fallback: "runtime.internal",
});
