// With which made-up accounts can the desk of a simulated kiosk be tried, and how does a program log in?
//
// The password is random and stays in the state folder; the portal is told its hash alone.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { MadeUpAccount } from "../portal/access/accounts.js";
import { hashPassword, oneTimePassword } from "../portal/access/password.js";
import type { Role } from "../portal/access/roles.js";
import { writeFileDurably } from "../store/durable-file.js";

export interface DeskAccount {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

export interface DeskAccounts {
  /** For the person who tries the desk. */
  readonly shown: readonly DeskAccount[];
  /** For the portal. */
  readonly madeUp: readonly MadeUpAccount[];
}

const FILE = "desk-accounts.json";
const PEOPLE: readonly Omit<MadeUpAccount, "password">[] = [
  { name: "canbo", fullName: "Trần Thử Cán Bộ", role: "officer" },
  { name: "coquan", fullName: "Lê Thử Cơ Quan", role: "agency" },
  { name: "vanhanh", fullName: "Phạm Thử Vận Hành", role: "operations" },
  { name: "quantri", fullName: "Võ Thử Quản Trị", role: "administrator" },
];

const kept = z.object({ password: z.string().min(1), hash: z.string().startsWith("$argon2id$") });

const keptIn = (folder: string): z.infer<typeof kept> | undefined => {
  const file = join(folder, FILE);
  if (!existsSync(file)) return undefined;
  try {
    return kept.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined; // Torn by a power cut: a new one is as good.
  }
};

/** The same at each start on the same `folder`. */
export const deskAccounts = async (folder: string): Promise<DeskAccounts> => {
  let found = keptIn(folder);
  if (found === undefined) {
    const password = oneTimePassword();
    found = { password, hash: await hashPassword(password) };
    writeFileDurably(folder, FILE, Buffer.from(JSON.stringify(found)));
  }
  const { password, hash } = found;
  return {
    shown: PEOPLE.map(({ name, role }) => ({ name, role, password })),
    madeUp: PEOPLE.map((person) => ({ ...person, password: hash })),
  };
};

/** Logs in as a browser does; answers the value of its `Cookie` header. Throws when it is refused. */
export const signIn = async (
  url: string,
  { name, password }: Pick<DeskAccount, "name" | "password">,
): Promise<string> => {
  const reply = await fetch(new URL("/login", url), {
    method: "POST",
    headers: { origin: new URL(url).origin },
    body: new URLSearchParams({ name, password }),
    redirect: "manual",
  });
  const cookie = reply.headers.get("set-cookie")?.split(";")[0];
  if (cookie === undefined) throw new Error(`the desk does not let ${name} in: ${reply.status}`);
  return cookie;
};
