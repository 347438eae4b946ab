"""Measures for Python: CoNaLa's BLEU, exact match, AST match, similarity of node sequences, validity.

- **BLEU** (Papineni et al. 2002) as CoNaLa measures it (Yin et al. 2018): CoNaLa's tokenisation (`tokens`: every character that
  is no letter, digit or underscore stands alone, `camelCase` is split, both quotes are one sign), corpus BLEU-4 with one
  reference and the brevity penalty, in percent. `sentence_bleu` is smoothed (Lin & Och 2004; one is added to the matches and to
  the counts of every n) and serves to find the best of the top k.
- **Exact match**: the same text after `ast.unparse`, so that quotes, white space, brackets and comments do not matter; where
  one of the two does not parse, the same text with one kind of quotes and white space as single blanks.
- **AST match**: equal `ast.dump` up to the names that the code itself binds (loop variables, parameters, functions, targets of
  assignments). What the user said stays: names that stand in the utterance (those of one letter only between quotes), all
  literals, all free names, attributes and keywords. The names bound are numbered in order of appearance in the whole code;
  scopes are not told apart, so `[x for x in x]` equals `[y for y in y]`.
- **Similarity**: 1 - edit distance of the two sequences of nodes (depth first, with their names and values, names numbered as
  above) over the longer length; 1 for AST matches, 0 when one does not parse.
- **Validity**: `ast.parse` reads it, as Python 3.
"""

from __future__ import annotations

import ast
import builtins
import math
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence

from training.metrics.diversity import normalised_edit_distance

_ORDER = 4
_SAID = re.compile(r"\w\w+|(?<=[`'\"])\w(?=[`'\"])")
_BUILT_IN = frozenset(dir(builtins))


class UnreadablePythonError(ValueError):
    """`ast` cannot read the text as Python 3."""


def read(code: str) -> ast.Module:
    """The tree of a piece of code.

    Raises:
        UnreadablePythonError: it is no Python 3, or nested too deep, or empty.
    """
    if not code.strip():
        raise UnreadablePythonError("empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # escapes such as "\d" are the corpora's habit
            return ast.parse(code.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UnreadablePythonError(str(error)) from error


def valid(code: str) -> bool:
    """Whether `ast` reads it as Python 3 with at least one statement."""
    try:
        return bool(read(code).body)
    except UnreadablePythonError:
        return False


# -- BLEU ------------------------------------------------------------------------------------------------------------


def tokens(code: str) -> list[str]:
    """CoNaLa's tokenisation for BLEU."""
    spaced = re.sub(r"([^A-Za-z0-9_])", r" \1 ", code)
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", spaced)
    return re.sub(r"[\"']", "`", spaced).split()


def corpus_bleu(candidates: Sequence[str], references: Sequence[str]) -> float:
    """Corpus BLEU-4 in percent, one reference each; 0 when no n-gram of some n is shared.

    Raises:
        ValueError: not one candidate per reference.
    """
    if len(candidates) != len(references):
        raise ValueError(f"{len(candidates)} candidates for {len(references)} references")
    return 100 * _bleu([(tokens(a), tokens(b)) for a, b in zip(candidates, references, strict=True)], smooth=0)


def sentence_bleu(candidate: str, reference: str) -> float:
    """Smoothed BLEU-4 of one candidate in percent."""
    return 100 * _bleu([(tokens(candidate), tokens(reference))], smooth=1)


def best_by_bleu(candidates: Sequence[str], reference: str) -> str:
    """The candidate of the highest sentence BLEU, the first of equals; empty without candidates. An oracle, for top k."""
    return max(candidates, key=lambda code: sentence_bleu(code, reference), default="")


def _ngrams(words: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[k : k + n]) for k in range(len(words) - n + 1))


def _bleu(pairs: Sequence[tuple[list[str], list[str]]], smooth: int) -> float:
    written, wanted = (sum(len(pair[side]) for pair in pairs) for side in (0, 1))
    logs = 0.0
    for n in range(1, _ORDER + 1):
        shared = sum((_ngrams(a, n) & _ngrams(b, n)).total() for a, b in pairs) + smooth
        possible = sum(max(len(a) - n + 1, 0) for a, _ in pairs) + smooth
        if not shared or not written:
            return 0.0
        logs += math.log(shared / possible) / _ORDER
    return math.exp(logs + min(0.0, 1 - wanted / written))


# -- the tree --------------------------------------------------------------------------------------------------------


def exact_match(candidate: str, reference: str) -> bool:
    """The same code but for quotes, white space, brackets and comments."""
    return normal_text(candidate) == normal_text(reference)


def normal_text(code: str) -> str:
    """The code as `ast.unparse` writes it; when it does not parse, with one kind of quotes and single blanks."""
    try:
        return ast.unparse(read(code))
    except (UnreadablePythonError, RecursionError):
        return " ".join(code.replace('"', "'").split())


def ast_match(candidate: str, reference: str, utterance: str = "") -> bool:
    """The same tree up to the names the code binds; names that stand in the utterance are never renamed."""
    try:
        return _dump(candidate, utterance) == _dump(reference, utterance)
    except (UnreadablePythonError, RecursionError):
        return False


def similarity(candidate: str, reference: str, utterance: str = "") -> float:
    """Similarity of the node sequences, 0 to 1."""
    try:
        left, right = (list(_labels(_renamed(read(code), utterance))) for code in (candidate, reference))
    except (UnreadablePythonError, RecursionError):
        return 0.0
    return 1 - normalised_edit_distance(left, right)


def template(code: str) -> str:
    """The code with literals replaced by their type and all names but built-ins numbered: what near-duplicates share.

    Raises:
        UnreadablePythonError: it is no Python 3, or nested too deep.
    """
    tree = read(code)
    used = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id not in _BUILT_IN]
    try:
        return ast.unparse(_Typer().visit(_rename(tree, [*used, *_bound(tree)])))
    except RecursionError as error:
        raise UnreadablePythonError(str(error)) from error


