// Drives what the map of a report can show besides areas, in a real browser, and prints what it found as JSON.
//
//   node layers.mjs /path/to/report.html [/folder/for/pictures]
//
// The file of dots is looked for beside the report. It judges nothing: what must be empty or equal is asserted by the suite.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import process from "node:process";
import { chromium } from "playwright-core";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [report, pictures] = process.argv.slice(2);
const dots = join(dirname(report), "places-lacking.pmtiles");
const url = pathToFileURL(report).href;
const browser = await chromium.launch({
  executablePath: process.env.NITTIO_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

async function open(context = {}) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, ...context })).newPage();
  page.setDefaultTimeout(180000);
  page.complaints = [];
  page.requests = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && page.complaints.push(m.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("request", (r) => r.url() !== url && !/^(data|blob|about):/.test(r.url()) && page.requests.push(r.url()));
  await page.goto(url, { waitUntil: "load" });
  await page.waitForFunction(() => performance.getEntriesByName("live-painted").length > 0, null, { timeout: 60000 });
  return page;
}

// With the keyboard alone: to a box, and on.
async function toggle(page, selector) {
  for (let i = 0; i < 200; i += 1) {
    if (await page.evaluate((s) => document.activeElement.matches(s), selector)) break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Space");
  return page.evaluate((s) => document.querySelector(s).checked, selector);
}

const set = (page, values) =>
  page.evaluate((wanted) => {
    for (const [name, value] of Object.entries(wanted)) {
      const select = document.getElementById(`live-${name}`);
      if (!select) continue;
      select.value = value;
      select.dispatchEvent(new Event("change"));
    }
  }, values);

const lists = (page) =>
  page.evaluate(() => {
    const { worlds, units, goals, definitions, settlements } = JSON.parse(document.getElementById("live-data").textContent);
    return { worlds: worlds.slice(0, definitions), scenarios: worlds.length - definitions, definitions, units, goals, settlements };
  });

const seen = (page) =>
  page.evaluate(() => {
    const box = document.getElementById("live-squares");
    const text = (cell) => cell.textContent.trim();
    return {
      figures: box.figures ?? [],
      caption: document.getElementById("live-squares-c").textContent,
      rows: [...box.querySelectorAll("tbody tr")].map((row) => [...row.cells].map(text)),
      legend: [...document.querySelectorAll("#live-legend li")].map(text),
      head: document.getElementById("live-legend-head").textContent,
    };
  });

// Every definition, unit and goal: all squares, and what the table says of them.
async function squares(page) {
  const { worlds, units, goals, scenarios, definitions, settlements } = await lists(page);
  const found = [];
  for (const [w, world] of worlds.entries()) {
    for (const [u, unit] of units.entries()) {
      for (const [g, goal] of goals.entries()) {
        await set(page, { definition: String(w), unit: String(u), goal: String(g) });
        found.push({ definition: world.key, unit: unit.key, goal: goal.key, ...(await seen(page)) });
      }
    }
  }
  await set(page, { definition: "0", unit: "0", goal: "0" });
  const elsewhere = [];
  if (settlements.length > 1) {
    await set(page, { settlement: "1" });
    elsewhere.push(await seen(page));
    await set(page, { settlement: "0" });
  }
  if (scenarios > 0) {
    await set(page, { scenario: String(definitions) });
    elsewhere.push(await seen(page));
    await set(page, { scenario: "" });
  }
  return { found, elsewhere };
}

// The file of dots: what it says under every definition, goal and class, and what is drawn when one looks closely.
async function dotted(page) {
  await page.setInputFiles("#live-dots-file", { name: "places-lacking.pmtiles", mimeType: "", buffer: Buffer.from("PMTiles?") });
  await page.waitForFunction(() => document.getElementById("live-dots-said").textContent !== "");
  const wrong = await page.textContent("#live-dots-said");
  await page.setInputFiles("#live-dots-file", dots);
  await page.waitForFunction(() => document.getElementById("live-layer-dots").checked);
  const { worlds, goals, settlements } = await lists(page);
  const found = [];
  for (const [w, world] of worlds.entries()) {
    for (const [g, goal] of goals.entries()) {
      for (const [s, settlement] of settlements.entries()) {
        await set(page, { definition: String(w), goal: String(g), settlement: String(s) });
        const said = await page.textContent("#live-dots-said");
        found.push({ definition: world.key, goal: goal.key, settlement: settlement.key || "all", said });
      }
    }
  }
  await set(page, { definition: "0", goal: "0", settlement: "0" });
  await page.waitForTimeout(800);
  const drawn = () =>
    page.evaluate(() => {
      const list = document.getElementById("live-dots-said").figures ?? [];
      return { dots: list.length, places: list.reduce((sum, { places }) => sum + places, 0) };
    });
  const whole = await drawn();
  await page.focus(".maplibregl-canvas");
  for (let i = 0; i < 9; i += 1) {
    await page.keyboard.press("=");
    await page.waitForTimeout(450);
  }
  await page.waitForTimeout(800);
  const close = await drawn();
  await page.click("#live-whole");
  await page.waitForTimeout(800);
  return { found, wrong, whole, close };
}

async function look(device) {
  const page = await open(device);
  const boxes = await page.evaluate(() => [...document.querySelectorAll(".layers input[type=checkbox]")].map(({ id }) => id));
  const found = {};
  const check = async (name) => {
    await page.waitForTimeout(900);
    if (pictures) await (await page.$("#live")).screenshot({ path: join(pictures, `${device.viewport.width}-${name}.png`) });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document.getElementById("live")));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    found[name] = { violations: violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html.slice(0, 120))]), overflow };
  };
  for (const id of boxes.filter((id) => ["live-layer-squares", "live-layer-0"].includes(id))) {
    await page.check(`#${id}`);
    await check(id);
    await page.uncheck(`#${id}`);
  }
  if (existsSync(dots)) {
    await page.setInputFiles("#live-dots-file", dots);
    await page.waitForFunction(() => document.getElementById("live-layer-dots").checked);
    await check("live-layer-dots");
    for (const id of boxes) await page.check(`#${id}`);
    await check("all");
  }
  return { found, complaints: page.complaints, requests: page.requests };
}

