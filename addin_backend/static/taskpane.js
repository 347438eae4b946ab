// The task pane: a table (from Excel, a workbook or the clipboard), a sentence, candidates, and the chosen one put in.

import { details, formatOption, make, paintSwatch } from "./cards.js";
import { parseBlock } from "./cells.js";
import * as excel from "./excel.js";
import { Grid } from "./grid.js";

const ALL_CELLS_UP_TO = 20_000; // rows; beyond it the server names the first cells only
const element = (id) => document.getElementById(id);
const inExcel = excel.insideExcel();
const grid = new Grid(element("grid"), element("empty"));
const state = { rows: [], place: { firstRow: 2, firstColumn: 1 }, file: null, sheet: null, address: null, candidates: [], chosen: -1, added: null, asked: 0 };

const EXAMPLE = [
  ["Invoice", "Customer", "Region", "Due", "Amount", "Status"],
  ["INV-2041", "Harbor Foods", "North", "2026-05-28", 1840.5, "Open"], ["INV-2042", "Lumen Studio", "South", "2026-06-30", 420, "Paid"],
  ["INV-2043", "Okafor & Sons", "East", "2026-06-02", 7315, "Overdue"], ["INV-2044", "Grüner Bau", "North", "2026-07-12", 12990, "Open"],
  ["INV-2045", "Harbor Foods", "North", "2026-06-09", 980, "Paid"], ["INV-2046", "Pacific Tile", "West", "2026-05-11", 5460.75, "Overdue"],
  ["INV-2047", "Zest Foods", "South", "2026-06-21", 3075, "Open"], ["INV-2048", "Café Lumière", "East", null, 265, "Draft"],
  ["INV-2049", "Dubois Frères", "West", "2026-06-05", 8800, "Open"], ["INV-2050", "Lumen Studio", "South", "2026-06-18", 150, "Disputed"],
  ["INV-2051", "Kestrel Aviation", "East", "2026-08-01", 22400, "Open"], ["INV-2052", "Pacific Tile", "West", "2026-06-11", 610, "Paid"],
];

function say(text, kind = "") {
  element("status").textContent = text;
  element("status").className = kind;
}

/** Run an action of the page; what goes wrong is said, not thrown away. */
async function attempt(action, busy) {
  if (busy) say(busy, "busy");
  try {
    return await action();
  } catch (error) {
    say(error.message || String(error), "bad");
    return undefined;
  }
}

async function send(path, body) {
  const json = !(body instanceof FormData);
  const response = await fetch(path, { method: "POST", body: json ? JSON.stringify(body) : body, headers: json ? { "Content-Type": "application/json" } : {} })
    .catch(() => { throw new Error("The server does not answer. Is cf-assistant running?"); });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail || `The server answered ${response.status}.`);
}

// -- the table ------------------------------------------------------------------------------------------------------

function useRows(rows, { name, place = { firstRow: 2, firstColumn: 1 }, address = null, of = null }) {
  Object.assign(state, { rows, place, address });
  clearCandidates();
  const count = of ?? rows.length - 1;
  element("source").textContent = `${name}: ${count.toLocaleString()} ${count === 1 ? "row" : "rows"}, ${rows[0]?.length ?? 0} columns`;
  element("legend").textContent = count > rows.length - 1 ? `The first ${(rows.length - 1).toLocaleString()} of ${count.toLocaleString()} rows are shown.` : element("source").textContent;
  if (!inExcel) grid.show(rows, place);
  say("");
}

function usePasted(text) {
  const rows = parseBlock(text);
  if (rows.length < 2) throw new Error("Paste a header row and at least one row of data.");
  Object.assign(state, { file: null, sheet: null });
  element("sheet-panel").hidden = true;
  useRows(rows, { name: "Pasted table" });
  togglePaste(false);
  element("utterance").focus();
}

async function openFile(file) {
  Object.assign(state, { file, sheet: null });
  element("range").value = "";
  await readWorkbook();
}

