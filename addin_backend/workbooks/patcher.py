"""Conditional formats into a copy of a workbook that loses nothing, and out of it again.

Only the sheet part and the styles part change, and in them only the bytes of the new elements (and the priorities that
move); every other part is copied raw. A workbook without a styles part is the one exception: it gets the part, its
relationship and its content type.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl.formatting.rule import Rule

from addin_backend.errors import RangeError, TargetError
from addin_backend.workbooks import sheet_part, spans, styles, xml
from addin_backend.workbooks.archive import Limits
from addin_backend.workbooks.output import write_archive
from addin_backend.workbooks.package import CONTENT_TYPES, Package, open_package, relationships_part

if TYPE_CHECKING:
    from grammar.excel.rule import ExcelRule
    from grammar.look import Look

_REFERENCE = re.compile(
    r"\$?[A-Z]{1,3}\$?[1-9]\d{0,6}(:\$?[A-Z]{1,3}\$?[1-9]\d{0,6})?|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?\d+:\$?\d+"
)


@dataclass(frozen=True, slots=True)
class Addition:
    """One rule to put in: openpyxl's `Rule` (its `dxf` is the look) on the cells `sqref` of a sheet."""

    sheet: str
    sqref: str
    rule: Rule
    first: bool = False


@dataclass(frozen=True, slots=True)
class PartChange:
    """How to take a part's change back exactly, as long as its bytes are still those with this SHA-256."""

    part: str
    sha256: str
    inverse: tuple[spans.Splice, ...]