def _dump(code: str, utterance: str) -> str:
    return ast.dump(_renamed(read(code), utterance))


def _renamed(tree: ast.Module, utterance: str) -> ast.AST:
    said = set(_SAID.findall(utterance))
    return _rename(tree, [name for name in _bound(tree) if name not in said])


def _rename(tree: ast.Module, names: Sequence[str]) -> ast.AST:
    renamed: ast.AST = _Renamer({name: f"_{k}" for k, name in enumerate(dict.fromkeys(names))}).visit(tree)
    return renamed


def _bound(tree: ast.AST) -> list[str]:
    """Names that the code binds, in order of the places where it does."""
    found: dict[str, tuple[int, int]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name: str | None = node.id
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, ast.ExceptHandler | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = node.name
        else:
            continue
        if name is not None:
            place = (node.lineno, node.col_offset)
            found[name] = min(place, found.get(name, place))
    return sorted(found, key=lambda name: found[name])


def _labels(node: ast.AST) -> Iterator[str]:
    """Depth first: the class of every node, and its names and values."""
    yield type(node).__name__
    for name, value in ast.iter_fields(node):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST):
                if not isinstance(item, ast.expr_context):
                    yield from _labels(item)
            elif item is not None or isinstance(node, ast.Constant):
                yield f"{name}={item!r}"


class _Renamer(ast.NodeTransformer):
    """Gives names their new names; `u"x"` becomes `"x"`."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit(self, node: ast.AST) -> ast.AST:
        for name in ("id", "arg", "name"):
            old = getattr(node, name, None)
            if isinstance(old, str) and not isinstance(node, ast.keyword | ast.alias):
                setattr(node, name, self.names.get(old, old))
        if isinstance(node, ast.Constant):
            node.kind = None
        self.generic_visit(node)
        return node


class _Typer(ast.NodeTransformer):
    """Replaces literals by the name of their type."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:  # the name `ast` asks for
        if isinstance(node.value, str | bytes):
            return ast.Name("STRING", ast.Load())
        if isinstance(node.value, int | float | complex) and not isinstance(node.value, bool):
            return ast.Name("NUMBER", ast.Load())
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:  # noqa: ARG002  # the name `ast` asks for; any f-string
        return ast.Name("STRING", ast.Load())
