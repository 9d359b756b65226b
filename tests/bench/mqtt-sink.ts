// How fast does a bare mqtt.js subscriber take messages? `mqtt-sink URL TOPIC`: one line when it listens, one for each "count N" that it has heard.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import mqtt from "mqtt";

const STDOUT = 1;
const [, , url = "", topic = ""] = process.argv;
let heard = 0;
let wanted = Number.POSITIVE_INFINITY;
const tell = (): void => {
  if (heard < wanted) return;
  writeSync(STDOUT, `heard ${heard}\n`);
  wanted = Number.POSITIVE_INFINITY;
};
const client = await mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
client.on("message", () => {
  heard += 1;
  tell();
});
await client.subscribeAsync(topic, { qos: 1 });
writeSync(STDOUT, "listening\n");
createInterface({ input: process.stdin })
  .on("line", (line) => {
    wanted = Number(line.replace("count ", ""));
    tell();
  })
  .on("close", () => client.end(true));
