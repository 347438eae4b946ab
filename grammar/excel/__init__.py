"""Between the rule language and Excel's own conditional formats, in both directions.

`translate` gives an `ExcelRule`; `openpyxl_rules.to_openpyxl` and `office_js.office_js` say it to a file and to a running
Excel; `read_back.read_back` reads a file's rule as the rule language. openpyxl is
imported only by the two modules that need it.
"""

from grammar.excel.rule import ExcelRule, Place
from grammar.excel.translate import translate

__all__ = ["ExcelRule", "Place", "translate"]
