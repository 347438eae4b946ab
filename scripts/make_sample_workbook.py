"""Write `samples/invoices.xlsx`: 600 invoices of a wholesaler as of 15 June 2026, the same data on every run.

Usage: python scripts/make_sample_workbook.py [samples/invoices.xlsx]
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

TODAY = dt.date(2026, 6, 15)
ROWS = 600
HEADERS = (
    "Invoice", "Customer", "Region", "Issued", "Due", "Amount", "Discount", "Paid", "Balance", "Status", "Owner",
    "Last contact", "Notes",
)  # fmt: skip
CUSTOMERS = {
    "Harbor Foods": "North", "Lumen Studio": "South", "Okafor & Sons": "East", "Grüner Bau GmbH": "North",
    "Pacific Tile": "West", "Zest Foods": "South", "Café Lumière": "East", "Dubois Frères": "West", "Kestrel Aviation": "East",
    "Bluebell Catering": "South", "Northgate Clinic": "North",
    "Forty Winks Bedding": "West", "Halvorsen Marine": "North", "Meridian Print": "East",
    "Sato Instruments": "West", "Tamarind Travel": "South", "Ortega Vineyards": "West", "Birch & Bramble": "East",
    "Polaris Freight": "North", "Juniper School Trust": "South", "Quayside Hotels": "West", "Riverside Dental": "East",
}  # fmt: skip
OWNERS = ("Priya", "Tom", "Marek", "Aisha", "Elena", "Jonas")
NOTES = (
    "awaiting PO number", "sent to collections", "credit note requested", "customer asked for copy", "partial delivery",
    "rush order", "pricing dispute", "paid by wire", "call back in July", "new billing address", "do not chase, VIP",
)  # fmt: skip
DISCOUNTS = (0.0, 0.0, 0.0, 0.0, 0.02, 0.05, 0.05, 0.1, 0.125, 0.15)
ROUND_AMOUNTS = (250.0, 500.0, 1200.0, 2500.0, 4000.0, 7500.0)
TERMS = (14, 30, 30, 30, 45, 60)
WIDTHS = (11, 23, 9, 12, 12, 12, 10, 12, 12, 11, 9, 13, 26)


def rows(seed: int = 20260615) -> list[list[object]]:
    """The data rows; dates run from January 2025 to 15 June 2026, so that about a third of the open invoices are overdue."""
    rng = random.Random(seed)
    span = (TODAY - dt.date(2025, 1, 6)).days
    issued_days = sorted(rng.randrange(span + 1) for _ in range(ROWS))
    return [_row(rng, number, dt.date(2025, 1, 6) + dt.timedelta(days=day)) for number, day in enumerate(issued_days)]


def _row(rng: random.Random, number: int, issued: dt.date) -> list[object]:
    customer = rng.choice(tuple(CUSTOMERS))
    due = issued + dt.timedelta(days=rng.choice(TERMS))
    amount = round(rng.lognormvariate(7.3, 1.05), 2) if rng.random() < 0.8 else rng.choice(ROUND_AMOUNTS)
    late = (TODAY - due).days
    roll = rng.random()
    settled = roll < (0.95 if late > 120 else 0.7 if late > 0 else 0.25)
    paid = amount if settled else round(amount * rng.choice((0.25, 0.5)), 2) if roll > 0.9 else 0.0
    unsettled = "Disputed" if rng.random() < 0.08 else "Overdue" if late > 0 else "Open" if rng.random() < 0.9 else "Draft"
    status = "Paid" if settled else unsettled
    contact = None if settled or rng.random() < 0.35 else min(TODAY, due + dt.timedelta(days=rng.randrange(-10, 20)))
    note = rng.choice(NOTES) if rng.random() < 0.18 else None
    owner = rng.choice(OWNERS) if rng.random() > 0.03 else None
    invoice = f"INV-{2001 + number}" if rng.random() > 0.01 else f"INV-{2000 + max(number, 1)}"  # some numbers were typed twice
    balance = round(amount - paid, 2)
    discount = rng.choice(DISCOUNTS)
    return [invoice, customer, CUSTOMERS[customer], issued, due, amount, discount, paid, balance, status, owner, contact, note]


def write(path: Path) -> None:
    """Write the workbook: one sheet with an Excel table, a second one that says what it is."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # a new book has one
    sheet.title = "Invoices"
    sheet.append(HEADERS)
    for row in rows():
        sheet.append(row)
    last = ROWS + 1
    for letters, code in (("DEL", "yyyy-mm-dd"), ("FHI", "#,##0.00"), ("G", "0.0%")):
        for letter in letters:
            for (cell,) in sheet[f"{letter}2:{letter}{last}"]:
                cell.number_format = code
    for number, width in enumerate(WIDTHS, 1):
        cell = sheet.cell(1, number)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E43")
        cell.alignment = Alignment(vertical="center")
        sheet.column_dimensions[get_column_letter(number)].width = width
    table = Table(displayName="Invoices", ref=f"A1:M{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)
    sheet.freeze_panes = "B2"
    about = book.create_sheet("About")
    about["A1"] = "Invented invoices for trying conditional formats; all names are made up. Dates are as of 15 June 2026."
    book.properties.creator = "cf-assistant"
    book.properties.created = book.properties.modified = dt.datetime(2026, 6, 15)  # noqa: DTZ001  # Excel's dates have no zone
    book.save(path)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "samples/invoices.xlsx")
    target.parent.mkdir(parents=True, exist_ok=True)
    write(target)
    print(f"{target}: {ROWS} invoices")
