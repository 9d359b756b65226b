// Are sealing, signing and keys what they say, and do the parsers stand any bytes?
import {
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  randomBytes,
} from "node:crypto";
import { chmodSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseContent } from "../../src/sync/protocol/content.js";
import {
  loadDeviceKey,
  loadPortalKeys,
  loadPortalPublicKeys,
  PORTAL_PUBLIC_KEYS_FILE,
  type PortalKeyPair,
  rotatePortalKeys,
} from "../../src/sync/protocol/keys.js";
import { hashLookupCode, newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { canonicalJson, signManifest, verifyManifest } from "../../src/sync/protocol/manifest.js";
import { type Manifest, parseTopic, topics } from "../../src/sync/protocol/messages.js";
import {
  open,
  SEAL_HEAD_BYTES,
  SEAL_OVERHEAD_BYTES,
  SealOpener,
  seal,
} from "../../src/sync/protocol/seal.js";
import { decode, decodeChunk, type Kind, SCHEMAS } from "../../src/sync/protocol/validate.js";
import { withFolder } from "../store/fixtures.js";
import { contentOf } from "./rig.js";

const PLACE = { kiosk: "T01", submission: "7b0d6f0e-6a9e-4a0c-9a3e-1f1f7b6c2d11", index: 3 };

const withKeys = (act: (keys: readonly PortalKeyPair[], dir: string) => void | Promise<void>) =>
  withFolder((dir) => act(loadPortalKeys(dir), dir));

const first = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new Error("empty");
  return item;
};

const fails = async (what: string, act: () => Promise<unknown>): Promise<void> => {
  const failed = await act().then(
    () => false,
    () => true,
  );
  assert.ok(failed, what);
};

// RFC 9180 with Node's own primitives, written from the text: sections 4.1 (DHKEM), 5.1 (key schedule).
const hmac = (key: Buffer, ...parts: readonly Buffer[]): Buffer =>
  createHmac("sha256", key).update(Buffer.concat(parts)).digest();
const number = (value: number, bytes: number): Buffer =>
  Buffer.from([value >> 8, value & 255].slice(2 - bytes));
const labeledExtract = (suite: Buffer, salt: Buffer, label: string, ikm: Buffer): Buffer =>
  hmac(salt.length === 0 ? Buffer.alloc(32) : salt, Buffer.from("HPKE-v1"), suite, Buffer.from(label), ikm);
const labeledExpand = (
  suite: Buffer,
  secret: Buffer,
  label: string,
  info: Buffer,
  length: number,
): Buffer => {
  const labeled = Buffer.concat([number(length, 2), Buffer.from("HPKE-v1"), suite, Buffer.from(label), info]);
  return hmac(secret, labeled, Buffer.from([1])).subarray(0, length);
};

const openByTheBook = (sealed: Uint8Array, pair: PortalKeyPair, aad: string): Buffer => {
  const enc = Buffer.from(sealed.subarray(1, 33));
  const x = Buffer.from(pair.publicKey).toString("base64url");
  const d = Buffer.from(pair.privateKey).toString("base64url");
  const dh = diffieHellman({
    privateKey: createPrivateKey({ key: { kty: "OKP", crv: "X25519", x, d }, format: "jwk" }),
    publicKey: createPublicKey({
      key: { kty: "OKP", crv: "X25519", x: enc.toString("base64url") },
      format: "jwk",
    }),
  });
  const none = Buffer.alloc(0);
  const kem = Buffer.concat([Buffer.from("KEM"), number(0x0020, 2)]);
  const context = Buffer.concat([enc, Buffer.from(pair.publicKey)]);
  const shared = labeledExpand(kem, labeledExtract(kem, none, "eae_prk", dh), "shared_secret", context, 32);
  const suite = Buffer.concat([Buffer.from("HPKE"), number(0x0020, 2), number(0x0001, 2), number(0x0002, 2)]);
  const schedule = Buffer.concat([
    Buffer.from([0]),
    labeledExtract(suite, none, "psk_id_hash", none),
    labeledExtract(suite, none, "info_hash", Buffer.from("motcua sealed document")),
  ]);
  const secret = labeledExtract(suite, shared, "secret", none);
  const key = labeledExpand(suite, secret, "key", schedule, 32);
  const nonce = labeledExpand(suite, secret, "base_nonce", schedule, 12);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAAD(Buffer.from(aad));
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(33, -16)), decipher.final()]);
};

test("what is sealed is opened by an implementation of RFC 9180 that is not the library's", () =>
  withKeys(async (keys) => {
    const key = first(keys);
    for (const size of [0, 1, 1000, 100_000]) {
      const plain = randomBytes(size);
      const sealed = await seal(plain, key, PLACE);
      assert.is(sealed.length, size + SEAL_OVERHEAD_BYTES);
      const aad = JSON.stringify([1, PLACE.kiosk, PLACE.submission, PLACE.index]);
      assert.equal(openByTheBook(sealed, key, aad), plain);
    }
  }));

