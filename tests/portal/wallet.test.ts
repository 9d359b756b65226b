// Does a certified copy get into the wallet once, by the contract, whatever the other end does?
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Parcel } from "../../src/portal/deliver/parcel.js";
import { WalletCourier, type WalletOptions } from "../../src/portal/wallet/wallet-courier.js";
import { testClock } from "../store/fixtures.js";
import { makeCopy, NUMBER, withFolder, withHeld } from "./holdings.js";
import { makeTestTls } from "./tls.js";
import { CLIENT, WalletPeer } from "./wallet-peer.js";

interface Stage {
  readonly peer: WalletPeer;
  readonly options: WalletOptions;
  readonly courier: WalletCourier;
  readonly parcel: Parcel;
  send(): ReturnType<WalletCourier["send"]>;
}

const staged = (act: (stage: Stage) => Promise<void>): Promise<void> =>
  withFolder(async (dir) => {
    const tls = makeTestTls(dir);
    const clientSecretFile = join(dir, "secret");
    writeFileSync(clientSecretFile, `${CLIENT.secret}\n`);
    const peer = await WalletPeer.start(tls);
    try {
      await withHeld(async (held) => {
        const { copy, pdf } = await makeCopy(held, "1");
        const options: WalletOptions = {
          ...{ url: peer.url, issuer: peer.issuer, discovery: "oidc", clientId: CLIENT.id, clientSecretFile },
          ...{ scope: "documents.write", resource: peer.url, caFile: tls.caFile },
        };
        const courier = new WalletCourier(options, testClock);
        const parcel: Parcel = { key: `${copy.id}.wallet`, copy, pdf, recipient: NUMBER, language: "vi" };
        const { signal } = new AbortController();
        await act({ peer, options, courier, parcel, send: () => courier.send(parcel, signal) });
      });
      assert.equal(peer.breaches, [], "every call was as the contract says");
    } finally {
      await peer.close();
    }
  });

test("a copy goes in once, with one token for many calls", () =>
  staged(async ({ peer, parcel, send }) => {
    assert.equal(await send(), { kind: "delivered", detail: "HTTP 201" });
    assert.equal(await send(), { kind: "delivered", detail: "HTTP 200" });
    assert.is(peer.puts.length, 1);
    assert.is(peer.tokensIssued, 1);
    const [put] = peer.puts;
    assert.is(put?.body.holder.value, NUMBER);
    assert.ok(Buffer.from(put?.body.content.base64 ?? "", "base64").equals(parcel.pdf));
  }));

test("the answer is lost after the wallet took it: the next attempt finds it there", () =>
  staged(async ({ peer, send }) => {
    peer.troubles.push("takeAndHangUp");
    assert.is((await send()).kind, "later");
    assert.is((await send()).kind, "delivered");
    assert.is(peer.puts.length, 1);
  }));

test("401: one new token, and no third", () =>
  staged(async ({ peer, send }) => {
    assert.is((await send()).kind, "delivered");
    peer.troubles.push("withdrawTokens");
    assert.is((await send()).kind, "delivered");
    assert.is(peer.tokensIssued, 2);
    assert.is(peer.refusedTokens, 1);
    peer.troubles.push("withdrawTokens", "withdrawTokens");
    assert.equal(await send(), { kind: "later", detail: "HTTP 401" });
    assert.is(peer.refusedTokens, 3);
  }));

test("what comes again, what is final, and what is there already", () =>
  staged(async ({ peer, send }) => {
    const answers: readonly (readonly [number, string])[] = [
      [503, "later"],
      [429, "later"],
      [403, "later"],
      [302, "failed"],
      [404, "failed"],
      [413, "failed"],
      [422, "failed"],
      [409, "delivered"],
    ];
    for (const [status, kind] of answers) {
      peer.troubles.push({ status, ...(status === 429 && { retryAfterS: 120 }) });
      const sent = await send();
      assert.is(sent.kind, kind, `HTTP ${status}`);
      if (status === 429) assert.is(sent.kind === "later" && sent.notBeforeMs, 120_000);
    }
    assert.is(peer.puts.length, 0);
  }));

test("who is not who they should be gets nothing", () =>
  staged(async ({ peer, options, parcel }) => {
    const { signal } = new AbortController();
    const { caFile: _, ...strange } = options;
    assert.is(
      (await new WalletCourier(strange, testClock).send(parcel, signal)).kind,
      "later",
      "unknown authority",
    );
    const other = { ...options, clientId: "somebody" };
    assert.is(
      (await new WalletCourier(other, testClock).send(parcel, signal)).kind,
      "later",
      "unknown client",
    );
    const nobody = { ...parcel, recipient: "12345" };
    assert.is((await new WalletCourier(options, testClock).send(nobody, signal)).kind, "failed", "no number");
    assert.throws(() => new WalletCourier({ ...options, url: "http://localhost/" }, testClock), /not https/);
    assert.is(peer.puts.length, 0);
  }));

test("a revoked copy is revoked in the wallet, too", () =>
  staged(async ({ peer, courier, parcel, send }) => {
    await send();
    const { signal } = new AbortController();
    const revoked = {
      ...parcel,
      copy: { ...parcel.copy, state: "revoked", revocationReason: "Sai số" } as const,
    };
    assert.is((await courier.revoke(revoked, signal)).kind, "delivered");
    assert.is((await courier.revoke(revoked, signal)).detail, "HTTP 409");
    assert.equal(peer.revocations, [{ document: parcel.copy.id, reason: "Sai số" }]);
  }));

test.run();