async function readWorkbook() {
  const form = workbookForm();
  const found = await (await send("/v1/workbooks/table", form)).json();
  state.sheet = found.sheet;
  element("sheet").replaceChildren(...found.sheets.map((name) => new Option(name, name, false, name === found.sheet)));
  element("sheet-panel").hidden = false;
  useRows(found.rows, { name: `${state.file.name}, ${found.range}`, place: { firstRow: found.first_row, firstColumn: found.first_column }, address: found.range, of: found.of });
  if (found.notes.length) say(found.notes.join(" "));
  element("utterance").focus();
}

function workbookForm(fields = {}) {
  const form = new FormData();
  form.set("file", state.file);
  for (const [name, value] of Object.entries({ sheet: state.sheet, range: element("range").value.trim(), ...fields })) if (value) form.set(name, value);
  return form;
}

async function readExcel() {
  const found = await excel.readTable();
  state.sheet = found.sheet;
  const [, letters, digits] = /([A-Z]+)(\d+)/.exec(found.address);
  const firstColumn = [...letters].reduce((sum, sign) => sum * 26 + sign.charCodeAt(0) - 64, 0);
  useRows(found.rows, { name: `${found.name}!${found.address}`, place: { firstRow: +digits + 1, firstColumn }, address: found.address });
  element("excel-range").textContent = `Table: ${found.name}!${found.address}`;
}

// -- candidates -----------------------------------------------------------------------------------------------------

async function ask() {
  const utterance = element("utterance").value.trim();
  if (!utterance) throw new Error("Say which cells to format, such as “amounts over 1000 in red”.");
  if (inExcel) await readExcel();
  if (!state.rows.length) throw new Error("Open a workbook or paste a table first.");
  const asked = ++state.asked;
  clearCandidates();
  say("Thinking…", "busy");
  const scope = element("scope").value || undefined;
  const today = localToday();
  const cells = state.rows.length <= ALL_CELLS_UP_TO ? "all" : "some";
  const body = state.file
    ? workbookForm({ utterance, scope, today, cells })
    : { utterance, table: state.rows, scope, today, cells, ...(state.address ? { range: state.address } : {}) };
  const answer = await (await send("/v1/suggestions", body)).json();
  if (asked === state.asked) showCandidates(answer);
}

function localToday() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function showCandidates({ candidates, abstained, notes = [] }) {
  state.candidates = candidates;
  element("candidates").replaceChildren(...candidates.map(card));
  element("actions").hidden = !candidates.length;
  if (candidates.length) choose(0);
  say(abstained ?? [`${candidates.length} ${candidates.length === 1 ? "candidate" : "candidates"}.`, ...notes].join(" "));
}

function clearCandidates() {
  Object.assign(state, { candidates: [], chosen: -1 });
  element("candidates").replaceChildren();
  element("actions").hidden = !state.added;
  grid.paint(null);
}

function card(candidate, index) {
  const item = make("li", "card");
  const button = make("button", "choose");
  button.type = "button";
  button.setAttribute("aria-pressed", "false");
  const { matches, confidence, scope } = candidate;
  const swatch = make("span", "swatch", candidate.excel.iconSet ? "" : "Abc 12");
  swatch.setAttribute("aria-hidden", "true");
  paintSwatch(swatch, candidate);
  const what = scope === "row" ? "rows" : "cells";
  const count = matches.count === null ? "Excel works out the cells" : matches.count === 0 ? `no ${what} match now` : `${matches.count.toLocaleString()} of ${matches.of.toLocaleString()} ${what}`;
  const percent = Math.round((confidence ?? 0) * 100);
  const sure = make("span", "confidence", `${percent} %`);
  const meter = make("span", "meter");
  meter.append(document.createElement("i"));
  meter.firstChild.style.width = `${percent}%`;
  sure.prepend(meter);
  sure.title = `${candidate.votes} of ${candidate.seeds} tries agree`;
  button.append(swatch, make("span", "explanation", candidate.explanation), make("span", "count", count), sure);
  button.setAttribute("aria-label", `${candidate.explanation}; ${count}; confidence ${percent} percent`);
  button.addEventListener("click", () => choose(index));
  for (const kind of ["mouseenter", "focus"]) button.addEventListener(kind, () => grid.paint(candidate));
  for (const kind of ["mouseleave", "blur"]) button.addEventListener(kind, () => grid.paint(state.candidates[state.chosen] ?? null));
  item.append(button, details(candidate));
  return item;
}

