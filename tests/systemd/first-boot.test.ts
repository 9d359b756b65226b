// Is a kiosk set up once from what lies on its boot partition, and does no secret stay on the card?
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadConfig } from "../../src/config.js";
import { packageRoot } from "../../src/package-root.js";
import { withFolder } from "../store/fixtures.js";

const SCRIPT = join(packageRoot(), "systemd", "motcua-first-boot");
const PIN = "482915";
/** `boot`: the partition, where the request for a certificate is to lie. */
const answersOn = (boot: string): string => `language = "vi"
[kiosk]
id = "BP07"
commune = "Binh Phu"
placeEn = "Binh Phu house"
[board]
name = "simulated"
[network]
kind = "leave"
[link]
url = ""
[certificate]
send = "file"
requestFile = "${boot}/motcua/BP07.request.pem"
receive = "later"
[pin]
name = "NVA"
newFile = "pin"
[print]
try = "later"
`;

interface Kiosk {
  readonly boot: string;
  readonly state: string;
  readonly config: string;
  readonly keys: string;
  readonly mark: string;
  readonly run: () => { readonly code: number | null; readonly said: string };
}

const onKiosk = (act: (kiosk: Kiosk) => void): Promise<void> =>
  withFolder((dir) => {
    const at = (name: string) => join(dir, name);
    const [boot, state, keys, etc] = [at("boot"), at("var"), at("ssh"), at("etc")];
    for (const folder of [boot, keys, etc, at("run")]) mkdirSync(folder);
    const config = join(etc, "kiosk.toml");
    const run = () => {
      const { status, stdout, stderr } = spawnSync(SCRIPT, {
        encoding: "utf8",
        env: {
          ...process.env,
          ...{ MOTCUA_SETUP: "done", MOTCUA_MACHINE_ROOT: at("machine"), MOTCUA_OWNER: userInfo().username },
          ...{ MOTCUA_BOOT: boot, MOTCUA_STATE: state, MOTCUA_CONFIG: config, MOTCUA_HOST_KEYS: keys },
          RUNTIME_DIRECTORY: at("run"),
          MOTCUA_COMMAND: `${process.execPath} ${join(packageRoot(), "src", "motcua.mjs")}`,
        },
      });
      const said = `${stdout}${stderr}`;
      assert.not.match(said, PIN);
      assert.equal(
        readdirSync(at("run")).filter((name) => name !== "said"),
        [],
        "no copy of a secret is left",
      );
      return { code: status, said };
    };
    act({ boot, state, config, keys, mark: join(state, "setup", "first-boot"), run });
  });

const lay = (boot: string, answers: string): void => {
  mkdirSync(join(boot, "motcua"));
  writeFileSync(join(boot, "motcua", "answers.toml"), answers);
  // FAT: everybody can read it.
  writeFileSync(join(boot, "motcua", "pin"), `${PIN}\n`, { mode: 0o644 });
};

test("without answers a kiosk gets what is its own, and is set up later", () =>
  onKiosk(({ state, keys, mark, run }) => {
    const { code, said } = run();
    assert.is(code, 0, said);
    assert.match(said, /no answers on the boot partition/);
    assert.ok(existsSync(mark));
    assert.is(statSync(state).mode & 0o777, 0o700);
    if (!existsSync("/usr/bin/ssh-keygen")) return;
    const key = readFileSync(join(keys, "ssh_host_ed25519_key.pub"), "utf8");
    assert.match(key, /^ssh-ed25519 /);
    assert.is(statSync(join(keys, "ssh_host_ed25519_key")).mode & 0o777, 0o600);
    run();
    assert.is(readFileSync(join(keys, "ssh_host_ed25519_key.pub"), "utf8"), key, "a key is made once");
  }));

test("answers set the kiosk up; the secrets leave the card, the request for a certificate stays on it", () =>
  onKiosk(({ boot, config, mark, run }) => {
    lay(boot, answersOn(boot));
    const { code, said } = run();
    assert.is(code, 0, said);
    assert.ok(existsSync(mark));
    assert.is(loadConfig(config).kiosk.id, "BP07");
    assert.is(statSync(config).mode & 0o777, 0o644, "the kiosk's own user can read its settings");
    const left = readdirSync(join(boot, "motcua")).sort();
    assert.equal(left, ["BP07.request.pem", "setup.log"]);
    assert.match(readFileSync(join(boot, "motcua", "BP07.request.pem"), "utf8"), /BEGIN/);
    assert.not.match(readFileSync(join(boot, "motcua", "setup.log"), "utf8"), PIN);
  }));

test("wrong answers are kept with the reason beside them, and asked again at the next boot", () =>
  onKiosk(({ boot, config, mark, run }) => {
    lay(boot, answersOn(boot).replace('id = "BP07"', 'id = "bp 07"'));
    const { code } = run();
    assert.is(code, 2);
    assert.not.ok(existsSync(mark));
    assert.not.ok(existsSync(config));
    assert.match(readFileSync(join(boot, "motcua", "setup.log"), "utf8"), /kiosk\.id/);
    assert.equal(readdirSync(join(boot, "motcua")).sort(), ["answers.toml", "pin", "setup.log"]);
  }));

test("settings that can not be written are no set-up: the answers stay for the next boot", () =>
  onKiosk(({ boot, config, mark, run }) => {
    lay(boot, answersOn(boot));
    // In the way of the file of settings.
    mkdirSync(config);
    const { code, said } = run();
    assert.is(code, 70, said);
    assert.not.ok(existsSync(mark));
    assert.ok(existsSync(join(boot, "motcua", "answers.toml")));
  }));

test.run();