@dataclass(frozen=True, slots=True)
class PatchReport:
    """What was put in: enough to say it to a user and to take it out again (`undo_rule`).

    `rule` is the cfRule element as text without a prefix; `dxf` the index of its format, None for scales, bars and icons.
    """

    sheet: str
    part: str
    sqref: str
    priority: int
    dxf: int | None
    rule: str
    changes: tuple[PartChange, ...]
    added_parts: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, read back by `from_dict`."""
        changes = [
            {
                "part": change.part,
                "sha256": change.sha256,
                "inverse": [[one.start, one.end, one.new.decode("latin-1")] for one in change.inverse],
            }
            for change in self.changes
        ]
        plain = {key: getattr(self, key) for key in ("sheet", "part", "sqref", "priority", "dxf", "rule")}
        return {**plain, "changes": changes, "added_parts": list(self.added_parts)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> PatchReport:
        """The report that `as_dict` wrote."""
        changes = tuple(
            PartChange(
                item["part"], item["sha256"], tuple(spans.Splice(a, b, new.encode("latin-1")) for a, b, new in item["inverse"])
            )
            for item in values["changes"]
        )
        return cls(**{**values, "changes": changes, "added_parts": tuple(values["added_parts"])})


@dataclass(slots=True)
class _Draft:
    """The parts as they will be, while rules are put in one after the other."""

    package: Package
    changed: dict[str, bytes] = field(default_factory=dict)
    added: dict[str, bytes] = field(default_factory=dict)

    def read(self, part: str) -> bytes:
        known = self.changed.get(part, self.added.get(part))
        return known if known is not None else xml.as_ascii_compatible(self.package.read(part))

    def change(self, part: str, splices: tuple[spans.Splice, ...]) -> PartChange:
        data = self.read(part)
        new = spans.splice(data, splices)
        (self.added if part in self.added else self.changed)[part] = new
        return PartChange(part, hashlib.sha256(new).hexdigest(), spans.inverse(data, splices))


def patch_rule(
    source: Path, target: Path, sheet: str, sqref: str, rule: Rule, *, first: bool = False, limits: Limits | None = None
) -> PatchReport:
    """Put one rule into a copy of a workbook; see `patch_rules`."""
    return patch_rules(source, target, [Addition(sheet, sqref, rule, first)], limits=limits)[0]


def patch_rules(
    source: Path, target: Path, additions: Sequence[Addition], *, limits: Limits | None = None
) -> tuple[PatchReport, ...]:
    """Write a copy of `source` to `target` with the rules put in, in the order given.

    A rule goes after all others of its sheet (the next free priority number), or before them if `first`. `source` is never
    changed; `target` appears whole or not at all, and replaces a file of that name.

    Raises:
        TargetError: `target` is the source, its ending does not fit, or its folder does not exist.
        DiskFullError, WriteError: writing failed; nothing stands under the name of `target` that was not there before.
        NoSuchSheetError, NotAWorksheetError, RangeError: the place does not exist.
        Everything that `open_package` raises.
    """
    with open_package(source, limits) as package:
        check_target(package, source, target)
        draft = _Draft(package)
        reports = tuple(_add(draft, addition) for addition in additions)
        write_archive(package.archive, target, draft.changed, draft.added)
    return reports


def add_rule(
    source: Path,
    target: Path,
    sheet: str,
    excel_rule: ExcelRule,
    look: Look,
    *,
    first: bool = False,
    limits: Limits | None = None,
) -> PatchReport:
    """Put a translated rule with its look into a copy of a workbook; see `patch_rules`."""
    from grammar.excel.openpyxl_rules import to_openpyxl

    return patch_rule(source, target, sheet, excel_rule.sqref, to_openpyxl(excel_rule, look), first=first, limits=limits)


def check_target(package: Package, source: Path, target: Path) -> None:
    """Refuse a target that would overwrite the input or that Excel would not open.

    Raises:
        TargetError
    """
    if target.exists() and target.samefile(source):
        raise TargetError("The output would overwrite the input. Give the copy another name.")
    wanted = f".xl{'t' if package.is_template else 's'}{'m' if package.has_macros else 'x'}"
    if target.suffix.lower() not in (wanted, source.suffix.lower()):
        kind = "has macros" if package.has_macros else "is a template" if package.is_template else "has no macros"
        raise TargetError(
            f"Excel opens this workbook only under a name that ends in {wanted}, because it {kind}: '{target.name}'."
        )


def check_sqref(sqref: str) -> str:
    """Normalised references, separated by blanks.

    Raises:
        RangeError: there is none, or one cannot be read.
    """
    references = sqref.upper().split()
    for reference in references:
        if not _REFERENCE.fullmatch(reference):
            raise RangeError(f"'{reference}' is not a range such as A1:D20.")
    if not references:
        raise RangeError("The rule has no cells to stand on.")
    return " ".join(reference.replace("$", "") for reference in references)


def _add(draft: _Draft, addition: Addition) -> PatchReport:
    package = draft.package
    sheet = package.sheet(addition.sheet)
    part, sqref = package.worksheet_part(sheet), check_sqref(addition.sqref)
    changes: list[PartChange] = []
    index: int | None = None
    known = set(draft.added)
    if addition.rule.dxf is not None:
        styles_part = _styles_part(draft, changes)
        style = styles.add_style(draft.read(styles_part), styles_part, addition.rule.dxf)
        index = style.index
        changes.append(draft.change(styles_part, style.splices))
    rule = sheet_part.add_rule(draft.read(part), part, sqref, addition.rule, index, first=addition.first)
    changes.append(draft.change(part, rule.splices))
    new_parts = tuple(name for name in draft.added if name not in known)
    kept = tuple(change for change in changes if change.part not in new_parts)
    return PatchReport(sheet.name, part, sqref, rule.priority, index, rule.text, kept, new_parts)


def _styles_part(draft: _Draft, changes: list[PartChange]) -> str:
    """The styles part; where there is none, it is added with its relationship and content type."""
    package = draft.package
    found = package.related_part("styles") or next((name for name in draft.added if name.endswith("styles.xml")), None)
    if found is not None:
        return found
    workbook = package.workbook_part
    relationships = relationships_part(workbook)
    folder = posixpath.dirname(workbook)
    name = next(n for k in range(10_000) if not package.has(n := posixpath.join(folder, f"styles{k or ''}.xml")))
    draft.added[name] = styles.new_part(package.workbook.nsmap[package.workbook.prefix] or "")
    ids = {item.id for item in package.relationships(workbook)}
    free = next(i for k in range(1, 100_000) if (i := f"rIdStyles{k}") not in ids)
    kinds = {item.get("Type", "").rsplit("/", 1)[0] for item in package.tree(relationships)}
    base = next((kind for kind in kinds if kind.endswith("officeDocument/relationships")), "")
    attributes = {"Id": free, "Type": f"{base}/styles", "Target": posixpath.basename(name)}
    changes.append(_append(draft, relationships, "Relationship", attributes))
    override = {"PartName": f"/{name}", "ContentType": styles.CONTENT_TYPE}
    changes.append(_append(draft, CONTENT_TYPES, "Override", override))
    return name


def _append(draft: _Draft, part: str, name: str, attributes: dict[str, str]) -> PartChange:
    data = draft.read(part)
    root = spans.outline(data, part)
    tag = f"{root.prefix}:{name}" if root.prefix else name
    written = b"".join(b" " + key.encode() + b'="' + xml.escape(value) + b'"' for key, value in attributes.items())
    last = root.children[-1] if root.children else None
    return draft.change(part, (spans.insertion(data, root, last, b"<" + tag.encode() + written + b"/>"),))


def undo_rule(source: Path, target: Path, report: PatchReport, *, limits: Limits | None = None) -> None:
    """Write a copy of `source` to `target` without the rule that `report` is about.

    A part that has not changed since gets back exactly the bytes it had. Elsewhere the rule alone is taken out, and its
    format stays in the styles part, where it does no harm and other formats keep their numbers.

    Raises:
        RuleNotFoundError: the rule is not there any more.
        As `patch_rules` otherwise.
    """
    with open_package(source, limits) as package:
        check_target(package, source, target)
        part = package.worksheet_part(package.sheet(report.sheet))
        changed: dict[str, bytes] = {}
        for change in report.changes:
            if package.has(change.part):
                data = package.read(change.part)
                if hashlib.sha256(data).hexdigest() == change.sha256:
                    changed[change.part] = spans.splice(data, change.inverse)
        if report.part not in changed:
            data = xml.as_ascii_compatible(package.read(part))
            gone = sheet_part.remove_rule(data, part, report.sqref, report.rule, report.priority)
            changed = {part: spans.splice(data, [gone])}
        write_archive(package.archive, target, changed, {})
