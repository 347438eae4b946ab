// Excel through Office.js (ExcelApi 1.7): read the table at the selection, put a conditional format in, take it out again.

import { isDateFormat, isoOfSerial } from "./cells.js";

const OFFICE_JS = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js";
const BLOCK_CELLS = 50_000; // Excel on the web answers at most 5 MB at a time

/** Whether Excel opened this page: the manifest's address says so, and Excel adds its own mark. */
export function insideExcel() {
  const query = new URLSearchParams(location.search);
  return query.get("host") === "excel" || query.has("_host_Info") || /_host_info=/i.test(window.name);
}

/** Load office.js from Microsoft and wait for Excel. */
export async function startOffice() {
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = OFFICE_JS;
    script.onload = resolve;
    script.onerror = () => reject(new Error("Office.js could not be loaded from Microsoft. Is there a connection?"));
    document.head.append(script);
  });
  const { host } = await Office.onReady();
  if (host !== Office.HostType.Excel) throw new Error("This add-in works in Excel only.");
  if (!Office.context.requirements.isSetSupported("ExcelApi", "1.7")) throw new Error("This version of Excel is too old (ExcelApi 1.7 is needed).");
}

/** The selected range, or the table around a single selected cell: {rows, address, sheet}. */
export function readTable() {
  return Excel.run(async (context) => {
    const selected = context.workbook.getSelectedRange();
    const around = selected.getSurroundingRegion();
    const used = selected.getUsedRangeOrNullObject(true);
    selected.load("cellCount");
    used.load("address");
    await context.sync();
    if (selected.cellCount > 1 && used.isNullObject) throw new Error("The selected cells are empty.");
    const range = selected.cellCount > 1 ? used : around;
    range.load("address, rowCount, columnCount");
    range.worksheet.load("id, name");
    await context.sync();
    if (range.rowCount < 2) throw new Error("Select a cell inside a table with a header row and data.");
    const rows = await readBlocks(context, range);
    return { rows, address: range.address.split("!").at(-1), sheet: range.worksheet.id, name: range.worksheet.name };
  });
}

async function readBlocks(context, range) {
  const height = Math.max(1, Math.floor(BLOCK_CELLS / range.columnCount));
  const rows = [];
  for (let top = 0; top < range.rowCount; top += height) {
    const block = range.getRow(top).getResizedRange(Math.min(height, range.rowCount - top) - 1, 0);
    block.load("values, numberFormat");
    await context.sync();
    block.values.forEach((values, y) => rows.push(values.map((value, x) => typed(value, block.numberFormat[y][x]))));
  }
  return rows;
}

function typed(value, format) {
  if (value === "") return null;
  return typeof value === "number" && value > 0 && isDateFormat(format) ? isoOfSerial(value) : value;
}

/** Put the candidate's `office_js` in; answers what `remove` needs. */
export function add(sheetId, officeJs) {
  return Excel.run(async (context) => {
    const range = context.workbook.worksheets.getItem(sheetId).getRange(officeJs.range);
    const format = range.conditionalFormats.add(Excel.ConditionalFormatType[officeJs.type]);
    fill(format[officeJs.property], officeJs[officeJs.property]);
    format.load("id");
    await context.sync();
    return { sheetId, range: officeJs.range, id: format.id };
  });
}

/** Take a conditional format out that `add` put in. */
export function remove({ sheetId, range, id }) {
  return Excel.run(async (context) => {
    context.workbook.worksheets.getItem(sheetId).getRange(range).conditionalFormats.getItem(id).delete();
    await context.sync();
  });
}

/** Assign plain data to Office.js objects: whole values, except where the reference has objects of their own. */
export function fill(target, values) {
  for (const [name, value] of Object.entries(values)) {
    if (name === "borders") for (const [edge, border] of Object.entries(value)) Object.assign(target.borders.getItem(edge), border);
    else if (name === "rule" && "formula" in value) target.rule.formula = value.formula;
    else if (["format", "font", "fill", "positiveFormat", "negativeFormat"].includes(name)) fill(target[name], value);
    else target[name] = value;
  }
}
