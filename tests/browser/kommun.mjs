// Goes from the list of areas to a page and back with the keyboard alone, zooms, and prints; prints what it found as JSON.
//
//   node kommun.mjs /path/to/kommun 0680.html
//
// It judges nothing: what must be so is asserted by the suite.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import process from "node:process";
import { chromium } from "playwright-core";

const [, , folder, name] = process.argv;
const url = (file) => pathToFileURL(join(folder, file)).href;

const browser = await chromium.launch({
  executablePath: process.env.NITTIO_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const focused = (page) =>
  page.evaluate(() => {
    const e = document.activeElement;
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    return {
      tag: e.tagName.toLowerCase(),
      href: e.getAttribute("href"),
      id: e.id,
      // Whoever uses the keyboard sees where they are.
      ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
      seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    };
  });

// Presses Tab until what has the focus is wanted; every stop on the way is kept.
async function tab(page, wanted, stops, most = 200) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    stops.push(at);
    if (wanted(at)) return true;
  }
  return false;
}

async function keyboard() {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url("index.html"), { waitUntil: "load" });
  const stops = [];
  const skip = await tab(page, (at) => at.href === "#content", stops, 1);
  await page.keyboard.press("Enter");
  const content = (await focused(page)).id;
  const there = await tab(page, (at) => at.href === name, stops);
  await page.keyboard.press("Enter");
  await page.waitForURL(url(name));
  const opened = [];
  if (await tab(page, (at) => at.tag === "summary", stops)) {
    opened.push(await page.evaluate(() => document.activeElement.parentElement.open));
    await page.keyboard.press("Enter");
    opened.push(await page.evaluate(() => document.activeElement.parentElement.open));
  }
  // Back by the link that stands before everything else.
  await page.reload({ waitUntil: "load" });
  const back = await tab(page, (at) => at.href === "index.html", stops, 5);
  await page.keyboard.press("Enter");
  await page.waitForURL(url("index.html"));
  await page.close();
  const lost = stops.filter((at) => !at.ring || !at.seen);
  return { skip, content, there, opened, back, stops: stops.length, lost: lost.slice(0, 5) };
}

// 200 % of a window of 1440 × 900 is a window of half of it, with twice the dots.
async function zoom(file) {
  const context = await browser.newContext({ viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 });
  const page = await context.newPage();
  await page.goto(url(file), { waitUntil: "load" });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await context.close();
  return overflow;
}

// As wide as A4 with margins of 18 mm.
async function print(file) {
  const page = await browser.newPage({ viewport: { width: 657, height: 987 } });
  await page.emulateMedia({ media: "print" });
  await page.goto(url(file), { waitUntil: "load" });
  const seen = await page.evaluate(() => ({
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    cut: [...document.querySelectorAll(".scroll")].filter((e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1).map((e) => e.getAttribute("aria-labelledby")),
    shown: [...document.querySelectorAll(".crumbs, nav, .skip, summary")].filter((e) => e.getBoundingClientRect().height > 1).map((e) => e.className || e.tagName),
  }));
  await page.close();
  return seen;
}

try {
  const files = ["index.html", name];
  const zoomed = [];
  const printed = [];
  for (const file of files) {
    zoomed.push(await zoom(file));
    printed.push(await print(file));
  }
  console.log(JSON.stringify({ keyboard: await keyboard(), zoomed, printed }));
} finally {
  await browser.close();
}
