// How is the whole kiosk wired together? (The page where every room meets; its parts are under kiosk/.)
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startAnswering } from "./acts/answering.js";
import { makeEffects } from "./acts/effects.js";
import { offerOf, watchQueue } from "./acts/numbering.js";
import { Obeying, Service } from "./acts/obeying.js";
import { PageImages, TrayFrames } from "./acts/papers.js";
import { watchPowerLoss } from "./acts/power-loss.js";
import { Printing } from "./acts/printing.js";
import { watchScreenLight } from "./acts/screen-light.js";
import { makeScanSeal, makeSealer } from "./acts/sealing.js";
import { TrayEyes } from "./acts/watching.js";
import { watchWorld } from "./acts/world.js";
import { loadTrustStore } from "./chip/trust-store.js";
import { lightTimes } from "./config.js";
import { createScanMaker } from "./documents/scan-maker.js";
import { createVisit, type Visit } from "./flows/run-visit.js";
import { slipLayout } from "./flows/slip.js";
import { renderLayout } from "./hal/printer/layout.js";
import { openDesk } from "./kiosk/desk.js";
import { showFaces } from "./kiosk/faces.js";
import { type Ground, type KioskSettings, layGround } from "./kiosk/ground.js";
import { openLine } from "./kiosk/line.js";
import { createTrayWatcher } from "./ml/page/tray-watcher.js";
import { createPaperReader } from "./ml/paper-reader.js";
import type { PaperReader } from "./ml/reader.js";
import type { ServiceManager } from "./ops/service-manager.js";
import { packageVersion } from "./package-root.js";
import { loadPortalPublicKeys, PORTAL_PUBLIC_KEYS_FILE, sealChainFile } from "./sync/protocol/keys.js";
import { hashLookupCode } from "./sync/protocol/lookup-code.js";
import { KioskUpdates } from "./update-kiosk.js";

export interface Kiosk {
  readonly screenUrl: string;
  readonly screenPort: number;
  /** Resolves when operations want the runtime to be started anew: stop it then. */
  readonly restartAsked: Promise<void>;
  /** Resolves when mains stayed away too long: stop it then, and switch the machine off. */
  readonly powerOffAsked: Promise<void>;
  stop(reason: string): Promise<void>;
}

const openReader = ({ config, clock, log }: Ground): PaperReader =>
  createPaperReader({
    clock,
    log,
    options: {
      ...{ maxMegapixels: config.reading.maxMegapixels, workers: config.reading.workers },
      ...(config.reading.models !== "" && { handwritingManifest: pathToFileURL(config.reading.models) }),
    },
  });

const placeOf = ({ config: { kiosk } }: Ground) => ({
  name: { vi: kiosk.placeVi, en: kiosk.placeEn },
  phone: kiosk.authorityPhone || null,
});

const openPrinting = (ground: Ground): Printing => {
  const place = placeOf(ground);
  return new Printing({
    store: ground.store,
    printer: ground.board.printer,
    render: (layout, widthDots) => renderLayout(layout, widthDots),
    layoutOf: (slip) => slipLayout(slip, place, slip.language),
    clock: ground.clock,
    log: ground.log,
  });
};

const sealsOf = ({ config, stateDir, portalDir, deviceKey, clock, log }: Ground) => {
  const publicKeysFile = config.portal.publicKeys || join(portalDir, PORTAL_PUBLIC_KEYS_FILE);
  return {
    seal: makeSealer({ ...{ device: deviceKey, publicKeysFile, clock }, kioskId: config.kiosk.id }),
    portalKey: () => loadPortalPublicKeys(publicKeysFile)[0],
    sealKey: makeScanSeal({
      stateDir,
      chainFile: config.portal.sealChain || sealChainFile(portalDir, config.kiosk.id),
      log,
    }),
  };
};

/** How often a visit has begun since the start. */
const counted = (visit: Visit, begun: () => void): void => {
  let visited = false;
  visit.watch(() => {
    const { open } = visit.state;
    if (open && !visited) begun();
    visited = open;
  });
};

const asked = (): { readonly asked: Promise<void>; readonly ask: () => void } => {
  let ask: () => void = () => {};
  const promise = new Promise<void>((resolve) => {
    ask = resolve;
  });
  return { asked: promise, ask: () => ask() };
};

