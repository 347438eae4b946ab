"""Makes the fake bundle of the tests: a model of a few thousand random weights, so that tests of the runtime need no torch.

    python -m tests.export.make_fake_bundle        # writes tests/export/fake_bundle/

It answers nonsense, but nonsense of the right shapes, quickly and always the same. Make it again when the graphs, the
vocabulary or the format of bundles change (a test says so).
"""

from __future__ import annotations

import string
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

FOLDER = Path(__file__).parent / "fake_bundle"
_WORDS = ("highlight", "the", "over", "amount", "red", "status", "paid", "date", "before", "top", "row", "column", "in", "and")


def write_tokenizer(path: Path) -> int:
    """A word-piece tokenizer of letters, digits, signs and a few words; the size of its vocabulary."""
    signs = [c for c in string.printable if not c.isspace()]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *signs, *(f"##{c}" for c in signs if c.isalnum()), *_WORDS]
    vocabulary = {token: k for k, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))  # a token of text
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.save(str(path))
    return len(vocabulary)


def shorten(path: Path) -> None:
    """Give everything inside a graph a short name: most of a small file is names."""
    import onnx

    model = onnx.load(str(path))
    graph = model.graph
    kept = {entry.name for entry in (*graph.input, *graph.output)} | {""}
    inner = dict.fromkeys([t.name for t in graph.initializer] + [name for node in graph.node for name in node.output])
    short = {name: f"t{k}" for k, name in enumerate(name for name in inner if name not in kept)}
    for tensor in graph.initializer:
        tensor.name = short.get(tensor.name, tensor.name)
    for node in graph.node:
        node.name = node.doc_string = ""
        node.input[:] = [short.get(name, name) for name in node.input]
        node.output[:] = [short.get(name, name) for name in node.output]
    del graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def make(folder: Path = FOLDER, *, quantise: bool = False) -> None:
    """Write the bundle."""
    import torch

    from export.convert import build, write_card
    from grammar.codec.vocabulary import RULES
    from training.model.codefusion import CodeFusion
    from training.model.config import ModelConfig

    folder.mkdir(parents=True, exist_ok=True)
    size = write_tokenizer(folder / "tokenizer.json")
    torch.manual_seed(0)
    model = CodeFusion(
        ModelConfig(
            width=8, heads=1, feed_forward=8, mixer_layers=1, denoiser_layers=1, decoder_layers=1, dim=4, text_width=4,
            text_layers=1, text_heads=1, text_feed_forward=4, text_vocabulary=size, lora_rank=1, lora_layers=1,
            vocabulary=len(RULES),
        )
    ).eval()  # fmt: skip
    build(model, folder, quantise=quantise)
    for path in folder.glob("*.onnx"):
        shorten(path)
    write_card(folder, {
        "name": "fake", "languages": ["cf"], "model": model.config.as_dict(), "sampling": {"steps": 2, "seeds": 4},
        "vocabulary": list(RULES.tokens), "accuracy": None,
    })  # fmt: skip


if __name__ == "__main__":
    make()