test("another key, another place or another byte does not open", () =>
  withKeys(async (keys, dir) => {
    const key = first(keys);
    const plain = randomBytes(300);
    const sealed = await seal(plain, key, PLACE);
    assert.equal(Buffer.from(await open(sealed, key, PLACE)), plain);
    const other = first(rotatePortalKeys(dir));
    await fails("another key", () => open(sealed, other, PLACE));
    for (const place of [
      { ...PLACE, kiosk: "T02" },
      { ...PLACE, submission: "7b0d6f0e-6a9e-4a0c-9a3e-1f1f7b6c2d12" },
      { ...PLACE, index: 4 },
    ])
      await fails(JSON.stringify(place), () => open(sealed, key, place));
    for (const at of [0, 5, 40, sealed.length - 1]) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await fails(`byte ${at}`, () => open(changed, key, PLACE));
    }
    await fails("cut", () => open(sealed.subarray(0, 48), key, PLACE));
  }));

/** In pieces of these sizes, the last one again and again; each is overwritten after it was given. */
const openInPieces = async (
  sealed: Uint8Array,
  key: PortalKeyPair,
  place: typeof PLACE,
  sizes: readonly number[],
): Promise<Buffer> => {
  const begin = await SealOpener.with(key);
  const opener = await begin(sealed.subarray(0, SEAL_HEAD_BYTES), place);
  const plain: Uint8Array[] = [];
  let turn = 0;
  for (let at = SEAL_HEAD_BYTES; at < sealed.length; ) {
    const piece = Uint8Array.from(
      sealed.subarray(at, at + (sizes[Math.min(turn, sizes.length - 1)] ?? sealed.length)),
    );
    plain.push(...opener.update(piece).map((bytes) => Uint8Array.from(bytes)));
    at += piece.length;
    turn += 1;
    piece.fill(0);
  }
  opener.end();
  return Buffer.concat(plain);
};

test("what comes in pieces of any size opens as it does whole, and a wrong byte or place is told at the end", () =>
  withKeys(async (keys) => {
    const key = first(keys);
    for (const size of [0, 1, 15, 16, 17, 70_000]) {
      const plain = randomBytes(size);
      const sealed = await seal(plain, key, PLACE);
      for (const sizes of [[1], [16], [3, 20, 7], [15, 33], [sealed.length], [64 * 1024]])
        if (size < 100 || first(sizes) > 100)
          assert.equal(await openInPieces(sealed, key, PLACE, sizes), plain, `${size} by ${sizes}`);
      for (const at of [0, 5, SEAL_HEAD_BYTES, sealed.length - 1]) {
        const changed = Uint8Array.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ 1;
        await fails(`byte ${at} of ${size}`, () => openInPieces(changed, key, PLACE, [64 * 1024]));
      }
      await fails("another place", () => openInPieces(sealed, key, { ...PLACE, index: 4 }, [1000]));
      await fails("cut", () => openInPieces(sealed.subarray(0, -1), key, PLACE, [1000]));
    }
  }));

const MANIFEST: Manifest = {
  v: 1,
  kiosk: "T01",
  submission: PLACE.submission,
  sequence: 9,
  procedure: "2.000815",
  slipNumber: "T01-000009",
  lookupHash: "a".repeat(64),
  portalKeyId: "k",
  documents: [{ index: 0, sha256: "b".repeat(64), length: 7, mediaType: "application/json" }],
  wallMs: 1,
  wallTrust: "trusted",
};

test("a manifest verifies with its kiosk's key alone, and with no byte changed", () =>
  withFolder((dir) => {
    const key = loadDeviceKey(join(dir, "device.pem"));
    const other = loadDeviceKey(join(dir, "other.pem"));
    const signed = signManifest(MANIFEST, key);
    assert.equal(verifyManifest(signed, key.publicKeyPem), MANIFEST);
    assert.is(verifyManifest(signed, other.publicKeyPem), undefined);
    assert.is(verifyManifest(signed, "no key"), undefined);
    const text = Buffer.from(signed).toString();
    const inner = /"manifest":"([^"]+)"/.exec(text)?.[1] ?? "";
    const changed = Buffer.from(inner, "base64").toString().replace('"sequence":9', '"sequence":8');
    const forged = text.replace(inner, Buffer.from(changed).toString("base64"));
    assert.is.not(forged, text);
    assert.is(verifyManifest(Buffer.from(forged), key.publicKeyPem), undefined);
    assert.is(canonicalJson({ b: 1, a: [{ d: null, c: "é" }] }), '{"a":[{"c":"é","d":null}],"b":1}');
  }));

