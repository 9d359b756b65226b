// How does the set-up join a Wi-Fi or a mobile network through NetworkManager's own command?
//
// nmcli(1) of NetworkManager 1.42: `-t` writes a row a line, values parted by colons, with "\" before a colon or a "\"
// in a value. Secrets never stand on a command line, which everybody on the machine can read: they go through
// `passwd-file /dev/stdin`. A new connection has a name of its own until it is up, so that a wrong secret never costs
// the connection that works.
import { spawn } from "node:child_process";
import type { Bilingual } from "../core/faults.js";

export interface CommandEnd {
  /** Null: there is no such command. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs nmcli with these arguments; `input` is its standard input. Never rejects. */
export type RunNmcli = (
  args: readonly string[],
  options?: { readonly input?: string; readonly signal?: AbortSignal; readonly timeoutMs?: number },
) => Promise<CommandEnd>;

const LONGEST_OUTPUT = 262_144;
/** nmcli itself waits 90 s for an activation. */
const TIMEOUT_MS = 100_000;

/** Found on PATH. Its words are English whatever the terminal speaks: they are read here. */
export const runNmcli: RunNmcli = (args, { input = "", signal, timeoutMs = TIMEOUT_MS } = {}) =>
  new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: "C", LANG: "C" };
    const child = spawn("nmcli", [...args], {
      env,
      stdio: ["pipe", "pipe", "pipe"],
      ...(signal && { signal }),
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      if (stdout.length < LONGEST_OUTPUT) stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      if (stderr.length < LONGEST_OUTPUT) stderr += chunk;
    });
    child.stdin.on("error", () => {});
    child.on("error", () => {
      // Not there (ENOENT), or aborted: then "close" follows.
      if (child.pid !== undefined) return;
      clearTimeout(timer);
      resolve({ code: null, stdout, stderr });
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? KILLED, stdout, stderr });
    });
    child.stdin.end(input);
  });

const KILLED = 3;
const NOT_RUNNING = 8;

/** EXIT STATUS of nmcli(1), as far as the set-up meets them. */
const REMEDIES: Readonly<Record<number, Bilingual>> = {
  2: {
    vi: "nmcli không nhận lệnh này: bản NetworkManager khác. Cần 1.30 trở lên.",
    en: "nmcli does not take this command: another NetworkManager. 1.30 or newer is needed.",
  },
  3: {
    vi: "Mạng không trả lời kịp. Lại gần hơn, xem ăng-ten, rồi thử lại.",
    en: "The network did not answer in time. Come closer, look at the antenna, try again.",
  },
  4: {
    vi: "Không vào được mạng: sai mật khẩu, sai APN, hoặc sóng quá yếu.",
    en: "The network could not be joined: wrong password, wrong APN, or too weak a signal.",
  },
  [NOT_RUNNING]: {
    vi: "NetworkManager không chạy: sudo systemctl enable --now NetworkManager",
    en: "NetworkManager does not run: sudo systemctl enable --now NetworkManager",
  },
  10: {
    vi: "Không có thiết bị hay mạng đó: xem card Wi-Fi, modem, tên mạng.",
    en: "There is no such device or network: look at the Wi-Fi card, the modem, the name.",
  },
};
const OTHERWISE: Bilingual = {
  vi: "nmcli không làm được. Xem dòng trên; có thể cần quyền: chạy bằng sudo.",
  en: "nmcli could not do it. See the line above; it may need rights: run it with sudo.",
};

/** nmcli ended with another code than 0. */
export class NmcliFailed extends Error {
  override readonly name = "NmcliFailed";
  constructor(
    readonly code: number,
    readonly said: string,
  ) {
    super(said === "" ? `nmcli ended with ${code}` : said);
  }

  get remedy(): Bilingual {
    // Without even a D-Bus to ask it says 1.
    if (/Could not create NMClient/.test(this.said)) return REMEDIES[NOT_RUNNING] ?? OTHERWISE;
    return /[Ii]nsufficient privileges|not authorized/i.test(this.said)
      ? OTHERWISE
      : (REMEDIES[this.code] ?? OTHERWISE);
  }
}

/** The values of one `-t` row. */
export const valuesOf = (line: string): readonly string[] => {
  const values = [""];
  for (let at = 0; at < line.length; at += 1) {
    const sign = line[at] ?? "";
    if (sign === ":") values.push("");
    else {
      const taken = sign === "\\" ? (line[++at] ?? "") : sign;
      values.push(`${values.pop() ?? ""}${taken}`);
    }
  }
  return values;
};

const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map(valuesOf);

export interface WifiNetwork {
  readonly ssid: string;
  /** 0 to 100. */
  readonly signal: number;
  /** As nmcli names it, e.g. "WPA2 WPA3"; empty: open. */
  readonly security: string;
  readonly inUse: boolean;
}

export interface NetworkState {
  /** "none", "portal", "limited", "full" or "unknown" (nmcli's CONNECTIVITY). */
  readonly connectivity: string;
  readonly devices: readonly {
    readonly name: string;
    readonly type: string;
    readonly state: string;
    readonly connection: string;
  }[];
}

