// Does Prometheus understand what the portal tells, and do rules and dashboard name metrics that exist?
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { KioskView } from "../../src/portal/fleet.js";
import { METRICS_TYPE, metricsText } from "../../src/portal/metrics.js";
import { withFolder } from "../store/fixtures.js";
import { until } from "../sync/rig.js";

const PROMTOOL = ["/usr/bin/promtool", "/usr/local/bin/promtool"].find((path) => existsSync(path));
const PROMETHEUS = ["/usr/bin/prometheus", "/usr/local/bin/prometheus"].find((path) => existsSync(path));
const OPS = "board/ops";

const full = (kiosk: string): KioskView => ({
  kiosk,
  state: { v: 1, online: true, atMs: 0, version: '1.2 "beta"\\' },
  update: null,
  heardAtMs: 1_000,
  devices: {
    printer: {
      ...{ v: 1, code: "P02", fault: "printer.paperOut", severity: "blocking" },
      ...{ sinceMs: 0, wallTrust: "trusted" },
    },
    scanner: { v: 1, code: null, fault: null, severity: null, sinceMs: 0, wallTrust: "trusted" },
  },
  telemetry: {
    ...{ v: 1, atMs: 0, wallTrust: "trusted", storeUsed: 0.12 },
    queue: { queued: 3, bytes: 4096, oldestAgeMs: 90_500, quarantined: 1, accepted: 7 },
    readings: { printer: "printer.paperOut", scanner: "ready" },
    figures: {
      ...{ temperatureCelsius: 41.5, humidityPercent: 60, mains: 1, batteryFraction: 0.9, doorOpen: 0 },
      ...{ diskUsedFraction: 0.4, visits: 12, uptimeSeconds: 3600, linkLosses: 2 },
      ...{ clockSuspect: 0, certificateLeftSeconds: 17_000_000 },
    },
  },
});
const silent: KioskView = {
  kiosk: "T09",
  state: null,
  telemetry: null,
  devices: {},
  update: null,
  heardAtMs: null,
};

const text = metricsText({
  kiosks: [full("T01"), silent],
  brokerUp: true,
  dropped: new Map([["T01", 24]]),
  nowMs: 61_000,
});

const namesIn = (content: string): Set<string> =>
  new Set([...content.matchAll(/\bmotcua_[a-z_]+\b/g)].map(([name]) => name));

test("each figure is there once with its value; what was not measured has no line", () => {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  for (const wanted of [
    'motcua_kiosk_up{kiosk="T01"} 1',
    'motcua_kiosk_up{kiosk="T09"} 0',
    'motcua_kiosk_queue_oldest_seconds{kiosk="T01"} 90.5',
    'motcua_kiosk_figures_age_seconds{kiosk="T01"} 60',
    'motcua_kiosk_device_fault{kiosk="T01",device="printer",fault="printer.paperOut",code="P02",severity="blocking"} 1',
    'motcua_kiosk_info{kiosk="T01",version="1.2 \\"beta\\"\\\\"} 1',
    'motcua_kiosk_figures_dropped_total{kiosk="T01"} 24',
  ])
    assert.is(lines.filter((line) => line === wanted).length, 1, wanted);
  assert.is(lines.filter((line) => line.includes("T09")).length, 1);
});

test("rules and dashboard speak only of metrics that the portal tells", () => {
  const told = namesIn(text);
  for (const file of ["alerts.yml", "grafana-fleet.json"])
    for (const name of namesIn(readFileSync(`${OPS}/${file}`, "utf8")))
      assert.ok(told.has(name), `${file}: ${name}`);
});

