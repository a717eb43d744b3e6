"use strict";

// One number of a grid: 16-bit steps from its least to its greatest; 65535 is "nothing".
function decoded(column) {
  const text = atob(column.bytes);
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const steps = new DataView(bytes.buffer);
  const values = new Array(bytes.length / 2);
  for (let i = 0; i < values.length; i++) {
    const step = steps.getUint16(2 * i, true);
    values[i] = step === 65535 ? null : column.low + column.scale * step;
  }
  return values;
}

class Page {
  constructor(packed) {
    this.packed = packed;
    this.section = document.getElementById(packed.key);
    this.number = Object.fromEntries(packed.sliders.map((slider, i) => [slider.name, i]));
    this.at = packed.sliders.map((slider) => slider.start);
    this.inputs = packed.sliders.map((slider) => document.getElementById(`${packed.key}-${slider.name}`));
    this.datasets = Object.entries(packed.datasets).map(([name, data]) => ({
      name, over: data.over, rows: data.rows,
      columns: Object.entries(data.values).map(([column, values]) => [column, values.rows, decoded(values)]),
    }));
    this.views = [];
    this.listen();
  }

  async draw() {
    const places = this.section.querySelectorAll(".chart");
    for (const [i, chart] of this.packed.charts.entries()) {
      const config = { font: "system-ui, sans-serif", axis: { labelFontSize: 13, titleFontSize: 13, titleFontWeight: "normal", aria: false },
        legend: { labelFontSize: 13, symbolStrokeWidth: 4, aria: false }, text: { fontSize: 13 }, mark: { aria: false } };
      const datasets = Object.fromEntries(this.datasets.map((data) => [data.name, this.rows(data)]));
      const { view } = await vegaEmbed(places[i], { ...chart, datasets }, { mode: "vega-lite", renderer: "svg", actions: false, config });
      const names = Object.keys(view.getState({ data: (name) => name }).data || {});
      const caption = places[i].previousElementSibling.textContent;
      this.views.push({ view, names, caption });
    }
    this.show();
  }

  listen() {
    this.inputs.forEach((input, i) => {
      input.addEventListener("input", () => { this.stop(); this.at[i] = Number(input.value); this.show(); });
    });
    this.section.querySelectorAll(".preset").forEach((button, i) => {
      button.addEventListener("click", () => { this.stop(); this.set(this.packed.presets[i]); });
    });
    this.section.querySelector(".reset").addEventListener("click", () => { this.stop(); this.set({}); });
    this.button = this.section.querySelector(".play");
    if (this.button) this.button.addEventListener("click", () => (this.timer ? this.stop() : this.play()));
  }

  set(preset) {
    this.at = this.packed.sliders.map((slider) =>
      slider.name in preset ? preset[slider.name] : slider.start);
    this.show();
  }

  play() {
    const i = this.packed.sliders.findIndex((slider) => slider.plays);
    const last = this.packed.sliders[i].texts.length - 1;
    this.at[i] = this.at[i] === last ? 0 : this.at[i];
    this.button.textContent = "❚❚ Pause";
    this.button.setAttribute("aria-pressed", "true");
    this.show();
    this.timer = setInterval(() => {
      if (this.at[i] === last) { this.stop(); return; }
      this.at[i] += 1;
      this.show();
    }, 900);
  }

  stop() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.button.textContent = "▶ Play";
    this.button.setAttribute("aria-pressed", "false");
  }

  // Where in a grid over some sliders the present position lies.
  place(over) {
    return over.reduce((at, name) => {
      const i = this.number[name];
      return at * this.packed.sliders[i].texts.length + this.at[i];
    }, 0);
  }

  rows(data) {
    const from = this.place(data.over);
    const n = data.columns[0][1];
    return Array.from({ length: n }, (_, i) => {
      const row = {};
      for (const [name, column] of Object.entries(data.rows)) row[name] = column[i];
      for (const [name, , values] of data.columns) row[name] = values[from * n + i];
      return row;
    });
  }

  show() {
    this.packed.sliders.forEach((slider, i) => {
      const input = this.inputs[i];
      input.value = this.at[i];
      if (input.type !== "range") return;
      input.setAttribute("aria-valuetext", slider.texts[this.at[i]]);
      input.parentElement.querySelector("output").textContent = slider.texts[this.at[i]];
    });
    const told = this.packed.sentences;
    const answer = told.texts[this.place(told.over)];
    this.section.querySelector(".answer").textContent = answer;
    for (const data of this.datasets) {
      const rows = this.rows(data);
      for (const { view, names } of this.views) if (names.includes(data.name)) view.data(data.name, rows);
    }
    for (const { view, caption } of this.views) {
      view.run();
      view.container().querySelector("svg").setAttribute("aria-label", `${caption}. ${answer}`);
    }
  }
}

const pages = JSON.parse(document.getElementById("pages").textContent).map((packed) => new Page(packed));
// `ready` tells tests, and anyone who prints the page, that all charts are there.
window.ready = pages.reduce((before, page) => before.then(() => page.draw()), Promise.resolve());
