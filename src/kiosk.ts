// How is the whole kiosk wired together? (The one page where every room meets.)
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startAnswering } from "./acts/answering.js";
import { deviceKeyCondition, deviceKeyReport, manifestReader, openDeviceKey } from "./acts/device-key.js";
import { makeEffects } from "./acts/effects.js";
import { offerOf, queueParts, reconcileTickets, watchQueue } from "./acts/numbering.js";
import { Obeying, Service } from "./acts/obeying.js";
import { PageImages, TrayFrames } from "./acts/papers.js";
import { qrPicture, reconcilePayments } from "./acts/paying.js";
import { settlePowerOff, watchPowerLoss } from "./acts/power-loss.js";
import { bootIdOf } from "./acts/power-off.js";
import { Printing } from "./acts/printing.js";
import { RecordedVoices } from "./acts/recorded-voices.js";
import { watchScreenLight } from "./acts/screen-light.js";
import { makeScanSeal, makeSealer } from "./acts/sealing.js";
import { spokenVisit, startSpeaking } from "./acts/speaking.js";
import { reconcileSubmissions } from "./acts/submitting.js";
import { testWithFaces } from "./acts/testing.js";
import { TrayEyes } from "./acts/watching.js";
import { watchWorld } from "./acts/world.js";
import { certificateFolder } from "./certificate-command.js";
import { loadTrustStore } from "./chip/trust-store.js";
import { type KioskConfig, lightTimes, voicesFolder } from "./config.js";
import { SystemClock } from "./core/clock.js";
import type { Log } from "./core/log.js";
import { makeCourier, portalKeys } from "./courier.js";
import { requestSealCertificate } from "./documents/certificates.js";
import { createScanMaker } from "./documents/scan-maker.js";
import { PRACTICE_CODE, withPractice } from "./flows/practice.js";
import { createVisit } from "./flows/run-visit.js";
import { slipLayout } from "./flows/slip.js";
import type { BoardWiring } from "./hal/board.js";
import { openBoard } from "./hal/open-board.js";
import { renderLayout } from "./hal/printer/layout.js";
import { createTrayWatcher } from "./ml/page/tray-watcher.js";
import { createPaperReader } from "./ml/paper-reader.js";
import { ConsoleViews } from "./ops/console-view.js";
import { controlSocketPath, startControlSocket } from "./ops/control-socket.js";
import { kioskFigures } from "./ops/figures.js";
import { openLog } from "./ops/log.js";
import type { LoopWatch } from "./ops/loop-watch.js";
import { PinGate } from "./ops/pin.js";
import type { SelfTestWish } from "./ops/self-test.js";
import type { ServiceManager } from "./ops/service-manager.js";
import { watchStart } from "./ops/start-watch.js";
import {
  deviceConditions,
  deviceReading,
  type KioskStatus,
  reading,
  reportDevices,
  standingTroubles,
  storeCondition,
} from "./ops/status.js";
import { readinessDetail, Technician } from "./ops/technician.js";
import { UsbGate, usbguard } from "./ops/usb-gate.js";
import { packageRoot, packageVersion } from "./package-root.js";
import { loadCatalogue } from "./procedures/catalogue.js";
import { CommuneList } from "./procedures/communes.js";
import { startBrowser } from "./screen/browser.js";
import { screenUnitOf, startScreenUnit } from "./screen/screen-unit.js";
import { startScreen } from "./screen/server.js";
import { openStore } from "./store/sqlite-store.js";
import { Pairs } from "./sync/certificates/pairs.js";
import { ClockFloor } from "./sync/clock-floor.js";
import { startLink } from "./sync/link.js";
import { offlineLink } from "./sync/offline.js";
import { loadPortalPublicKeys, PORTAL_PUBLIC_KEYS_FILE, sealChainFile } from "./sync/protocol/keys.js";
import { hashLookupCode } from "./sync/protocol/lookup-code.js";
import { KioskUpdates, updateFigures } from "./update-kiosk.js";
import { versionsOf } from "./versions.js";

/** Everything the runtime is given; plain data, so that it can cross to another process. */
export interface KioskSettings {
  readonly config: KioskConfig;
  readonly stateDir: string;
  readonly wiring: BoardWiring;
  /** Empty: no broker; submissions wait in the queue. */
  readonly linkUrl: string;
  /** Where the local portal keeps its public key and takes enrolments. */
  readonly portalDir: string;
}

export interface Kiosk {
  readonly screenUrl: string;
  readonly screenPort: number;
  /** Resolves when operations want the runtime to be started anew: stop it then. */
  readonly restartAsked: Promise<void>;
  /** Resolves when mains stayed away too long: stop it then, and switch the machine off. */
  readonly powerOffAsked: Promise<void>;
  stop(reason: string): Promise<void>;
}

