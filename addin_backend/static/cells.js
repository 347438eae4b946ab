// Tables as text: clipboard and CSV, dates as people write them, A1 references.

/** Rows of a pasted block: tab-separated as spreadsheets copy, else CSV with the separator that occurs most. */
export function parseBlock(text) {
  const clean = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  const first = clean.split("\n", 1)[0];
  const separator = first.includes("\t") ? "\t" : (first.match(/;/g) || []).length > (first.match(/,/g) || []).length ? ";" : ",";
  const rows = splitRows(clean, separator).map((row) => row.map((cell) => (cell.trim() === "" ? null : cell.trim())));
  const width = Math.max(...rows.map((row) => row.length));
  return isoDates(rows.map((row) => [...row, ...Array(width - row.length).fill(null)]));
}

function splitRows(text, separator) {
  const rows = [[]];
  let cell = "", quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') { cell += '"'; at++; }
      else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === separator) { rows.at(-1).push(cell); cell = ""; }
    else if (sign === "\n") { rows.at(-1).push(cell); rows.push([]); cell = ""; }
    else cell += sign;
  }
  rows.at(-1).push(cell);
  return rows;
}

const DAY = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/;

/** Columns of dates such as 31/12/2026 or 12/31/2026 as ISO text. Which comes first is seen in the column, else asked of the browser. */
function isoDates(rows) {
  for (let k = 0; k < rows[0].length; k++) {
    const found = rows.slice(1).map((row) => row[k] && DAY.exec(row[k]));
    const dates = found.filter(Boolean);
    if (!dates.length || dates.length * 2 < rows.slice(1).filter((row) => row[k]).length) continue;
    const dayFirst = dates.some((m) => +m[1] > 12) || (!dates.some((m) => +m[3] > 12) && (dates[0][2] !== "/" || dayBeforeMonth()));
    found.forEach((m, at) => {
      if (!m) return;
      const [day, month] = dayFirst ? [m[1], m[3]] : [m[3], m[1]];
      if (+month >= 1 && +month <= 12) rows[at + 1][k] = `${m[4]}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    });
  }
  return rows;
}

function dayBeforeMonth() {
  const parts = new Intl.DateTimeFormat().formatToParts(new Date()).map((part) => part.type);
  return parts.indexOf("day") < parts.indexOf("month");
}

/** 0 -> A, 26 -> AA. */
export function letter(index) {
  let text = "";
  for (let rest = index + 1; rest; rest = Math.floor((rest - 1) / 26)) text = String.fromCharCode(65 + ((rest - 1) % 26)) + text;
  return text;
}

/** "B3" -> {row: 3, column: 1}. */
export function cellAt(reference) {
  const [, letters, digits] = /^\$?([A-Z]+)\$?(\d+)$/.exec(reference);
  return { row: +digits, column: [...letters].reduce((sum, sign) => sum * 26 + sign.charCodeAt(0) - 64, 0) - 1 };
}

/** Excel's serial number as ISO text; a time of day follows where there is one. */
export function isoOfSerial(serial) {
  const moment = new Date(Math.round((serial - 25569) * 86400) * 1000);
  const text = moment.toISOString();
  return Number.isInteger(serial) ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}

/** Whether a number format shows a date: a day, month or year outside quotes, brackets and escapes. */
export function isDateFormat(format) {
  const bare = String(format).replace(/"[^"]*"|\[[^\]]*\]|\\.|_.|\*./g, "").split(";")[0];
  return /[yd]/i.test(bare) || /m/i.test(bare.replace(/[hs]+[:.]?m+|m+[:.]?s+/gi, "")) && !/general/i.test(bare);
}

/** "B3" or "A3:F3" as single cells {row, column}. */
export function expand(reference) {
  const [first, last = first] = reference.split(":").map(cellAt);
  const cells = [];
  for (let row = first.row; row <= last.row; row++) {
    for (let column = first.column; column <= last.column; column++) cells.push({ row, column });
  }
  return cells;
}
