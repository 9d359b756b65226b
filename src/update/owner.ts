// As whom are a kiosk's files touched when root calls the command?
//
// The timer's unit is root's, for RAUC and the reboot; the state folder is the runtime's. Who owns a folder can put a link
// into it, and lead root to any file. So every file is touched as the folder's owner; only RAUC and the reboot are
// started as root again.
import { statSync } from "node:fs";

/** Nothing where this is not root, or the folder is root's own or not there. */
export const becomeOwnerOf = (dir: string): void => {
  if (process.getuid?.() !== 0 || process.geteuid?.() !== 0) return;
  const owner = statSync(dir, { throwIfNoEntry: false });
  if (owner === undefined || owner.uid === 0) return;
  process.setgroups?.([owner.gid]);
  process.setegid?.(owner.gid);
  process.seteuid?.(owner.uid);
};

/** Starts a command as who called this one. `start` begins it and returns at once; this process is the owner again. */
export const asCaller = <T>(start: () => T): T => {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  if (process.getuid?.() !== 0 || uid === 0) return start();
  process.seteuid?.(0);
  process.setegid?.(0);
  try {
    return start();
  } finally {
    process.setegid?.(gid);
    process.seteuid?.(uid);
  }
};

/** For a command that is to be the owner's altogether, its real user too; to be started `asCaller`. */
export const ownerIds = (): { readonly uid?: number; readonly gid?: number } => {
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()];
  return process.getuid?.() === 0 && uid !== 0 && uid !== undefined && gid !== undefined ? { uid, gid } : {};
};
