// What stands in for NetworkManager where there is no radio? (A command that speaks nmcli 1.42's `-t` rows, reads its
// passwd-file from standard input, and ends with its exit codes.)
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface PeerNetwork {
  readonly ssid: string;
  readonly signal: number;
  /** As nmcli prints it; "" for an open one. */
  readonly security: string;
  readonly psk?: string;
}

interface PeerWorld {
  readonly networks: readonly PeerNetwork[];
  readonly apn?: { readonly name: string; readonly pin: string };
  /** nmcli ends with this code and line whatever is asked. */
  readonly broken?: { readonly code: number; readonly line: string };
}

const PEER = `#!${process.execPath}
const { readFileSync, writeFileSync, appendFileSync, existsSync } = require("node:fs");
const { join } = require("node:path");
const dir = __dirname;
const world = JSON.parse(readFileSync(join(dir, "world.json"), "utf8"));
const file = join(dir, "profiles.json");
const profiles = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
const keep = () => writeFileSync(file, JSON.stringify(profiles));
const args = process.argv.slice(2);
appendFileSync(join(dir, "argv.log"), JSON.stringify(args) + "\\n");
const end = (code, line) => { if (line) process.stderr.write("Error: " + line + "\\n"); process.exit(code); };
const escaped = (text) => String(text).replace(/[\\\\:]/g, (sign) => "\\\\" + sign);
const row = (...values) => process.stdout.write(values.map(escaped).join(":") + "\\n");
if (args[0] === "--version") { process.stdout.write("nmcli tool, version 1.42.4\\n"); process.exit(0); }
if (process.env.LC_ALL !== "C") end(2, "the caller reads words of another language");
if (world.broken) end(world.broken.code, world.broken.line);
const after = (name) => args[args.indexOf(name) + 1];
const active = Object.entries(profiles).find(([, each]) => each.active);
const said = args.filter((each) => !each.startsWith("-") && !/^\\d+$/.test(each)).join(" ");
const secrets = () => {
  const found = {};
  for (const line of readFileSync(0, "utf8").split(/\\r\\n|\\r|\\n/)) {
    const [, key, raw] = /^\\s*([^:=]+)[:=](.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    const signs = [...raw.matchAll(/\\\\(.)|(.)/g)].map(([, quoted, bare]) => ({ text: quoted ?? bare, bare: quoted === undefined }));
    while (signs[0]?.bare && signs[0].text === " ") signs.shift();
    while (signs.at(-1)?.bare && signs.at(-1).text === " ") signs.pop();
    found[key] = signs.map(({ text }) => text).join("");
  }
  return found;
};
if (said === "CONNECTIVITY general status") row(active ? "full" : "none");
else if (said.endsWith("device status")) {
  row("wlan0", "wifi", active ? "connected" : "disconnected", active ? active[0] : "");
  row("cdc:wdm0", "gsm", "disconnected", "");
} else if (said.includes("device wifi list")) {
  for (const { ssid, signal, security } of world.networks) row(active?.[1].ssid === ssid ? "*" : " ", ssid, signal, security);
} else if (said.startsWith("connection add")) {
  profiles[after("con-name")] = { type: after("type"), ssid: after("ssid"), apn: after("apn"), key: after("wifi-sec.key-mgmt"), active: false };
  if (args.some((each) => /\\.(psk|password|pin)$/.test(each))) end(2, "a secret on the command line");
  keep();
} else if (said.startsWith("connection up")) {
  const profile = profiles[after("id")];
  if (!profile) end(10, "unknown connection '" + after("id") + "'.");
  const given = args.includes("passwd-file") ? secrets() : {};
  const network = world.networks.find(({ ssid }) => ssid === profile.ssid);
  const right = profile.type === "gsm"
    ? world.apn && profile.apn === world.apn.name && (given["gsm.pin"] ?? "") === world.apn.pin
    : network && (network.psk ?? "") === (given["802-11-wireless-security.psk"] ?? "");
  if (profile.type !== "gsm" && !network) end(10, "No network with SSID '" + profile.ssid + "' found.");
  if (!right) end(4, "Connection activation failed: (7) Secrets were required, but not provided.");
  for (const each of Object.values(profiles)) each.active = false;
  profile.active = true;
  keep();
} else if (said.startsWith("connection delete")) {
  if (!profiles[after("id")]) end(10, "unknown connection '" + after("id") + "'.");
  delete profiles[after("id")];
  keep();
} else if (said.startsWith("connection modify")) {
  profiles[after("connection.id")] = profiles[after("id")];
  delete profiles[after("id")];
  keep();
} else end(2, "argument '" + args[0] + "' not understood. Try passing --help instead.");
`;

export interface NmcliPeer {
  /** PATH with the command before all others. */
  readonly path: string;
  world(world: PeerWorld): void;
  /** Each call's arguments. */
  calls(): readonly (readonly string[])[];
  profiles(): Readonly<Record<string, { readonly active: boolean; readonly key?: string }>>;
}

export const placeNmcli = (folder: string, world: PeerWorld): NmcliPeer => {
  mkdirSync(folder, { recursive: true });
  const set = (now: PeerWorld): void => writeFileSync(join(folder, "world.json"), JSON.stringify(now));
  set(world);
  writeFileSync(join(folder, "nmcli"), PEER);
  chmodSync(join(folder, "nmcli"), 0o755);
  const read = (name: string): string =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "";
  return {
    path: `${folder}${delimiter}${process.env["PATH"] ?? ""}`,
    world: set,
    calls: () =>
      read("argv.log")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as string[]),
    profiles: () => JSON.parse(read("profiles.json") || "{}") as ReturnType<NmcliPeer["profiles"]>,
  };
};
