// Drives the part of a report that answers by itself, in a real browser, and prints what it found as JSON.
//
//   node live.mjs /path/to/report.html
//
// It judges nothing: what must be empty or equal is asserted by the suite.
import { pathToFileURL } from "node:url";
import process from "node:process";
import { chromium } from "playwright-core";

const url = pathToFileURL(process.argv[2]).href;
const drawing = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const quiet = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browsers = [];

async function open(more, context = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.NITTIO_CHROMIUM ?? "/usr/bin/chromium",
    args: [...quiet, ...more],
  });
  browsers.push(browser);
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...context })).newPage();
  page.complaints = [];
  page.requests = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && page.complaints.push(m.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("request", (r) => r.url() !== url && !/^(data|blob|about):/.test(r.url()) && page.requests.push(r.url()));
  await page.goto(url, { waitUntil: "load" });
  return page;
}

const shown = (page) =>
  page.evaluate(() => {
    const seen = (selector) => Boolean(document.querySelector(selector)?.checkVisibility());
    return {
      settings: seen("#live"),
      map: seen("#live-map canvas"),
      picture: seen("#map .chart.wide svg"),
      table: seen("#live-table"),
      excuse: seen("#live-no-map"),
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
  });

// Every setting there is: what the table says then.
async function everySetting() {
  const page = await open(["--disable-gpu", "--disable-3d-apis"]);
  await page.waitForFunction(() => !document.getElementById("live-no-map").hidden, null, { timeout: 60000 });
  const found = await page.evaluate(() => {
    const data = JSON.parse(document.getElementById("live-data").textContent);
    const select = (name) => document.getElementById(`live-${name}`);
    const values = (name) => (select(name) ? [...select(name).options].map((option) => option.value) : [null]);
    const set = (name, value) => value !== null && ((select(name).value = value), select(name).dispatchEvent(new Event("change")));
    const text = (cell) => cell.textContent.trim();
    const found = [];
    for (const scenario of values("scenario")) {
      set("scenario", scenario);
      for (const definition of scenario ? [select("definition").value] : values("definition")) {
        if (!scenario) set("definition", definition);
        for (const unit of values("unit")) {
          set("unit", unit);
          for (const settlement of values("settlement")) {
            set("settlement", settlement);
            for (const goal of values("goal")) {
              set("goal", goal);
              const rows = [...document.querySelectorAll("#live-table :is(tbody, tfoot) tr")];
              found.push({
                scenario: scenario ? data.worlds[scenario].key : null,
                definition: data.worlds[definition].key,
                unit: data.units[unit].key,
                scale: data.units[unit].scale,
                settlement: data.settlements[settlement ?? 0].key || "all",
                goal: data.goals[goal].key,
                rows: rows.map((row) => [row.dataset.code ?? null, ...[...row.querySelectorAll("td")].map(text)]),
              });
            }
          }
        }
      }
    }
    return found;
  });
  return { found, first: await shown(page), complaints: page.complaints };
}

// With the keyboard alone.
async function keyboard() {
  const page = await open(drawing);
  await page.waitForFunction(() => performance.getEntriesByName("live-painted").length > 0, null, { timeout: 60000 });
  const state = () =>
    page.evaluate(() => ({
      focus: document.activeElement.id || document.activeElement.className || document.activeElement.tagName,
      text: document.activeElement.textContent.slice(0, 40),
      said: document.getElementById("live-said").textContent,
      scale: document.getElementById("live-scale").style.width,
      label: document.querySelector("#live-labels span")?.style.transform,
      chosen: document.querySelector("#live-table [aria-current]")?.dataset.code ?? null,
      sorted: [...document.querySelectorAll("#live-table th[aria-sort]")].map((th) => [th.dataset.column, th.ariaSort]),
      order: [...document.querySelectorAll("#live-table tbody tr")].map((tr) => tr.dataset.code),
    }));
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
    await page.waitForTimeout(700);
  };
  const until = async (selector, key, most = 60) => {
    for (let i = 0; i < most; i += 1) {
      if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
      await page.keyboard.press(key);
    }
    throw new Error(`${selector} is not reached with ${key}`);
  };
  const steps = {};
  const all = await page.evaluate(() => JSON.parse(document.getElementById("live-data").textContent).areas);
  const wanted = all.at(1) ?? all[0];
  await page.focus("#content");
  await until("#live-goal", "Tab", 200);
  steps.begin = await state();
  await press("ArrowDown");
  steps.goal = await state();
  await until("#live-find", "Tab");
  await page.keyboard.type("zzz");
  await press("Enter");
  steps.unknown = await page.evaluate(() => document.getElementById("live-unknown").textContent);
  await press("Control+a");
  await page.keyboard.type(wanted.name.toLowerCase());
  await press("Enter");
  await page.waitForTimeout(800);
  steps.search = await state();
  await until("#live-whole", "Shift+Tab", 80);
  await press("Enter");
  await page.waitForTimeout(800);
  steps.whole = await state();
  await until(".maplibregl-canvas", "Shift+Tab");
  steps.canvas = await page.evaluate(() => {
    const { role, ariaLabel } = document.activeElement;
    return [document.activeElement.getAttribute("role") ?? role, ariaLabel, getComputedStyle(document.activeElement).outlineStyle];
  });
  await press("=");
  steps.zoomed = await state();
  await press("ArrowRight");
  steps.moved = await state();
  await until("#live-table [data-column=share] button", "Tab", 80);
  await press("Enter");
  steps.sorted = await state();
  await press("Enter");
  steps.turned = await state();
  const marks = await page.evaluate(() =>
    Object.fromEntries(["live-begins", "live-drawn", "live-painted"].map((n) => [n, performance.getEntriesByName(n)[0].startTime])),
  );
  await page.setViewportSize({ width: 640, height: 450 });
  await page.waitForTimeout(300);
  const enlarged = await shown(page);
  await page.emulateMedia({ media: "print" });
  const print = await shown(page);
  return { steps, marks, wanted, enlarged, print, complaints: page.complaints, requests: page.requests };
}

try {
  const settings = await everySetting();
  const keys = await keyboard();
  const opened = await open(drawing, { javaScriptEnabled: true, viewport: { width: 1280, height: 900 } });
  await opened.waitForFunction(() => performance.getEntriesByName("live-painted").length > 0, null, { timeout: 60000 });
  const plain = await shown(opened);
  const without = await open([], { javaScriptEnabled: false });
  // A page without scripts cannot be asked by one; what is seen is asked from outside.
  const visible = async (selector) => await without.locator(selector).first().isVisible();
  const noScript = { settings: await visible("#live"), picture: await visible("#map .chart.wide svg") };
  console.log(JSON.stringify({ settings, keys, plain, noScript }));
} finally {
  for (const browser of browsers) await browser.close();
}