export interface MobileWish {
  readonly apn: string;
  readonly user: string;
  /** Empty: none. */
  readonly password: string;
  /** Of the SIM; empty: none. */
  readonly pin: string;
}

/** wpa_supplicant's names for how one gets in. */
const keyManagementOf = (security: string): string | null => {
  if (security === "") return null;
  // WPA2 and WPA3 side by side: WPA2's way is what every card can.
  return /WPA[12]\b/.test(security) || !security.includes("WPA3") ? "wpa-psk" : "sae";
};

/**
 * A line of nmcli's passwd-file. Its reader (nmc_utils_parse_passwd_file, 1.42) takes "\\" for an escape and strips
 * spaces at both ends of a value that are not escaped.
 */
const secretLine = (property: string, secret: string): string =>
  secret === "" ? "" : `${property}:${secret.replace(/[\\ ]/g, (sign) => `\\${sign}`)}\n`;

const PROFILES = { wifi: "motcua-wifi", mobile: "motcua-4g" } as const;

export class Nmcli {
  readonly #run: RunNmcli;

  constructor(run: RunNmcli) {
    this.#run = run;
  }

  /** Its version, e.g. "1.42.4"; null: there is no nmcli. */
  async version(): Promise<string | null> {
    const { code, stdout } = await this.#run(["--version"]);
    return code === null ? null : (/(\d+\.\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? "");
  }

  /** Throws `NmcliFailed`, as every method below. */
  async state(): Promise<NetworkState> {
    const general = await this.#asked(["-t", "-f", "CONNECTIVITY", "general", "status"]);
    const devices = await this.#asked(["-t", "-f", "DEVICE,TYPE,STATE,CONNECTION", "device", "status"]);
    return {
      connectivity: general.trim(),
      devices: rowsOf(devices).map(([name = "", type = "", state = "", connection = ""]) => ({
        ...{ name, type, state, connection },
      })),
    };
  }

  /** The strongest of each name, strongest first; hidden ones have no name and are left out. */
  async wifiNetworks(signal?: AbortSignal): Promise<readonly WifiNetwork[]> {
    const fields = "IN-USE,SSID,SIGNAL,SECURITY";
    const text = await this.#asked(
      ["-t", "-f", fields, "device", "wifi", "list", "--rescan", "yes"],
      "",
      signal,
    );
    const best = new Map<string, WifiNetwork>();
    for (const [used = "", ssid = "", strength = "0", security = ""] of rowsOf(text)) {
      const network = {
        ssid,
        signal: Number(strength),
        security: security === "--" ? "" : security,
        inUse: used === "*",
      };
      const known = best.get(ssid);
      if (ssid === "") continue;
      const stronger = known === undefined || network.signal > known.signal;
      best.set(ssid, { ...(stronger ? network : known), inUse: network.inUse || known?.inUse === true });
    }
    return [...best.values()].sort((one, other) => other.signal - one.signal);
  }

  joinWifi(
    network: Pick<WifiNetwork, "ssid" | "security">,
    secret: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const management = keyManagementOf(network.security);
    const settings = ["ifname", "*", "ssid", network.ssid];
    const secrets = management === null ? "" : secretLine("802-11-wireless-security.psk", secret);
    if (management !== null) settings.push("wifi-sec.key-mgmt", management);
    return this.#join({ profile: PROFILES.wifi, type: "wifi", settings, secrets }, signal);
  }

  joinMobile({ apn, user, password, pin }: MobileWish, signal?: AbortSignal): Promise<void> {
    const settings = ["ifname", "*", "apn", apn, ...(user === "" ? [] : ["gsm.username", user])];
    const secrets = secretLine("gsm.password", password) + secretLine("gsm.pin", pin);
    return this.#join({ profile: PROFILES.mobile, type: "gsm", settings, secrets }, signal);
  }

  async #join(
    {
      profile,
      type,
      settings,
      secrets,
    }: { profile: string; type: string; settings: readonly string[]; secrets: string },
    signal?: AbortSignal,
  ): Promise<void> {
    const fresh = `${profile}-new`;
    // One that a break in the middle left.
    await this.#forget(fresh);
    await this.#asked(["connection", "add", "type", type, "con-name", fresh, ...settings], "", signal);
    const file = secrets === "" ? [] : ["passwd-file", "/dev/stdin"];
    try {
      await this.#asked(["--wait", "60", "connection", "up", "id", fresh, ...file], secrets, signal);
    } catch (thrown) {
      await this.#forget(fresh);
      throw thrown;
    }
    await this.#forget(profile);
    await this.#asked(["connection", "modify", "id", fresh, "connection.id", profile]);
  }

  async #forget(name: string): Promise<void> {
    await this.#run(["connection", "delete", "id", name]);
  }

  async #asked(args: readonly string[], input = "", signal?: AbortSignal): Promise<string> {
    const { code, stdout, stderr } = await this.#run(args, { input, ...(signal && { signal }) });
    if (code === 0) return stdout;
    throw new NmcliFailed(
      code ?? 8,
      stderr
        .trim()
        .replace(/^Error: /, "")
        .split("\n")[0] ?? "",
    );
  }
}
