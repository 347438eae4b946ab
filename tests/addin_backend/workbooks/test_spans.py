"""Places of elements, splices and their inverses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from addin_backend.errors import DamagedWorkbookError, UnsafeWorkbookError
from addin_backend.workbooks import xml
from addin_backend.workbooks.spans import Splice, attribute_splice, insertion, inverse, outline, splice

PART = b"""\xef\xbb\xbf<?xml version="1.0" encoding='UTF-8'?>
<!-- <x:b/> --><x:a xmlns:x="urn:one" xmlns="urn:two" p='1 > 0'><x:b/><x:b q="&gt;>"  ></x:b
><c>t&amp;<x:d/></c><![CDATA[<x:b>]]><?x <x:b>?></x:a>
"""


def test_spans_are_what_the_elements_are() -> None:
    root = outline(PART, "part")
    tree = etree.fromstring(PART)
    elements = [item for item in tree.iter() if isinstance(item.tag, str)]
    spans = list(root.walk())
    assert [(span.namespace, span.name, span.prefix or None) for span in spans] == [
        (etree.QName(item).namespace, etree.QName(item).localname, item.prefix) for item in elements
    ]
    written = [PART[span.start : span.end] for span in spans]
    assert written[1:] == [b"<x:b/>", b'<x:b q="&gt;>"  ></x:b\n>', b"<c>t&amp;<x:d/></c>", b"<x:d/>"]
    assert written[0].startswith(b"<x:a ")
    assert written[0].endswith(b"</x:a>")
    assert [span.is_empty_tag(PART) for span in spans] == [False, True, False, False, True]
    assert [span.name for span in root.each("b", "c")] == ["b", "b"], "c is of another namespace"


def test_skipped_content_is_checked_but_not_recorded() -> None:
    data = b'<w xmlns="u"><s><r><c/><c>5</c></r></s><s/><t><c/></t></w>'
    root = outline(data, "part", skipped=("s",))
    assert [span.name for span in root.walk()] == ["w", "s", "s", "t", "c"]
    assert [data[span.start : span.end] for span in root.children] == [b"<s><r><c/><c>5</c></r></s>", b"<s/>", b"<t><c/></t>"]
    with pytest.raises(DamagedWorkbookError):
        outline(b"<w><s><r></s></w>", "part", skipped=("s",))


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (b"<a p='1'/>", b"<a p='9'/>"),
        (b'<a q=" p=\'3\'" p = "1">x</a>', b'<a q=" p=\'3\'" p = "9">x</a>'),
        (b"<a>x</a>", b'<a p="9">x</a>'),
    ],
)
def test_an_attribute_is_set_in_place(tag: bytes, expected: bytes) -> None:
    root = outline(tag, "part")
    assert splice(tag, [attribute_splice(tag, root, "p", "9")]) == expected


def test_insertion() -> None:
    for data, expected in ((b"<a/>", b"<a><n/></a>"), (b"<a></a>", b"<a><n/></a>"), (b"<a><b/>x</a>", b"<a><b/><n/>x</a>")):
        root = outline(data, "part")
        after = root.children[-1] if root.children else None
        assert splice(data, [insertion(data, root, after, b"<n/>")]) == expected


@given(st.binary(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), st.binary(max_size=5)), max_size=6))
def test_an_inverse_gives_back_the_bytes(data: bytes, wanted: list[tuple[int, int, bytes]]) -> None:
    splices, at = [], 0
    for start, length, new in sorted(wanted):
        if at <= start <= len(data):
            end = min(start + length, len(data))
            splices.append(Splice(start, end, new))
            at = end + 1
    changed = splice(data, splices)
    assert splice(changed, inverse(data, splices)) == data


def test_overlapping_splices_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="overlap"):
        splice(b"abcdef", [Splice(0, 3, b""), Splice(2, 4, b"")])


def test_depth_is_limited() -> None:
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    with pytest.raises(DamagedWorkbookError, match="nested"):
        outline(deep, "part")
    with pytest.raises(DamagedWorkbookError):
        xml.parse(deep, "part")


@pytest.mark.parametrize("read", [outline, xml.parse])
def test_document_types_are_refused(read: object) -> None:
    for data in (b"<!DOCTYPE a><a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<!DOCTYPE a><a/>".encode("utf-16")):
        with pytest.raises(UnsafeWorkbookError):
            read(data, "part")  # type: ignore[operator]  # one of two functions


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from("\t\n\r")))
def test_escaped_text_is_read_back(text: str) -> None:
    data = b'<a b="' + xml.escape(text) + b'">' + xml.escape(text) + b"</a>"
    data.decode("ascii")
    element = etree.fromstring(data)
    assert element.get("b") == text
    assert (element.text or "") == text
