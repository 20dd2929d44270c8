// Step charts of metrics. A chart asks for its points when it comes into view, and draws what the server sends.
"use strict";
(() => {
  const controls = document.querySelector("[data-chart-controls]");
  if (!controls) return;
  const [x, log, smooth] = ["x", "log", "smooth"].map((name) => controls.querySelector(`[name=${name}]`));
  const drawn = new Map();

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // Exponential moving average without the pull towards the start value.
  const smoothed = (points, weight) => {
    let last = 0;
    return points.map(([at, value], place) => {
      last = last * weight + (1 - weight) * value;
      return [at, last / (1 - weight ** (place + 1))];
    });
  };

  const placed = ({ points }) => {
    const start = points.length ? points[0][1] : 0;
    const at = {
      step: ([step]) => step,
      time: ([, timestamp]) => timestamp,
      relative: ([, timestamp]) => (timestamp - start) / 1000,
    }[x.value];
    const pairs = points.map((point) => [at(point), point[2]]);
    return log.checked ? pairs.filter(([, value]) => value > 0) : pairs;
  };

  const shortened = (value) => (value === 0 ? "0" : String(Number(value.toPrecision(5))));

  const options = (pairs) => {
    const weight = Number(smooth.value);
    const line = { type: "line", data: pairs, symbol: pairs.length > 60 ? "none" : "circle", symbolSize: 4, animation: false };
    const strong = { lineStyle: { width: 1.75, color: colour("--chart-line") }, itemStyle: { color: colour("--chart-line") } };
    const faint = { lineStyle: { width: 1, color: colour("--chart-ghost") }, itemStyle: { color: colour("--chart-ghost") } };
    const series = weight > 0
      ? [{ ...line, ...faint, name: "logged", symbol: "none" }, { ...line, ...strong, name: "smoothed", symbol: "none", data: smoothed(pairs, weight) }]
      : [{ ...line, ...strong, name: "value" }];
    const text = { color: colour("--chart-text"), fontSize: 11 };
    const grid = { lineStyle: { color: colour("--chart-grid") } };
    return {
      animation: false,
      aria: { enabled: false },
      grid: { left: 8, right: 16, top: 12, bottom: 8, containLabel: true },
      xAxis: {
        type: x.value === "time" ? "time" : "value",
        ...(pairs.length > 1 ? { min: "dataMin", max: "dataMax" } : {}),
        axisLabel: { ...text, hideOverlap: true, formatter: x.value === "relative" ? "{value} s" : undefined },
        axisLine: grid,
        splitLine: { show: false },
      },
      yAxis: {
        type: log.checked ? "log" : "value",
        scale: true,
        axisLabel: { ...text, formatter: shortened },
        splitLine: grid,
      },
      // Drawn on the canvas, because HTML tooltips come with style attributes.
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        backgroundColor: colour("--chart-tip"),
        borderColor: colour("--chart-grid"),
        textStyle: { color: colour("--chart-tip-text"), fontSize: 12 },
        valueFormatter: (value) => String(value),
      },
      series,
    };
  };

  const say = (figure, curve, shown) => {
    const parts = [`${curve.points.length.toLocaleString("en")} of ${curve.total.toLocaleString("en")} points`];
    if (curve.drawable > curve.points.length) parts.push("lowest and highest of each stretch");
    if (curve.total > curve.drawable) parts.push(`${curve.total - curve.drawable} not finite`);
    if (shown < curve.points.length) parts.push(`${curve.points.length - shown} not positive`);
    figure.querySelector("[data-said]").textContent = parts.join("; ");
  };

  const draw = (figure) => {
    const { chart, curve } = drawn.get(figure);
    const pairs = placed(curve);
    chart.setOption(options(pairs), { notMerge: true });
    say(figure, curve, pairs.length);
  };

  const load = async (figure) => {
    const canvas = figure.querySelector("[data-canvas]");
    const answer = await fetch(`${figure.dataset.curve}&x=${x.value}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) {
      figure.querySelector("[data-said]").textContent = "The points could not be loaded.";
      return;
    }
    const chart = drawn.get(figure)?.chart || echarts.init(canvas, null, { renderer: "canvas" });
    drawn.set(figure, { chart, curve: await answer.json() });
    figure.dataset.drawn = "yes";
    draw(figure);
  };

  const redraw = () => { for (const figure of drawn.keys()) draw(figure); };
  const reload = () => { for (const figure of drawn.keys()) load(figure); };

  const remember = () => {
    const address = new URL(location.href);
    const wanted = { x: x.value === "step" ? "" : x.value, log: log.checked ? "1" : "", smooth: smooth.value === "0" ? "" : smooth.value };
    for (const [name, value] of Object.entries(wanted)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(history.state, "", address);
    controls.querySelector("output").textContent = smooth.value;
  };

  const asked = new URL(location.href).searchParams;
  if ([...x.options].some((option) => option.value === asked.get("x"))) x.value = asked.get("x");
  log.checked = asked.get("log") === "1";
  if (Number(asked.get("smooth")) > 0) smooth.value = asked.get("smooth");
  controls.querySelector("output").textContent = smooth.value;
  controls.hidden = false;

  x.addEventListener("change", () => { remember(); reload(); });
  log.addEventListener("change", () => { remember(); redraw(); });
  smooth.addEventListener("input", () => { remember(); redraw(); });
  document.addEventListener("theme", redraw);

  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      load(target);
    }
  }, { rootMargin: "200px" });
  const sized = new ResizeObserver((entries) => {
    for (const { target } of entries) drawn.get(target.closest("figure"))?.chart.resize();
  });
  for (const figure of document.querySelectorAll("[data-curve]")) {
    seen.observe(figure);
    sized.observe(figure.querySelector("[data-canvas]"));
  }
})();
