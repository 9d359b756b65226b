// What must hold at any time of any visit, and how does a real visit repeat what happens in a walk?
import * as assert from "uvu/assert";
import { DELAYS } from "../../src/flows/delays.js";
import { Kiosk } from "./house.js";
import { small } from "./small-catalogue.js";
import { DIFFERENCES, type Happening, nameOf, QUEUES, SIGHT } from "./walk.js";

/** A real visit that is watched: it must never do twice what leaves a mark. */
export class Watched extends Kiosk {
  #denials = 0;
  #prints = 0;
  #submitted = 0;

  constructor() {
    super(small, { slot: true, eyes: true, stored: true, phoneCodes: true }, QUEUES);
    this.effects.differs = DIFFERENCES;
  }

  async happen(happening: Happening): Promise<void> {
    switch (happening.kind) {
      case "event":
        if (happening.event.type === "SLIP_CAME_OUT" && !happening.event.yes) this.#denials += 1;
        this.send(happening.event);
        break;
      case "progress": {
        const report = this.effects.waiting(happening.effect).args[1] as (...args: unknown[]) => void;
        if (happening.effect === "readCard") report(0.5);
        else if (happening.effect === "watchTray") report(SIGHT);
        else if (happening.effect === "feedPapers") report(2, "reading", 0.5);
        else if (happening.effect === "verifyFace") report("turnLeft", 0.5);
        else report("reading", 0.5);
        break;
      }
      case "done":
        if (happening.effect === "submit") this.#submitted += 1;
        await this.done(happening.effect, happening.make());
        break;
      case "error":
        await this.fails(happening.effect, happening.error);
        break;
      case "time":
        await this.wait(DELAYS[happening.delay]);
        break;
    }
    this.look(nameOf(happening));
  }

  /** What must hold at any time. */
  look(after: string): void {
    const { screen, can } = this.view;
    assert.type(screen.name, "string");
    assert.not.ok(
      this.logged.some(({ event }) => event === "kiosk.error"),
      `no program error after ${after}: ${JSON.stringify(this.logged.at(-1))}`,
    );
    if (screen.name === "attract") {
      this.#denials = 0;
      this.#prints = this.effects.times("printSlip");
      assert.not.ok(this.visit.state.open, "the first screen belongs to nobody");
      assert.equal(can, { back: false, cancel: false, help: screen.outOfService === null });
    }
    const prints = this.effects.times("printSlip") - this.#prints;
    assert.ok(prints <= 1 + this.#denials, `${prints} prints after ${this.#denials} denials (${after})`);
    assert.ok(prints <= 2, "a third print");
    assert.ok(this.effects.times("submit") === 0 || this.#submitted <= 1, "submitted twice");
    const started = this.logged.filter(({ event }) => event === "visit.started").length;
    assert.is(this.ends.length, this.visit.state.open ? started - 1 : started, `after ${after}`);
    assert.ok(this.effects.forgotten >= this.ends.length, "every end forgets");
  }
}
