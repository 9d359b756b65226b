// What does Prometheus read about the kiosks? (Text format 0.0.4.)
import type { TelemetryMessage } from "../sync/protocol/messages.js";
import type { KioskView } from "./fleet.js";

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export interface MetricsView {
  readonly kiosks: readonly KioskView[];
  readonly brokerUp: boolean;
  /** Samples lost for good, by kiosk. */
  readonly dropped: ReadonlyMap<string, number>;
  readonly nowMs: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  /** A counter's name ends in _total; a restart of the kiosk sets it back, as Prometheus expects. */
  readonly type: "gauge" | "counter";
  /** Undefined: no line. */
  readonly value: (view: KioskView & { readonly sample: TelemetryMessage }) => number | null | undefined;
}

const figure =
  (name: string): Metric["value"] =>
  ({ sample }) =>
    sample.figures?.[name];

const METRICS: readonly Metric[] = [
  {
    ...{ name: "queue_submissions", type: "gauge", help: "Submissions that wait for the portal" },
    value: ({ sample }) => sample.queue.queued,
  },
  {
    ...{ name: "queue_bytes", type: "gauge", help: "Bytes that wait for the portal" },
    value: ({ sample }) => sample.queue.bytes,
  },
  {
    ...{ name: "queue_oldest_seconds", type: "gauge", help: "Age of the oldest waiting submission" },
    value: ({ sample }) => (sample.queue.oldestAgeMs ?? 0) / 1000,
  },
  {
    ...{ name: "queue_quarantined", type: "gauge", help: "Submissions set aside after a refusal" },
    value: ({ sample }) => sample.queue.quarantined,
  },
  {
    ...{
      name: "submissions_accepted",
      type: "gauge",
      help: "Accepted submissions that the kiosk still knows",
    },
    value: ({ sample }) => sample.queue.accepted,
  },
  {
    ...{ name: "store_used_ratio", type: "gauge", help: "Used part of the queue's quota" },
    value: ({ sample }) => sample.storeUsed,
  },
  {
    ...{ name: "disk_used_ratio", type: "gauge", help: "Used part of the kiosk's disk" },
    value: figure("diskUsedFraction"),
  },
  {
    ...{ name: "clock_trusted", type: "gauge", help: "1 when the kiosk's clock was set by a server" },
    value: ({ sample }) => Number(sample.wallTrust === "trusted"),
  },
  {
    ...{ name: "clock_suspect", type: "gauge", help: "1 when something speaks against the kiosk's clock" },
    value: figure("clockSuspect"),
  },
  {
    ...{
      name: "certificate_left_seconds",
      type: "gauge",
      help: "Until the kiosk's certificate for the broker runs out",
    },
    value: figure("certificateLeftSeconds"),
  },
  {
    ...{ name: "build", type: "gauge", help: "Number of the build that runs; 0: it has none" },
    value: figure("build"),
  },
  {
    ...{ name: "temperature_celsius", type: "gauge", help: "Inside the cabinet" },
    value: figure("temperatureCelsius"),
  },
  {
    ...{ name: "humidity_percent", type: "gauge", help: "Inside the cabinet" },
    value: figure("humidityPercent"),
  },
  { ...{ name: "mains", type: "gauge", help: "1 with mains, 0 on battery" }, value: figure("mains") },
  {
    ...{ name: "battery_ratio", type: "gauge", help: "Charge of the battery" },
    value: figure("batteryFraction"),
  },
  { ...{ name: "door_open", type: "gauge", help: "1 while the cabinet is open" }, value: figure("doorOpen") },
  {
    ...{ name: "visits_total", type: "counter", help: "Visits since the runtime started" },
    value: figure("visits"),
  },
  {
    ...{ name: "link_losses_total", type: "counter", help: "Lost connections since the runtime started" },
    value: figure("linkLosses"),
  },
  {
    ...{ name: "uptime_seconds", type: "gauge", help: "Since the runtime started" },
    value: figure("uptimeSeconds"),
  },
];

const PREFIX = "motcua_kiosk_";

const escaped = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

const line = (name: string, labels: Readonly<Record<string, string>>, value: number): string => {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
};

const block = ({ name, type, help }: Omit<Metric, "value">, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`# HELP ${name} ${help}.`, `# TYPE ${name} ${type}`, ...lines];

/** One line for each fault that holds; its end takes the line away. */
const faultLines = ({ kiosk, devices }: KioskView): readonly string[] =>
  Object.entries(devices).flatMap(([device, { fault, code, severity }]) =>
    fault === null
      ? []
      : [
          line(
            `${PREFIX}device_fault`,
            { kiosk, device, fault, code: code ?? "", severity: severity ?? "" },
            1,
          ),
        ],
  );

export const metricsText = ({ kiosks, brokerUp, dropped, nowMs }: MetricsView): string => {
  const measured = kiosks.flatMap((view) =>
    view.telemetry === null ? [] : [{ ...view, sample: view.telemetry }],
  );
  const perKiosk = METRICS.flatMap((metric) => {
    const name = PREFIX + metric.name;
    const lines = measured.flatMap((view) => {
      const value = metric.value(view);
      return value === null || value === undefined ? [] : [line(name, { kiosk: view.kiosk }, value)];
    });
    return block({ ...metric, name }, lines);
  });
  const ofEach = (value: (view: KioskView) => readonly string[]) => kiosks.flatMap(value);
  return [
    ...block({ name: "motcua_portal_broker_up", type: "gauge", help: "1 while the portal hears kiosks" }, [
      line("motcua_portal_broker_up", {}, Number(brokerUp)),
    ]),
    ...block(
      { name: `${PREFIX}up`, type: "gauge", help: "1 while the kiosk is connected" },
      ofEach(({ kiosk, state }) => [line(`${PREFIX}up`, { kiosk }, Number(state?.online === true))]),
    ),
    ...block(
      { name: `${PREFIX}info`, type: "gauge", help: "Always 1; the version is a label" },
      ofEach(({ kiosk, state }) =>
        state?.version === undefined ? [] : [line(`${PREFIX}info`, { kiosk, version: state.version }, 1)],
      ),
    ),
    ...block(
      { name: `${PREFIX}figures_age_seconds`, type: "gauge", help: "Age of the newest figures" },
      measured.map(({ kiosk, heardAtMs }) =>
        line(`${PREFIX}figures_age_seconds`, { kiosk }, Math.max(0, (nowMs - (heardAtMs ?? nowMs)) / 1000)),
      ),
    ),
    ...perKiosk,
    ...block(
      { name: `${PREFIX}device_fault`, type: "gauge", help: "1 while a device has this fault" },
      ofEach(faultLines),
    ),
    ...block(
      {
        ...{ name: `${PREFIX}figures_dropped_total`, type: "counter" },
        help: "Samples that the kiosk had to drop while nobody could hear it",
      },
      [...dropped].map(([kiosk, samples]) => line(`${PREFIX}figures_dropped_total`, { kiosk }, samples)),
    ),
    "",
  ].join("\n");
};
