// How is `motcua chip read` wired to a reader, the clock and the trusted certificates?
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ChipReadArguments, chipRead } from "./chip/command.js";
import { loadTrustStore } from "./chip/trust-store.js";
import { SystemClock } from "./core/clock.js";
import { silentLog } from "./core/log.js";
import { openReaderAt } from "./hal/open-reader.js";

interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

export const chipReadCommand = async (
  options: ChipReadArguments & { readonly state: string },
  io: Io,
): Promise<number> => {
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const cancel = new AbortController();
  const onSignal = (): void => cancel.abort(new Error("cancelled"));
  process.once("SIGINT", onSignal);
  try {
    if (options.trust !== undefined && !existsSync(options.trust)) {
      io.stderr.write(`motcua chip read: --trust: there is no folder ${options.trust}\n`);
      return 2;
    }
    const trust = await loadTrustStore(options.trust ?? join(options.state, "csca"));
    for (const { file, reason } of trust.refused)
      io.stderr.write(`motcua chip read: --trust: ${file} is neither certificate nor list: ${reason}\n`);
    return await chipRead(options, {
      ...io,
      openReader: (address) => openReaderAt(address, { clock, log: silentLog }),
      trust,
      today: new Date(clock.wall().epochMs).toISOString().slice(0, 10),
      signal: cancel.signal,
    });
  } finally {
    process.off("SIGINT", onSignal);
  }
};
