// Which proofs on a whole machine can be had here? (`npm run test:board`)
import "./arm64-run.js";
