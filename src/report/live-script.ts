/** The live page's own script: it shows what the server sends, and says so when nothing comes any more. */

/** Script text. Needs the elements of render-live-page.ts. */
export const LIVE_SCRIPT: string = `
"use strict";
const byId = (id) => document.getElementById(id);
const seconds = (s) => s < 100 ? s.toFixed(s < 10 ? 1 : 0) + " s" : Math.floor(s / 60) + " min " + Math.round(s % 60) + " s";
function row(cells, isHead) {
  const tr = document.createElement("tr");
  cells.forEach((value, i) => {
    const cell = document.createElement(i === 0 ? "th" : "td");
    if (i === 0) cell.scope = "row";
    cell.textContent = value;
    tr.append(cell);
  });
  return tr;
}
function items(list, texts) {
  list.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}
function describe(state, share) {
  const ended = state.finished + state.failed, parts = [Math.floor(share * 100) + "%", ended + " of " + state.planned + " cells"];
  if (state.failed > 0) parts.push(state.failed + " failed");
  if (state.workers === 0) parts.push(ended >= state.planned ? "ended" : "no process works on it; go on with: plmm resume " + state.folder);
  else parts.push(state.workers + (state.workers === 1 ? " process" : " processes"), state.leftS === null ? "time left not known yet" : seconds(state.leftS) + " left");
  return parts.join(" \\u00b7 ");
}
function showState(state) {
  const share = state.planned === 0 ? 1 : Math.min(1, (state.finished + state.failed + state.inFlight) / state.planned);
  byId("bar").value = share;
  byId("line").textContent = describe(state, share);
  document.title = Math.floor(share * 100) + "% \\u00b7 " + state.name;
  items(byId("running"), state.running.map(({ label, replication, share }) => label + ", replication " + replication + ": " + Math.floor(share * 100) + "%"));
  byId("running-none").hidden = state.running.length > 0;
  byId("scenarios").replaceChildren(...state.scenarios.map(({ label, planned, finished, failed }) => row([label, finished + " of " + planned, failed === 0 ? "" : failed])));
  items(byId("failures"), state.failures.map(({ label, replication, message }) => label + ", replication " + replication + ": " + message));
  byId("failed").hidden = state.failures.length === 0;
}
const source = new EventSource("events");
source.addEventListener("state", (event) => { byId("lost").hidden = true; showState(JSON.parse(event.data)); });
source.addEventListener("results", (event) => {
  const { table, figures, finished } = JSON.parse(event.data);
  byId("answers").innerHTML = table;
  byId("figures").innerHTML = figures;
  byId("so-far").textContent = finished + " finished cells";
});
source.addEventListener("fault", (event) => { byId("lost").hidden = false; byId("lost").textContent = JSON.parse(event.data); });
source.onerror = () => { byId("lost").hidden = false; byId("lost").textContent = "No connection to plmm serve; trying again."; };
`;
