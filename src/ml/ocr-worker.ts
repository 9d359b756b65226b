// How is tesseract.js's own thread kept from ending the process?
//
// Its parent side listens to messages only: an error that nobody listens to would be thrown in the runtime.
import { createRequire } from "node:module";

process.on("uncaughtException", () => process.exit(1));
createRequire(import.meta.url)("tesseract.js/src/worker-script/node/index.js");
