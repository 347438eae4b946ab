"""BLEU, exact match, AST match and similarity of Python, against values worked out by hand."""

from __future__ import annotations

import math

import pytest

from training.metrics import python

SAME = [
    ("x = 'a'", 'x="a"'),
    ("f( 1,2 )", "f(1, 2)"),
    ("(a + b)", "a + b  # sum"),
    ("d = {'a' : 1,}", "d = {'a': 1}"),
    ("if x:\n  y()", "if x: y()"),
    ("print 'a'", 'print  "a"'),  # neither is Python 3: text against text
]
OTHER = [("x = 1", "x = 2"), ("a + b", "b + a"), ("x", "print 'x'"), ("'a  b'", "'a b'"), ("[i for i in a]", "[j for j in a]")]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_exact_match(left: str, right: str) -> None:
    assert python.exact_match(left, right)
    assert python.exact_match(right, left)


@pytest.mark.parametrize(("left", "right"), OTHER)
def test_no_exact_match(left: str, right: str) -> None:
    assert not python.exact_match(left, right)
    assert not python.exact_match(right, left)


@pytest.mark.parametrize(
    ("left", "right", "utterance", "same"),
    [
        ("[i for i in a]", "[j for j in a]", "", True),
        ("[i for i in a]", "[i for i in b]", "", False),  # free names stay
        ("[k for k in a]", "[v for v in a]", "the `k` of `a`", False),  # the user's name
        ("[a for a in x]", "[b for b in x]", "copy a list x", True),  # the article is no name
        ("[item for item in x]", "[y for y in x]", "every item of x", False),
        ("sorted(d, key=lambda x: x[1])", "sorted(d, key=lambda kv: kv[1])", "", True),
        ("sorted(d, key=lambda x: x[1])", "sorted(d, key=lambda x: x[0])", "", False),  # literals stay
        ("{k: v for k, v in d}", "{a: b for a, b in d}", "", True),
        ("{k: v for k, v in d}", "{b: a for a, b in d}", "", False),
        ("def f(x): return x", "def g(y):\n    return y", "", True),
        ("y = f(x)", "z = f(x)", "", True),
        ("y = f(x)", "f(x)", "", False),
        ("x.strip()", "x.split()", "", False),
        ("f(u'a')", 'f("a")', "", True),
        ("print 'a'", "print 'a'", "", False),  # does not parse
        ("try: f()\nexcept E as e: g(e)", "try: f()\nexcept E as error: g(error)", "", True),
    ],
)
def test_ast_match(left: str, right: str, utterance: str, same: bool) -> None:
    assert python.ast_match(left, right, utterance) is same
    assert python.ast_match(right, left, utterance) is same
    assert (python.similarity(left, right, utterance) == 1) is same


def test_similarity_by_hand() -> None:
    # Module, Expr, Name, id=a against Module, Expr, Name, id=b
    assert python.similarity("a", "b") == pytest.approx(3 / 4)
    assert python.similarity("f(", "f()") == 0
    near = python.similarity("sorted(x, reverse=True)", "sorted(x)")
    assert 0 < python.similarity("import os", "sorted(x)") < near < 1


def test_validity() -> None:
    assert python.valid("x = re.sub('\\d', '', s)\nprint(x)")
    for code in ("", "  ", "# only a comment", "print 'x'", "f(", "x = = 1", "a\0b", "(" * 5000):
        assert not python.valid(code), code


def test_tokens_of_conala() -> None:
    assert python.tokens("myList[0] = \"a_b\"  # it's") == (
        ["my", "List", "[", "0", "]", "=", "`", "a_b", "`", "#", "it", "`", "s"]
    )  # fmt: skip


def test_bleu_by_hand() -> None:
    # a b c d e against a b c d f: 4/5, 3/4, 2/3, 1/2
    assert python.corpus_bleu(["a b c d e"], ["a b c d f"]) == pytest.approx(100 * (4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25)
    assert python.sentence_bleu("a b c d e", "a b c d f") == pytest.approx(100 * (5 / 6 * 4 / 5 * 3 / 4 * 2 / 3) ** 0.25)
    # five of ten words: all n-grams right, the brevity penalty is exp(1 - 10 / 5)
    assert python.corpus_bleu(["a b c d e"], ["a b c d e f g h i j"]) == pytest.approx(100 * math.exp(-1))
    # a repeated word counts only as often as in the reference: 2/5, then nothing
    assert python.corpus_bleu(["a a a a a"], ["a b a c d"]) == 0
    assert python.sentence_bleu("a a a a a", "a b a c d") == pytest.approx(100 * (3 / 6 * 1 / 5 * 1 / 4 * 1 / 3) ** 0.25)


def test_corpus_bleu_pools_counts_and_is_no_mean() -> None:
    candidates, references = ["f(a, b)", "x"], ["f(a, b)", "sorted(y)"]
    pooled = (7 / 7 * 5 / 5 * 4 / 4 * 3 / 3) ** 0.25  # the wrong word is the eighth token, too short for longer n-grams
    assert python.corpus_bleu(candidates, references) == pytest.approx(
        100 * math.exp(0.25 * math.log(6 / 7)) * math.exp(1 - 10 / 7) * pooled
    )
    assert python.corpus_bleu(references, references) == pytest.approx(100)
    assert python.corpus_bleu([""], ["x"]) == 0
    with pytest.raises(ValueError, match="1 candidates for 2"):
        python.corpus_bleu(["x"], ["x", "y"])


def test_the_best_of_the_candidates() -> None:
    assert python.best_by_bleu(["import os", "sorted(x, reverse=True)", "x"], "sorted(x)") == "sorted(x, reverse=True)"
    assert python.best_by_bleu([], "x") == ""
    assert python.sentence_bleu("", "x") == 0


@pytest.mark.parametrize(
    ("code", "template"),
    [
        ("df['a'].sum()", "_0[STRING].sum()"),
        ("sorted(x)[-1]", "sorted(_0)[-NUMBER]"),
        ("f'{x}' + b''", "STRING + STRING"),
        ("[y for y in range(3) if y is None]", "[_0 for _0 in range(NUMBER) if _0 is None]"),
    ],
)
def test_templates(code: str, template: str) -> None:
    assert python.template(code) == template


def test_no_template_without_python() -> None:
    with pytest.raises(python.UnreadablePythonError):
        python.template("print 'x'")
