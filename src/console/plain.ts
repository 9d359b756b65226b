// How does the kiosk's state read as lines, without boxes or colours?
import type { LogLine } from "../ops/log.js";
import type { KioskStatus } from "../ops/status.js";

export const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

export const age = (seconds: number | null): string => {
  if (seconds === null) return "–";
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
};

export const logText = (line: LogLine): string => {
  const fields = Object.entries(line.fields)
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  return `${new Date(line.time).toISOString().slice(11, 19)} ${line.level} ${line.event} ${fields}`;
};

export const plainStatus = (status: KioskStatus): string => {
  const { queue } = status;
  const devices = status.devices.map((device) => {
    const what =
      device.fault === null ? device.state : `${device.state} ${device.fault}: ${device.detail ?? ""}`;
    const remedy = device.remedy === null ? "" : ` – ${device.remedy.en}`;
    const unsure = device.presence === "inconclusive" && device.state !== "opening" ? " (no answer)" : "";
    const kept = device.quarantined ? " (in quarantine: restart it or plug it in anew)" : "";
    return `device ${device.device}: ${what}${unsure}${kept}${remedy}`;
  });
  return [
    `kiosk ${status.kioskId}, motcua ${status.version}, up ${age(status.uptimeSeconds)}`,
    `screen ${status.screen.url} ${status.screen.connected ? "connected" : "not connected"}`,
    `visit ${status.visit.state}${status.visit.busy ? " (busy)" : ""}`,
    `queue ${queue.queued} waiting (${megabytes(queue.bytes)}), oldest ${age(queue.oldestAgeSeconds)}, ${queue.accepted} accepted, ${queue.quarantined} quarantined, store ${Math.round(queue.usedFraction * 100)} % (${queue.quota})`,
    `link ${status.link}`,
    `clock ${new Date(status.clock.epochMs).toISOString()} ${status.clock.trust}`,
    ...devices,
    ...status.log.slice(-10).map((line) => `log ${logText(line)}`),
    "",
  ].join("\n");
};
