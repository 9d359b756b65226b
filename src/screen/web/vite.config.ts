// How does the citizen's page become the files that the runtime serves?
import { fileURLToPath } from "node:url";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// No React plugin: Vite compiles JSX by itself, and nobody reloads a kiosk while typing.
export default {
  root: here("."),
  base: "./",
  // The small React, whatever the environment of the build says.
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir: here("../../../dist/src/screen/web"),
    emptyOutDir: true,
    // One browser shows it: the Chromium of the image.
    target: "chrome120",
    // The content security policy allows neither inline scripts nor data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
};
