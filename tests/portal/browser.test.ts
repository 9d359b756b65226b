// Can an officer certify an application with nothing but the pages, and a citizen fetch it, in a real browser?
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Role } from "../../src/portal/access/roles.js";
import { artefact } from "../screens/artefacts.js";
import { openChromium } from "../screens/stage.js";
import { Desk, NUMBER, pdfsig } from "./desk.js";
import { NAMES, PASSWORD } from "./people.js";

const DESK = { width: 1280, height: 1700 } as const;
const PHONE = { width: 390, height: 1300 } as const;

const label = (vi: string) => ({ vi, en: vi });

/** True when every picture of the page has been drawn; text, since the tests know no browser's types. */
const PICTURES = `(async () => {
  for (const image of document.querySelectorAll("svg.sheet image")) {
    const drawn = new Image();
    drawn.src = image.getAttribute("href");
    await drawn.decode();
    if (drawn.naturalWidth !== Number(image.getAttribute("width"))) return false;
  }
  return document.querySelectorAll("svg.sheet image").length;
})()`;
const WIDER_THAN_SCREEN = "document.documentElement.scrollWidth > window.innerWidth";

/** Waits for it: a click answers before the page behind it has come. */
const shown = (page: Page, text: string): Promise<void> =>
  page.locator("main").getByText(text).filter({ visible: true }).first().waitFor();

/** Ends at the page that was asked for. */
const logIn = async (page: Page, url: string, role: Role): Promise<void> => {
  await page.goto(url);
  await page.getByLabel("Tên đăng nhập").fill(NAMES[role]);
  await page.getByLabel("Mật khẩu").fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập" }).click();
  await page.waitForURL(url);
};

const certifyByHand = async (page: Page, agency: Page, url: string): Promise<void> => {
  await page.goto(`${url}/applications/1`);
  await artefact(page, "portal-login");
  await logIn(page, `${url}/applications/1`, "officer");
  assert.is(await page.evaluate(PICTURES), 1, "the scan is drawn in its own size");
  await shown(page, "Ngày sinh khác với chip.");
  await shown(page, "chữ viết tay · độ tin thấp: 41 %");
  await artefact(page, "portal-officer");
  await page.getByLabel("Số chứng thực").fill("15");
  await page.getByLabel("Quyển số").fill("01-SCT/BS");
  assert.match(await page.getByLabel("Ngày", { exact: true }).inputValue(), /^\d{4}-\d{2}-\d{2}$/);
  assert.is(await page.getByLabel("Người ký chứng thực").inputValue(), "Trần Thử", "who is logged in");
  await page.getByLabel("Chức vụ").fill("Phó Chủ tịch");
  await page.getByLabel("Cơ quan chứng thực").fill("UBND xã Thử");
  await page.getByRole("button", { name: "Bắt đầu chứng thực" }).click();
  await page.getByRole("button", { name: "Ký – công chức" }).click();
  await shown(page, "công chức đã ký, chờ chữ ký của cơ quan");
  await artefact(page, "portal-half-signed");
  assert.is(await page.getByRole("button", { name: "Ký – cơ quan" }).count(), 0, "the agency's to press");
  await logIn(agency, `${url}/applications/1`, "agency");
  await agency.getByRole("button", { name: "Ký – cơ quan" }).click();
  await shown(agency, "Có giá trị");
  await page.reload();
  await shown(page, "Có giá trị");
  await artefact(page, "portal-certified");
};

test("officer and citizen: certified, fetched on a phone, checked, revoked", () =>
  Desk.with(async (desk) => {
    const application = await desk.submit({
      paper: {
        fields: [
          { key: "name", label: label("Họ tên"), value: "Nguyễn Thị Thử", confidence: 0.97, source: "print" },
          { key: "born", label: label("Ngày sinh"), value: "02/01/1990", confidence: 0.41, source: "hand" },
        ],
        checks: [
          {
            ...{ id: "b", verdict: "fail", sentence: label("Ngày sinh khác với chip."), page: 0 },
            box: { x: 80, y: 160, w: 260, h: 40 },
          },
        ],
      },
    });
    const chromium = await openChromium();
    try {
      const officer = await (await chromium.context(DESK)).newPage();
      const refused: string[] = [];
      officer.on("console", (message) => message.type() === "error" && refused.push(message.text()));
      const agency = await (await chromium.context(DESK)).newPage();
      agency.on("console", (message) => message.type() === "error" && refused.push(message.text()));
      await certifyByHand(officer, agency, desk.url);

      const phone = await (await chromium.context(PHONE)).newPage();
      phone.on("console", (message) => message.type() === "error" && refused.push(message.text()));
      await phone.goto(`${desk.url}/lookup`);
      await phone.getByLabel("Mã tra cứu").fill(application.lookupCode);
      await phone.getByRole("button", { name: "Tra cứu" }).click();
      await phone.getByLabel("Số định danh").fill(NUMBER);
      await phone.getByRole("button", { name: "Mở bản sao" }).click();
      await shown(phone, "15, quyển số 01-SCT/BS");
      assert.not(await phone.evaluate(WIDER_THAN_SCREEN), "nothing to scroll sideways on a phone");
      await artefact(phone, "portal-lookup");
      const [download] = await Promise.all([
        phone.waitForEvent("download"),
        phone.getByRole("link", { name: "Tải bản sao" }).click(),
      ]);
      assert.match(download.suggestedFilename(), /^ban-sao-.*\.pdf$/);
      const file = await download.path();
      assert.is(pdfsig(desk.rig.dir, readFileSync(file)).match(/Signature is Valid/g)?.length, 3);

      await phone.goto(`${desk.url}/verify`);
      await phone.getByLabel("Tệp PDF").setInputFiles(file);
      await phone.getByRole("button", { name: "Kiểm tra" }).click();
      await shown(phone, "Bản sao này đang có giá trị");
      assert.not(await phone.evaluate(WIDER_THAN_SCREEN), "also with a hash and long names on it");
      await artefact(phone, "portal-verify");

      await officer.getByLabel("Lý do thu hồi").fill("Sai số chứng thực");
      await officer.getByRole("button", { name: "Thu hồi bản sao" }).click();
      await shown(officer, "Đã thu hồi: Sai số chứng thực");
      await officer.getByRole("button", { name: "Đăng xuất" }).click();
      await officer.waitForURL(`${desk.url}/login`);

      const administrator = await (await chromium.context(DESK)).newPage();
      administrator.on("console", (message) => message.type() === "error" && refused.push(message.text()));
      await logIn(administrator, `${desk.url}/accounts`, "administrator");
      await administrator.getByLabel("Tên đăng nhập").fill("mai");
      await administrator.getByLabel("Họ và tên").fill("Mai Thử");
      await administrator.getByRole("button", { name: "Thêm" }).click();
      await shown(administrator, "Shown this once");
      await artefact(administrator, "portal-accounts");
      await administrator.getByRole("link", { name: "Nhật ký truy cập" }).click();
      await administrator.getByRole("button", { name: "Kiểm tra chuỗi" }).click();
      await shown(administrator, "còn nguyên vẹn");
      await shown(administrator, "copy.revoked");
      await artefact(administrator, "portal-audit");
      assert.equal(refused, [], "the strict content policy refused nothing that a page needs");
    } finally {
      await chromium.end();
    }
  }));

test.run();
