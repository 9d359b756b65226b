// Which secrets did systemd hand over, unsealed for this service alone?
//
// systemd.exec(5) "Credentials": files in $CREDENTIALS_DIRECTORY, on memory that is never swapped, readable by the
// service's user. Sealed on disk by `systemd-creds encrypt`, with a TPM where the board has one (--with-key=host+tpm2).
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

/** What they are called in the unit's LoadCredentialEncrypted=. */
export const CREDENTIALS = { deviceKey: "motcua.device-key", pin: "motcua.pin" } as const;
export type CredentialName = (typeof CREDENTIALS)[keyof typeof CREDENTIALS];

const VARIABLE = "CREDENTIALS_DIRECTORY";
const GROUP_OR_OTHERS = 0o077;
const OTHERS = 0o007;

/** Null: systemd gave none of this name, or did not start this process. */
export const credentialFile = (
  name: CredentialName,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | null => {
  const folder = env[VARIABLE];
  if (folder === undefined || !folder.startsWith("/")) return null;
  const path = join(folder, name);
  return existsSync(path) ? path : null;
};

/**
 * Can others than its owner read the file? systemd gives a credential to the service by an access control list where the
 * file system has them: what looks like the group's right to read is the list's mask then.
 */
export const isExposed = (
  path: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean => {
  const folder = env[VARIABLE];
  const handedOver = folder?.startsWith("/") === true && path.startsWith(`${folder}/`);
  return (statSync(path).mode & (handedOver ? OTHERS : GROUP_OR_OTHERS)) !== 0;
};
