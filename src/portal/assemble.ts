// Which parts is the portal put together from, and who knows whom?
import { hostname } from "node:os";
import type { FastifyInstance } from "fastify";
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { Timestamper } from "../documents/signing.js";
import { httpTimestamper } from "../documents/timestamp.js";
import { verifyPdf } from "../documents/verify.js";
import { loadOpsKey } from "../sync/protocol/keys.js";
import type { Accounts, MadeUpAccount } from "./access/accounts.js";
import { makeAccess } from "./access/make-access.js";
import type { OfficeHours } from "./appointments.js";
import { referenceSigner } from "./authority.js";
import { Issuing } from "./certificates/issuing.js";
import type { PaperPlace } from "./certify/certification-rows.js";
import { Certifier } from "./certify/certifier.js";
import { Signers } from "./certify/signers.js";
import { loadSecrets } from "./connector/signed-call.js";
import type { Copy } from "./copies/copies.js";
import { TakeIn } from "./courier/take-in.js";
import { type CourierPlace, CourierWatch } from "./courier/watch.js";
import type { PortalDb } from "./db/portal-db.js";
import { Deliveries, type DeliveryTimings } from "./deliver/deliveries.js";
import { Mailer } from "./deliver/mailer.js";
import { buildDesk } from "./desk.js";
import { DeskError } from "./desk-error.js";
import { Enrolment } from "./enrolment.js";
import { Fleet } from "./fleet.js";
import { recipientOf, wishedWays } from "./holder.js";
import { type Holdings, holdings, makeIntake } from "./holdings.js";
import type { Intake } from "./intake.js";
import { metricsToken } from "./metrics-token.js";
import { Opinions, opinionsKey } from "./opinions.js";
import { OrderRows } from "./orders/order-rows.js";
import { Orders } from "./orders/orders.js";
import { PaperViews, scanIndex } from "./paper-views.js";
import { PastFigures } from "./past-figures.js";
import { PortalLink } from "./portal-link.js";
import { PublicLookup } from "./public/public-lookup.js";
import { TicketsInMemory } from "./public/tickets.js";
import { VerifyForm } from "./public/verify-form.js";
import { BoardAccess } from "./queue/board-access.js";
import { BoardFeed } from "./queue/board-feed.js";
import { BoardVoice } from "./queue/board-voice.js";
import { Queue } from "./queue/queue.js";
import { PRIORITY_RULE } from "./queue/rule.js";
import { Ratings } from "./ratings.js";
import { Releases } from "./releases/releases.js";
import { BirthTurns } from "./replicas/birth-turns.js";
import type { Peers } from "./replicas/peers.js";
import { SharedTickets } from "./replicas/shared-tickets.js";
import { Seals } from "./seals.js";
import { brokerTls, type PortalSettingsFile } from "./settings.js";
import { CodeRows } from "./sms/code-rows.js";
import { Codes } from "./sms/codes.js";
import { KannelGateway } from "./sms/gateway.js";
import { Statistics } from "./statistics.js";
import { trustOf } from "./trust.js";
import { WalletCourier } from "./wallet/wallet-courier.js";

