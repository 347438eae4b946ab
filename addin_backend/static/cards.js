// Parts of a candidate's card: its swatch, what Excel calls it, and its format as text.

import { ICON_COLOURS, dress, visual } from "./grid.js";

/** An element with a class and a text; the text's own direction counts. */
export function make(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) {
    made.textContent = text;
    made.dir = "auto";
  }
  return made;
}

/** The candidate's look on a small square. */
export function paintSwatch(swatch, candidate) {
  const look = candidate.excel;
  if (look.colorScale) swatch.style.background = `linear-gradient(90deg, ${look.colorScale.colors.join(", ")})`;
  else if (look.dataBar) visual([swatch], look, [0.6]);
  else if (look.iconSet) {
    const icons = make("span");
    icons.append(...ICON_COLOURS.map((colour) => Object.assign(make("span", "", /arrow/i.test(look.iconSet.style) ? "▲" : "●"), { colour })));
    [...icons.children].forEach((icon) => (icon.style.color = icon.colour));
    swatch.replaceChildren(icons);
  } else dress(swatch, candidate.format);
}

/** The rule, its range and Excel's own terms, folded away. */
export function details(candidate) {
  const box = make("details");
  const list = make("dl");
  const formulas = candidate.excel.formulas?.map((formula) => `=${formula}`).join("  ");
  for (const [name, text] of [["Rule", candidate.rule], ["Applies to", candidate.applies_to], ["In Excel", [candidate.excel.type, candidate.excel.operator, formulas].filter(Boolean).join(" ")]]) {
    const value = make("dd");
    value.append(make("code", "", text));
    list.append(make("dt", "", name), value);
  }
  box.append(make("summary", "", "How it is said in Excel"), list);
  return box;
}

/** The candidate's format as the text that the server and the command line take. */
export function formatOption(format) {
  const parts = [["fill", format.fill], ["font", format.font_color], ["border", format.border]].filter(([, value]) => value).map((pair) => pair.join("="));
  parts.push(...["bold", "italic", "underline", "strikethrough"].filter((name) => format[name]));
  if (format.number_format) parts.push(`number_format=${format.number_format}`);
  return parts.join(",");
}