test("keys: made when absent with mode 600, the same again, refused when others may read or the file is odd", () =>
  withFolder((dir) => {
    const path = join(dir, "keys", "device.pem");
    const key = loadDeviceKey(path);
    assert.is(statSync(path).mode & 0o777, 0o600);
    assert.is(loadDeviceKey(path).publicKeyPem, key.publicKeyPem);
    chmodSync(path, 0o640);
    assert.throws(() => loadDeviceKey(path), /keys\.unusable.*640/);
    chmodSync(path, 0o600);
    writeFileSync(path, "not a key");
    assert.throws(() => loadDeviceKey(path), /keys\.unusable.*PEM/);
    loadPortalKeys(dir);
    assert.is(statSync(join(dir, "portal-keys.json")).mode & 0o777, 0o600);
    const publicFile = join(dir, PORTAL_PUBLIC_KEYS_FILE);
    const before = loadPortalPublicKeys(publicFile)[0].id;
    const rotated = rotatePortalKeys(dir);
    assert.equal(
      loadPortalPublicKeys(publicFile).map((one) => one.id),
      [rotated[0]?.id, before],
    );
    writeFileSync(publicFile, '{"v":1,"keys":[]}');
    assert.throws(() => loadPortalPublicKeys(publicFile), /keys\.unusable/);
    assert.throws(() => loadPortalPublicKeys(join(dir, "none")), /keys\.unusable.*not there/);
  }));

test("any bytes: every parser answers, none throws", () =>
  withFolder((dir) => {
    const key = loadDeviceKey(join(dir, "device.pem"));
    const kinds = Object.keys(SCHEMAS) as Kind[];
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record({
          v: fc.constantFrom(1, 2, "1"),
          submission: fc.oneof(fc.uuid(), fc.string()),
          ranges: fc.array(fc.anything()),
        })
        .map((value) => Buffer.from(JSON.stringify(value) ?? "")),
    );
    fc.assert(
      fc.property(
        bytes,
        fc.constantFrom(...kinds),
        fc.dictionary(fc.string(), fc.string()),
        (payload, kind, odd) => {
          const decoded = decode(kind, payload);
          if (decoded.ok) assert.is(decoded.value.v, 1);
          decodeChunk(odd, payload);
          parseContent(payload);
          assert.is(verifyManifest(payload, key.publicKeyPem), undefined);
        },
      ),
      { numRuns: 3000 },
    );
    assert.is(decode("fin", Buffer.alloc(200_000, " ")).ok, false);
    fc.assert(
      fc.property(fc.string(), (topic) => {
        const place = parseTopic(topic);
        if (place !== undefined) assert.match(place.kiosk, /^[A-Za-z0-9-]{1,32}$/);
      }),
    );
    assert.equal(parseTopic(topics.up("T01", "init")), { kiosk: "T01", rest: "up/init" });
    assert.ok(parseContent(Buffer.from(JSON.stringify(contentOf(2)))) !== undefined);
  }));

test("a check arrives with the paper and the form's field that it speaks of", () => {
  const check = {
    id: "compare.name",
    verdict: "fail" as const,
    sentence: { vi: "Họ tên khác nhau.", en: "The names differ." },
    page: null,
    box: { x: 10, y: 20, w: 30, h: 40 },
    paperId: "birth",
    formKey: "hoTen",
  };
  const { paperId: _, formKey: __, ...older } = check;
  const sent = { ...contentOf(2), checks: [check, older] };
  assert.equal(parseContent(Buffer.from(JSON.stringify(sent)))?.checks, [check, older]);
});

test("a slip's code is found again however it is typed", () => {
  const code = newLookupCode();
  assert.match(code, /^MC1:[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  assert.is(hashLookupCode(code), hashLookupCode(` ${code.toLowerCase().replaceAll("-", "")} `));
  assert.is(hashLookupCode("0OIL"), hashLookupCode("0011"));
  assert.is.not(hashLookupCode(code), hashLookupCode(newLookupCode()));
});

test("a head whose key gives no secret opens nothing, and neither does one of another format or length", () =>
  withKeys(async ([portalKey]) => {
    if (portalKey === undefined) throw new Error("no key");
    const begin = await SealOpener.with(portalKey);
    const place = PLACE;
    // Points of small order: zero and one (RFC 7748, 6.1).
    for (const first of [0, 1]) {
      const head = Buffer.alloc(SEAL_HEAD_BYTES);
      head[0] = 1;
      head[1] = first;
      assert.is(await begin(head, place).catch(() => "no"), "no");
    }
    const sealed = await seal(Buffer.from("x"), portalKey, place);
    for (const head of [sealed.subarray(0, 20), Buffer.concat([Uint8Array.of(2), sealed.subarray(1, 33)])])
      assert.is(await begin(head, place).catch(() => "no"), "no");
    const opener = await begin(sealed.subarray(0, SEAL_HEAD_BYTES), place);
    assert.is(Buffer.concat(opener.update(sealed.subarray(SEAL_HEAD_BYTES))).toString(), "x");
    opener.end();
  }));

test.run();
