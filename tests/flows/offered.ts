// Which procedures do these tests offer? (The real ones, as a kiosk ships them.)
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCatalogue } from "../../src/procedures/catalogue.js";

const HERE = dirname(fileURLToPath(import.meta.url));

export const offered = loadCatalogue([join(HERE, "../../src/procedures/data")]);
