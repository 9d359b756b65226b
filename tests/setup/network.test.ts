// Does the set-up speak nmcli's language, keep secrets off its command line, and never cost a network that works?
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Nmcli, NmcliFailed, runNmcli, valuesOf } from "../../src/provision/nmcli.js";
import { withFolder } from "../store/fixtures.js";
import { type NmcliPeer, type PeerNetwork, placeNmcli } from "./nmcli-peer.js";

const SECRET = " chợ\\: số 9 ".normalize("NFD").replace(/[^\x20-\x7e]/g, "x");
const NETWORKS: readonly PeerNetwork[] = [
  { ssid: "UBND: xã\\Bình Phú", signal: 71, security: "WPA2", psk: SECRET },
  { ssid: "UBND: xã\\Bình Phú", signal: 40, security: "WPA2", psk: SECRET },
  { ssid: "", signal: 99, security: "WPA2" },
  { ssid: "Chợ", signal: 80, security: "" },
  { ssid: "Moi", signal: 60, security: "WPA3", psk: "123456789" },
];
const [OFFICE, , , MARKET, NEW] = NETWORKS as [
  PeerNetwork,
  PeerNetwork,
  PeerNetwork,
  PeerNetwork,
  PeerNetwork,
];

const besides = (act: (nmcli: Nmcli, peer: NmcliPeer) => Promise<void>): Promise<void> =>
  withFolder(async (dir) => {
    const peer = placeNmcli(join(dir, "bin"), {
      networks: NETWORKS,
      apn: { name: "v-internet", pin: "1234" },
    });
    const before = process.env["PATH"];
    process.env["PATH"] = peer.path;
    try {
      await act(new Nmcli(runNmcli), peer);
    } finally {
      process.env["PATH"] = before;
    }
  });

const refused = async (work: Promise<unknown>, code: number, remedy: RegExp): Promise<void> => {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  assert.instance(thrown, NmcliFailed);
  assert.is((thrown as NmcliFailed).code, code);
  assert.match((thrown as NmcliFailed).remedy.en, remedy);
  assert.ok((thrown as NmcliFailed).remedy.vi.length > 10);
};

test("rows are read with their escapes, each name once at its strongest, hidden ones left out", () =>
  besides(async (nmcli) => {
    assert.equal(valuesOf("a\\:b:c\\\\d::"), ["a:b", "c\\d", "", ""]);
    assert.is(await nmcli.version(), "1.42.4");
    assert.equal(
      (await nmcli.wifiNetworks()).map(({ ssid, signal, security }) => [ssid, signal, security]),
      [
        ["Chợ", 80, ""],
        ["UBND: xã\\Bình Phú", 71, "WPA2"],
        ["Moi", 60, "WPA3"],
      ],
    );
    const { connectivity, devices } = await nmcli.state();
    assert.is(connectivity, "none");
    assert.is(devices[1]?.name, "cdc:wdm0");
  }));

test("a network is joined with a secret that no command line shows, also one with spaces and strokes", () =>
  besides(async (nmcli, peer) => {
    await nmcli.joinWifi(OFFICE, SECRET);
    assert.equal(Object.keys(peer.profiles()), ["motcua-wifi"]);
    assert.is(peer.profiles()["motcua-wifi"]?.key, "wpa-psk");
    assert.is((await nmcli.state()).connectivity, "full");
    await nmcli.joinWifi(NEW, "123456789");
    assert.is(peer.profiles()["motcua-wifi"]?.key, "sae");
    await nmcli.joinWifi(MARKET, "");
    await nmcli.joinMobile({ apn: "v-internet", user: "", password: "", pin: "1234" });
    assert.equal(Object.keys(peer.profiles()).sort(), ["motcua-4g", "motcua-wifi"]);
    for (const call of peer.calls())
      for (const secret of [SECRET, SECRET.trim(), "123456789", "1234"])
        assert.not.ok(call.includes(secret), call.join(" "));
  }));

test("a wrong secret costs nothing: the network of before stays, and the failed one is forgotten", () =>
  besides(async (nmcli, peer) => {
    await nmcli.joinWifi(MARKET, "");
    await refused(nmcli.joinWifi(OFFICE, "wrong-secret"), 4, /wrong password/);
    assert.equal(Object.keys(peer.profiles()), ["motcua-wifi"]);
    assert.is(peer.profiles()["motcua-wifi"]?.active, true);
    await refused(
      nmcli.joinWifi({ ssid: "Nowhere", security: "WPA2" }, "12345678"),
      10,
      /no such device or network/,
    );
    await refused(nmcli.joinMobile({ apn: "other", user: "", password: "", pin: "" }), 4, /wrong APN/);
    assert.equal(Object.keys(peer.profiles()), ["motcua-wifi"]);
  }));

test("each way to fail has its remedy, and no nmcli at all is told apart", () =>
  besides(async (nmcli, peer) => {
    const broken = (code: number, line: string): void => peer.world({ networks: [], broken: { code, line } });
    broken(8, "NetworkManager is not running.");
    await refused(nmcli.state(), 8, /does not run/);
    broken(1, "Could not create NMClient object: Could not connect: No such file or directory.");
    await refused(nmcli.wifiNetworks(), 1, /does not run/);
    broken(4, "Connection activation failed: Not authorized to control networking.");
    await refused(nmcli.state(), 4, /sudo/);
    broken(3, "Timeout 60 sec expired.");
    await refused(nmcli.state(), 3, /did not answer in time/);
    broken(77, "");
    await refused(nmcli.state(), 77, /could not do it/);
    process.env["PATH"] = "/nonexistent";
    assert.is(await new Nmcli(runNmcli).version(), null);
  }));

const real = spawnSync("nmcli", ["--version"], { encoding: "utf8" });

test("the real nmcli takes every word that is said to it", () => {
  if (real.status !== 0) {
    process.stdout.write("skipped: nmcli is not installed (Debian: network-manager)\n");
    return;
  }
  const calls: (readonly string[])[] = [];
  const nmcli = new Nmcli(async (args) => {
    calls.push(args);
    return { code: 0, stdout: "", stderr: "" };
  });
  const add = (): readonly string[] => calls.find(([, verb]) => verb === "add") ?? [];
  const offline = (): string =>
    execFileSync("nmcli", ["--offline", ...add()], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
  return (async () => {
    for (const [network, line] of [
      [OFFICE, "key-mgmt=wpa-psk"],
      [NEW, "key-mgmt=sae"],
      [MARKET, "[wifi]"],
    ] as const) {
      calls.length = 0;
      await nmcli.joinWifi(network, "12345678");
      assert.ok(offline().includes(line));
    }
    calls.length = 0;
    await nmcli.joinMobile({ apn: "v-internet", user: "u", password: "p", pin: "1234" });
    assert.match(offline(), /\[gsm\]\napn=v-internet\nusername=u\n/);
    const help = spawnSync("nmcli", ["connection", "up", "--help"], { encoding: "utf8" });
    assert.match(help.stdout + help.stderr, /passwd-file <file with passwords>/);
    // Without a NetworkManager it says so; with one it answers.
    const state = await new Nmcli(runNmcli).state().catch((thrown: unknown) => thrown);
    if (state instanceof NmcliFailed) assert.match(state.remedy.en, /does not run/);
  })();
});

test.run();