if (PROMTOOL !== undefined) {
  test("promtool finds nothing wrong with metrics, rules and configuration", () => {
    const checked = spawnSync(PROMTOOL, ["check", "metrics"], { input: text, encoding: "utf8" });
    assert.is(checked.status, 0, checked.stderr);
    assert.is(checked.stderr, "");
    execFileSync(PROMTOOL, ["check", "rules", `${OPS}/alerts.yml`], { stdio: "pipe" });
    execFileSync(PROMTOOL, ["check", "config", `${OPS}/prometheus.yml`], { stdio: "pipe" });
  });

  test("the rules fire when they should, and not before", () =>
    withFolder((dir) => {
      const alert = (kiosk: string, minutes: number, alertname: string, isFiring: boolean) => ({
        ...{ eval_time: `${minutes}m`, alertname },
        exp_alerts: isFiring ? [{ exp_labels: { kiosk, severity: "ticket" } }] : [],
      });
      const series = (name: string, kiosk: string, values: string) => ({
        ...{ series: `motcua_kiosk_${name}{kiosk="${kiosk}"}`, values },
      });
      const file = join(dir, "rules-test.yml");
      // JSON is YAML, and annotations are not what is tested.
      const rules = readFileSync(`${OPS}/alerts.yml`, "utf8").replaceAll(
        /\n {8}annotations:(\n {10}.*)+/g,
        "",
      );
      writeFileSync(join(dir, "alerts.yml"), rules);
      writeFileSync(
        file,
        JSON.stringify({
          rule_files: [join(dir, "alerts.yml")],
          evaluation_interval: "1m",
          tests: [
            {
              interval: "1m",
              input_series: [
                series("up", "T01", "1x10 0x60"),
                series("up", "T02", "1x70"),
                series("queue_oldest_seconds", "T01", "7200x70"),
                series("queue_oldest_seconds", "T02", "7200x70"),
              ],
              alert_rule_test: [
                alert("T01", 35, "KioskAway", false),
                alert("T01", 45, "KioskAway", true),
                alert("T02", 10, "QueueOld", false),
                // T01 is away, where waiting is no fault.
                alert("T02", 30, "QueueOld", true),
              ],
            },
          ],
        }),
      );
      const tested = spawnSync(PROMTOOL, ["test", "rules", file], { encoding: "utf8" });
      assert.is(tested.status, 0, tested.stdout + tested.stderr);
    }));

  test("promtool would find a broken line", () => {
    const broken = text.replace("} 90.5", "} ninety");
    assert.is.not(spawnSync(PROMTOOL, ["check", "metrics"], { input: broken }).status, 0);
  });
}

const answering = (): Promise<Server> =>
  new Promise((done) => {
    const server = createServer((_request, response) => {
      response.setHeader("content-type", METRICS_TYPE);
      response.end(text);
    });
    server.listen(0, "127.0.0.1", () => done(server));
  });

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

if (PROMETHEUS !== undefined)
  test("a real Prometheus with our configuration scrapes it, keeps the values and loads the rules", () =>
    withFolder(async (dir) => {
      const portal = await answering();
      const spare = await answering();
      const port = portOf(spare);
      spare.close();
      const config = readFileSync(`${OPS}/prometheus.yml`, "utf8")
        .replaceAll("60s", "1s")
        .replace("127.0.0.1:8802", `127.0.0.1:${portOf(portal)}`);
      writeFileSync(join(dir, "prometheus.yml"), config);
      copyFileSync(`${OPS}/alerts.yml`, join(dir, "alerts.yml"));
      const prometheus = spawn(
        PROMETHEUS,
        [
          `--config.file=${join(dir, "prometheus.yml")}`,
          `--storage.tsdb.path=${join(dir, "data")}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: "ignore" },
      );
      const ask = async (path: string): Promise<string> =>
        fetch(`http://127.0.0.1:${port}/api/v1/${path}`).then(
          (response) => response.text(),
          () => "",
        );
      try {
        await until("it has scraped", async () =>
          (await ask("query?query=motcua_kiosk_queue_oldest_seconds")).includes('"90.5"'),
        );
        await until("the fault is an alert", async () =>
          /"alertname":"PrinterNeedsPaper","code":"P02","device":"printer"/.test(await ask("alerts")),
        );
        assert.not.match(await ask("rules"), '"health":"err"');
      } finally {
        const gone = once(prometheus, "exit");
        prometheus.kill("SIGKILL");
        await gone;
        portal.close();
      }
    }));

test.run();
