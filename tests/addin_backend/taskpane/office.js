// A stand-in for Office.js: one sheet with a table, and a record of what the pane does to it.
window.calls = [];
window.formats = {};
const EXCEL_DATE = 46188;
const values = [["Country", "Profit", "Due"], ["Peru", 5200, EXCEL_DATE], ["Chile", 1300, EXCEL_DATE + 1], ["Bolivia", 4700, ""]];
const numberFormat = values.map((row, y) => row.map((_, x) => (y && x === 2 ? "dd/mm/yyyy" : "General")));

function conditionalFormats(address) {
  return {
    add(type) {
      const id = `cf${Object.keys(window.formats).length + 1}`;
      const part = () => ({ rule: {}, format: { fill: {}, font: {}, borders: { getItem: () => ({}) } }, positiveFormat: {} });
      const made = { address, type, id, load() {}, cellValue: part(), custom: part(), textComparison: part(), topBottom: part(), preset: part(), colorScale: part(), dataBar: part(), iconSet: part() };
      window.formats[id] = made;
      window.calls.push(["add", address, type]);
      return made;
    },
    getItem: (id) => ({ delete() { window.calls.push(["delete", address, id]); delete window.formats[id]; } }),
  };
}

function range(address, rows) {
  return {
    address: `Sheet1!${address}`, cellCount: rows.length * rows[0].length, rowCount: rows.length, columnCount: rows[0].length, isNullObject: false,
    values: rows, numberFormat, worksheet: { id: "{1}", name: "Sheet1", load() {} }, load() {},
    getSurroundingRegion: () => range("B4:D7", values),
    getUsedRangeOrNullObject: () => range(address, rows),
    getRow: () => ({ getResizedRange: () => range("B4:D7", values) }),
    conditionalFormats: conditionalFormats(address),
  };
}

window.Office = {
  HostType: { Excel: "Excel" },
  onReady: async () => ({ host: "Excel", platform: "PC" }),
  context: { requirements: { isSetSupported: () => true } },
};
window.Excel = {
  ConditionalFormatType: { cellValue: "CellValue", custom: "Custom", colorScale: "ColorScale", dataBar: "DataBar", iconSet: "IconSet" },
  run: (work) => work({
    sync: async () => {},
    workbook: {
      getSelectedRange: () => range("C5", [[5200]]),
      worksheets: { getItem: (id) => ({ id, getRange: (address) => range(address, [[0]]) }) },
    },
  }),
};