/** systemd-timesyncd leaves this mark once time came from a server. */
const TIME_SYNCED = "/run/systemd/timesync/synchronized";

const builtAtMs = (): number => statSync(fileURLToPath(import.meta.url)).mtimeMs;

/** `manager`: whoever started this process wants to hear how it is; null: nobody. */
export const startKiosk = async (
  settings: KioskSettings,
  manager: ServiceManager | null = null,
): Promise<Kiosk> => {
  const startedAt = performance.now();
  const { config, stateDir } = settings;
  mkdirSync(stateDir, { recursive: true });
  const catalogue = loadCatalogue([
    join(packageRoot(), "dist", "src", "procedures", "data"),
    ...config.procedures.folders,
  ]);
  const logFile = join(stateDir, "log", "kiosk.log");
  const writer = openLog(logFile, config.log.level);
  const floor = new ClockFloor(join(stateDir, "clock"), builtAtMs());
  const clock = new SystemClock({
    get floorMs() {
      return floor.epochMs;
    },
    synchronised: () => config.board.kind === "simulated" || existsSync(TIME_SYNCED),
  });
  const storeFolder = join(stateDir, "store");
  const watch = manager === null ? null : watchStart({ manager, clock, logFile, storeFolder });
  const during: LoopWatch["during"] = (part, act) => (watch === null ? act() : watch.during(part, act));
  const log: Log = (event, fields) => during("disk of the log", () => writer.log(event, fields));
  if (clock.wall().trust === "floor") log("clock.suspect", { wallMs: Date.now(), floorMs: floor.epochMs });
  const leaveFloor = floor.follow(clock);

  const deviceKey = openDeviceKey({ stateDir, config: config.deviceKey, clock, log });
  const readManifest = manifestReader(deviceKey);
  const store = during("store", () =>
    openStore({
      dir: storeFolder,
      clock,
      log,
      limitBytes: config.store.quotaMegabytes * 1_048_576,
      readManifest,
      around: (act) => during("store", act),
    }),
  );
  const settled = reconcileSubmissions(store) + reconcilePayments(store);
  reconcileTickets(store);
  // The simulated board starts with each runtime.
  const bootId = config.board.kind === "simulated" ? randomUUID() : bootIdOf();
  settlePowerOff(store.journal, bootId);
  const board = openBoard({
    wiring: settings.wiring,
    clock,
    log,
    speechFolder: join(stateDir, "speech"),
    recorded: new RecordedVoices(voicesFolder(config, stateDir), catalogue.procedures).of,
  });
  const reader = createPaperReader({
    clock,
    log,
    options: {
      ...{ maxMegapixels: config.reading.maxMegapixels, workers: config.reading.workers },
      ...(config.reading.models !== "" && { handwritingManifest: pathToFileURL(config.reading.models) }),
    },
  });
  const images = new PageImages();
  const frames = new TrayFrames();
  const eyes = new TrayEyes({ camera: board.documentCamera, watcher: createTrayWatcher({ clock }), frames });
  const place = {
    name: { vi: config.kiosk.placeVi, en: config.kiosk.placeEn },
    phone: config.kiosk.authorityPhone || null,
  };
  const printing = new Printing({
    store,
    printer: board.printer,
    render: (layout, widthDots) => renderLayout(layout, widthDots),
    layoutOf: (slip) => slipLayout(slip, place, slip.language),
    clock,
    log,
  });
  const publicKeysFile = config.portal.publicKeys || join(settings.portalDir, PORTAL_PUBLIC_KEYS_FILE);
  const seal = makeSealer({
    ...{ device: deviceKey, publicKeysFile, clock },
    kioskId: config.kiosk.id,
  });
  const maker = createScanMaker();
  const sealKey = makeScanSeal({
    stateDir,
    chainFile: config.portal.sealChain || sealChainFile(settings.portalDir, config.kiosk.id),
    log,
  });
  const conditions = deviceConditions(board);
  const stored = storeCondition(store, clock);
  const keyed = deviceKeyCondition(deviceKey);
  let visits = 0;
  const obeying = new Obeying();
  const updates = new KioskUpdates({ stateDir, config, store, clock, log });
  const link =
    settings.linkUrl === ""
      ? offlineLink()
      : startLink({
          store,
          kioskId: config.kiosk.id,
          url: settings.linkUrl,
          version: packageVersion(),
          readManifest,
          telemetry: () => ({
            ...Object.fromEntries(reportDevices(board).map((report) => [report.device, reading(report)])),
            ...(updates.line() !== null && { update: updates.line() }),
          }),
          figures: async () => ({
            ...(await kioskFigures({ board, stateDir, visits: () => visits, startedAt })),
            ...updateFigures(updates.status()),
          }),
          telemetryDir: join(stateDir, "telemetry"),
          devices: {
            now: () => [...conditions.now(), stored.now(), keyed.now(), updates.condition()],
            watch: (changed) => {
              const stops = [
                ...[conditions.watch(changed), stored.watch(changed), keyed.watch(changed)],
                updates.keeper.watch(changed),
              ];
              return () => {
                for (const stop of stops) stop();
              };
            },
          },
          ...(settings.linkUrl.startsWith("mqtts:") && {
            certificates: {
              pairs: new Pairs(certificateFolder(stateDir)),
              authority: () =>
                config.link.authority === "" ? undefined : readFileSync(config.link.authority),
              makeRequest: requestSealCertificate,
              sign: (bytes) => deviceKey.sign(bytes),
              atRest: obeying.atRest,
            },
          }),
          queue: queueParts(config),
          ...(config.update.keys.length > 0 && {
            updates: {
              ...{ sink: updates.keeper, report: updates.report, busy: updates.busy },
              bytesPerSecond: config.update.kilobytesPerSecond * 1_024,
            },
          }),
          obedience: {
            keys: () => portalKeys(config.commands.keys),
            atRest: obeying.atRest,
            run: obeying.run,
          },
          clock,
          log,
        });

  const effects = makeEffects({
    config,
    store,
    board,
    reader,
    images,
    eyes,
    printing,
    seal,
    portalKey: () => loadPortalPublicKeys(publicKeysFile)[0],
    scans: { maker, sealKey },
    trust: await loadTrustStore(config.identity.trustFolder || join(stateDir, "csca")),
    link,
    catalogue,
    place,
    clock,
    log,
  });
  // A board without a loudspeaker offers no button for it.
  const speech = settings.wiring.speaker.player === "none" ? "off" : config.visit.speech;
  const visit = createVisit({
    effects,
    catalogue,
    clock,
    log,
    delays: { idleWarning: config.visit.idleSeconds * 1_000 },
    speech,
    queue: offerOf(config),
  });
  // What is tried is before the visit, for the screen and the voice alone: nothing else hears of it.
  const payCode = await qrPicture(PRACTICE_CODE);
  const tried = withPractice({ visit, catalogue, clock, speech, payCode });
  const communes = new CommuneList(stateDir);
  const speaking = startSpeaking({
    speaker: board.speaker,
    visit: tried,
    clock,
    mode: speech,
    communes: (province) => communes.of(province),
  });
  const screen = await startScreen({
    host: "127.0.0.1",
    port: config.screen.port,
    visit: spokenVisit(tried, speaking),
    images: { get: (token) => images.get(token) ?? frames.take(token) },
    communes,
    clock,
    log,
  });
  const screenParts = { screen, endVisit: () => tried.send({ type: "CANCEL" }), clock, log };
  const screenUnit = screenUnitOf(process.env);
  const browser =
    config.screen.browser !== ""
      ? startBrowser({
          ...screenParts,
          command: config.screen.browser,
          flags: config.screen.browserFlags,
          profileDir: join(stateDir, "browser"),
        })
      : screenUnit && startScreenUnit({ ...screenParts, ...screenUnit });
  let visited = false;
  visit.watch(() => {
    const { open } = visit.state;
    if (open && !visited) visits += 1;
    visited = open;
  });
  const service = new Service(visit, store);
  const stopSync = link.watch((state) => updates.linkIs(state));
  updates.linkIs(link.state);
  updates.moveIn({
    busy: () => visit.state.open || visit.state.busy,
    screenAnswers: () => screen.connected,
    printerAnswers: () => !["absent", "opening"].includes(board.printer.status.state),
    closeFor: (fault) => service.hold(fault === null ? null : { type: "OUT_OF_SERVICE", fault }),
  });
  const stopWatching = watchWorld({
    ...{ board, store, clock, speaking, deviceKey },
    visit: {
      send: (event) => service.send(event),
      watch: (callback) => visit.watch(callback),
      get state() {
        return visit.state;
      },
    },
  });
  let askPowerOff: () => void = () => {};
  const powerOffAsked = new Promise<void>((resolve) => {
    askPowerOff = resolve;
  });
  const stopPowerLoss = watchPowerLoss({
    ...{ board, visit, journal: store.journal, clock, log, bootId },
    holdMs: config.power.holdSeconds * 1_000,
    off: askPowerOff,
  });
  const stopLight = watchScreenLight({
    ...{ board, visit, clock, times: lightTimes(config) },
    utcOffsetMinutes: config.kiosk.utcOffsetMinutes,
  });
  const stopQueue = watchQueue({ config, clock, link }, (now) => visit.send({ type: "QUEUE", now }));
  const inDoubt = printing.reconcile(
    (lookupCode) => store.outbox.statusByLookup(hashLookupCode(lookupCode)) !== undefined,
  );
  if (inDoubt !== null) visit.send({ type: "PRINT_IN_DOUBT", ...inDoubt });
  log("store.reconciled", { intents: settled, inDoubt: inDoubt === null ? 0 : 1, orphans: 0 });

  const status = (): KioskStatus => {
    const stats = store.outbox.stats();
    const quota = store.quota();
    return {
      kioskId: config.kiosk.id,
      version: packageVersion(),
      uptimeSeconds: Math.round((performance.now() - startedAt) / 1_000),
      screen: { url: screen.url, connected: screen.connected },
      devices: reportDevices(board),
      visit: { state: visit.state.name, busy: visit.state.busy },
      queue: {
        queued: stats.queued,
        bytes: stats.bytes,
        oldestAgeSeconds: stats.oldestAgeMs === null ? null : Math.round(stats.oldestAgeMs / 1_000),
        quarantined: stats.quarantined,
        accepted: stats.accepted,
        quota: quota.level,
        usedFraction: quota.usedFraction,
      },
      link: link.state,
      deviceKey: deviceKeyReport(deviceKey),
      troubles: standingTroubles(link, store, deviceKey),
      clock: clock.wall(),
      log: writer.tail(),
    };
  };
  const courier = makeCourier({ store, device: deviceKey, readManifest, config, clock, log });
  const gate = new PinGate({ stateDir, meta: store.meta, clock });
  const test = ({ print, ...wish }: SelfTestWish & { readonly print: boolean }) => {
    // A test moves lamps and paper: not under the hands of a citizen.
    if (visit.state.open) throw new Error("a citizen is at the kiosk; test it when the visit is over");
    const parts = { board, store, clock, kioskId: config.kiosk.id, printing: print ? printing : null };
    return testWithFaces(parts, wish);
  };
  const usbGate = config.usb.guard === "none" ? null : new UsbGate({ run: usbguard, clock, log });
  // What a runtime left open that ended in between.
  usbGate?.close().catch((thrown: unknown) => {
    log("kiosk.error", { where: "USB gate", message: String(thrown) });
  });
  const technician = new Technician({
    ...{ gate, clock, journal: store.journal },
    restart: async (device) => {
      await board[device].restart("asked for at the console");
      return deviceReading(board, device);
    },
    test: async (part) => test({ part, print: true }),
    requeue: (which) => store.outbox.requeue(which),
    usb: async (minutes) => {
      if (usbGate === null) throw new Error('no guard keeps sticks out: [usb] guard is "none"');
      await (minutes === 0 ? usbGate.close() : usbGate.open(minutes));
    },
  });
  const views = new ConsoleViews({
    ...{ board, store, link, linkUrl: settings.linkUrl, gate, status, clock },
    versions: () => ({ ...versionsOf(config.board.kind, stateDir), update: updates.line() }),
  });
  const control = await startControlSocket(controlSocketPath(stateDir), {
    status,
    console: () => views.view(),
    technician,
    // `motcua doctor` asks for no PIN; what it does is noted all the same.
    test: (wish) => {
      const told = { who: "doctor", act: "test", subject: wish.part ?? "all" };
      return technician.noted(told, async () => test(wish), readinessDetail);
    },
    courier: {
      work: (act, stick) => courier[act](stick),
      progress: () => courier.progress,
    },
    update: updates,
  });
  const restartAsked = new Promise<void>((restart) => {
    obeying.begin({ board, store, visit, service, clock, kioskId: config.kiosk.id, restart });
  });
  const health =
    manager !== null && watch !== null
      ? startAnswering({ visit, store, storeFolder, board, clock, status }, { manager, watch, clock, log })
      : null;
  health?.ready();
  log("kiosk.started", {
    version: packageVersion(),
    board: config.board.kind,
    startMs: Math.round(performance.now() - startedAt),
  });

  return {
    screenUrl: screen.url,
    screenPort: screen.port,
    restartAsked,
    powerOffAsked,
    stop: async (reason) => {
      log("kiosk.stopping", { reason });
      await health?.stopping();
      stopWatching();
      stopPowerLoss();
      stopLight();
      usbGate?.stop();
      stopQueue();
      stopSync();
      updates.close();
      leaveFloor();
      views.close();
      speaking.close();
      tried.close();
      visit.close();
      await browser?.close();
      await Promise.all([control.close(), screen.close(), link.close(), reader.close(), maker.close()]);
      await eyes.forget();
      await board.close();
      store.close();
      deviceKey.close();
      writer.close();
    },
  };
};
