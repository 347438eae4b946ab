// The sheet beside the pane: the table as a spreadsheet shows it, with the cells of a candidate in their look.

import { cellAt, expand, letter } from "./cells.js";

export const ICON_COLOURS = ["#d13438", "#e8a200", "#2e9e4f"];
const SHOWN_ROWS = 500;
const NUMBER = /^[-−(]?\s*[$€£¥₹]?\s*[-−]?[\d.,' ]+\s*[%€)]?$/;

export class Grid {
  constructor(table, empty) {
    this.table = table;
    this.empty = empty;
    this.candidate = null;
    this.onlyMatches = false;
    this.rows = [];
  }

  /** rows: header and data; firstRow and firstColumn: where the data start on their sheet, from 1. */
  show(rows, place) {
    this.rows = rows;
    this.place = place;
    this.candidate = null;
    this.render();
  }

  paint(candidate) {
    this.candidate = candidate;
    if (this.onlyMatches) this.render();
    else this.colour();
  }

  filter(onlyMatches) {
    this.onlyMatches = onlyMatches;
    this.render();
  }

  render() {
    const [header, ...data] = this.rows;
    this.empty.hidden = Boolean(header);
    this.table.querySelectorAll("thead, tbody").forEach((part) => part.remove());
    if (!header) return;
    const { firstRow, firstColumn } = this.place;
    const head = this.table.createTHead();
    const letters = head.insertRow(), headers = head.insertRow();
    letters.className = "letters";
    headers.className = "headers";
    letters.append(cell("th", "", "number"), ...header.map((_, k) => cell("th", letter(firstColumn - 1 + k))));
    headers.append(cell("th", firstRow - 1, "number"), ...header.map((text) => cell("th", text ?? "")));
    headers.querySelectorAll("th:not(.number)").forEach((th) => (th.scope = "col"));
    const body = this.table.createTBody();
    const wanted = this.onlyMatches && this.candidate ? this.matchingRows() : null;
    let shown = 0;
    for (let at = 0; at < data.length && shown < SHOWN_ROWS; at++) {
      if (wanted && !wanted.has(firstRow + at)) continue;
      const row = body.insertRow();
      row.dataset.row = firstRow + at;
      const number = cell("th", firstRow + at, "number");
      number.scope = "row";
      row.append(number, ...data[at].map((value) => dataCell(value)));
      shown++;
    }
    this.colour();
  }

  /** Scroll to the first matching cell, unless a matching one is in sight. */
  reveal() {
    const view = this.table.parentElement.getBoundingClientRect();
    const matches = [...this.table.querySelectorAll("td.match")];
    const seen = (td) => {
      const box = td.getBoundingClientRect();
      return box.top > view.top + 50 && box.bottom < view.bottom && box.left < view.right - 20;
    };
    if (matches.length && !matches.some(seen)) matches[0].scrollIntoView({ block: "center", inline: "nearest" });
  }

  matchingRows() {
    return new Set((this.candidate.matches.cells ?? []).map((reference) => cellAt(reference.split(":")[0]).row));
  }

  colour() {
    for (const td of this.table.querySelectorAll("td")) {
      td.removeAttribute("style");
      td.classList.remove("match");
      delete td.dataset.icon;
      td.removeAttribute("aria-description");
    }
    if (!this.candidate) return;
    const byRow = new Map([...this.table.tBodies[0]?.rows ?? []].map((row) => [+row.dataset.row, row]));
    const { excel, format, matches } = this.candidate;
    const cells = (matches.cells ?? []).flatMap(expand).map(({ row, column }) => byRow.get(row)?.cells[column - this.place.firstColumn + 2]);
    const found = cells.filter((td) => td && td.tagName === "TD");
    for (const td of found) {
      td.classList.add("match");
      td.setAttribute("aria-description", "matches");
    }
    if (excel.colorScale || excel.dataBar || excel.iconSet) visual(found, excel);
    else for (const td of found) dress(td, format);
  }
}

/** Give an element the look of a format. */
export function dress(element, format) {
  const style = element.style;
  if (format.fill) {
    style.backgroundColor = format.fill;
    style.color = format.font_color || readable(format.fill);
  } else if (format.font_color) style.color = format.font_color;
  if (format.bold) style.fontWeight = "700";
  if (format.italic) style.fontStyle = "italic";
  style.textDecoration = [format.underline && "underline", format.strikethrough && "line-through"].filter(Boolean).join(" ");
  if (format.border) style.boxShadow = `inset 0 0 0 1px ${format.border}`;
}

/** A picture of a scale, bar or icon set, for a swatch and for the cells (by rank of value, as the presets have it). */
export function visual(elements, excel, values = elements.map((td) => +td.dataset.value)) {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[0], sorted.at(-1)];
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  elements.forEach((element, at) => {
    const share = high > low ? (values[at] - low) / (high - low) : 0.5;
    if (excel.colorScale) {
      const colors = excel.colorScale.colors;
      const below = values[at] <= middle;
      const [from, to] = colors.length === 2 ? [colors[0], colors[1]] : below ? [colors[0], colors[1]] : [colors[1], colors[2]];
      const part = colors.length === 2 ? share : below ? ratio(values[at], low, middle) : ratio(values[at], middle, high);
      const fill = mix(from, to, part);
      element.style.backgroundColor = fill;
      element.style.color = readable(fill);
    } else if (excel.dataBar) {
      const width = Math.round(10 + 85 * share);
      element.style.backgroundImage = `linear-gradient(90deg, ${excel.dataBar.color}cc, ${excel.dataBar.color}55)`;
      element.style.backgroundSize = `${width}% 100%`;
      element.style.backgroundRepeat = "no-repeat";
    } else {
      const count = +(/^\d/.exec(excel.iconSet.style) ?? [3])[0];
      const step = Math.min(count - 1, Math.floor(share * count));
      element.dataset.icon = /arrow/i.test(excel.iconSet.style) ? ["▼", "◢", "►", "◥", "▲"][Math.round((step / (count - 1)) * 4)] : "●";
      element.style.setProperty("--icon", mix3(ICON_COLOURS, step / (count - 1)));
    }
  });
}

function ratio(value, low, high) {
  return high > low ? (value - low) / (high - low) : 0;
}

function dataCell(value) {
  const text = value === null ? "" : value === true ? "TRUE" : value === false ? "FALSE" : String(value);
  const td = cell("td", text);
  if (typeof value === "number" || (NUMBER.test(text) && /\d/.test(text))) {
    td.className = "right";
    td.dataset.value = typeof value === "number" ? value : text.replace(/[^\d.-]/g, "");
  } else if (/^\d{4}-\d\d-\d\d/.test(text)) td.dataset.value = Date.parse(text) / 86400000;
  if (/^#(N\/A|DIV\/0!|VALUE!|REF!|NAME\?|NUM!|NULL!)$/.test(text)) td.classList.add("error");
  return td;
}

function cell(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.dir = "auto";
  if (className) element.className = className;
  return element;
}

const parts = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

function mix(from, to, share) {
  const [a, b] = [parts(from), parts(to)];
  return "#" + a.map((value, k) => Math.round(value + (b[k] - value) * share).toString(16).padStart(2, "0")).join("");
}

function mix3(colours, share) {
  return share < 0.5 ? mix(colours[0], colours[1], share * 2) : mix(colours[1], colours[2], share * 2 - 1);
}

function readable(fill) {
  const [red, green, blue] = parts(fill);
  return red * 0.299 + green * 0.587 + blue * 0.114 > 140 ? "#000000" : "#ffffff";
}
