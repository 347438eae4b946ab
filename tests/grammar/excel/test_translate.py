"""Rules as Excel's own: native kinds, formulas, guards, places."""

from __future__ import annotations

import datetime as dt

import pytest

from grammar import nodes as n
from grammar.errors import RuleCheckError, UnsupportedRuleError
from grammar.excel.rule import ExcelRule, IconSetParts, Place
from grammar.excel.translate import translate
from grammar.parse import parse
from grammar.table import Table
from tests.grammar.cases.load import pairs

DAY = dt.datetime.combine(dt.date(2026, 6, 15), dt.time())
TABLE = Table.from_rows(
    [
        ["Name", "Status", "Amount", "Cost", "Due", "Mixed", "Score"],
        ["Ann", "Paid", 5, 3, DAY, 1, 10],
        ["Bob", None, 5000, 4, DAY, 2, 20],
        ["Cy", "Open", 7.5, None, DAY, "x", 30],
        ["Di", "Open", -1, 8, DAY, "#N/A", 40],
        ["Ed", "", 12, 9, DAY, 7, 50],
        ["Fay", "Late", 3, None, DAY, 9, 60],
        ["Gus", "Paid", 0, 1, DAY, "5", 70],
        ["Hal", "Paid", 1, 2, DAY, 5, 80],
    ],
    coerce=False,
)
PLACE = Place(2, 9, 1)


@pytest.mark.parametrize(("case", "wanted"), pairs("../excel/translate.txt"))
def test_cases(case: str, wanted: str) -> None:
    words, text = [], case
    while text.split(" ", 1)[0] in ("row", "formula", "excel"):
        word, text = text.split(" ", 1)
        words.append(word)
    rule = translate(
        parse(text),
        TABLE,
        PLACE,
        scope="row" if "row" in words else "cells",
        blanks="excel" if "excel" in words else "skip",
        prefer_native="formula" not in words,
    )
    assert _line(rule) == wanted


def _line(rule: ExcelRule) -> str:
    parts = [rule.type, rule.operator, rule.time_period, f"rank={rule.rank}" if rule.rank else None]
    parts += ["percent" if rule.percent else None, "bottom" if rule.bottom else None]
    parts += [None if rule.above_average else "below", f"stdDev={rule.std_dev}" if rule.std_dev else None, *rule.formulas]
    return " ".join(filter(None, parts))


def test_ranges_follow_scope_and_place() -> None:
    place = Place(11, 18, 28)  # AB11
    rule = parse("AND(GreaterThan(c[2], 4), Blanks(c[1]))")
    cells, row = (translate(rule, TABLE, place, scope=scope) for scope in ("cells", "row"))
    assert (cells.sqref, cells.formulas) == ("AD11:AD18", ("AND($AD11>4,LEN(TRIM($AC11))=0)",))
    assert (row.sqref, row.formulas) == ("AB11:AH18", cells.formulas)
    assert translate(n.Visual("DataBar", n.Column(2)), TABLE, place, scope="row").sqref == "AD11:AD18"


def test_a_left_out_column_is_the_cell_or_every_cell() -> None:
    rule = parse("GreaterThan(10)")
    assert translate(rule, TABLE, PLACE, cell=2).sqref == "C2:C9"
    every = translate(rule, Table.from_rows([["a", "b"], [1, 2], [3, 4]]), Place(2, 3, 2))
    assert (every.type, every.operator, every.sqref) == ("cellIs", "greaterThan", "B2:C3")
    text = translate(parse('NOT(TextEquals("x"))'), TABLE, PLACE)
    assert text.formulas == ('AND(A2<>"",A2<>"x")',)


def test_an_empty_text_of_a_formula_is_kept_out() -> None:
    table = Table.from_rows([["a"], [1], [""], [9]], coerce=False)
    assert translate(parse("GreaterThan(c[0], 5)"), table, Place(2, 4)).formulas == ('AND($A2<>"",$A2>5)',)


def test_a_table_without_rows_has_its_first_cell() -> None:
    assert translate(parse("Blanks(c[1])"), Table.from_rows([["a", "b"]]), Place(2, 1)).sqref == "B2"


def test_icons_keep_the_attribute_out_when_it_is_the_default() -> None:
    default, named = (translate(parse(text), TABLE, PLACE).visual for text in ("IconSet(c[2])", 'IconSet(c[2], "4Rating")'))
    assert isinstance(default, IconSetParts)
    assert isinstance(named, IconSetParts)
    assert default.style is None
    assert [t.value for t in default.thresholds] == ["0", "33", "67"]
    assert [t.value for t in named.thresholds] == ["0", "25", "50", "75"]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("GreaterThan(c[9], 1)", RuleCheckError, "There is no column J"),
        ('IconSet(c[2], "6Arrows")', UnsupportedRuleError, "'6Arrows' is no icon set"),
        ('ColorScale(c[2], "red")', UnsupportedRuleError, "no colour scale"),
        ('DataBar(c[2], "sick")', UnsupportedRuleError, "no colour for data bars"),
        ("AND(DataBar(c[2]), Blanks(c[1]))", UnsupportedRuleError, "cannot stand under"),
        ("GreaterThan(c[2], AVERAGE(c[2] * 2))", UnsupportedRuleError, "over a whole column"),
    ],
)
def test_refusals(text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message.replace("(", r"\(")):
        translate(parse(text), TABLE, PLACE)


def test_a_formula_longer_than_excel_takes_is_refused() -> None:
    rule = n.Or(tuple(n.TextTest("TextEquals", n.Column(0), n.Text("x" * 100 + str(k))) for k in range(100)))
    with pytest.raises(UnsupportedRuleError, match="8,192"):
        translate(rule, TABLE, PLACE)


def test_a_text_longer_than_a_literal_is_cut() -> None:
    rule = n.TextTest("TextEquals", n.Column(0), n.Text("x" * 300))
    assert translate(rule, TABLE, PLACE).formulas == (f'"{"x" * 255}"&"{"x" * 45}"',)


def test_as_dict_says_only_what_is_said() -> None:
    assert translate(parse("GreaterThan(c[2], 4000)"), TABLE, PLACE).as_dict() == {
        "type": "cellIs", "sqref": "C2:C9", "operator": "greaterThan", "formulas": ["4000"],
    }  # fmt: skip
    assert translate(parse("BelowAverage(c[2])"), TABLE, PLACE).as_dict() == {
        "type": "aboveAverage", "sqref": "C2:C9", "aboveAverage": False,
    }  # fmt: skip
