"""The styles part: one more differential format (dxf) at the end of the list, nothing re-indexed.

Source: ECMA-376 part 1, 18.8.14 (dxf), 18.8.15 (dxfs), 18.8.39 (styleSheet and the order of its children).
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.xml.functions import tostring

from addin_backend.workbooks import spans, xml

BEFORE_DXFS = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles")
FIRST_CUSTOM_FORMAT = 164
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"


@dataclass(frozen=True, slots=True)
class AddedStyle:
    """What `add_style` wants done: the splices for the styles part, and the new dxf's index."""

    splices: tuple[spans.Splice, ...]
    index: int


def add_style(data: bytes, part: str, style: DifferentialStyle) -> AddedStyle:
    """Append a differential style.

    Raises:
        DamagedWorkbookError, UnsafeWorkbookError: the part cannot be read.
    """
    root = spans.outline(data, part)
    dxf = etree.fromstring(tostring(style.to_tree("dxf")))
    _choose_format_number(dxf, root)
    dxfs = root.find("dxfs")
    if dxfs is None:
        before = list(root.each(*BEFORE_DXFS))
        holder = etree.Element("dxfs", count="1")
        holder.append(dxf)
        return AddedStyle((spans.insertion(data, root, before[-1] if before else None, xml.fragment(holder, root.prefix)),), 0)
    present = list(dxfs.each("dxf"))
    count = spans.attribute_splice(data, dxfs, "count", str(len(present) + 1))
    last = dxfs.children[-1] if dxfs.children else None
    return AddedStyle((count, spans.insertion(data, dxfs, last, xml.fragment(dxf, dxfs.prefix))), len(present))


def _choose_format_number(dxf: etree._Element, root: spans.Span) -> None:
    """A number format inside a dxf needs an id; give it that of the same code, or one that nothing else uses."""
    formats = {
        int(span.attributes.get("numFmtId", "0")): span.attributes.get("formatCode", "")
        for span in root.walk()
        if span.name == "numFmt" and span.attributes.get("numFmtId", "").isdigit()
    }
    for item in dxf.iter("numFmt"):
        same = [number for number, code in formats.items() if code == item.get("formatCode")]
        item.set("numFmtId", str(same[0] if same else max([*formats, FIRST_CUSTOM_FORMAT - 1]) + 1))


def new_part(namespace: str) -> bytes:
    """A styles part for a workbook that has none: the defaults Excel assumes, in the workbook's own namespace."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<styleSheet xmlns="{namespace}">'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ).encode()
