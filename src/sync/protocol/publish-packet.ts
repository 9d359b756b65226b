// How does a PUBLISH of QoS 1 look on the wire, up to its payload? (MQTT 5, 3.3)
//
// Written here, because mqtt.js keeps a copy of each payload for a new try that no wire of ours makes: copying scans
// piece by piece cost more of the processor than sending them.

export interface PublishHead {
  readonly topic: string;
  /** 1 to 65,535. */
  readonly packetId: number;
  readonly retain: boolean;
  readonly userProperties: Readonly<Record<string, string>>;
  readonly payloadBytes: number;
}

const PUBLISH = 0x30;
const QOS_1 = 0x02;
const RETAIN = 0x01;
const USER_PROPERTY = 0x26;
const LONGEST_TEXT = 0xffff;
/** Of a Variable Byte Integer (1.5.5). */
const LARGEST = 268_435_455;

const sizeOfVariable = (value: number): number =>
  value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4;

/** Fills one buffer from its front. */
class Writer {
  readonly bytes: Buffer;
  #at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  byte(value: number): void {
    this.#at = this.bytes.writeUInt8(value, this.#at);
  }

  number(value: number): void {
    this.#at = this.bytes.writeUInt16BE(value, this.#at);
  }

  variable(value: number): void {
    let rest = value;
    do {
      const more = rest >= 0x80;
      this.byte((rest & 0x7f) | (more ? 0x80 : 0));
      rest >>>= 7;
    } while (rest > 0);
  }

  text(value: string, length: number): void {
    this.number(length);
    this.#at += this.bytes.write(value, this.#at, "utf8");
  }
}

const lengthOf = (text: string): number => {
  const length = Buffer.byteLength(text);
  if (length > LONGEST_TEXT) throw new RangeError(`a text of ${length} bytes is too long for MQTT`);
  return length;
};

/** What stands before the payload. Throws `RangeError` for what no packet can hold. */
export const publishHead = (head: PublishHead): Buffer => {
  const { topic, packetId, retain, userProperties, payloadBytes } = head;
  const topicBytes = lengthOf(topic);
  const pairs = Object.entries(userProperties).map(
    ([name, value]) => [name, lengthOf(name), value, lengthOf(value)] as const,
  );
  const properties = pairs.reduce((sum, [, name, , value]) => sum + 5 + name + value, 0);
  const variable = 2 + topicBytes + 2 + sizeOfVariable(properties) + properties;
  const remaining = variable + payloadBytes;
  if (remaining > LARGEST) throw new RangeError(`a packet of ${remaining} bytes is too large for MQTT`);
  const writer = new Writer(1 + sizeOfVariable(remaining) + variable);
  writer.byte(PUBLISH | QOS_1 | (retain ? RETAIN : 0));
  writer.variable(remaining);
  writer.text(topic, topicBytes);
  writer.number(packetId);
  writer.variable(properties);
  for (const [name, nameBytes, value, valueBytes] of pairs) {
    writer.byte(USER_PROPERTY);
    writer.text(name, nameBytes);
    writer.text(value, valueBytes);
  }
  return writer.bytes;
};
