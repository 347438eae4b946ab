"""Places of elements in the bytes of an XML part, and splices that change a part without touching the bytes around.

`outline` reads a part as strictly as `xml.parse` does, but remembers where each element stands. A patch is then a list of
splices, which can be inverted exactly; declaration, prefixes, order of attributes, blanks: all that is not spliced stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from addin_backend.errors import DamagedWorkbookError
from addin_backend.workbooks.xml import broken, escape, refuse_declaration

MAX_DEPTH = 256  # as libxml2 has it
_TAG = re.compile(rb"""<[^"'>]*(?:(?:"[^"]*"|'[^']*')[^"'>]*)*>""")
_ATTRIBUTE = re.compile(rb"""([^\s=<>/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass(slots=True, eq=False)
class Span:
    """An element's place in the bytes of its part.

    `start`..`inner` is the start tag, `inner`..`close` the content, `close`..`end` the end tag; an empty element has
    `inner == close == end`. `namespace` and `name` are resolved, `prefix` is as written (empty for the default).
    """

    namespace: str
    name: str
    prefix: str
    attributes: dict[str, str]
    start: int
    inner: int = -1
    close: int = -1
    end: int = -1
    children: list[Span] = field(default_factory=list)

    @property
    def tag(self) -> str:
        """The tag as written."""
        return f"{self.prefix}:{self.name}" if self.prefix else self.name

    def is_empty_tag(self, data: bytes) -> bool:
        """Whether the element is written as one tag, `<name/>`."""
        return data[self.inner - 2 : self.inner] == b"/>"

    def find(self, *names: str) -> Span | None:
        """The first child of one of these local names in the element's own namespace."""
        return next(self.each(*names), None)

    def each(self, *names: str) -> Iterator[Span]:
        """The children of these local names in the element's own namespace."""
        return (span for span in self.children if span.name in names and span.namespace == self.namespace)

    def walk(self) -> Iterator[Span]:
        """The element and everything below it, in document order."""
        yield self
        for span in self.children:
            yield from span.walk()


class _Outliner:
    """Builds the tree of spans; the content of elements named in `skipped` is checked but not recorded."""

    def __init__(self, data: bytes, part: str, skipped: frozenset[str]) -> None:
        self.data = data
        self.part = part
        self.skipped = skipped
        self.stack: list[Span] = []
        self.root: Span | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.namespace_prefixes = True
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = lambda *_: refuse_declaration(part)
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.finish

    def begin(self, qualified: str, attributes: dict[str, str]) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise DamagedWorkbookError(f"The part '{self.part}' is nested more than {MAX_DEPTH} levels deep.")
        namespace, name, prefix = split_name(qualified)
        span = Span(namespace, name, prefix, attributes, self.parser.CurrentByteIndex)
        if self.stack:
            self.stack[-1].children.append(span)
        else:
            self.root = span
        self.stack.append(span)
        if name in self.skipped:
            self.skip(qualified)

    def skip(self, qualified: str) -> None:
        """Have the parser report only ends, the price of finding this element's own."""

        def finish(ended: str) -> None:
            if ended == qualified:
                self.parser.StartElementHandler = self.begin
                self.parser.EndElementHandler = self.finish
                self.finish(ended)

        self.parser.StartElementHandler = None
        self.parser.EndElementHandler = finish

    def finish(self, _: str) -> None:
        span = self.stack.pop()
        at = self.parser.CurrentByteIndex
        tag = _TAG.match(self.data, span.start)
        span.inner = tag.end() if tag else at
        if span.is_empty_tag(self.data):
            span.close = span.end = span.inner
        else:
            span.close = at
            span.end = self.data.index(b">", at) + 1


def split_name(qualified: str) -> tuple[str, str, str]:
    """Expat's `uri name prefix` (or fewer) -> (namespace, name, prefix)."""
    parts = qualified.split(" ")
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def outline(data: bytes, part: str, skipped: Iterable[str] = ()) -> Span:
    """The root span of a part; the whole part is checked for being well-formed.

    Raises:
        UnsafeWorkbookError: a document type.
        DamagedWorkbookError: not well-formed.
    """
    outliner = _Outliner(data, part, frozenset(skipped))
    try:
        outliner.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise broken(part, error) from None
    assert outliner.root is not None
    return outliner.root


@dataclass(frozen=True, slots=True)
class Splice:
    """`data[start:end]` becomes `new`."""

    start: int
    end: int
    new: bytes


def splice(data: bytes, splices: Iterable[Splice]) -> bytes:
    """Apply splices that do not overlap; those at the same place keep their order."""
    pieces: list[bytes] = []
    at = 0
    for one in sorted(splices, key=lambda item: item.start):
        if one.start < at:
            raise ValueError("splices overlap")
        pieces += (data[at : one.start], one.new)
        at = one.end
    return b"".join([*pieces, data[at:]])


def attribute_splice(data: bytes, span: Span, name: str, value: str) -> Splice:
    """Set an attribute of an element, keeping the rest of its start tag."""
    for match in _ATTRIBUTE.finditer(data, span.start, span.inner):
        if match[1] == name.encode():
            group = 2 if match[2] is not None else 3
            return Splice(match.start(group), match.end(group), escape(value))
    after_name = span.start + 1 + len(span.tag.encode())
    return Splice(after_name, after_name, b" " + name.encode() + b'="' + escape(value) + b'"')


def inverse(data: bytes, splices: Iterable[Splice]) -> tuple[Splice, ...]:
    """The splices that turn `splice(data, splices)` back into `data`."""
    undone: list[Splice] = []
    moved = 0
    for one in sorted(splices, key=lambda item: item.start):
        start = one.start + moved
        undone.append(Splice(start, start + len(one.new), data[one.start : one.end]))
        moved += len(one.new) - (one.end - one.start)
    return tuple(undone)


def insertion(data: bytes, parent: Span, after: Span | None, new: bytes) -> Splice:
    """Put `new` into `parent` after its child `after`, or at the beginning of its content."""
    if parent.is_empty_tag(data):
        return Splice(parent.end - 2, parent.end, b">" + new + b"</" + parent.tag.encode() + b">")
    at = after.end if after is not None else parent.inner
    return Splice(at, at, new)
