"""Rules the plain `cfRule` element cannot say: icon sets of Excel 2010, as an `x14:conditionalFormatting` element.

Source: [MS-XLSX] 2.3.3.4 (CT_ConditionalFormatting of 2009/9/main) and 2.4.2. The element goes into the worksheet's
`extLst`, inside `<ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"><x14:conditionalFormattings>`.
"""

from __future__ import annotations

import uuid
from xml.sax.saxutils import escape, quoteattr

from grammar.errors import UnsupportedRuleError
from grammar.excel.rule import ExcelRule, IconSetParts, Threshold
from grammar.excel.visuals import EXTENDED_ICON_SETS

EXTENSION_URI = "{78C0D931-6437-407d-A8EE-F0AAD7539E65}"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"


def needs_extension(rule: ExcelRule) -> bool:
    """Whether the rule must stand in the sheet's extension instead of a plain `cfRule`."""
    return isinstance(rule.visual, IconSetParts) and rule.visual.style in EXTENDED_ICON_SETS


def extension_xml(rule: ExcelRule, priority: int) -> str:
    """The `x14:conditionalFormatting` element, its namespaces declared on it.

    The rule's id is made from what it says and where, so that the same rule gives the same bytes.

    Raises:
        UnsupportedRuleError: a rule that needs no extension; `to_openpyxl` writes it.
    """
    parts = rule.visual
    if not isinstance(parts, IconSetParts) or not needs_extension(rule):
        raise UnsupportedRuleError(f"A rule of the kind {rule.type} is written as a plain cfRule.")
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{X14}#{rule.sqref}#{priority}#{parts.as_dict()}")
    flags = (' reverse="1"' if parts.reverse else "") + ("" if parts.show_value else ' showValue="0"')
    thresholds = "".join(_cfvo(threshold) for threshold in parts.thresholds)
    return (
        f'<x14:conditionalFormatting xmlns:x14="{X14}" xmlns:xm="{XM}">'
        f'<x14:cfRule type="iconSet" priority="{priority}" id="{{{str(identity).upper()}}}">'
        f"<x14:iconSet iconSet={quoteattr(str(parts.style))}{flags}>{thresholds}</x14:iconSet></x14:cfRule>"
        f"<xm:sqref>{escape(rule.sqref)}</xm:sqref></x14:conditionalFormatting>"
    )


def _cfvo(threshold: Threshold) -> str:
    strict = "" if threshold.at_least else ' gte="0"'
    if threshold.value is None:
        return f'<x14:cfvo type="{threshold.type}"{strict}/>'
    return f'<x14:cfvo type="{threshold.type}"{strict}><xm:f>{escape(threshold.value)}</xm:f></x14:cfvo>'
