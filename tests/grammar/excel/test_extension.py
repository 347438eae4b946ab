"""Icon sets of Excel 2010 in the sheet's extension."""

from __future__ import annotations

import pytest
from lxml import etree

from grammar.errors import UnsupportedRuleError
from grammar.excel.extension import X14, XM, extension_xml, needs_extension
from grammar.excel.rule import Place
from grammar.excel.translate import translate
from grammar.excel.visuals import EXTENDED_ICON_SETS
from grammar.parse import parse
from grammar.table import Table

TABLE, PLACE = Table.from_rows([["a"], [1], [2]]), Place(2, 3, 1)


@pytest.mark.parametrize("style", EXTENDED_ICON_SETS)
def test_it_works(style: str) -> None:
    rule = translate(parse(f'IconSet(c[0], "{style}")'), TABLE, PLACE)
    assert needs_extension(rule)
    element = etree.fromstring(extension_xml(rule, 3))
    assert element.findtext(f"{{{XM}}}sqref") == "A2:A3"
    icons = element.find(f"{{{X14}}}cfRule/{{{X14}}}iconSet")
    assert icons is not None
    assert icons.get("iconSet") == style
    assert len(icons) == int(style[0])
    assert extension_xml(rule, 3) == extension_xml(rule, 3) != extension_xml(rule, 4)


def test_a_plain_rule_is_refused() -> None:
    rule = translate(parse("IconSet(c[0])"), TABLE, PLACE)
    assert not needs_extension(rule)
    with pytest.raises(UnsupportedRuleError):
        extension_xml(rule, 1)
