// How does a test's broker get the access rules that we give out?
//
// The names come from passwords here and from certificates in the field; the rules see names.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";

const PASSWD = ["/usr/bin/mosquitto_passwd", "/usr/local/bin/mosquitto_passwd"].find((path) =>
  existsSync(path),
);

/** False: this machine's mosquitto came without its tool for passwords. */
export const canHaveRules = PASSWD !== undefined;

/** Lines for mosquitto.conf; each user's password is its name. */
export const brokerRules = (dir: string, users: readonly string[]): string => {
  const passwords = join(dir, "passwords");
  const rules = join(dir, "acl");
  copyFileSync("board/ops/mosquitto.acl", rules);
  for (const [place, user] of users.entries())
    execFileSync(PASSWD ?? "", ["-b", ...(place === 0 ? ["-c"] : []), passwords, user, user]);
  chmodSync(passwords, 0o600);
  return `allow_anonymous false\npassword_file ${passwords}\nacl_file ${rules}`;
};

export const urlAs = (user: string, url: string): string => url.replace("mqtt://", `mqtt://${user}:${user}@`);
