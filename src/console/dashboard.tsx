// What fits on 80 × 24 characters of a running kiosk?
import { Box, Text, useApp, useInput } from "ink";
import { useEffect, useState } from "react";
import { askKiosk } from "../ops/control-socket.js";
import type { Readiness } from "../ops/self-test.js";
import { DEVICE_NAMES, type DeviceReport, type KioskStatus } from "../ops/status.js";
import { age, logText, megabytes } from "./plain.js";

const REFRESH_MS = 1_000;
const WIDTH = 79;
/** A frame as tall as the terminal would scroll it: one row stays free. */
const LOG_ROWS = 4;

/** Words as well as colour: the console must work on a monochrome serial terminal. */
const STATE_WORD = { opening: "opening", ready: "ready", faulted: "FAULT", absent: "ABSENT" } as const;
const STATE_COLOUR = { opening: "yellow", ready: "green", faulted: "red", absent: "red" } as const;

const DeviceRow = ({ device, chosen }: { readonly device: DeviceReport; readonly chosen: boolean }) => (
  <Text inverse={chosen} wrap="truncate">
    {chosen ? "›" : " "} {device.device.padEnd(15)}
    <Text color={STATE_COLOUR[device.state]}>{STATE_WORD[device.state].padEnd(8)}</Text>
    {device.fault ?? ""}
    {device.presence === "inconclusive" && device.state !== "opening" ? " no answer" : ""}
    {device.quarantined ? " quarantine" : ""}
  </Text>
);

const Facts = ({ status }: { readonly status: KioskStatus }) => {
  const { queue } = status;
  return (
    <Box flexDirection="column" width={38}>
      <Text bold>Visit</Text>
      <Text wrap="truncate">
        {status.visit.state}
        {status.visit.busy ? " (busy)" : ""}
      </Text>
      <Text wrap="truncate">page {status.screen.connected ? "connected" : "NOT CONNECTED"}</Text>
      <Text bold>Queue</Text>
      <Text wrap="truncate">
        {queue.queued} waiting · {megabytes(queue.bytes)} · oldest {age(queue.oldestAgeSeconds)}
      </Text>
      <Text wrap="truncate">
        {queue.accepted} accepted · {queue.quarantined} quarantined
      </Text>
      <Text wrap="truncate">
        store {Math.round(queue.usedFraction * 100)} % ({queue.quota})
      </Text>
      <Text wrap="truncate">
        <Text bold>Clock</Text> {status.clock.trust} · <Text bold>link</Text> {status.link}
      </Text>
    </Box>
  );
};

type Message = { readonly kind: "info" | "confirm"; readonly text: string } | null;

const testText = (readiness: Readiness): string =>
  readiness.results
    .map(
      ({ part, result, evidence, remedy }) =>
        `${part} ${result}: ${evidence}${remedy === null ? "" : ` → ${remedy.en}`}`,
    )
    .join("; ");

export const Dashboard = ({
  stateDir,
  first,
}: {
  readonly stateDir: string;
  readonly first: KioskStatus;
}) => {
  const { exit } = useApp();
  const [status, setStatus] = useState(first);
  const [gone, setGone] = useState(false);
  const [chosen, setChosen] = useState(0);
  const [message, setMessage] = useState<Message>(null);

  useEffect(() => {
    const timer = setInterval(() => {
      askKiosk<KioskStatus>(stateDir, { ask: "status" }, 5_000).then(
        (next) => {
          setStatus(next);
          setGone(false);
        },
        () => setGone(true),
      );
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [stateDir]);

  const device = DEVICE_NAMES[chosen] ?? "printer";
  const say = (text: string): void => setMessage({ kind: "info", text });
  const test = (): void => {
    say(`testing ${device} …`);
    askKiosk<Readiness>(stateDir, { ask: "test", part: device }).then(
      (readiness) => say(testText(readiness)),
      (error: unknown) => say(String(error)),
    );
  };
  const restart = (): void => {
    say(`restarting ${device} …`);
    askKiosk(stateDir, { ask: "restart", device }).then(
      () => say(`${device} was closed and is opened again`),
      (error: unknown) => say(String(error)),
    );
  };

  useInput((input, key) => {
    if (message?.kind === "confirm") {
      if (input === "y") restart();
      else setMessage(null);
      return;
    }
    if (key.upArrow) setChosen((at) => Math.max(0, at - 1));
    else if (key.downArrow) setChosen((at) => Math.min(DEVICE_NAMES.length - 1, at + 1));
    else if (input === "t") test();
    else if (input === "r") setMessage({ kind: "confirm", text: `Restart ${device}? y/n` });
    else if (input === "q") exit();
  });

  const report = status.devices[chosen];
  return (
    <Box flexDirection="column" width={WIDTH}>
      <Text inverse wrap="truncate">
        {` motcua ${status.version}  kiosk ${status.kioskId}  up ${age(status.uptimeSeconds)}${gone ? "  KIOSK DOES NOT ANSWER" : ""}`.padEnd(
          WIDTH,
        )}
      </Text>
      <Box>
        <Box flexDirection="column" width={41}>
          <Text bold>Devices</Text>
          {status.devices.map((row, index) => (
            <DeviceRow key={row.device} device={row} chosen={index === chosen} />
          ))}
        </Box>
        <Facts status={status} />
      </Box>
      <Box height={3} flexDirection="column">
        {message !== null ? (
          <Text>{message.text}</Text>
        ) : (
          <Text>
            {report?.remedy === null || report === undefined
              ? ""
              : `${report.detail ?? ""} → ${report.remedy.vi} / ${report.remedy.en}`}
          </Text>
        )}
      </Box>
      <Text bold>Log</Text>
      {status.log.slice(-LOG_ROWS).map((line) => (
        <Text key={line.serial} wrap="truncate" dimColor>
          {logText(line)}
        </Text>
      ))}
      <Text>↑↓ device t self-test r restart q quit</Text>
    </Box>
  );
};
