// [data-chart="ends" data-series="completed failed"] draws columns of the table #ends: bars, stacked in that order.
// The table is the truth and stays readable without this. Colours are the page's own, by the tone of each column.
const drawn = new Map();

function colour(name) {
  const probe = document.body.appendChild(document.createElement("span"));
  probe.style.color = `var(--${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function read(figure) {
  const table = document.getElementById(figure.dataset.chart);
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  return {
    labels: rows.map((row) => row.cells[0].textContent),
    series: figure.dataset.series.split(" ").map((name) => {
      const at = heads.findIndex((head) => head.dataset.name === name);
      return {
        name: heads[at].textContent,
        tone: heads[at].dataset.tone,
        values: rows.map((row) => Number(row.cells[at].dataset.value)),
        words: rows.map((row) => row.cells[at].textContent),
      };
    }),
  };
}

function draw(figure) {
  const { labels, series } = read(figure);
  const plot = figure.querySelector(".plot");
  const readout = figure.querySelector("[data-readout]");
  // Each bar stands on those before it, so the last is drawn first and the first over all of them.
  const sums = series.map((_one, upTo) => labels.map((_label, at) => series.slice(0, upTo + 1).reduce((sum, one) => sum + one.values[at], 0)));
  const order = series.map((_one, at) => at).reverse();
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: colour("ink-3"), font, grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
  const isEmpty = sums.every((values) => values.every((value) => !value));
  const numbers = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumSignificantDigits: 3 });
  const tell = (at) => {
    readout.textContent = at === null || at === undefined ? "" : `${labels[at]}: ${series.map((one) => `${one.name} ${one.words[at]}`).join(" · ")}`;
  };
  const chart = new uPlot({
    width: plot.clientWidth, height: plot.clientHeight, legend: { show: false }, padding: [8, 4, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: [-0.5, labels.length - 0.5] }, y: { range: (_chart, _low, high) => [0, high > 0 ? high * 1.05 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, size: 26, incrs: [1, 2, 3, 4, 6, 7, 10], space: 52, values: (_chart, splits) => splits.map((at) => labels[at] ?? "") },
      { ...axis, size: 46, space: 32, values: (_chart, splits) => splits.map((value) => (isEmpty && value ? "" : numbers.format(value))) },
    ],
    series: [{}, ...order.map((at) => ({ fill: colour(`plot-${series[at].tone}`), width: 0, paths: uPlot.paths.bars({ size: [0.72, 28], radius: 0.12 }), points: { show: false } }))],
    hooks: { setCursor: [(one) => tell(one.cursor.idx)] },
  }, [labels.map((_label, at) => at), ...order.map((at) => sums[at])], plot);
  drawn.set(figure, chart);
}

function drawAll() {
  for (const [figure, chart] of drawn) {
    if (!figure.isConnected) { chart.destroy(); drawn.delete(figure); }
  }
  if (!window.uPlot) return;
  for (const figure of document.querySelectorAll("[data-chart]")) if (!drawn.has(figure)) draw(figure);
}

function again() {
  for (const [figure, chart] of drawn) { chart.destroy(); drawn.delete(figure); }
  drawAll();
}

let waiting;
window.addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(again, 120); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
document.addEventListener("htmx:afterSwap", drawAll);
drawAll();
