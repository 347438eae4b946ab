"""Python of the standard library: more than the one-line statements of `training.corpus.snippets.python_lines`.

`python_pieces` cuts statements, expressions and small functions out of every module, `described_functions` pairs small
functions with the first sentence of their docstring. All are written by `ast.unparse` (one style), distinct and of bounded
length. Tests and installed packages are left out. The same on one version of Python. With a `limit` the pieces are drawn from
all modules alike. Reading the whole library takes half a minute.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import io
import re
import sysconfig
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from training.corpus.code_splits import Pair

MAX_LINES = 3
MAX_TOKENS = 64
_FEWEST_TOKENS = 4
_LEFT_OUT = frozenset({"test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__"})
_STATEMENTS = (
    ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return | ast.Expr | ast.Assert | ast.Raise | ast.Delete
    | ast.For | ast.While | ast.If | ast.With | ast.Import | ast.ImportFrom
)  # fmt: skip
_EXPRESSIONS = (
    ast.Call | ast.BinOp | ast.BoolOp | ast.Compare | ast.Subscript | ast.IfExp | ast.Lambda
    | ast.ListComp | ast.DictComp | ast.SetComp | ast.GeneratorExp | ast.List | ast.Dict
)  # fmt: skip
_SENTENCE = re.compile(r"(.+?[.!?])(?:\s|$)|(.+?)(?:\n\s*\n|$)", re.DOTALL)


def python_pieces(limit: int | None = None, *, max_tokens: int = MAX_TOKENS, folder: Path | None = None) -> list[str]:
    """Distinct statements, expressions and functions of up to three lines and `max_tokens` tokens of Python, at most `limit`.

    Raises:
        ValueError: a limit or a length below 1.
    """
    if max_tokens < 1 or (limit is not None and limit < 1):
        raise ValueError(f"limit {limit} and max_tokens {max_tokens} must be at least 1")
    pieces = (text for tree in _trees(_library(folder)) for text in _pieces(tree))
    return _shuffled((text for text in dict.fromkeys(pieces) if _fits(text, max_tokens)), limit)


def described_functions(
    limit: int | None = None, *, max_tokens: int = MAX_TOKENS, max_lines: int = MAX_LINES, folder: Path | None = None
) -> list[Pair]:
    """Functions of at most `max_lines` lines without their docstring, described by its first sentence; one per description.

    Raises:
        ValueError: a limit or a length below 1.
    """
    if max_tokens < 1 or max_lines < 1 or (limit is not None and limit < 1):
        raise ValueError(f"limit {limit}, max_tokens {max_tokens} and max_lines {max_lines} must be at least 1")
    found: dict[str, Pair] = {}
    for tree in _trees(_library(folder)):
        for node in ast.walk(tree):
            pair = _described(node)
            if pair and pair.code.count("\n") < max_lines and _fits(pair.code, max_tokens):
                found.setdefault(pair.utterance.casefold(), pair)
    distinct = {pair.code: pair for pair in found.values()}
    return [distinct[code] for code in _shuffled(distinct, limit)]


def token_count(code: str) -> int:
    """Tokens of Python, line ends and indentation left out; ValueError when it has none of them."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError) as error:
        raise ValueError(f"not Python: {error}") from error
    return sum(token.string.strip() != "" for token in tokens)


def _library(folder: Path | None) -> Path:
    return folder or Path(sysconfig.get_path("stdlib"))


def _trees(folder: Path) -> Iterator[ast.Module]:
    for path in sorted(folder.rglob("*.py")):
        if not _LEFT_OUT & set(path.relative_to(folder).parts[:-1]):
            tree = _tree(path)
            if tree is not None:
                yield tree


def _tree(path: Path) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old escapes in the library
            return ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError, ValueError, OSError):
        return None  # templates and files that are broken on purpose


def _pieces(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            text = ast.unparse(_without_docstring(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        elif isinstance(node, _STATEMENTS | _EXPRESSIONS):
            text = ast.unparse(node)
        else:
            continue
        if text.count("\n") < MAX_LINES:
            yield text


def _described(node: ast.AST) -> Pair | None:
    """A function with its description; None without a docstring that says something."""
    if not isinstance(node, ast.FunctionDef) or len(node.body) < 2 or node.name.startswith("__"):
        return None
    bare = _without_docstring(node)
    sentence = _first_sentence(ast.get_docstring(node) or "")
    return Pair(sentence, ast.unparse(bare)) if sentence and not _does_nothing(bare.body) else None


def _first_sentence(docstring: str) -> str:
    """The first sentence on one line without its full stop; empty when it is shorter than three words or an example."""
    found = _SENTENCE.match(docstring.strip())
    sentence = " ".join(found[0].split()).rstrip(".") if found else ""
    return sentence if len(sentence.split()) >= 3 and ">>>" not in sentence and sentence.isprintable() else ""


def _without_docstring(node: ast.FunctionDef) -> ast.FunctionDef:
    """The function without docstring and decorators, `pass` when nothing is left."""
    bare = copy.copy(node)
    bare.body = (node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body) or [ast.Pass()]
    bare.decorator_list = []
    return bare


def _does_nothing(body: list[ast.stmt]) -> bool:
    """Whether a body is but `pass`, `...` or `raise NotImplementedError(…)`."""
    first = body[0]
    if isinstance(first, ast.Raise) and first.exc is not None:
        return "NotImplementedError" in ast.unparse(first.exc)
    return len(body) == 1 and (
        isinstance(first, ast.Pass) or (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant))
    )


def _fits(text: str, max_tokens: int) -> bool:
    try:
        return _FEWEST_TOKENS <= token_count(text) <= max_tokens
    except ValueError:
        return False


def _shuffled(texts: Iterable[str], limit: int | None) -> list[str]:
    """In the order of their hashes, so that a limit takes from everywhere; at most `limit`."""
    return sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())[:limit]
