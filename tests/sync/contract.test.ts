// Is the protocol's description (src/sync/asyncapi.yaml) a valid one, the program's own, and what is on the wire?
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { z } from "zod";
import { packageRoot } from "../../src/package-root.js";
import { orderSchema } from "../../src/sync/protocol/command.js";
import { DOWN_KINDS, topics, UP_KINDS } from "../../src/sync/protocol/messages.js";
import { decodeChunk, manifestSchema, SCHEMAS } from "../../src/sync/protocol/validate.js";
import { Stranger } from "../wire/mosquitto.js";
import { allAccepted, KIOSK, Rig, until } from "./rig.js";

type Node = { readonly [key: string]: unknown };
interface Channel {
  readonly address: string;
  readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
}
interface Description extends Node {
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, { readonly channel: { readonly $ref: string } }>>;
  readonly components: { readonly messages: Node; readonly schemas: Readonly<Record<string, Node>> };
}

const text = readFileSync(join(packageRoot(), "src/sync/asyncapi.yaml"), "utf8");
const description = parse(text) as Description;

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const lookUp = (ref: string): unknown =>
  ref
    .replace(/^#\//, "")
    .split("/")
    .reduce<unknown>((at, key) => (isNode(at) ? at[key] : undefined), description);

/** With every `$ref` put in its place, and without words for people. */
const resolved = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(resolved);
  if (!isNode(value)) return value;
  if (typeof value["$ref"] === "string") {
    const meant = lookUp(value["$ref"]);
    assert.ok(meant !== undefined, `${value["$ref"]} leads nowhere`);
    return resolved(meant);
  }
  const entries = Object.entries(value).filter(([key, item]) => key !== "description" || isNode(item));
  return Object.fromEntries(entries.map(([key, item]) => [key, resolved(item)]));
};

const ownSchema = (schema: z.ZodType): unknown => {
  const { $schema: _, ...own } = z.toJSONSchema(schema, { unrepresentable: "any", io: "input" });
  return own;
};

test("it is AsyncAPI 3.0, by its own schema, and every reference leads somewhere", () => {
  const require = createRequire(import.meta.url);
  const rules = require("@asyncapi/specs/schemas/3.0.0-without-$id.json") as object;
  const ajv = formats.default(new Ajv({ strict: false, allErrors: true, logger: false }));
  const holds = ajv.compile(rules);
  assert.ok(holds(description), JSON.stringify(holds.errors?.slice(0, 3)));
  assert.not.ok(holds({ ...description, channels: [] }), "the rules can be broken");
  resolved(description as unknown);
});

test("every message is described as the program reads it, and no other", () => {
  const { telemetry, ...others } = SCHEMAS;
  const own: Record<string, z.ZodType> = {
    ...others,
    sample: telemetry,
    manifest: manifestSchema,
    order: orderSchema,
  };
  for (const [name, schema] of Object.entries(own))
    assert.equal(resolved(description.components.schemas[name]), ownSchema(schema), name);
  const payloads = Object.entries(description.components.messages).map(([name, message]) => [
    name,
    ((message as Node)["payload"] as Node)["$ref"] ?? "",
  ]);
  for (const [name, ref] of payloads)
    if (ref !== "") assert.is(ref, `#/components/schemas/${name === "telemetry" ? "sample" : name}`);
  assert.equal(
    payloads.map(([name]) => String(name)).sort(),
    [...Object.keys(SCHEMAS), "chunk", "part", "order"].sort(),
  );
});

test("the channels are the program's topics, each with one operation", () => {
  const addresses = Object.values(description.channels).map(({ address }) => address);
  const kiosk = "{kiosk}";
  assert.equal(
    [...addresses].sort(),
    [
      ...UP_KINDS.map((kind) => topics.up(kiosk, kind)),
      ...DOWN_KINDS.map((kind) => topics.down(kiosk, kind)),
      topics.state(kiosk),
      topics.telemetry(kiosk),
      topics.past(kiosk),
      topics.ratings(kiosk),
      topics.update(kiosk),
      topics.device(kiosk, "{device}"),
      topics.portal,
    ].sort(),
  );
  const used = Object.values(description.operations).map(({ channel }) => channel.$ref);
  assert.equal(
    [...used].sort(),
    Object.keys(description.channels)
      .map((id) => `#/channels/${id}`)
      .sort(),
  );
});

/** The schema of what comes on a topic; null for the binary one. */
const schemaOn = (topic: string): unknown => {
  const channel = Object.values(description.channels).find(({ address }) =>
    new RegExp(`^${address.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(topic),
  );
  assert.ok(channel !== undefined, `${topic} is not described`);
  const [message] = Object.values(channel?.messages ?? {});
  const { payload } = resolved(message) as { readonly payload: Node };
  return payload["format"] === "binary" ? null : payload;
};

test("a delivery, a status, a look-up and figures: all that is said is as described", () =>
  Rig.with(async (rig) => {
    const stranger = await Stranger.connect(rig.broker.url, "motcua/#");
    const portal = await rig.startPortal();
    const link = rig.startLink();
    const sent = await rig.enqueue(3_000, 70_000);
    await until("it is accepted", allAccepted(rig, 1));
    const [entry] = await portal.submissions();
    await portal.decide(entry?.id ?? 0, "approve");
    await until("approved is known", () => rig.store.outbox.status(sent.submissionId)?.state === "approved");
    await link.lookUp(sent.lookupHash);
    const heard = (end: string) => stranger.heard.some(({ topic }) => topic.endsWith(end));
    const expected = ["up/init", "up/chunk", "up/fin", "up/seen", "up/lookup", "down/need", "down/ack"];
    const all = [...expected, "down/status", "down/found", "/state", "/telemetry"];
    for (const end of all) await until(end, () => heard(end));
    stranger.close();
    const ajv = formats.default(new Ajv2020({ strict: false, logger: false }));
    for (const { topic, payload, properties } of stranger.heard) {
      const schema = schemaOn(topic);
      if (schema === null) assert.ok(decodeChunk(properties, payload).ok, topic);
      else {
        const holds = ajv.compile(schema as object);
        assert.ok(holds(JSON.parse(payload.toString())), `${topic}: ${JSON.stringify(holds.errors)}`);
      }
    }
    assert.ok(stranger.heard.some(({ topic }) => topic === topics.up(KIOSK, "chunk")));
  }));

test.run();