try {
  const page = await open();
  await page.focus("#live-find");
  const keys = {};
  const drawn = await page.evaluate(() => [...document.querySelectorAll(".layers input[id^=live-layer-]")].map(({ id }) => id));
  for (const id of drawn.filter((id) => id !== "live-layer-dots")) keys[id] = await toggle(page, `#${id}`);
  await page.waitForTimeout(600);
  const sketch = await page.evaluate(() => ({
    names: [...document.querySelectorAll("#live-drawn-list li")].map((li) => li.textContent),
    note: document.getElementById("live-drawn")?.textContent ?? null,
    layers: JSON.parse(document.getElementById("live-data").textContent).sketch,
  }));
  const data = await page.evaluate(() => {
    const { squares, sketch, outlines } = JSON.parse(document.getElementById("live-data").textContent);
    return { squares: JSON.stringify(squares).length, sketch: JSON.stringify(sketch).length, outlines: JSON.stringify(outlines).length };
  });
  for (const id of drawn.filter((id) => id !== "live-layer-dots" && id !== "live-layer-squares")) await page.uncheck(`#${id}`);
  const all = (await page.$("#live-squares")) ? await squares(page) : null;
  const points = existsSync(dots) ? await dotted(page) : null;
  const looks = {};
  for (const width of [1440, 768, 375, 320]) {
    const small = width < 1000 ? { isMobile: true, hasTouch: true } : {};
    looks[width] = await look({ viewport: { width, height: width < 700 ? 667 : 900 }, ...small });
  }
  console.log(JSON.stringify({ keys, sketch, data, squares: all, dots: points, looks, complaints: page.complaints, requests: page.requests }));
} finally {
  await browser.close();
}
