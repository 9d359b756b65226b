// Is it the permissions that keep the cameras from being seen?
import { constants } from "node:fs";
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * The first media device that this user may not use; null when there is none. (libcamera itself only says "no
 * cameras available" then.)
 */
export const deniedMediaDevice = async (
  folder = "/dev",
  mayUse: (path: string) => Promise<void> = (path) => access(path, constants.R_OK | constants.W_OK),
): Promise<string | null> => {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => /^media\d+$/.test(each)).sort()) {
    const path = join(folder, name);
    const denied = await mayUse(path).then(
      () => false,
      (thrown: unknown) => ["EACCES", "EPERM"].includes((thrown as NodeJS.ErrnoException).code ?? ""),
    );
    if (denied) return path;
  }
  return null;
};
