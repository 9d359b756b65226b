// How does a test plug a real PKCS #11 token in and pull it out? (SoftHSM keeps a token in a folder of its own.)
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KioskConfig } from "../../src/config.js";

export const SOFTHSM = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so"].find(
  existsSync,
);
export const TOKEN = "kiosk";
export const PIN = "4321";

const quietly = (command: string, ...parameters: readonly string[]): string =>
  execFileSync(command, parameters, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** All tokens of one test; what is in `tokens` is plugged in. */
export class SoftTokens {
  readonly pinFile: string;
  readonly #dir: string;
  readonly #module: string;

  constructor(dir: string, module: string) {
    this.#dir = dir;
    this.#module = module;
    this.pinFile = join(dir, "token.pin");
    for (const folder of ["tokens", "drawer"]) mkdirSync(join(dir, folder));
    const configuration = join(dir, "softhsm2.conf");
    writeFileSync(
      configuration,
      `directories.tokendir = ${join(dir, "tokens")}\nobjectstore.backend = file\nlog.level = ERROR\n`,
    );
    process.env["SOFTHSM2_CONF"] = configuration;
    this.writePin(PIN);
  }

  get config(): KioskConfig["deviceKey"] {
    return { module: this.#module, token: TOKEN, label: "device", pinFile: this.pinFile };
  }

  writePin(pin: string): void {
    writeFileSync(this.pinFile, `${pin}\n`, { mode: 0o600 });
  }

  /** A fresh token with one key, plugged in. Returns the name to pull it by. */
  make(keyType = "EC:edwards25519", label = "device"): string {
    const before = new Set(readdirSync(join(this.#dir, "tokens")));
    quietly(
      "softhsm2-util",
      "--init-token",
      "--free",
      "--label",
      TOKEN,
      "--so-pin",
      "12345678",
      "--pin",
      PIN,
    );
    this.#tool("--pin", PIN, "--keypairgen", "--key-type", keyType, "--label", label, "--id", "01");
    const [made] = readdirSync(join(this.#dir, "tokens")).filter((name) => !before.has(name));
    if (made === undefined) throw new Error("no token was made");
    return made;
  }

  pull(name: string): void {
    renameSync(join(this.#dir, "tokens", name), join(this.#dir, "drawer", name));
  }

  plug(name: string): void {
    renameSync(join(this.#dir, "drawer", name), join(this.#dir, "tokens", name));
  }

  /** As somebody at another machine would; a right login also ends the token's count of wrong ones. */
  changePin(from: string, to: string): void {
    this.#tool("--pin", from, "--change-pin", "--new-pin", to);
  }

  /** Somebody else's wrong try. */
  guessWrong(): void {
    try {
      this.#tool("--pin", "0000", "--list-objects");
    } catch {
      return;
    }
    throw new Error("the wrong PIN was taken");
  }

  #tool(...parameters: readonly string[]): string {
    return quietly("pkcs11-tool", "--module", this.#module, "--token-label", TOKEN, "--login", ...parameters);
  }
}
