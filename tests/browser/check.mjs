// Opens one report in a real browser at several widths and prints what it found as JSON.
//
//   node check.mjs /path/to/report.html
//
// It judges nothing: what must be empty or equal is asserted by the suite.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import process from "node:process";
import { chromium } from "playwright-core";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const url = pathToFileURL(process.argv[2]).href;

// A desktop, a tablet, two telephones; 320 CSS pixels is what WCAG 1.4.10 (reflow) asks for.
const screens = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024, isMobile: true, hasTouch: true },
  { width: 375, height: 667, isMobile: true, hasTouch: true },
  { width: 320, height: 568, isMobile: true, hasTouch: true },
];

const browser = await chromium.launch({
  executablePath: process.env.NITTIO_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    // The map is drawn without a graphics card.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
  ],
});

async function look({ width, height, ...device }) {
  const context = await browser.newContext({ viewport: { width, height }, ...device });
  const page = await context.newPage();
  const complaints = [];
  const requests = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    // The page itself and what is written into it are no requests to anywhere.
    if (request.url() !== url && !/^(data|blob|about):/.test(request.url())) requests.push(request.url());
  });
  await page.goto(url, { waitUntil: "load" });
  const seen = await page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    // What sticks out of the page, unless a box that scrolls by itself holds it.
    const scrolls = (element) => {
      for (let e = element; e && e !== document.documentElement; e = e.parentElement) {
        if (e !== document.body && ["auto", "scroll", "hidden"].includes(getComputedStyle(e).overflowX)) return true;
      }
      return false;
    };
    const sticking = [...document.body.querySelectorAll("*")]
      .filter((e) => e.getBoundingClientRect().right > wide + 1 && !scrolls(e))
      .slice(0, 5)
      .map((e) => e.outerHTML.slice(0, 120));
    return {
      lang: document.documentElement.lang,
      title: document.title,
      h1: [...document.querySelectorAll("h1")].map((h) => h.textContent.trim()),
      overflow: document.documentElement.scrollWidth - wide,
      sticking,
      viewport: document.querySelector("meta[name=viewport]")?.content ?? null,
      text: document.body.innerText.length,
      // A picture that could not be shown has no size of its own.
      broken: [...document.images].filter((image) => !(image.complete && image.naturalWidth > 0)).length,
      pictures: document.querySelectorAll("svg, img").length,
      tables: document.querySelectorAll("table").length,
    };
  });
  // Evaluated from outside, so that a page that forbids foreign scripts can be looked at as well.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
    const result = await globalThis.axe.run(document, { runOnly: { type: "tag", values: tags } });
    const nodes = (rules) => rules.map((rule) => ({ id: rule.id, help: rule.help, nodes: rule.nodes.map((n) => n.html.slice(0, 200)) }));
    return { violations: nodes(result.violations), passes: result.passes.length };
  });
  await context.close();
  return { width, ...seen, complaints, requests, ...found };
}

try {
  const pages = [];
  for (const screen of screens) pages.push(await look(screen));
  console.log(JSON.stringify({ browser: browser.version(), pages }));
} finally {
  await browser.close();
}
