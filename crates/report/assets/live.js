// The part of the report that answers by itself: settings, a map, and a table of the same numbers.
//
// It is given everything in one piece of data (src/live/mod.rs) and asks nothing of the network. In the internal edition it counts;
// in the public one it looks up what is published, and a number that is kept back is null. Numbers are whole until they are written,
// and are rounded as the program rounds them (src/locale.rs).
"use strict";
(() => {
  const element = (id) => document.getElementById(id);
  const data = JSON.parse(element("live-data").textContent);
  const { words, numbers } = data;
  performance.mark("live-begins");

  // ---- Words and numbers

  const fill = (text, values) => text.replace(/\{([a-z-]+)\}/g, (all, name) => values[name] ?? all);
  const sentence = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
  const digits = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, numbers.thousands);
  const tenths = (number) => digits(number / 10n) + numbers.decimal + String(number % 10n);
  const few = numbers.below + tenths(1n);

  // A number that the public edition keeps back is null.
  const kept = ({ covered, total }) => covered === null || total === null;
  const empty = (figure) => kept(figure) || figure.total === 0;

  // A share with one decimal, never rounded to nothing, to everything, or up to a goal that is missed.
  function share({ covered, total }, ppm) {
    if (kept({ covered, total })) return words.kept;
    if (total === 0) return "–";
    const [part, whole] = [BigInt(covered), BigInt(total)];
    const floor = (part * 1000n) / whole;
    const nearest = (part * 2000n + whole) / (whole * 2n);
    const looksMet = (rounded) =>
      ppm !== null && part * 1000000n < BigInt(ppm) * whole && rounded * 1000n >= BigInt(ppm);
    if (covered > 0 && nearest === 0n) return few + numbers.percent;
    const rounded = (covered < total && nearest >= 1000n) || looksMet(nearest) ? floor : nearest;
    if (!looksMet(rounded)) return tenths(rounded) + numbers.percent;
    const fine = (part * 100000n) / whole;
    return fine / 1000n + numbers.decimal + String(fine % 1000n).padStart(3, "0") + numbers.percent;
  }

  // A count of a unit that may be kept in parts, and one that is lacking: that many whole ones are needed.
  function count(parts, { scale }) {
    if (parts === null) return words.kept;
    if (parts % scale === 0) return digits(parts / scale);
    return tenths((BigInt(parts) * 10n + BigInt(scale) / 2n) / BigInt(scale));
  }
  const lackingText = (parts, { scale }) => digits(Math.ceil(parts / scale));
  const units = (parts, unit) => (parts === unit.scale ? unit.one : unit.many);

  function points(number) {
    const rounded = Math.round(number * 10);
    return rounded === 0 && number > 1e-9 ? few : tenths(BigInt(rounded));
  }

  // ---- Figures

  const needed = (total, ppm) => Number((BigInt(total) * BigInt(ppm) + 999999n) / 1000000n);

  // One figure per area, and the one of all together: as they are published, or counted here.
  const figures = (setting) => (data.counted.published ? published(setting) : counted(setting));

  function published({ world, unit, settlement, goal }) {
    const { rows } = data.counted.published;
    const { settlements, units, speeds, goals } = data;
    const of = (area) => {
      const [total, unmatched, ...parts] = rows[(area * settlements.length + settlement) * units.length + unit];
      const part = parts[world * speeds.length + goals[goal].speed];
      if (Array.isArray(part)) return { total, covered: part[0], missing: part[1], unmatched };
      return { total, covered: part, missing: part === null ? null : total - unmatched - part, unmatched };
    };
    return { all: of(0), areas: data.areas.map((_, area) => of(area + 1)) };
  }

  function counted({ world, unit, settlement, goal }) {
    const { signatures, groups } = data.counted.tally;
    const speed = data.goals[goal].speed;
    const none = () => ({ total: 0, covered: 0, missing: 0, unmatched: 0 });
    const [all, areas] = [none(), data.areas.map(none)];
    const answers = signatures.map((signature) => {
      const sign = signature[world];
      if (sign === "-") return "unmatched";
      return parseInt(sign, 36) > speed ? "covered" : "missing";
    });
    const wanted = data.settlements[settlement].number;
    for (const group of groups) {
      if (wanted !== null && group[1] !== wanted) continue;
      for (let at = 2; at < group.length; at += data.units.length + 1) {
        const [answer, sum] = [answers[group[at]], group[at + 1 + unit]];
        for (const figure of [all, areas[group[0]]]) {
          figure.total += sum;
          figure[answer] += sum;
        }
      }
    }
    return { all, areas };
  }

  // What a figure says of a goal: how much is lacking, in parts of the unit and in percentage points.
  function judge(figure, ppm) {
    if (ppm === null || empty(figure)) return { ...figure, met: null, lacking: 0, points: 0 };
    const lacking = Math.max(0, needed(figure.total, ppm) - figure.covered);
    const gap = lacking > 0 ? ppm / 10000 - 100 * (figure.covered / figure.total) : 0;
    return { ...figure, met: lacking === 0, lacking, points: gap };
  }

  // ---- Classes of the map: round numbers around the goal, which is itself a break

  const PER_CENT = 10000;
  const WHOLE = 1000000;
  const STEPS = [1, 2, 5, 10, 20, 25].map((n) => n * PER_CENT);
  const upTo = (n) => Array.from({ length: Math.max(0, n) }, (_, i) => i + 1);

  function breaks(goal, low, high) {
    const coarsest = STEPS[5];
    if (goal === null) {
      const step = STEPS.find((s) => Math.floor(high / s) - Math.floor(low / s) < 5) ?? coarsest;
      const first = Math.floor(low / step);
      return upTo(5).map((i) => (first + i) * step).filter((b) => b <= high && b < WHOLE);
    }
    let below = [];
    if (low < goal) {
      const step = STEPS.find((s) => Math.max(0, goal - 4 * s) <= low) ?? coarsest;
      below = [3, 2, 1].map((i) => goal - i * step).filter((b) => b > low);
    }
    const room = 4 - below.length;
    let above = [];
    if (high > goal) {
      const finest = goal <= 90 * PER_CENT ? 5 * PER_CENT : PER_CENT;
      const step = STEPS.find((s) => s >= finest && goal + (room + 1) * s > high) ?? coarsest;
      above = upTo(room).map((i) => goal + i * step).filter((b) => b <= high && b < WHOLE);
    }
    return [...below, goal, ...above];
  }

  const ppmOf = ({ covered, total }) => Number((BigInt(covered) * 1000000n) / BigInt(total));
  const classOf = (figure, list) =>
    list.filter((b) => BigInt(figure.covered) * 1000000n >= BigInt(b) * BigInt(figure.total)).length;

  // ---- Squares: who lacks what, and where

  // Every square in which anybody lacks it or cannot be assessed, by the first settings of a page: all settlement, no scenario.
  function squareFigures({ world, unit, aim }) {
    const { side, speeds, signatures, list } = data.squares;
    const speed = speeds.indexOf(aim.speed);
    const answers = signatures.map((signature) => {
      const sign = signature[world];
      if (sign === "-") return "unmatched";
      return parseInt(sign, 36) > speed ? "covered" : "missing";
    });
    const found = [];
    let [east, north] = [0, 0];
    for (const numbers of list) {
      east += numbers[0];
      north += numbers[1];
      const figure = { easting: east * side, northing: north * side, total: 0, covered: 0, missing: 0, unmatched: 0 };
      for (let at = 2; at < numbers.length; at += data.units.length + 1) {
        const sum = numbers[at + 1 + unit];
        figure.total += sum;
        figure[answers[numbers[at]]] += sum;
      }
      if (figure.missing + figure.unmatched > 0) found.push(figure);
    }
    return found;
  }

  // A square's name is Statistics Sweden's: its lower left corner.
  const cellName = ({ easting, northing }) => {
    const part = (number, width) => (number < 0 ? "-" : "") + String(Math.abs(number)).padStart(width, "0");
    return fill(words.square, { cell: part(easting, 6) + part(northing, 7) });
  };
  const SQUARES = [5, 20, 100, 500];
  const MOST_SQUARES = 5;

  // ---- Places that lack something: dots in a file beside the page, which it reads piece by piece

  // Numbers of seven bits in each byte, the lowest first, as directories and tiles have them.
  function reader(bytes) {
    let at = 0;
    const number = () => {
      let [sum, weight] = [0, 1];
      for (;;) {
        const byte = bytes[at++];
        sum += (byte & 127) * weight;
        if (byte < 128) return sum;
        weight *= 128;
      }
    };
    const take = (length) => bytes.subarray(at, (at += length));
    // Calls for every field of a message with its number, and what it holds.
    const fields = (each) => {
      while (at < bytes.length) {
        const key = number();
        const kind = key & 7;
        each(key >>> 3, kind === 0 ? number() : take(kind === 2 ? number() : kind === 1 ? 8 : 4));
      }
    };
    return { number, fields, more: () => at < bytes.length };
  }

  function directoryOf(bytes) {
    const { number } = reader(bytes);
    const list = Array.from({ length: number() }, () => ({}));
    let id = 0;
    for (const entry of list) entry.id = id += number();
    for (const entry of list) entry.run = number();
    for (const entry of list) entry.length = number();
    let end = 0;
    for (const entry of list) {
      const offset = number();
      entry.offset = offset === 0 ? end : offset - 1;
      end = entry.offset + entry.length;
    }
    return list;
  }

  // The number of a tile among all of all zoom levels: along Hilbert's curve.
  function tileId(zoom, x, y) {
    let id = 0;
    for (let level = 0; level < zoom; level += 1) id += 4 ** level;
    for (let half = 2 ** (zoom - 1); half >= 1; half /= 2) {
      const [right, lower] = [(x & half) !== 0, (y & half) !== 0];
      id += half * half * (lower ? (right ? 2 : 1) : right ? 3 : 0);
      [x, y] = [x & (half - 1), y & (half - 1)];
      if (!lower) [x, y] = right ? [half - 1 - y, half - 1 - x] : [y, x];
    }
    return id;
  }

  // The dots of a tile: where on it, for how many places each stands, and what they have.
  function dotsOf(bytes, keys) {
    const dots = [];
    const text = new TextDecoder();
    reader(bytes).fields((field, layer) => {
      if (field !== 3) return;
      const [names, values, features] = [[], [], []];
      let extent = 4096;
      reader(layer).fields((part, held) => {
        if (part === 2) features.push(held);
        if (part === 3) names.push(text.decode(held));
        if (part === 4) {
          reader(held).fields((kind, value) => {
            if (kind === 1) values.push(text.decode(value));
            else if (kind === 3) values.push(new DataView(value.buffer, value.byteOffset, 8).getFloat64(0, true));
            else values.push(value);
          });
        }
        if (part === 5) extent = held;
      });
      for (const feature of features) {
        const said = {};
        let point = null;
        reader(feature).fields((part, held) => {
          const { number, more } = reader(part === 3 ? new Uint8Array() : held);
          if (part === 2) while (more()) said[names[number()]] = values[number()];
          if (part === 4) {
            number();
            point = [number() / 2 / extent, number() / 2 / extent];
          }
        });
        dots.push({ point, places: said.places, settlement: said.settlement ?? "", best: keys.map((key) => said[key] ?? -1) });
      }
    });
    return dots;
  }

  // Where Mercator's map lies in the study's coordinates: cubics between the crossings of a lattice.
  function studyPlace({ bounds, stretches, eastings, northings }) {
    const whole = (steps) => {
      let sum = 0;
      return steps.map((step) => (sum += step) / 100);
    };
    const [east, north] = [whole(eastings), whole(northings)];
    const weights = (part) => {
      const first = Math.max(0, Math.min(stretches - 3, Math.floor(part) - 1));
      const at = part - first;
      const weight = (i) => [0, 1, 2, 3].reduce((product, j) => (i === j ? product : (product * (at - j)) / (i - j)), 1);
      return [first, [0, 1, 2, 3].map(weight)];
    };
    return (x, y) => {
      const [column, across] = weights(((x - bounds[0]) / (bounds[2] - bounds[0])) * stretches);
      const [row, down] = weights(((y - bounds[1]) / (bounds[3] - bounds[1])) * stretches);
      const sum = (list) =>
        down.reduce(
          (all, weight, i) =>
            all + weight * across.reduce((part, w, j) => part + w * list[(row + i) * (stretches + 1) + column + j], 0),
          0,
        );
      return [sum(east), sum(north)];
    };
  }

  // An opened file of dots; an error when it is not the one of this report.
  async function openArchive(file) {
    const bytes = async (from, length) => new Uint8Array(await file.slice(from, from + length).arrayBuffer());
    const unpacked = async (from, length) => {
      const packed = file.slice(from, from + length).stream();
      return new Uint8Array(await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
    };
    const head = new DataView((await bytes(0, 127)).buffer);
    const long = (at) => Number(head.getBigUint64(at, true));
    const magic = String.fromCharCode(...new Uint8Array(head.buffer, 0, 7));
    // Written by us: version 3, directories in gzip's form, vector tiles as they are.
    if (magic !== "PMTiles" || [7, 97, 98, 99].map((at) => head.getUint8(at)).join() !== "3,2,1,1") throw new Error(file.name);
    const about = JSON.parse(new TextDecoder().decode(await unpacked(long(24), long(32)))).nittio;
    if (about?.places !== data.dots || about.keys.length !== data.definitions) throw new Error(file.name);
    const root = directoryOf(await unpacked(long(8), long(16)));
    const leaves = new Map();
    const within = async (entries, id) => {
      const entry = entries.findLast((e) => e.id <= id);
      if (!entry) return null;
      if (entry.run > 0) return id < entry.id + entry.run ? entry : null;
      if (!leaves.has(entry.id)) leaves.set(entry.id, directoryOf(await unpacked(long(40) + entry.offset, entry.length)));
      return within(leaves.get(entry.id), id);
    };
    const kept = new Map();
    const tile = async (zoom, x, y) => {
      const id = tileId(zoom, x, y);
      if (!kept.has(id)) {
        const entry = await within(root, id);
        const dots = entry ? dotsOf(await bytes(long(56) + entry.offset, entry.length), about.keys) : [];
        const size = 2 ** zoom;
        dots.forEach((dot) => (dot.at = [(x + dot.point[0]) / size, (y + dot.point[1]) / size]));
        if (kept.size > 100) kept.delete(kept.keys().next().value);
        kept.set(id, dots);
      }
      return kept.get(id);
    };
    return { tile, closest: head.getUint8(101), bounds: about.lattice.bounds, place: studyPlace(about.lattice), all: await tile(0, 0, 0) };
  }

  // ---- Settings

  const selects = Object.fromEntries(
    ["goal", "definition", "unit", "settlement", "scenario"].map((name) => [name, element(`live-${name}`)]),
  );
  const chosen = (name) => Number(selects[name]?.value ?? 0);

  function settings() {
    const scenario = selects.scenario?.value ?? "";
    const world = scenario === "" ? chosen("definition") : Number(scenario);
    const setting = { world, unit: chosen("unit"), settlement: chosen("settlement"), goal: chosen("goal") };
    const aim = data.goals[setting.goal];
    const ppm = aim.ppm !== null && aim.units.includes(setting.unit) ? aim.ppm : null;
    return { ...setting, aim, ppm, unitWords: data.units[setting.unit], worldWords: data.worlds[world] };
  }

  // ---- The table

  const table = element("live-table");
  const order = { column: "area", down: false };
  let rows = [];
  let selected = null;

  function columns({ ppm }) {
    const counts = ["total", "covered", "missing", "unmatched"].map((name) => ({
      name,
      value: (row) => row[name] ?? -1,
      text: (row, { unitWords }) => count(row[name], unitWords),
    }));
    const shares = {
      name: "share",
      value: (row) => (empty(row) ? -1 : row.covered / row.total),
      text: (row, setting) => share(row, setting.ppm),
    };
    if (ppm === null) return [...counts, shares];
    const or = (row, text) => (row.met !== null ? text : kept(row) ? words.kept : "–");
    return [
      ...counts,
      shares,
      { name: "units", value: (row) => row.lacking, text: (row, s) => or(row, lackingText(row.lacking, s.unitWords)) },
      { name: "points", value: (row) => row.points, text: (row) => or(row, row.met ? "0" : points(row.points)) },
      { name: "status", value: (row) => (row.met === null ? -1 : Number(row.met)), status: true },
    ];
  }

  function make(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function cell(column, row, setting) {
    if (!column.status) return make("td", { class: "num" }, column.text(row, setting));
    if (kept(row)) return make("td", {}, words.kept);
    const [kind, sign, word] =
      row.met === null
        ? ["unknown", "–", words.unmeasured]
        : row.met
          ? ["met", "✓", words.met]
          : ["missed", "✗", words["not-met"]];
    return make("td", { class: `status ${kind}` }, make("span", { "aria-hidden": "true" }, sign), ` ${word}`);
  }

  function head(name, number) {
    const sorted = order.column === name;
    const button = make("button", { type: "button", class: "sort" }, words[`column-${name}`]);
    button.addEventListener("click", () => {
      // Numbers begin with the highest.
      order.down = sorted ? !order.down : number;
      order.column = name;
      paintTable(settings());
      table.querySelector(`th[data-column="${name}"] button`).focus();
    });
    const sort = sorted ? { "aria-sort": order.down ? "descending" : "ascending" } : {};
    return make("th", { scope: "col", class: number ? "num" : "", "data-column": name, ...sort }, button);
  }

  function paintTable(setting) {
    const list = columns(setting);
    if (order.column !== "area" && !list.some((column) => column.name === order.column)) order.column = "area";
    const by = list.find((column) => column.name === order.column);
    // Places in none of the areas have a row where there are any.
    const held = rows.filter((row) => row.code !== "" || row.total !== 0);
    const sorted = held.sort((a, b) => {
      const difference = by ? by.value(a) - by.value(b) : 0;
      return (order.down ? -1 : 1) * (difference || a.area - b.area);
    });
    const names = [head("area", false), ...list.map((column) => head(column.name, !column.status))];
    const line = (row, title) => make("tr", {}, title, ...list.map((column) => cell(column, row, setting)));
    const body = sorted.map((row) => {
      const button = make("button", { type: "button", class: "area" }, row.name);
      button.addEventListener("click", () => select(row.area));
      const made = line(row, make("th", { scope: "row" }, button));
      made.dataset.area = row.area;
      made.dataset.code = row.code;
      return made;
    });
    table.tHead.replaceChildren(make("tr", {}, ...names));
    table.tBodies[0].replaceChildren(...body);
    table.tFoot.replaceChildren(line(rows.all, make("th", { scope: "row" }, words.total)));
    markRow();
  }

  function markRow() {
    for (const row of table.tBodies[0].rows) {
      if (Number(row.dataset.area) === selected) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  // ---- What can be shown besides areas

  const drawn = data.sketch?.layers ?? [];
  const layers = { squares: element("live-layer-squares"), dots: element("live-layer-dots") };
  drawn.forEach((_, number) => (layers[`drawn-${number}`] = element(`live-layer-${number}`)));
  const on = (name) => Boolean(layers[name]?.checked);
  const anyOn = () => Object.keys(layers).some(on);

  // The legend of where networks are, and how large that is.
  function paintDrawn() {
    const key = element("live-drawn-key");
    if (!key) return;
    const shown = drawn.map((layer, number) => ({ ...layer, number })).filter(({ number }) => on(`drawn-${number}`));
    key.hidden = shown.length === 0;
    const entry = ({ name, size, colour, ready }) => {
      const line = make("i", { style: `border-color:${colour}`, "aria-hidden": "true" });
      return make("li", { class: ready ? "drawn" : "drawn planned" }, line, size ? `${name}: ${size}` : name);
    };
    element("live-drawn-list").replaceChildren(...shown.map(entry));
    element("live-drawn").textContent = fill(words.drawn, { n: digits(Math.round(data.sketch.step * 2)) });
  }

  // The squares as things are set; none when they are not shown or cannot be.
  function squaresNow(setting) {
    const told = setting.worldWords.base === null && data.settlements[setting.settlement].number === null;
    return on("squares") && told ? squareFigures(setting) : [];
  }

  // Places of the file that lack what is asked for.
  let archive = null;
  const dotsTold = (setting) => archive && on("dots") && setting.worldWords.base === null;
  const lacksIt = (setting) => {
    const { mbps } = data;
    const wanted = data.settlements[setting.settlement].key;
    return (dot) => dot.best[setting.world] < mbps[setting.aim.speed] && (wanted === "" || dot.settlement === wanted);
  };

  function sayDots(setting) {
    const line = element("live-dots-said");
    if (!line || !archive) return;
    const { aim, worldWords } = setting;
    if (!on("dots")) return void (line.textContent = "");
    if (!dotsTold(setting)) return void (line.textContent = words["dots-only"]);
    const n = archive.all.filter(lacksIt(setting)).reduce((sum, { places }) => sum + places, 0);
    const values = { n: digits(n), property: data.speeds[aim.speed], profile: worldWords.definition.toLowerCase() };
    line.textContent = `${fill(words["dots-said"], values)} ${words["dots-many"]}`;
  }

  async function takeDots(file) {
    if (!file) return;
    const line = element("live-dots-said");
    try {
      archive = await openArchive(file);
    } catch {
      line.textContent = fill(words["dots-wrong"], { name: file.name });
      return;
    }
    element("live-layer-dots-line").hidden = false;
    layers.dots.checked = true;
    update();
  }

  // The table that says what squares show: how many there are, and those where most lack it.
  function paintSquares(setting, list) {
    const box = element("live-squares");
    if (!box) return;
    box.hidden = !on("squares");
    box.figures = list;
    if (box.hidden) return;
    const { aim, unitWords, worldWords, settlement } = setting;
    const told = worldWords.base === null && data.settlements[settlement].number === null;
    const lacking = list.filter(({ missing }) => missing > 0);
    const values = {
      n: digits(lacking.length),
      side: data.squares.label,
      units: unitWords.many,
      property: data.speeds[aim.speed],
      profile: worldWords.definition.toLowerCase(),
    };
    const about = !told ? words["squares-only"] : lacking.length ? words["squares-caption"] : words["squares-none"];
    element("live-squares-c").textContent = sentence(fill(about, values));
    const [head, body] = [box.querySelector("thead"), box.querySelector("tbody")];
    const first = lacking
      .sort((a, b) => b.missing - a.missing || a.easting - b.easting || a.northing - b.northing)
      .slice(0, MOST_SQUARES);
    const names = ["total", "missing", "unmatched"];
    const heads = [words["column-square"], ...names.map((name) => words[`column-${name}`])];
    const title = (text, i) => make("th", { scope: "col", class: i ? "num" : "" }, text);
    head.replaceChildren(...(first.length ? [make("tr", {}, ...heads.map(title))] : []));
    const line = (square) => {
      const button = make("button", { type: "button", class: "area" }, cellName(square));
      button.addEventListener("click", () => showSquare(square));
      const cells = names.map((name) => make("td", { class: "num" }, count(square[name], unitWords)));
      return make("tr", {}, make("th", { scope: "row" }, map ? button : cellName(square)), ...cells);
    };
    body.replaceChildren(...first.map(line));
  }

  // ---- What is said

  function caption({ aim, unitWords, worldWords, settlement }) {
    const parts = [
      fill(words.caption, {
        units: unitWords.all,
        property: data.speeds[aim.speed],
        date: worldWords.date,
        profile: worldWords.definition.toLowerCase(),
      }),
    ];
    if (worldWords.base !== null) parts.push(fill(words["with-scenario"], { scenario: worldWords.name }));
    const where = data.settlements[settlement];
    if (where.number !== null) parts.push(fill(words["with-settlement"], { settlement: where.name.toLowerCase() }));
    return sentence(parts.join(" "));
  }

  function left(row, { unitWords, ppm }) {
    if (ppm === null || row.lacking === 0) return "";
    const n = `${lackingText(row.lacking, unitWords)} ${units(row.lacking, unitWords)}`;
    return ` ${fill(words.left, { n })}`;
  }

  function said(template, row, name, setting) {
    if (kept(row)) return fill(words["kept-said"], { name });
    if (row.total === 0) return fill(words["nothing-said"], { name });
    if (row.missing === null) return fill(words["share-said"], { name, share: share(row, setting.ppm) }) + left(row, setting);
    const missing = `${count(row.missing, setting.unitWords)} ${units(row.missing, setting.unitWords)}`;
    return fill(template, { name, share: share(row, setting.ppm), missing }) + left(row, setting);
  }

  function summary(setting) {
    const { aim, ppm, unitWords } = setting;
    const judged = rows.filter((row) => row.code !== "" && row.met !== null);
    const met = judged.filter((row) => row.met).length;
    const first =
      ppm !== null
        ? fill(words.reached, { met: digits(met), all: digits(judged.length), goal: aim.short })
        : aim.ppm !== null
          ? fill(words["other-unit"], { units: unitWords.all })
          : "";
    const held = rows.filter((row) => row.code !== "");
    const back = held.filter(kept).length;
    const second = back > 0 ? ` ${fill(words["kept-areas"], { n: digits(back), all: digits(held.length) })}` : "";
    return `${first}${second} ${said(words.said, rows.all, words.total, setting)}`.trim();
  }

  // ---- The map

  const stage = element("live-stage");
  let map = null;
  let [first, due, painted] = [true, false, false];
  let paintMap = () => {};
  let showArea = () => {};
  let showSquare = () => {};
  let paintLayers = () => {};

  // The grid is put on the globe where Mercator's map shows it just as it is: the study's own map, not Mercator's.
  function globe({ width, height }) {
    const scale = 0.2 / Math.max(width, height);
    return (x, y) => {
      const [east, south] = [(x - width / 2) * scale, (y - height / 2) * scale];
      return [east * 360, (Math.atan(Math.sinh(-2 * Math.PI * south)) * 180) / Math.PI];
    };
  }

  function ringsOf(outline, place) {
    return outline.polygons.map((rings) =>
      rings.map((steps) => {
        const ring = [];
        let [x, y] = [0, 0];
        for (let i = 0; i < steps.length; i += 2) {
          x += steps[i];
          y += steps[i + 1];
          ring.push(place(x, y));
        }
        return [...ring, ring[0]];
      }),
    );
  }

  function boundsOf(polygons) {
    const all = polygons.flat(2);
    const [east, north] = [0, 1].map((i) => all.map((p) => p[i]));
    const least = (list) => list.reduce((a, b) => Math.min(a, b));
    const most = (list) => list.reduce((a, b) => Math.max(a, b));
    return [
      [least(east), least(north)],
      [most(east), most(north)],
    ];
  }

  // Lines for areas that miss the goal, half way between what they lie on and ink or paper.
  function hatch(colour) {
    const size = 16;
    const canvas = make("canvas", { width: size, height: size });
    const pen = canvas.getContext("2d");
    pen.strokeStyle = colour;
    pen.lineWidth = 1.8;
    for (const shift of [-size, 0, size]) {
      pen.beginPath();
      pen.moveTo(shift - 2, size + 2);
      pen.lineTo(shift + size + 2, -2);
      pen.stroke();
    }
    return pen.getImageData(0, 0, size, size);
  }

  // Draws the areas where the map will stand, so that there is something to see while it is made ready.
  function drawFirst(list) {
    const { width, height, areas } = data.outlines;
    const svg = (name, attributes) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      return made;
    };
    const sketch = svg("svg", { id: "live-first", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    for (const { area, polygons } of areas) {
      const ring = ([x, y, ...steps]) => `M${x} ${y}l${steps.join(" ")}z`;
      const row = rows[area];
      const fill = empty(row) ? data.colours.nothing : data.palette[list.length][classOf(row, list)];
      sketch.append(svg("path", { d: polygons.flat().map(ring).join(""), fill, stroke: data.colours.edge }));
    }
    stage.hidden = false;
    document.documentElement.classList.add("mapped");
    element("live-map").after(sketch);
    requestAnimationFrame(() => setTimeout(() => performance.mark("live-drawn")));
  }

  // Opens the map, painted by the first settings; a browser that cannot draw it keeps the picture.
  function openMap(setting, classes) {
    const outlines = data.outlines;
    if (!outlines) return;
    const place = globe(outlines);
    const shapes = outlines.areas.map((outline) => ({ ...outline, shape: ringsOf(outline, place) }));
    shapes.forEach((shape) => (shape.bounds = boundsOf(shape.shape)));
    const whole = [place(0, outlines.height), place(outlines.width, 0)];
    // Room around it, whatever the shape of land and window.
    const room = Math.max(outlines.width, outlines.height);
    const roomy = [place(-room, outlines.height + room), place(outlines.width + room, -room)];
    // The buttons lie beside the land.
    const padding = { top: 16, bottom: 16, left: 16, right: 62 };
    const features = shapes.map(({ area, shape }) => ({
      type: "Feature",
      properties: { area },
      geometry: { type: "MultiPolygon", coordinates: shape },
    }));
    const { paper, edge, ink, nothing } = data.colours;
    const none = ["==", ["get", "area"], -1];
    const byArea = (list) => ["to-color", ["at", ["get", "area"], ["literal", list]]];
    const among = (list) => ["in", ["get", "area"], ["literal", list]];
    // Lines of two colours, so that they show on every class.
    const looks = (list) => {
      const fills = rows.map((row) => (empty(row) ? nothing : data.palette[list.length][classOf(row, list)]));
      const dark = fills.map((colour) => !anyOn() && luminance(colour) < 0.18);
      const missing = (wanted) => rows.filter(({ met, area }) => met === false && dark[area] === wanted);
      const [onLight, onDark] = [false, true].map((wanted) => among(missing(wanted).map(({ area }) => area)));
      return { fills, dark, onLight, onDark };
    };
    const first = looks(classes.list);
    const lines = (id, filter) => ({ id, type: "fill", source: "areas", filter, paint: { "fill-pattern": id } });
    const opened = () => new maplibregl.Map({
      container: "live-map",
      style: {
        version: 8,
        sources: { areas: { type: "geojson", data: { type: "FeatureCollection", features } } },
        layers: [
          { id: "paper", type: "background", paint: { "background-color": paper } },
          { id: "fill", type: "fill", source: "areas", paint: { "fill-color": byArea(first.fills), "fill-antialias": false } },
          lines("on-light", first.onLight),
          lines("on-dark", first.onDark),
          { id: "halo", type: "line", source: "areas", paint: { "line-color": paper, "line-width": shapes.length > 150 ? 0.5 : 2 } },
          { id: "edge", type: "line", source: "areas", paint: { "line-color": edge, "line-width": 0.7 } },
          { id: "chosen", type: "line", source: "areas", filter: none, layout: { "line-join": "round" }, paint: { "line-color": ink, "line-width": 3 } },
        ],
      },
      bounds: whole,
      fitBoundsOptions: { padding },
      maxBounds: roomy,
      maxZoom: 13,
      attributionControl: false,
      cooperativeGestures: true,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      fadeDuration: 0,
      locale: {
        "Map.Title": words.map,
        "CooperativeGesturesHandler.WindowsHelpText": words.ctrl,
        "CooperativeGesturesHandler.MacHelpText": words.mac,
        "CooperativeGesturesHandler.MobileHelpText": words.fingers,
      },
    });
    const giveUp = () => {
      map = null;
      element("live-first")?.remove();
      stage.hidden = true;
      element("live-no-map").hidden = false;
      document.documentElement.classList.remove("mapped");
    };
    try {
      map = opened();
    } catch {
      giveUp();
      return;
    }
    map.once("error", giveUp);
    map.on("styleimagemissing", ({ id }) => {
      if (!map.hasImage(id)) map.addImage(id, hatch(`${id === "on-dark" ? paper : ink}66`), { pixelRatio: 2 });
    });
    map.keyboard.disableRotation();
    map.touchZoomRotate.disableRotation();
    map.once("load", () => {
      element("live-first")?.remove();
      performance.mark("live-painted");
      map.off("error", giveUp);
    });
    element("live-in").addEventListener("click", () => map.zoomIn());
    element("live-out").addEventListener("click", () => map.zoomOut());
    const fit = (bounds) => map.fitBounds(bounds, { padding, maxZoom: 10 });
    element("live-whole").addEventListener("click", () => {
      map.fitBounds(whole, { padding });
      select(null);
    });
    showArea = (area) => {
      const shape = shapes.find((s) => s.area === area);
      map.setFilter("chosen", shape ? ["==", ["get", "area"], area] : none);
      if (shape) fit(shape.bounds);
    };

    // A name where it fits, largest areas first; the table says all of it to those who do not see the map.
    const size = ({ bounds: [[w, s], [e, n]] }) => (e - w) * (n - s);
    const labels = shapes
      .filter((shape) => shape.at)
      .sort((a, b) => size(b) - size(a) || a.area - b.area)
      .map((shape) => ({ ...shape, point: place(...shape.at), tag: make("span") }));
    element("live-labels").replaceChildren(...labels.map(({ tag }) => tag));
    const arrange = () => {
      const taken = [];
      const frame = map.getContainer().getBoundingClientRect();
      for (const { tag, point, bounds, width, height } of labels) {
        const { x, y } = map.project(point);
        const [west, east] = bounds.map((corner) => map.project(corner).x);
        const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
        const inside = box[0] > 0 && box[1] > 0 && box[2] < frame.width && box[3] < frame.height;
        const free = taken.every((t) => box[2] < t[0] || box[0] > t[2] || box[3] < t[1] || box[1] > t[3]);
        const shown = inside && free && east - west > width * 0.8;
        if (shown) taken.push(box);
        tag.style.visibility = shown ? "visible" : "hidden";
        tag.style.transform = `translate(${Math.round(box[0])}px, ${Math.round(box[1])}px)`;
      }
    };
    const measure = () => {
      labels.forEach((label) => ([label.width, label.height] = [label.tag.offsetWidth + 4, label.tag.offsetHeight]));
      arrange();
    };
    map.on("move", arrange);
    map.on("resize", arrange);
    document.fonts?.ready.then(measure);

    // A rule of a round length.
    const rule = element("live-scale");
    const measureRule = () => {
      const pixels = (map.project(whole[1]).x - map.project(whole[0]).x) / (outlines.width * outlines.step);
      const length = data.lengths.findLast(([metres]) => metres * pixels <= 130);
      rule.hidden = !length;
      if (!length) return;
      rule.style.width = `${length[0] * pixels}px`;
      rule.textContent = length[1];
    };
    map.on("zoom", measureRule);
    map.on("resize", measureRule);
    measureRule();

    // What lies over the areas, which are then only outlines.
    const collection = (list) => ({ type: "FeatureCollection", features: list });
    const { step, corner } = outlines;
    const at = (east, north) => place((east * data.squeeze - corner[0]) / step, (corner[1] - north) / step);
    const boxOf = ({ easting, northing }) => {
      const { side } = data.squares;
      return [at(easting, northing), at(easting + side, northing + side)];
    };
    // Where a technology is: drawn when it is first asked for.
    const paintSketch = (number) => {
      const id = `drawn-${number}`;
      const visibility = on(id) ? "visible" : "none";
      if (map.getSource(id)) {
        for (const part of ["fill", "line"]) map.setLayoutProperty(`${id}-${part}`, "visibility", visibility);
        return;
      }
      if (!on(id)) return;
      const { colour, ready, polygons } = drawn[number];
      const [origin, size] = [data.sketch.corner, data.sketch.step];
      const coordinates = ringsOf({ polygons }, (x, y) => at(origin[0] + x * size, origin[1] - y * size));
      const geometry = { type: "MultiPolygon", coordinates };
      map.addSource(id, { type: "geojson", data: { type: "Feature", properties: {}, geometry } });
      const fills = { "fill-color": colour, "fill-opacity": ready ? 0.35 : 0.12, "fill-antialias": false };
      map.addLayer({ id: `${id}-fill`, type: "fill", source: id, paint: fills }, "halo");
      const lines = { "line-color": colour, "line-width": 1.2, ...(ready ? {} : { "line-dasharray": [3, 2] }) };
      map.addLayer({ id: `${id}-line`, type: "line", source: id, paint: lines }, "halo");
    };

    // The tiles of the file that are in sight, as close as they are looked at.
    const dotsSeen = () => {
      const { bounds: [west, north, east, south], closest, place: ground } = archive;
      const seen = map.getBounds();
      const project = (x, y) => at(...ground(x, y));
      const pixels = Math.abs(map.project(project(east, south)).x - map.project(project(west, north)).x) / (east - west);
      const zoom = Math.max(0, Math.min(closest, Math.round(Math.log2(pixels / 400))));
      const found = [];
      const look = (level, x, y) => {
        const size = 2 ** level;
        const [w, e] = [Math.max(west, x / size), Math.min(east, (x + 1) / size)];
        const [n, s] = [Math.max(north, y / size), Math.min(south, (y + 1) / size)];
        if (w > e || n > s) return;
        const corners = [w, (w + e) / 2, e].flatMap((a) => [n, (n + s) / 2, s].map((b) => project(a, b)));
        const [[left, low], [right, high]] = boundsOf([[corners]]);
        if (left > seen.getEast() || right < seen.getWest() || low > seen.getNorth() || high < seen.getSouth()) return;
        if (level === zoom) found.push([level, x, y]);
        else for (const [i, j] of [[0, 0], [1, 0], [0, 1], [1, 1]]) look(level + 1, 2 * x + i, 2 * y + j);
      };
      look(0, 0, 0);
      return found;
    };
    let turn = 0;
    const paintDots = async () => {
      if (!archive) return;
      const setting = settings();
      const mine = (turn += 1);
      const tiles = dotsTold(setting) ? await Promise.all(dotsSeen().map((tile) => archive.tile(...tile))) : [];
      // Somebody has moved on meanwhile.
      if (mine !== turn) return;
      const list = tiles.flat().filter(lacksIt(setting));
      element("live-dots-said").figures = list;
      const features = list.map((dot) => ({
        type: "Feature",
        properties: { places: dot.places },
        geometry: { type: "Point", coordinates: at(...archive.place(...dot.at)) },
      }));
      if (map.getSource("dots")) map.getSource("dots").setData(collection(features));
      else {
        map.addSource("dots", { type: "geojson", data: collection(features) });
        const small = map.getContainer().clientWidth < 500 ? 0.6 : 1;
        const size = ["interpolate", ["linear"], ["ln", ["get", "places"]], 0, 2.6 * small, 7, 8 * small];
        const look = { "circle-color": missed, "circle-radius": size, "circle-stroke-color": paper, "circle-stroke-width": 0.7 };
        map.addLayer({ id: "dots", type: "circle", source: "dots", paint: look });
      }
    };
    map.on("moveend", paintDots);

    let squares = [];
    const squareFeatures = ({ unitWords }) => {
      const bounds = SQUARES.map((n) => n * unitWords.scale);
      return squares.flatMap((square, number) => {
        if (square.missing === 0) return [];
        const [[w, s], [e, n]] = boxOf(square);
        const properties = { number, class: bounds.filter((bound) => square.missing >= bound).length };
        const ring = [[w, s], [e, s], [e, n], [w, n], [w, s]];
        return [{ type: "Feature", properties, geometry: { type: "Polygon", coordinates: [ring] } }];
      });
    };
    paintLayers = async (next, list) => {
      squares = list;
      await ready;
      const bare = anyOn();
      map.setPaintProperty("fill", "fill-opacity", bare ? 0 : 1);
      for (const id of ["on-light", "on-dark"]) map.setLayoutProperty(id, "visibility", bare ? "none" : "visible");
      drawn.forEach((_, number) => paintSketch(number));
      paintDots();
      const features = collection(squareFeatures(next));
      if (map.getSource("squares")) map.getSource("squares").setData(features);
      else if (list.length) {
        map.addSource("squares", { type: "geojson", data: features, tolerance: 0 });
        const colour = ["to-color", ["at", ["get", "class"], ["literal", squareColours]]];
        const look = { "fill-color": colour, "fill-antialias": false };
        map.addLayer({ id: "squares", type: "fill", source: "squares", paint: look }, "edge");
      }
    };
    showSquare = (square) => map.fitBounds(boxOf(square), { padding: 120, maxZoom: 11 });

    let [pointed, over] = [null, null];
    const readout = element("live-readout");
    const read = () => {
      const area = pointed ?? selected;
      const row = rows.find((r) => r.area === area);
      const square = squares[over];
      if (square) {
        const { unitWords } = settings();
        const [missing, total] = [square.missing, square.total].map((parts) => count(parts, unitWords));
        readout.textContent = fill(words["square-readout"], { name: cellName(square), missing, total });
        return;
      }
      readout.textContent = row ? said(words.readout, row, row.name, settings()) : words.keys;
    };
    map.on("mousemove", "fill", (event) => {
      pointed = event.features[0].properties.area;
      const [square] = map.getLayer("squares") ? map.queryRenderedFeatures(event.point, { layers: ["squares"] }) : [];
      over = square?.properties.number ?? null;
      map.getCanvas().style.cursor = "pointer";
      read();
    });
    map.on("mouseleave", "fill", () => {
      [pointed, over] = [null, null];
      map.getCanvas().style.cursor = "";
      read();
    });
    map.on("click", "fill", (event) => select(event.features[0].properties.area, false));

    const ready = new Promise((resolve) => map.once("load", resolve));
    const write = ({ ppm }, dark) => {
      labels.forEach(({ area, tag }) => {
        tag.className = dark[area] ? "light" : "";
        tag.replaceChildren(make("b", {}, rows[area].name), make("br"), share(rows[area], ppm));
      });
      measure();
      read();
    };
    write(setting, first.dark);
    paintMap = async (next, { list }) => {
      const { fills, dark, onLight, onDark } = looks(list);
      write(next, dark);
      await ready;
      map.setPaintProperty("fill", "fill-color", byArea(fills));
      map.setFilter("on-light", onLight);
      map.setFilter("on-dark", onDark);
    };
    paintMap.read = read;
  }

  // Colours of squares, from few to many that lack it.
  const mixed = (from, to, part) => {
    const of = (colour, i) => parseInt(colour.slice(i, i + 2), 16);
    const sum = (i) => Math.round(of(from, i) * (1 - part) + of(to, i) * part);
    return `#${[1, 3, 5].map((i) => sum(i).toString(16).padStart(2, "0")).join("")}`;
  };
  const { paper, ink, missed } = data.colours;
  const squareColours = [
    ...[0.25, 0.5, 0.8].map((part) => mixed(paper, missed, part)),
    ...[0.2, 0.55].map((part) => mixed(missed, ink, part)),
  ];

  function luminance(colour) {
    const [r, g, b] = [1, 3, 5].map((i) => {
      const part = parseInt(colour.slice(i, i + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  // ---- The legend

  function paintLegend(setting, { list }) {
    const { aim, ppm, unitWords } = setting;
    const percent = (b) => String(b / PER_CENT).replace(".", numbers.decimal);
    const label = (i) => {
      const [from, to] = [list[i - 1], list[i]];
      const values = { from: `${percent(from ?? 0)}${numbers.percent}`, to: `${percent(to ?? 0)}${numbers.percent}` };
      if (to === undefined) return fill(words[from === WHOLE ? "class-all" : "class-top"], values);
      if (from === undefined) return fill(words["class-below"], values);
      return fill(words["class-between"], { ...values, from: percent(from) });
    };
    const colours = data.palette[list.length];
    const entry = (kind, style, text) => make("li", { class: kind }, make("i", { style, "aria-hidden": "true" }), text);
    const lines = [];
    const dotted = dotsTold(setting) ? [entry("dots", `background:${missed}`, fill(words["dots-legend"], { property: data.speeds[aim.speed] }))] : [];
    if (on("squares")) {
      const bounds = [null, ...SQUARES.map(digits), null];
      const text = (i) => {
        if (i === 0) return fill(words.fewer, { n: bounds[1] });
        if (bounds[i + 1] === null) return fill(words["or-more"], { n: bounds[i] });
        return `${bounds[i]}–${digits(SQUARES[i] - 1)}`;
      };
      for (let i = SQUARES.length; i >= 0; i -= 1) lines.push(entry("", `background:${squareColours[i]}`, sentence(text(i))));
      const values = { property: data.speeds[aim.speed], units: unitWords.many, side: data.squares.label };
      element("live-legend-head").textContent = fill(words["squares-legend"], values);
      element("live-legend").replaceChildren(...lines, ...dotted);
      return;
    }
    if (anyOn()) {
      element("live-legend-head").textContent = "";
      element("live-legend").replaceChildren(...dotted);
      return;
    }
    for (let i = list.length; i >= 0; i -= 1) {
      lines.push(entry("", `background:${colours[i]}`, sentence(label(i))));
      if (ppm !== null && list[i - 1] === ppm) lines.push(make("li", { class: "mark" }, fill(words.mark, { share: aim.share })));
    }
    if (rows.some((row) => row.met === false)) lines.push(entry("hatched", "", fill(words.missed, { share: aim.share })));
    const blank = rows.filter((row) => row.code !== "" && empty(row));
    if (blank.length) {
      lines.push(entry("", `background:${data.colours.nothing}`, blank.some(kept) ? words["nothing-shown"] : words.nothing));
    }
    element("live-legend-head").textContent = fill(words.legend, {
      units: unitWords.all,
      property: data.speeds[aim.speed],
    });
    element("live-legend").replaceChildren(...lines);
  }

  // ---- All together

  function select(area, move = true) {
    selected = area;
    markRow();
    const row = table.querySelector('[aria-current="true"]');
    if (map) {
      if (move || area === null) showArea(area);
      else map.setFilter("chosen", ["==", ["get", "area"], area]);
      paintMap.read();
    }
    return row;
  }

  function update() {
    const setting = settings();
    const scenario = selects.scenario?.value ?? "";
    if (selects.definition) {
      selects.definition.disabled = scenario !== "";
      if (setting.worldWords.base !== null) selects.definition.value = setting.worldWords.base;
    }
    const { all, areas } = figures(setting);
    rows = areas.map((figure, area) => ({ ...judge(figure, setting.ppm), area, ...data.areas[area] }));
    rows.all = judge(all, setting.ppm);
    const shared = rows.filter((row) => !empty(row) && row.code !== "").map(ppmOf);
    const [low, high] = shared.length ? [Math.min(...shared), Math.max(...shared)] : [0, 0];
    const classes = { list: breaks(setting.ppm, low, high) };
    paintTable(setting);
    element("live-caption").textContent = caption(setting);
    element("live-said").textContent = summary(setting);
    const squares = data.squares ? squaresNow(setting) : [];
    if (map) paintMap(setting, classes);
    else if (due && data.outlines) {
      due = false;
      openMap(setting, classes);
    } else if (first && data.outlines) drawFirst(classes.list);
    if (map && (painted || anyOn())) paintLayers(setting, squares);
    painted = Boolean(map);
    first = false;
    paintSquares(setting, squares);
    paintDrawn();
    sayDots(setting);
    if (map) paintLegend(setting, classes);
  }

  element("live").hidden = false;
  // A table that is longer than a screen scrolls by itself, with its head and its sum in sight.
  table.parentElement.classList.toggle("long", data.areas.length > 20);
  const aims = selects.goal;
  aims.value = String(data.start.goal);
  selects.unit.value = String(data.start.unit);
  for (const select of Object.values(selects)) select?.addEventListener("change", update);
  for (const layer of Object.values(layers)) layer?.addEventListener("change", update);
  const picker = element("live-dots-file");
  if (picker) {
    element("live-dots-open").addEventListener("click", () => picker.click());
    picker.addEventListener("change", () => takeDots(picker.files[0]));
    const sheet = stage.querySelector(".sheet");
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
      sheet.addEventListener(kind, (event) => {
        event.preventDefault();
        sheet.classList.toggle("over", kind === "dragenter" || kind === "dragover");
        if (kind === "drop") takeDots(event.dataTransfer.files[0]);
      });
    }
  }
  element("live-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const [field, text] = [element("live-find"), element("live-find").value.trim().toLowerCase()];
    const exact = data.areas.findIndex(({ name, code }) => text !== "" && [name.toLowerCase(), code].includes(text));
    const found = exact >= 0 || text === "" ? exact : data.areas.findIndex(({ name }) => name.toLowerCase().startsWith(text));
    const unknown = found < 0;
    field.setAttribute("aria-invalid", String(unknown));
    element("live-unknown").textContent = unknown ? words.unknown : "";
    if (unknown) return;
    const row = select(found);
    row.querySelector("button").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  });
  update();
  // The map takes a while to be made ready; what stands there already comes first.
  const then = () =>
    requestAnimationFrame(() =>
      setTimeout(() => {
        // Only now does the browser read the map's program.
        const library = element("live-library");
        if (library) document.head.append(make("script", {}, library.textContent));
        due = true;
        update();
      }),
    );
  if (document.readyState === "complete") then();
  else addEventListener("load", then, { once: true });
})();