export interface AssembleOptions {
  readonly dir: string;
  readonly brokerUrl: string;
  /** Left out: no stick is looked at. */
  readonly courier?: CourierPlace;
  readonly hostNames?: readonly string[];
  readonly madeUpAccounts?: readonly MadeUpAccount[];
  readonly hours?: OfficeHours;
  readonly agencyCode?: string;
  readonly deliveryTimings?: Partial<DeliveryTimings>;
  readonly peers: Peers;
  readonly settings: PortalSettingsFile;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOPBACK = "127.0.0.1";
const TRYING_OUT = "Cơ quan thử nghiệm (cổng tham chiếu)";
const DEFERRED_MINUTES = 60;
const MINUTE_MS = 60_000;
/** Longer than another replica takes from a file to the row that names it. */
const SPARED_MS = 60 * MINUTE_MS;
/** Signing waits for it, and goes on without. */
const TIMESTAMP_TIMEOUT_MS = 10_000;

type Verify = (pdf: Uint8Array, atMs?: number) => ReturnType<typeof verifyPdf>;

const timestamperOf = ({ signing }: PortalSettingsFile): Timestamper | null =>
  signing?.timestampUrl === undefined
    ? null
    : httpTimestamper({ url: signing.timestampUrl, timeoutMs: TIMESTAMP_TIMEOUT_MS });

const makeCertifier = (held: Holdings, { settings, log }: AssembleOptions, verify: Verify): Certifier => {
  const { register, vault, copies, copyVault, rows, deliveryRows, contentOf } = held;
  const wanted = async ({ application: id, paper }: PaperPlace) => {
    const application = register.byId(id);
    const content = await contentOf(id);
    const named = content?.papers[paper];
    const index = application === undefined || named === undefined ? null : scanIndex(application, named);
    const pdf = application && index !== null ? await vault.read(application, index) : undefined;
    if (application === undefined || content === undefined || named === undefined || pdf === undefined)
      throw new DeskError(404, {
        vi: "Giấy tờ này không có tệp quét để chứng thực",
        en: "This paper has no scan that could be certified",
      });
    return { application, content, named, pdf };
  };
  return new Certifier({
    ...{ rows, vault: copyVault, verify, log, timestamp: timestamperOf(settings) },
    sessionMs: (settings.signing?.deferredMinutes ?? DEFERRED_MINUTES) * MINUTE_MS,
    scanOf: async (place) => {
      const { pdf, application } = await wanted(place);
      return { pdf, takenAtMs: application.takenAtMs };
    },
    releaseFor: async (place) => {
      const { application, content, named } = await wanted(place);
      const lookupHash = register.lookupHash(application.id);
      if (lookupHash === undefined) throw new FaultError("runtime.internal", "the application is gone");
      return (copy) => {
        copies.add({
          ...{ ...copy, lookupHash, holderHash: content.holderHash ?? null, title: named.title },
          paperClass: named.paperClass ?? "unknown",
        });
        for (const way of wishedWays(content)) deliveryRows.add(copy.id, way);
      };
    },
  });
};

const makeDeliveries = (held: Holdings, options: AssembleOptions, opinions: Opinions): Deliveries => {
  const { copies, copyVault, deliveryRows, contentOf } = held;
  const { settings, clock, log, deliveryTimings } = options;
  const wallet = settings.wallet && new WalletCourier(settings.wallet, clock);
  const publicUrl = settings.publicUrl ?? "";
  return new Deliveries({
    ...{ rows: deliveryRows, copies, clock, log },
    couriers: {
      ...(settings.mail && { mail: new Mailer({ ...settings.mail, publicUrl }) }),
      ...(wallet && {
        wallet,
        walletRevocation: { send: (parcel, signal) => wallet.revoke(parcel, signal) },
      }),
    },
    pack: async ({ copy: id, way, key }) => {
      const copy = copies.byId(id);
      const content = copy && (await contentOf(copy.application));
      const recipient = content && recipientOf(content, way);
      if (copy === undefined || content === undefined || !recipient) return null;
      const pdf = await copyVault.read(id, "copy", copy);
      const opinion = opinions.token(copy.application);
      return { key, copy, pdf, recipient, language: content.language, opinion };
    },
    ...(deliveryTimings && { timings: deliveryTimings }),
  });
};

/** The wallet shows what it was given: it must hear that it no longer counts. */
const revoker =
  ({ copies, deliveryRows, rows }: Holdings) =>
  (copy: Copy, reason: string): void =>
    rows.together(() => {
      copies.revoke(copy.id, reason);
      const wallet = deliveryRows.ofCopy(copy.id).find(({ way }) => way === "wallet");
      if (wallet !== undefined && wallet.attempts > 0) deliveryRows.add(copy.id, "walletRevocation");
    });

const makeCodes = (held: Holdings, options: AssembleOptions, enrolment: Enrolment): Codes => {
  const { dir, settings, clock, log } = options;
  return new Codes({
    ...{ rows: new CodeRows(held.db), secret: opinionsKey(dir), audit: held.audit, clock, log },
    sms:
      settings.sms === undefined
        ? null
        : { gateway: new KannelGateway(settings.sms), settings: settings.sms },
    isEnrolled: (kiosk) => enrolment.publicKeyOf(kiosk) !== undefined,
    portalKey: (id) => held.vault.keyOf(id),
  });
};

export interface Assembled {
  readonly accounts: Accounts;
  readonly enrolment: Enrolment;
  readonly seals: Seals;
  readonly intake: Intake;
  readonly link: PortalLink;
  readonly deliveries: Deliveries;
  readonly app: FastifyInstance;
  readonly courier: CourierWatch | null;
  readonly births: BirthTurns;
  readonly releases: Releases;
}

export const assemble = (db: PortalDb, options: AssembleOptions): Assembled => {
  const { dir, clock, log, settings, peers } = options;
  // What can not be read now must not wait for the first payment to be found out.
  if (settings.fees !== undefined) loadSecrets(settings.fees.noticeSecretFile);
  const held = holdings(db, options);
  const { fees, register, vault, copies, copyVault, rows, reuses, deliveryRows } = held;
  const enrolment = new Enrolment(dir, db, clock);
  const fleet = new Fleet(() => clock.wall().epochMs);
  const seals = new Seals({ dir, enrolment, nowMs: () => clock.wall().epochMs, log });
  const verify: Verify = (pdf, atMs) =>
    verifyPdf(pdf, { trust: trustOf(dir), ...(atMs !== undefined && { atMs }) });
  const certifier = makeCertifier(held, options, verify);
  const alone = peers.isAlone();
  certifier.recover(copies.files(), { alone, spareMs: peers.several ? SPARED_MS : 0 });
  if (alone) deliveryRows.release();
  const codes = makeCodes(held, options, enrolment);
  const intake = makeIntake(held, options, {
    ...{ enrolment, codes },
    send: (kiosk, kind, message) => {
      takeIn.hear(kiosk, kind, message);
      link.send(kiosk, kind, message);
    },
  });
  const takeIn = new TakeIn(intake, enrolment);
  const opinions = new Opinions({ db, key: opinionsKey(dir), register, clock });
  const queue = new Queue({
    ...{ db, clock, rule: { ...PRIORITY_RULE, ...settings.queue } },
    isEnrolled: (kiosk) => enrolment.publicKeyOf(kiosk) !== undefined,
    send: (kiosk, kind, message) => link.send(kiosk, kind, message),
  });
  const past = new PastFigures(db);
  const ratings = new Ratings(db);
  const orderRows = new OrderRows(db);
  const opsKey = loadOpsKey(dir);
  const orders = new Orders({
    ...{ rows: orderRows, key: opsKey, clock, log },
    isEnrolled: (kiosk) => enrolment.publicKeyOf(kiosk) !== undefined,
    send: (kiosk, kind, message) => link.send(kiosk, kind, message),
  });
  const births = new BirthTurns(peers, clock, (kiosk) => {
    intake.resend(kiosk);
    orders.resend(kiosk);
    queue.tell(kiosk);
    releases.greet(kiosk);
    seals
      .answer(kiosk)
      .catch((thrown: unknown) =>
        log("kiosk.error", { where: `seal of kiosk ${kiosk}`, message: String(thrown) }),
      );
  });
  const releases = new Releases({
    ...{ dir, clock, log, kiosks: () => enrolment.kiosks() },
    isEnrolled: (kiosk) => enrolment.publicKeyOf(kiosk) !== undefined,
    send: (kiosk, message) => link.send(kiosk, "offer", message),
    sendPart: (kiosk, part) => link.sendPart(kiosk, part),
  });
  const issuing = new Issuing({ dir, db, nowMs: () => clock.wall().epochMs, log });
  const link = new PortalLink({
    ...{ url: options.brokerUrl, clock, log, tls: () => brokerTls(settings) },
    fleetSize: () => enrolment.kiosks().length,
    ...(peers.several && { replica: peers }),
    onCertificate: (kiosk, payload) =>
      void issuing
        .answer(kiosk, payload, (id) => enrolment.publicKeyOf(id))
        .then((answer) => answer && link.send(kiosk, "certificate", answer))
        // A full disk, say: unanswered, the kiosk asks again.
        .catch((thrown: unknown) =>
          log("kiosk.error", { where: `certificate of ${kiosk}`, message: String(thrown) }),
        ),
    onUp: (topic, payload, properties) => intake.receive(topic, payload, properties),
    onCommandReport: (kiosk, payload) => orders.hear(kiosk, payload),
    onCode: (kiosk, payload) =>
      void codes
        .hear(kiosk, payload)
        .then((answer) => answer && link.send(kiosk, "code", answer))
        // A full disk, say: unanswered, the citizen takes the code on the screen.
        .catch((thrown: unknown) =>
          log("kiosk.error", { where: `code for ${kiosk}`, message: String(thrown) }),
        ),
    onState: (kiosk, payload) => {
      if (fleet.hear(kiosk, payload)) births.greet(kiosk);
    },
    onTelemetry: (kiosk, payload) => fleet.measure(kiosk, payload),
    onDevice: (kiosk, device, payload) => fleet.hearDevice(kiosk, device, payload),
    onPast: (kiosk, payload) => {
      if (enrolment.publicKeyOf(kiosk) !== undefined) past.keep(kiosk, payload);
    },
    onRatings: (kiosk, payload) => {
      if (enrolment.publicKeyOf(kiosk) !== undefined) ratings.keep(kiosk, payload);
    },
    onTickets: (kiosk, payload) => queue.tickets(kiosk, payload),
    onWant: (kiosk, payload) => void releases.answer(kiosk, payload),
    onUpdate: (kiosk, payload) => fleet.hearUpdate(kiosk, payload),
    onOpinion: (kiosk, payload) => {
      if (enrolment.publicKeyOf(kiosk) !== undefined)
        opinions.hear(kiosk, payload, (to, kind, message) => link.send(to, kind, message));
    },
  });
  fees.telling((kiosk, kind, message) => link.send(kiosk, kind, message));
  const deliveries = makeDeliveries(held, options, opinions);
  const signers = new Signers({
    options: settings.signing ?? null,
    reference: (signer) => referenceSigner(dir, signer, clock.wall().epochMs),
  });
  const authority = settings.signing?.authority ?? TRYING_OUT;
  const access = makeAccess(held, options);
  const app = buildDesk({
    ...access,
    ...{ orders, orderRows, past, fees, codes, log, nowMs: () => clock.wall().epochMs },
    statistics: new Statistics(db, ratings, clock, held.feeRows),
    metricsToken: metricsToken(dir),
    ...{ queue, opinions, boardVoice: new BoardVoice(), boardFeed: new BoardFeed(queue, clock) },
    boardAccess: new BoardAccess(settings.board ?? {}),
    ...{ register, vault, enrolment, fleet, rows, certifier, signers, copies, copyVault },
    paperViews: new PaperViews({
      ...{ vault, copies, copyVault, rows, reuses, verify, authority },
      ...{ deliveries: deliveryRows, ways: signers.ways, tryingOut: settings.signing === undefined },
    }),
    announce: (application) => intake.announce(application),
    brokerUp: () => link.isUp,
    deliveries: deliveryRows,
    kick: () => deliveries.kick(),
    revoke: revoker(held),
    lookup: new PublicLookup({
      ...held,
      tickets: peers.several ? new SharedTickets(db) : new TicketsInMemory(clock),
    }),
    verifyForm: new VerifyForm(dir),
    hostNames: [LOOPBACK, "localhost", "[::1]", ...(options.hostNames ?? [])],
  });
  const courier =
    options.courier === undefined
      ? null
      : new CourierWatch({
          ...{ ...options.courier, takeIn, register, enrolment, key: opsKey, clock, log },
          ...{ audit: held.audit, machine: hostname() },
        });
  return {
    accounts: access.accounts,
    enrolment,
    seals,
    intake,
    link,
    deliveries,
    app,
    courier,
    births,
    releases,
  };
};