function choose(index) {
  state.chosen = index;
  const candidate = state.candidates[index];
  [...element("candidates").children].forEach((item, at) => {
    item.classList.toggle("chosen", at === index);
    item.querySelector(".choose").setAttribute("aria-pressed", String(at === index));
  });
  grid.paint(candidate);
  if (inExcel) return;
  grid.reveal();
  element("legend").textContent = candidate.explanation;
}

// -- putting it in --------------------------------------------------------------------------------------------------

async function apply() {
  const candidate = state.candidates[state.chosen];
  if (inExcel) {
    state.added = await excel.add(state.sheet, candidate.office_js);
    element("undo").hidden = false;
    say(`In place on ${candidate.applies_to}.`);
    return;
  }
  const { rule, scope, format } = candidate;
  const wanted = { rule, scope, format: formatOption(format), today: localToday() };
  const body = state.file ? workbookForm(wanted) : { table: state.rows, ...wanted };
  const response = await send("/v1/workbooks/apply", body);
  const name = state.file ? state.file.name.replace(/(\.\w+)$/, "-formatted$1") : "table-formatted.xlsx";
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(await response.blob()), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(`${name} holds the rule on ${candidate.applies_to}.`);
}

async function undo() {
  await excel.remove(state.added);
  state.added = null;
  element("undo").hidden = true;
  element("actions").hidden = !state.candidates.length;
  say("Taken out again.");
}

// -- wiring ---------------------------------------------------------------------------------------------------------

function togglePaste(open) {
  element("paste-panel").hidden = !open;
  element("paste").setAttribute("aria-expanded", String(open));
  if (open) element("pasted").focus();
}

function wire() {
  element("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(ask);
  });
  element("utterance").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      element("ask").requestSubmit();
    }
  });
  element("apply").addEventListener("click", () => attempt(apply, inExcel ? "" : "Writing…"));
  element("undo").addEventListener("click", () => attempt(undo));
  element("candidates").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches(".choose")) return;
    event.preventDefault();
    const all = [...element("candidates").querySelectorAll(".choose")];
    all[(all.indexOf(event.target) + step + all.length) % all.length].focus();
  });
}

function wireBrowser() {
  element("file").addEventListener("change", (event) => event.target.files[0] && attempt(() => openFile(event.target.files[0]), "Reading…"));
  element("paste").addEventListener("click", () => togglePaste(element("paste-panel").hidden));
  element("use-pasted").addEventListener("click", () => attempt(() => usePasted(element("pasted").value)));
  element("example").addEventListener("click", () => {
    Object.assign(state, { file: null, sheet: null });
    element("sheet-panel").hidden = true;
    useRows(EXAMPLE, { name: "Example" });
    if (!element("utterance").value) element("utterance").value = "highlight unpaid invoices due before today in red";
    element("utterance").focus();
  });
  element("sheet").addEventListener("change", (event) => {
    state.sheet = event.target.value;
    element("range").value = "";
    attempt(readWorkbook, "Reading…");
  });
  element("range").addEventListener("change", () => attempt(readWorkbook, "Reading…"));
  element("only").addEventListener("change", (event) => grid.filter(event.target.checked));
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (event.target.closest?.("textarea, input") || !text.includes("\n")) return;
    event.preventDefault();
    attempt(() => usePasted(text));
  });
  const drop = element("drop");
  for (const [kind, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", over);
      if (kind === "drop" && event.dataTransfer.files[0]) attempt(() => openFile(event.dataTransfer.files[0]), "Reading…");
    });
  }
}

async function start() {
  wire();
  if (!inExcel) return wireBrowser();
  document.body.classList.add("in-excel");
  for (const id of ["sources", "sheet-view"]) element(id).hidden = true;
  element("excel-panel").hidden = false;
  element("apply").textContent = "Apply to sheet";
  element("refresh").addEventListener("click", () => attempt(readExcel, "Reading…"));
  return attempt(async () => {
    await excel.startOffice();
    await readExcel();
  }, "Waiting for Excel…");
}

start();
