// The part of the report that answers by itself: settings, a map, and a table of the same numbers.
//
// It is given everything in one piece of data (src/live/mod.rs) and asks nothing of the network. Numbers are whole until they are
// written, and are rounded as the program rounds them (src/locale.rs).
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

  // A share with one decimal, never rounded to nothing, to everything, or up to a goal that is missed.
  function share({ covered, total }, ppm) {
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

  // One figure per area, and the one of all together.
  function figures({ world, unit, settlement, goal }) {
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
    if (ppm === null || figure.total === 0) return { ...figure, met: null, lacking: 0, points: 0 };
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
      value: (row) => row[name],
      text: (row, { unitWords }) => count(row[name], unitWords),
    }));
    const shares = {
      name: "share",
      value: (row) => (row.total === 0 ? -1 : row.covered / row.total),
      text: (row, setting) => share(row, setting.ppm),
    };
    if (ppm === null) return [...counts, shares];
    const or = (row, text) => (row.met === null ? "–" : text);
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
    const held = rows.filter((row) => row.code !== "" || row.total > 0);
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
    if (row.total === 0) return fill(words["nothing-said"], { name });
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
    return `${first} ${said(words.said, rows.all, words.total, setting)}`.trim();
  }

  // ---- The map

  const stage = element("live-stage");
  let map = null;
  let tried = false;
  let paintMap = () => {};
  let showArea = () => {};

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
      const fills = rows.map((row) => (row.total === 0 ? nothing : data.palette[list.length][classOf(row, list)]));
      const dark = fills.map((colour) => luminance(colour) < 0.18);
      const missing = (wanted) => rows.filter(({ met, area }) => met === false && dark[area] === wanted);
      const [onLight, onDark] = [false, true].map((wanted) => among(missing(wanted).map(({ area }) => area)));
      return { fills, dark, onLight, onDark };
    };
    const first = looks(classes.list);
    const lines = (id, filter) => ({ id, type: "fill", source: "areas", filter, paint: { "fill-pattern": id } });
    stage.hidden = false;
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
    document.documentElement.classList.add("mapped");
    map.once("error", giveUp);
    map.on("styleimagemissing", ({ id }) => {
      if (!map.hasImage(id)) map.addImage(id, hatch(`${id === "on-dark" ? paper : ink}66`), { pixelRatio: 2 });
    });
    map.keyboard.disableRotation();
    map.touchZoomRotate.disableRotation();
    map.once("load", () => {
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

    let pointed = null;
    const readout = element("live-readout");
    const read = () => {
      const area = pointed ?? selected;
      const row = rows.find((r) => r.area === area);
      readout.textContent = row ? said(words.readout, row, row.name, settings()) : words.keys;
    };
    map.on("mousemove", "fill", (event) => {
      pointed = event.features[0].properties.area;
      map.getCanvas().style.cursor = "pointer";
      read();
    });
    map.on("mouseleave", "fill", () => {
      pointed = null;
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
    for (let i = list.length; i >= 0; i -= 1) {
      lines.push(entry("", `background:${colours[i]}`, sentence(label(i))));
      if (ppm !== null && list[i - 1] === ppm) lines.push(make("li", { class: "mark" }, fill(words.mark, { share: aim.share })));
    }
    if (rows.some((row) => row.met === false)) lines.push(entry("hatched", "", fill(words.missed, { share: aim.share })));
    if (rows.some((row) => row.code !== "" && row.total === 0)) {
      lines.push(entry("", `background:${data.colours.nothing}`, words.nothing));
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
    const shared = rows.filter((row) => row.total > 0 && row.code !== "").map(ppmOf);
    const [low, high] = shared.length ? [Math.min(...shared), Math.max(...shared)] : [0, 0];
    const classes = { list: breaks(setting.ppm, low, high) };
    paintTable(setting);
    element("live-caption").textContent = caption(setting);
    element("live-said").textContent = summary(setting);
    if (map) paintMap(setting, classes);
    else if (!tried) openMap(setting, classes);
    tried = true;
    if (map) paintLegend(setting, classes);
  }

  element("live").hidden = false;
  // A table that is longer than a screen scrolls by itself, with its head and its sum in sight.
  table.parentElement.classList.toggle("long", data.areas.length > 20);
  const aims = selects.goal;
  aims.value = String(data.start.goal);
  selects.unit.value = String(data.start.unit);
  for (const select of Object.values(selects)) select?.addEventListener("change", update);
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
})();
