// What has arrived at the portal of a rehearsal, as its officers see it?
import { signIn } from "../desk-accounts.js";
import type { Stack } from "../stack.js";

const DRAIN_WITHIN_MS = 60_000;

export interface PortalRow {
  readonly submission: string;
  readonly slipNumber: string;
  readonly sha256: readonly string[];
}

/** `cookie`: of a session; `signedIn` gives it. */
const portalRows = async (stack: Stack, cookie: string): Promise<readonly PortalRow[]> => {
  const url = stack.portalUrl;
  if (url === null) return [];
  const reply = await fetch(new URL("/api/submissions", url), { headers: { cookie } });
  if (!reply.ok) throw new Error(`the portal does not show what it has: ${reply.status}`);
  return (await reply.json()) as PortalRow[];
};

const signedIn = async (stack: Stack): Promise<string> => {
  const officer = stack.deskAccounts.find(({ role }) => role === "officer");
  if (stack.portalUrl === null || officer === undefined) throw new Error("there is no desk to log in at");
  return signIn(stack.portalUrl, officer);
};

/** Waits until everything that citizens were told is at the portal, or time is up. */
export const drained = async (stack: Stack, told: ReadonlySet<string>): Promise<readonly PortalRow[]> => {
  const until = performance.now() + DRAIN_WITHIN_MS;
  let cookie = "";
  for (;;) {
    // The portal may be on its way up.
    const rows = await (async () => {
      if (cookie === "") cookie = await signedIn(stack);
      return portalRows(stack, cookie);
    })().catch(() => []);
    const there = new Set(rows.map(({ slipNumber }) => slipNumber));
    if ([...told].every((number) => there.has(number)) || performance.now() > until) return rows;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};
