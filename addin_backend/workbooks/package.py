"""Open Packaging: from a file to its workbook part, relationships and sheets (ECMA-376 part 2; part 1, 12.3).

`open_package` says what a file is when it is not a workbook we read, and what to do about it.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from lxml import etree

from addin_backend.errors import (
    DamagedWorkbookError,
    NoSuchSheetError,
    NotAWorkbookError,
    NotAWorksheetError,
    UnsupportedFormatError,
)  # fmt: skip
from addin_backend.workbooks import sniff, xml
from addin_backend.workbooks.archive import Archive, Limits

CONTENT_TYPES = "[Content_Types].xml"
_KINDS = {"worksheet": "worksheet", "chartsheet": "chart sheet", "dialogsheet": "dialog sheet", "xlMacrosheet": "macro sheet"}


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship: `kind` is the last segment of its type, the same in transitional and strict files."""

    id: str
    kind: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the workbook; `part` is None where the package lacks it. `kind` as in "worksheet", "chart sheet"."""

    name: str
    kind: str
    part: str | None
    visible: bool


class Package:
    """An open workbook package. Use as a context manager; made by `open_package`."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.archive.__exit__(kind, error, trace)

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return self.archive.find(part) is not None

    def read(self, part: str) -> bytes:
        """The bytes of a part.

        Raises:
            DamagedWorkbookError: there is no such part, or it does not unpack.
        """
        entry = self.archive.find(part)
        if entry is None:
            raise DamagedWorkbookError(f"The part '{part}' is missing from the workbook.")
        return self.archive.read(entry)

    def tree(self, part: str) -> etree._Element:
        """A small part as a tree."""
        return xml.parse(self.read(part), part)

    def relationships(self, part: str) -> tuple[Relationship, ...]:
        """The relationships of a part (`""` for the package), in order; targets as part names."""
        source = relationships_part(part)
        if not self.has(source):
            return ()
        return tuple(_relationship(item, part) for item in xml.children(self.tree(source), "Relationship"))

    @cached_property
    def content_types(self) -> dict[str, str]:
        """Content types by `/part name` and by `.extension`, in lower case."""
        types: dict[str, str] = {}
        for item in self.tree(CONTENT_TYPES):
            key = "." + item.get("Extension", "") if xml.local(item) == "Default" else item.get("PartName", "")
            types[key.lower()] = item.get("ContentType", "")
        return types

    def content_type(self, part: str) -> str:
        """The content type of a part; empty where none is given."""
        extension = "." + part.rsplit(".", 1)[-1]
        return self.content_types.get("/" + part.lower(), self.content_types.get(extension.lower(), ""))

    @cached_property
    def workbook_part(self) -> str:
        """Name of the workbook part.

        Raises:
            NotAWorkbookError, UnsupportedFormatError: the package is something else.
            DamagedWorkbookError: its main part is missing.
        """
        main = next(
            (item.target for item in self.relationships("") if item.kind == "officeDocument" and not item.external), None
        )
        if main is None:
            raise DamagedWorkbookError("The file is a ZIP package, but none of its parts is marked as the workbook.")
        if not self.has(main):
            raise DamagedWorkbookError(f"The workbook part '{main}' is missing from the file.")
        kind = self.content_type(main)
        if "sheet.binary" in kind:
            raise UnsupportedFormatError(sniff.BINARY_WORKBOOK)
        if not ("spreadsheetml" in kind or "ms-excel" in kind):
            raise NotAWorkbookError("The file is an Office document, but not a workbook. Send an .xlsx or .xlsm file.")
        return main

    @property
    def has_macros(self) -> bool:
        """Whether the main part is declared macro-enabled; Excel refuses such a file under an .xlsx name."""
        return "macroenabled" in self.content_type(self.workbook_part).lower()

    @property
    def is_template(self) -> bool:
        """Whether the main part is declared a template."""
        return "template" in self.content_type(self.workbook_part).lower()

    @cached_property
    def workbook(self) -> etree._Element:
        """The workbook part's tree."""
        return self.tree(self.workbook_part)

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets in the order of their tabs."""
        targets = {item.id: item for item in self.relationships(self.workbook_part)}
        holder = xml.child(self.workbook, "sheets")
        if holder is None:
            raise DamagedWorkbookError("The workbook lists no sheets.")
        return tuple(self._sheet(item, targets) for item in xml.children(holder, "sheet"))

    def _sheet(self, item: etree._Element, targets: dict[str, Relationship]) -> Sheet:
        target = targets.get(xml.relation(item) or "")
        part = target.target if target and not target.external and self.has(target.target) else None
        kind = _KINDS.get(target.kind, "unknown") if target else "worksheet"
        return Sheet(item.get("name", ""), kind, part, item.get("state", "visible") == "visible")

    def sheet(self, name: str) -> Sheet:
        """The sheet of this name (Excel compares names without case).

        Raises:
            NoSuchSheetError: with the names there are.
        """
        named = [sheet for sheet in self.sheets if sheet.name.casefold() == name.strip().casefold()]
        exact = [sheet for sheet in named if sheet.name == name]
        if not named:
            names = [sheet.name for sheet in self.sheets]
            listed = ", ".join(f"'{known}'" for known in names[:20]) + (" …" if len(names) > 20 else "")
            raise NoSuchSheetError(f"There is no sheet '{name}' in the workbook; it has {listed}.", sheets=names)
        return (exact or named)[0]

    def worksheet_part(self, sheet: Sheet) -> str:
        """The part with a worksheet's cells.

        Raises:
            NotAWorksheetError: a chart sheet and the like.
            DamagedWorkbookError: the workbook names the sheet but does not hold it.
        """
        if sheet.kind != "worksheet":
            raise NotAWorksheetError(f"'{sheet.name}' is a {sheet.kind}: it has no cells to format. Name a worksheet.")
        if sheet.part is None:
            raise DamagedWorkbookError(f"The workbook lists the sheet '{sheet.name}', but its part is missing.")
        return sheet.part

    def related_part(self, kind: str) -> str | None:
        """The part of this kind that the workbook refers to (`styles`, `sharedStrings`), if the package holds it."""
        for item in self.relationships(self.workbook_part):
            if item.kind == kind and not item.external and self.has(item.target):
                return item.target
        return None


def open_package(path: Path, limits: Limits | None = None) -> Package:
    """Open an .xlsx, .xlsm, .xltx or .xltm file; the workbook part has been found when this returns.

    Raises:
        WorkbookNotFoundError: no such file, or not readable.
        WorkbookTooLargeError: over the size limit (nothing is read then).
        NotAWorkbookError, UnsupportedFormatError, EncryptedWorkbookError: something else, told apart by `sniff`.
        DamagedWorkbookError, UnsafeWorkbookError: see `Archive`.
    """
    limits = limits or Limits()
    sniff.check_file(path, limits)
    package = Package(Archive(path, limits))
    try:
        sniff.check_members(package.archive)
        package.workbook_part  # noqa: B018  # computed now, so that what is no workbook is refused on opening
    except BaseException:
        package.archive.file.close()
        raise
    return package


def relationships_part(part: str) -> str:
    """`xl/workbook.xml` -> `xl/_rels/workbook.xml.rels`."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relationship(item: etree._Element, source: str) -> Relationship:
    external = item.get("TargetMode", "Internal") == "External"
    target = item.get("Target", "")
    if not external:
        target = unquote(target.replace("\\", "/"))
        base = "/" + posixpath.dirname(source)
        target = posixpath.normpath(posixpath.join(base, target)).lstrip("/")
    return Relationship(item.get("Id", ""), item.get("Type", "").rsplit("/", 1)[-1], target, external)
