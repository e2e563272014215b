/**
 * The page's own script. Vega is kept as text in the page and only started when a reader asks for the interactive form of a figure, so
 * that the page opens fast and reads without scripts.
 */

/** Ids of the elements that hold Vega's code, in order of loading. */
export const BUNDLE_IDS = ["bundle-vega", "bundle-vega-lite", "bundle-vega-embed"] as const;

/** Script text. Needs `figure[data-figure]` with a button, and the spec in `#spec-NAME`. */
export const PAGE_SCRIPT: string = `
"use strict";
function startBundles() {
  for (const id of ${JSON.stringify(BUNDLE_IDS)}) {
    const source = document.getElementById(id);
    if (source.dataset.started) continue;
    const script = document.createElement("script");
    script.textContent = source.textContent;
    document.head.append(script);
    source.dataset.started = "yes";
  }
}
async function toggle(figure, button) {
  const still = figure.querySelector(".still"), live = figure.querySelector(".live");
  if (live.childElementCount === 0) {
    startBundles();
    const spec = JSON.parse(document.getElementById("spec-" + figure.dataset.figure).textContent);
    await vegaEmbed(live, spec, { renderer: "svg", actions: { export: true, source: false, compiled: false, editor: false } });
  }
  const isLive = live.hidden;
  live.hidden = !isLive;
  still.hidden = isLive;
  button.setAttribute("aria-pressed", String(isLive));
}
for (const figure of document.querySelectorAll("figure[data-figure]")) {
  const button = figure.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", () => { void toggle(figure, button); });
}
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  for (const figure of document.querySelectorAll("figure[data-figure]")) {
    figure.querySelector(".still").hidden = false;
    figure.querySelector(".live").hidden = true;
  }
});
`;