/** What a slip's fate was left open by is put to whoever stands there now. */
const askInDoubt = ({ store, settled, log }: Ground, printing: Printing, visit: Visit): void => {
  const inDoubt = printing.reconcile(
    (lookupCode) => store.outbox.statusByLookup(hashLookupCode(lookupCode)) !== undefined,
  );
  if (inDoubt !== null) visit.send({ type: "PRINT_IN_DOUBT", ...inDoubt });
  log("store.reconciled", { intents: settled, inDoubt: inDoubt === null ? 0 : 1, orphans: 0 });
};

/** `manager`: whoever started this process wants to hear how it is; null: nobody. */
export const startKiosk = async (
  settings: KioskSettings,
  manager: ServiceManager | null = null,
): Promise<Kiosk> => {
  const ground = layGround(settings, manager);
  const { config, stateDir, store, board, clock, log, catalogue, deviceKey, watch } = ground;
  const reader = openReader(ground);
  const images = new PageImages();
  const frames = new TrayFrames();
  const eyes = new TrayEyes({ camera: board.documentCamera, watcher: createTrayWatcher({ clock }), frames });
  const printing = openPrinting(ground);
  const maker = createScanMaker();
  const { seal, portalKey, sealKey } = sealsOf(ground);
  let visits = 0;
  const obeying = new Obeying();
  const updates = new KioskUpdates({ stateDir, config, store, clock, log });
  const link = openLine(ground, { updates, obeying, visits: () => visits });

  const effects = makeEffects({
    ...{ config, store, board, reader, images, eyes, printing, seal, portalKey, link, catalogue, clock, log },
    scans: { maker, sealKey },
    trust: await loadTrustStore(config.identity.trustFolder || join(stateDir, "csca")),
    place: placeOf(ground),
  });
  // A board without a loudspeaker offers no button for it.
  const speech = settings.wiring.speaker.player === "none" ? "off" : config.visit.speech;
  const visit = createVisit({
    ...{ effects, catalogue, clock, log, speech },
    delays: { idleWarning: config.visit.idleSeconds * 1_000 },
    queue: offerOf(config),
  });
  const faces = await showFaces(ground, {
    ...{ visit, speech },
    images: { get: (token) => images.get(token) ?? frames.take(token) },
  });
  const { screen, speaking } = faces;
  counted(visit, () => {
    visits += 1;
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
  const powerOff = asked();
  const stopPowerLoss = watchPowerLoss({
    ...{ board, visit, journal: store.journal, clock, log, bootId: ground.bootId },
    holdMs: config.power.holdSeconds * 1_000,
    off: powerOff.ask,
  });
  const stopLight = watchScreenLight({
    ...{ board, visit, clock, times: lightTimes(config) },
    utcOffsetMinutes: config.kiosk.utcOffsetMinutes,
  });
  const stopQueue = watchQueue({ config, clock, link }, (now) => visit.send({ type: "QUEUE", now }));
  askInDoubt(ground, printing, visit);

  const desk = await openDesk(ground, { visit, link, screen, printing, updates });
  const restart = asked();
  obeying.begin({ board, store, visit, service, clock, kioskId: config.kiosk.id, restart: restart.ask });
  const answering = { visit, store, storeFolder: ground.storeFolder, board, clock, status: desk.status };
  const health =
    manager !== null && watch !== null ? startAnswering(answering, { manager, watch, clock, log }) : null;
  health?.ready();
  log("kiosk.started", {
    version: packageVersion(),
    board: config.board.kind,
    startMs: Math.round(performance.now() - ground.startedAt),
  });

  return {
    screenUrl: screen.url,
    screenPort: screen.port,
    restartAsked: restart.asked,
    powerOffAsked: powerOff.asked,
    stop: async (reason) => {
      log("kiosk.stopping", { reason });
      await health?.stopping();
      for (const stop of [stopWatching, stopPowerLoss, stopLight, stopQueue, stopSync]) stop();
      desk.rest();
      updates.close();
      ground.leaveFloor();
      faces.rest();
      visit.close();
      await Promise.all([desk.close(), faces.close(), link.close(), reader.close(), maker.close()]);
      await eyes.forget();
      await board.close();
      store.close();
      deviceKey.close();
      ground.writer.close();
    },
  };
};
