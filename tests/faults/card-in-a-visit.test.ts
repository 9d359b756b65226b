// The card slips, is another one, or answers nonsense: what does its holder see, and does anything else notice?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Stories } from "./visit-story.js";

const stories = await Stories.open();

test("lifted while it is read and laid down again: it is read from where it was, nobody is bothered", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("identify.card.reading");
    story.world.board.control.chipReader.liftCard();
    await story.wait(700);
    story.citizenIsSpared();
    story.world.board.control.chipReader.layCard(story.world.holder(0).card);
    await story.to("form");
    assert.is(story.world.on.board.chipReader.status.state, "ready");
    await story.finish();
    assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
  }));

test("lifted and not laid down: the screen asks for it, the reader is not blamed", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("identify.card.reading");
    story.world.board.control.chipReader.liftCard();
    await story.until("the screen asks", () => {
      const { screen } = story.world.on.view;
      return screen.name === "identify" && screen.fault === "card.lost";
    });
    await story.citizenIsTold("card.lost");
    assert.is(story.world.on.board.chipReader.status.state, "ready");
    await story.to("slip.taking");
    await story.finish();
    assert.is(story.books.submissions, 1);
  }));

test("another person's card: said so, the number can be typed, nothing is handed in for a stranger", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("identify.card.laying");
    story.world.board.control.chipReader.layCard(story.world.holder(1).card);
    await story.until("the screen says so", () => story.step === "identify.typed");
    assert.is(story.screen("identify").fault, "card.wrongKey");
    await story.citizenIsTold("card.wrongKey");
    assert.equal(story.books, { submissions: 0, prints: [], slips: 0, unfinished: 0 });
    assert.is(story.world.on.board.chipReader.status.state, "ready");
    await story.finish();
  }));

test("a chip that answers outside the standard: unreadable, and a second try may do", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("identify.showQr");
    const { card } = story.world.holder(0);
    card.control.misbehave({ kind: "wrongMac", file: "DG1", times: 3 });
    await story.to("identify.failed");
    assert.is(story.screen("identify").fault, "card.unreadable");
    await story.citizenIsTold("card.unreadable");
    assert.is(story.world.on.board.chipReader.status.state, "ready");
    await story.to("slip.taking");
    await story.finish();
    assert.is(story.books.submissions, 1);
  }));

test("a purse with two cards on the reader: only the citizen card, please", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("identify.showQr");
    const { quirks } = story.world.board.parts.chipReader;
    quirks.secondCard = true;
    await story.to("identify.failed");
    assert.is(story.screen("identify").fault, "card.several");
    await story.citizenIsTold("card.several");
    assert.is(story.world.on.board.chipReader.status.state, "ready");
    quirks.secondCard = false;
    await story.to("slip.taking");
    await story.finish();
    assert.is(story.books.submissions, 1);
  }));

test("a copied card: refused, where the chip is needed nothing is handed in", () =>
  stories.tell({ errand: { holder: stories.copied, procedureCode: "1.004194" } }, async (story) => {
    await (await story.settled()).to("identify.failed");
    assert.is(story.screen("identify").fault, "card.forged");
    await story.citizenIsTold("card.forged");
    assert.is(story.world.on.board.chipReader.status.state, "ready");
    await story.finish();
    assert.equal(story.books, { submissions: 0, prints: [], slips: 0, unfinished: 0 });
    assert.is(story.world.on.visit.state.open, false);
  }));

test("a card of the newer kind (PACE) is read as the others are, lifted in between too", () =>
  stories.tell({ errand: { holder: stories.newer } }, async (story) => {
    await (await story.settled()).to("identify.card.reading");
    const { chipReader } = story.world.board.control;
    chipReader.liftCard();
    await story.wait(700);
    chipReader.layCard(stories.newer.card);
    await story.to("slip.taking");
    assert.ok(stories.newer.card.control.paceTries.MRZ.tried > 0, "by PACE");
    await story.finish();
    assert.equal(story.books, { submissions: 1, prints: ["done"], slips: 1, unfinished: 0 });
  }));

test("a bus ticket instead of a citizen card", () =>
  stories.tell({}, async (story) => {
    await (await story.settled()).to("identify.showQr");
    story.world.board.parts.chipReader.quirks.memoryCard = true;
    await story.to("identify.failed");
    assert.is(story.screen("identify").fault, "card.notCitizen");
    await story.citizenIsTold("card.notCitizen");
    story.world.board.parts.chipReader.quirks.memoryCard = false;
    await story.to("slip.taking");
    await story.finish();
  }));

test.run();
