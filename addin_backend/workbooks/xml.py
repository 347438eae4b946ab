"""XML parts, read with distrust: no document type, no entities, no network.

`parse` gives an lxml tree, for the small parts that are only read; `spans` reads the parts that are patched.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from xml.parsers import expat

from lxml import etree

from addin_backend.errors import DamagedWorkbookError, UnsafeWorkbookError

MAX_TREE_BYTES = 64 * 1024 * 1024
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", b"<\x00?\x00": "utf-16-le", b"\x00<\x00?": "utf-16-be"}
_DECLARED_ENCODING = re.compile(r"""^(<\?xml[^>]*?encoding\s*=\s*)(["'])[^"']*\2""")


_ENTITIES = str.maketrans({
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;",
})  # fmt: skip


class _PrologOverError(Exception):
    """The first element has been reached."""


def refuse_document_type(data: bytes, part: str) -> None:
    """Refuse a part that brings its own document type, the door to entity bombs and to files outside the workbook.

    Only the prolog is looked at: a document type cannot stand anywhere else.

    Raises:
        UnsafeWorkbookError: there is a `<!DOCTYPE`.
        DamagedWorkbookError: the prolog is not XML.
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: refuse_declaration(part)
    parser.StartElementHandler = _stop
    try:
        parser.Parse(data, True)
    except _PrologOverError:
        return
    except expat.ExpatError as error:
        raise broken(part, error) from None


def _stop(*_: object) -> None:
    raise _PrologOverError


def refuse_declaration(part: str) -> None:
    """Raise for a part with a document type."""
    raise UnsafeWorkbookError(f"The part '{part}' declares a document type or entities, which no workbook needs.")


def broken(part: str, error: Exception) -> DamagedWorkbookError:
    """The error for a part that is not XML."""
    return DamagedWorkbookError(f"The part '{part}' is not well-formed XML: {error}.")


def parse(data: bytes, part: str) -> etree._Element:
    """A small part as a tree.

    `huge_tree` stays off, so libxml2's own limits on depth and text length hold; the parts read this way (workbook,
    relationships, content types, tables, styles) never come near them.

    Raises:
        UnsafeWorkbookError: a document type.
        DamagedWorkbookError: not well-formed, or far larger than such a part ever is.
    """
    if len(data) > MAX_TREE_BYTES:
        raise DamagedWorkbookError(f"The part '{part}' is {len(data):,} bytes long, far more than such a part ever is.")
    refuse_document_type(data, part)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise broken(part, error) from None


def local(element: etree._Element) -> str:
    """Tag name without its namespace; empty for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Child elements of these local names, in whatever namespace (transitional and strict files differ only there)."""
    return (child for child in element if local(child) in names)


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child element of this local name."""
    return next(children(element, name), None)


def relation(element: etree._Element, name: str = "id") -> str | None:
    """An attribute of the relationships namespace (`r:id`), transitional or strict."""
    for key, value in element.attrib.items():
        qualified = etree.QName(key)
        if qualified.localname == name and (qualified.namespace or "").endswith("/relationships"):
            return str(value)
    return None


def as_ascii_compatible(data: bytes) -> bytes:
    """The part as it is, or, where it is UTF-16 (rare, but allowed), recoded as UTF-8: places are searched byte by byte."""
    for mark, encoding in _UTF16.items():
        if data.startswith(mark):
            text = data.decode(encoding)
            return _DECLARED_ENCODING.sub(r"\1\2UTF-8\2", text.lstrip("\ufeff"), count=1).encode("utf-8")
    return data


def escape(text: str) -> bytes:
    """Text for content or an attribute, in ASCII, so that it fits whatever encoding the part has."""
    return text.translate(_ENTITIES).encode("ascii", "xmlcharrefreplace")


def fragment(element: etree._Element, prefix: str) -> bytes:
    """An element of the spreadsheet namespace as text that uses the surrounding part's prefix for it.

    openpyxl builds its trees without a namespace; a part may bind the namespace to a prefix or as the default, and may be
    transitional or strict. Writing the prefix out makes the fragment right in all four.
    """
    tag = (f"{prefix}:{local(element)}" if prefix else local(element)).encode()
    written = b"".join(
        b" " + _attribute_name(str(key)).encode() + b'="' + escape(str(value)) + b'"' for key, value in element.attrib.items()
    )
    content = escape(element.text or "") + b"".join(fragment(item, prefix) for item in element)
    if not content:
        return b"<" + tag + written + b"/>"
    return b"<" + tag + written + b">" + content + b"</" + tag + b">"


def _attribute_name(key: str) -> str:
    qualified = etree.QName(key)
    return f"xml:{qualified.localname}" if qualified.namespace else qualified.localname
