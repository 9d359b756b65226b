// Does the portal speak with its PostgreSQL over TLS, and only with the one it was told of?
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { addressOf, type DatabaseSettings, openPostgres } from "../../src/portal/db/postgres-open.js";
import { withFolder } from "./holdings.js";
import { Postgres } from "./postgres.js";
import { makeTestTls } from "./tls.js";

const open = (settings: DatabaseSettings) => openPostgres(settings, { application: "test", present: false });

/** What is said; "" when it opened, over TLS. */
const said = (settings: DatabaseSettings): string => {
  try {
    const db = open(settings);
    const isTls = db.prepare("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").pluck().get();
    db.close();
    return isTls === true ? "" : "without TLS";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
};

test("the right server is spoken with, and any other is refused in a sentence", () =>
  withFolder((dir) =>
    Postgres.with(async (postgres) => {
      const folder = (name: string) => {
        mkdirSync(join(dir, name));
        return join(dir, name);
      };
      const right = makeTestTls(folder("right"));
      const foreign = makeTestTls(folder("foreign"));
      const elsewhere = makeTestTls(folder("elsewhere"), "DNS:db.example,IP:192.0.2.7");
      const { url, passwordFile = "" } = postgres.settings;
      const full = `${url}?sslmode=verify-full`;
      const by = (caFile: string, address = full) => said({ url: address, passwordFile, caFile });
      assert.match(by(right.caFile), /it speaks no TLS/);

      await postgres.speakTls(right);
      assert.is(by(right.caFile), "");
      assert.is(by(right.caFile, url), "", "caFile alone asks for it");
      assert.is(by(right.caFile, full.replace("127.0.0.1", "localhost")), "");
      assert.match(by(foreign.caFile), /does not come from the authority in caFile/);
      assert.match(
        said({ url: full, passwordFile }),
        /does not come from the authority/,
        "nor the machine's",
      );
      assert.match(said({ url, passwordFile }), /it takes TLS alone: say sslmode=verify-full/);

      await postgres.speakTls(elsewhere);
      assert.match(by(elsewhere.caFile), /for another name.*127\.0\.0\.1/);
      assert.match(
        by(elsewhere.caFile, full.replace("127.0.0.1", "localhost")),
        /for another name.*db\.example/,
      );
    }),
  ));

test("a setting that would only look safe is refused", () =>
  withFolder(async (dir) => {
    const caFile = join(dir, "ca.pem");
    writeFileSync(caFile, "nothing");
    const wrong = (url: string, file?: string) => () =>
      void addressOf({ url, ...(file !== undefined && { caFile: file }) }, "");
    for (const mode of ["allow", "prefer", "require", "verify-ca"])
      assert.throws(wrong(`postgres://a@b/c?sslmode=${mode}`), /does not look at who answers/);
    assert.throws(wrong("postgres://a@b/c?sslmode=disable", caFile), /caFile asks for TLS/);
    assert.throws(wrong("postgres://a@b/c?host=/run/x&sslmode=verify-full"), /a socket has no TLS/);
    assert.throws(wrong("postgres://a@b/c?sslrootcert=x"), /"sslrootcert" is not known here/);
    assert.throws(wrong("postgres://a@b/c", join(dir, "none")), /none: there is no such file/);
    assert.throws(wrong("postgres://a@b/c", caFile), /holds no certificate/);
    assert.is(addressOf({ url: "postgres://a@b/c" }, "").tls, false);
    assert.is(addressOf({ url: "postgres://a@b/c?sslmode=verify-full" }, "").tls, true);
  }));

test.run();
