"""The sheet part: one more conditional format at its place, priorities kept in order; and taking one out again.

Source: ECMA-376 part 1, 18.3.1.99 (worksheet and the order of its children), 18.3.1.18 (conditionalFormatting), 18.3.1.10
(cfRule; a smaller priority number wins). Rules of Excel 2010 and later stand in the sheet's extLst (x14:cfRule) and share
the same priorities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from openpyxl.formatting.rule import Rule
from openpyxl.xml.functions import tostring

from addin_backend.errors import DamagedWorkbookError, RuleNotFoundError
from addin_backend.workbooks import spans, xml

UP_TO_RULES = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting",
)  # fmt: skip
_GIVEN_BY_PATCH = frozenset({"priority", "dxfId"})


@dataclass(frozen=True, slots=True)
class AddedRule:
    """What `add_rule` wants done: splices for the sheet part, the rule's priority, and the rule as text without a prefix."""

    splices: tuple[spans.Splice, ...]
    priority: int
    text: str


def sheet_outline(data: bytes, part: str) -> spans.Span:
    """The worksheet's outline without its cells.

    Raises:
        DamagedWorkbookError: not well-formed, or not a worksheet.
        UnsafeWorkbookError: a document type.
    """
    root = spans.outline(data, part, skipped=("sheetData",))
    if root.name != "worksheet":
        raise DamagedWorkbookError(f"The part '{part}' is not a worksheet but a '{root.name}'.")
    return root


def add_rule(data: bytes, part: str, sqref: str, rule: Rule, dxf: int | None, *, first: bool) -> AddedRule:
    """Put a rule on the cells `sqref`, after all others, or before them if `first`.

    `first` takes priority 1 and moves every other rule (x14 ones too) one down, which keeps their order among themselves.
    """
    root = sheet_outline(data, part)
    taken = list(_priorities(root))
    element = etree.fromstring(tostring(rule.to_tree("cfRule")))
    priority = 1 if first else max([0, *(number for _, number in taken)]) + 1
    element.set("priority", str(priority))
    if dxf is not None:
        element.set("dxfId", str(dxf))
    holder = etree.Element("conditionalFormatting", sqref=sqref)
    holder.append(element)
    before = list(root.each(*UP_TO_RULES))
    new = spans.insertion(data, root, before[-1] if before else None, xml.fragment(holder, root.prefix))
    moved = [spans.attribute_splice(data, span, "priority", str(number + 1)) for span, number in taken] if first else []
    return AddedRule((new, *moved), priority, xml.fragment(element, "").decode())


def _priorities(root: spans.Span) -> Iterator[tuple[spans.Span, int]]:
    for span in root.walk():
        if span.name == "cfRule":
            try:
                yield span, int(span.attributes["priority"])
            except (KeyError, ValueError):
                continue  # x14 data bars that only refine a plain rule have no priority of their own


def remove_rule(data: bytes, part: str, sqref: str, text: str, priority: int) -> spans.Splice:
    """Take out a rule that `add_rule` put in, also when the workbook was saved by Excel or patched since.

    Excel renumbers priorities and formats, so a rule is known by its cells and content; the priority decides among equals.

    Raises:
        RuleNotFoundError: no rule on these cells has this content.
    """
    root = sheet_outline(data, part)
    wanted = _content(etree.fromstring(text))
    found = [
        (holder, span)
        for holder in root.each("conditionalFormatting")
        if _cells(holder.attributes.get("sqref", "")) == _cells(sqref)
        for span in holder.each("cfRule")
        if _content(_element(data, root, span)) == wanted
    ]
    if not found:
        raise RuleNotFoundError(f"There is no such rule on {sqref} any more; it was changed or removed since.")
    holder, span = min(found, key=lambda pair: pair[1].attributes.get("priority") != str(priority))
    gone = holder if len(list(holder.each("cfRule"))) == 1 else span
    return spans.Splice(gone.start, gone.end, b"")


def _cells(sqref: str) -> frozenset[str]:
    return frozenset(sqref.upper().replace("$", "").split())


def _element(data: bytes, root: spans.Span, span: spans.Span) -> etree._Element:
    """A rule by itself, inside the sheet's own start tag so that its prefixes are known."""
    tag = data[root.start : root.inner]
    wrapped = tag + data[span.start : span.end] + b"</" + root.tag.encode() + b">"
    return xml.parse(wrapped, "a conditional format")[0]


def _content(element: etree._Element) -> tuple[object, ...]:
    kept = {str(k): _plain(str(v)) for k, v in element.attrib.items() if k not in _GIVEN_BY_PATCH}
    return (xml.local(element), tuple(sorted(kept.items())), element.text or "", tuple(_content(item) for item in element))


def _plain(value: str) -> str:
    return {"true": "1", "false": "0"}.get(value, value)
