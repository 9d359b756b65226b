// Who may look at the board that hangs in the hall?
//
// Nothing on it is personal, and still it is not for the whole internet: without a setting only this very machine may,
// e.g. the one that drives the display; else addresses of the house's network, or a token in the display's address.
import { createHash, timingSafeEqual } from "node:crypto";
import { BlockList, isIP } from "node:net";
import { FaultError } from "../../core/faults.js";

export interface BoardSettings {
  /** Addresses or networks ("192.168.1.0/24"). */
  readonly from?: readonly string[];
  /** Hex SHA-256 of the token: the settings file does not hold it. */
  readonly tokenSha256?: string;
}

const LOOPBACK = ["127.0.0.1", "::1"] as const;

const add = (list: BlockList, given: string): void => {
  const [address = "", prefix] = given.split("/");
  const family = isIP(address);
  const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix);
  if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32))
    throw new FaultError("runtime.internal", `portal.toml: board.from: "${given}" is no address or network`);
  list.addSubnet(address, bits, family === 6 ? "ipv6" : "ipv4");
};

export class BoardAccess {
  readonly #from = new BlockList();
  readonly #token: Buffer | null;

  /** Throws for an address that is none: at the start. */
  constructor({ from = [], tokenSha256 }: BoardSettings) {
    for (const each of [...LOOPBACK, ...from]) add(this.#from, each);
    this.#token = tokenSha256 === undefined ? null : Buffer.from(tokenSha256, "hex");
  }

  admits(address: string, token: string): boolean {
    const plain = address.replace(/^::ffff:/, "");
    const family = isIP(plain);
    if (family !== 0 && this.#from.check(plain, family === 6 ? "ipv6" : "ipv4")) return true;
    if (this.#token === null || token === "") return false;
    return timingSafeEqual(createHash("sha256").update(token).digest(), this.#token);
  }
}
