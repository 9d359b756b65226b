// Do BAC and secure messaging give the values that Doc 9303-11 appendix D prints?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { authenticateBac, bacKeys } from "../../src/chip/access/bac.js";
import { PlainChannel } from "../../src/chip/access/channel.js";
import { retailMac } from "../../src/chip/access/des.js";
import { bacSeed, mrzInformation } from "../../src/chip/access/keys.js";
import { decodeResponse, encodeCommand } from "../../src/chip/apdu.js";
import type { Card } from "../../src/hal/chip-reader/chip-reader.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex").toUpperCase();

/** A card that answers the appendix's bytes and insists on the appendix's commands. */
const scripted = (exchanges: readonly (readonly [command: string, answer: string])[]): Card => {
  let next = 0;
  return {
    uid: bytes("08000000"),
    type: "A",
    transceive: (command) => {
      const exchange = exchanges[next];
      next += 1;
      assert.is(hex(command), exchange?.[0], `command ${next}`);
      return Promise.resolve(bytes(exchange?.[1] ?? ""));
    },
    release: () => Promise.resolve(),
  };
};

const KEY = { documentNumber: "L898902C", birthDate: "690806", expiryDates: ["940623"] };
const INFORMATION = "L898902C<369080619406236";

const authenticate = () => {
  const card = scripted([
    ["0084000008", "4608F919887022129000"],
    [
      "0082000028" +
        "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2" +
        "5F1448EEA8AD90A7" +
        "28",
      "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000",
    ],
  ]);
  const random = [bytes("781723860C06C226"), bytes("0B795240CB7049B01C19B33E32804F0B")];
  const channel = new PlainChannel(card, () => {});
  return authenticateBac(channel, bacKeys(INFORMATION), () => random.shift() ?? new Uint8Array());
};

test("D.1, D.2: the key seed and the document basic access keys", () => {
  assert.is(mrzInformation(KEY, "940623"), INFORMATION);
  assert.is(hex(bacSeed(INFORMATION)), "239AB9CB282DAF66231DC5A4DF6BFBAE");
  const keys = bacKeys(INFORMATION);
  assert.is(hex(keys.encryption), "AB94FDECF2674FDFB9B391F85D7F76F2");
  assert.is(hex(keys.mac), "7962D9ECE03D1ACD4C76089DCE131543");
});

test("D.3, D.4: authentication, SELECT EF.COM and two READ BINARY under secure messaging", async () => {
  const session = await authenticate();
  const protect = (command: Parameters<typeof session.protect>[0]) =>
    hex(encodeCommand(session.protect(command)));
  const open = (answer: string) => session.unprotect(decodeResponse(bytes(answer)));

  assert.is(
    protect({ cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: bytes("011E") }),
    "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800",
  );
  assert.equal(open("990290008E08FA855A5D4C50A8ED9000"), {
    data: new Uint8Array(),
    sw: 0x9000,
    sessionAlive: true,
  });
  assert.is(protect({ cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 4 }), "0CB000000D9701048E08ED6705417E96BA5500");
  assert.is(hex(open("8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000").data), "60145F01");
  assert.is(protect({ cla: 0, ins: 0xb0, p1: 0, p2: 4, le: 18 }), "0CB000040D9701128E082EA28A70F3C7B53500");
  assert.is(
    hex(open("871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000").data),
    "04303130365F36063034303030305C026175",
  );
});

test("the retail MAC of one block is the full key on it", () => {
  const keys = bacKeys(INFORMATION);
  const cryptogram = bytes("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2");
  assert.is(hex(retailMac(keys.mac, cryptogram)), "5F1448EEA8AD90A7");
});

test("a changed bit in the card's authentication answer is refused", async () => {
  const answers = ["4608F919887022129000"];
  const good = bytes("46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449");
  for (let index = 0; index < good.length; index += 1) {
    const changed = Uint8Array.from(good);
    changed[index] = (changed[index] ?? 0) ^ 0x10;
    const queue = [...answers, `${hex(changed)}9000`];
    const card: Card = {
      uid: bytes("08"),
      type: "A",
      transceive: () => Promise.resolve(bytes(queue.shift() ?? "")),
      release: () => Promise.resolve(),
    };
    const random = [bytes("781723860C06C226"), bytes("0B795240CB7049B01C19B33E32804F0B")];
    try {
      await authenticateBac(
        new PlainChannel(card, () => {}),
        bacKeys(INFORMATION),
        () => random.shift() ?? new Uint8Array(),
      );
      assert.unreachable(`byte ${index}`);
    } catch (error) {
      assert.match(String(error), /card\.unreadable: BAC/, `byte ${index}`);
    }
  }
});

test.run();
