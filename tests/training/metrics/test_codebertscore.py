"""The algebra of CodeBERTScore, with vectors by hand and with a tiny encoder of random weights made here."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the extra `train`")
pytest.importorskip("transformers", reason="transformers comes with the extra `train`")

from training.metrics.codebertscore import (  # noqa: E402  # after the skip
    CodeBertScore,
    Embedded,
    EncoderMissingError,
    Score,
    greedy_score,
    inverse_frequencies,
)

CODE = ["sorted(x, reverse=True)", "sorted(x)", "import os", "a + b", "[i for i in range(10)]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A RoBERTa of two small layers and its tokenizer, as Hugging Face writes them."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaModel

    marks = {"cls_token": "<s>", "pad_token": "<pad>", "sep_token": "</s>", "unk_token": "<unk>"}
    bpe = Tokenizer(models.BPE(unk_token="<unk>"))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(CODE, trainers.BpeTrainer(
        vocab_size=300, special_tokens=list(marks.values()), initial_alphabet=alphabet, show_progress=False
    ))  # fmt: skip
    place = tmp_path_factory.mktemp("roberta")
    PreTrainedTokenizerFast(tokenizer_object=bpe, model_max_length=48, **marks).save_pretrained(place)
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=len(bpe.get_vocab()), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48,
        max_position_embeddings=52, pad_token_id=1,
    )  # fmt: skip
    RobertaModel(config, add_pooling_layer=False).save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def scorer(folder: Path) -> CodeBertScore:
    return CodeBertScore(folder)


def embedded(*rows: tuple[float, float], ids: tuple[int, ...] | None = None) -> Embedded:
    vectors = torch.nn.functional.normalize(torch.tensor(rows, dtype=torch.float32), dim=-1)
    return Embedded(vectors, ids or tuple(range(len(rows))))


def test_greedy_matching_by_hand() -> None:
    # the reference has both directions, the candidate one of them and one in between
    score = greedy_score(embedded((1, 0), (1, 1)), embedded((1, 0), (0, 1)))
    half = math.sqrt(0.5)
    assert score.precision == pytest.approx((1 + half) / 2)
    assert score.recall == pytest.approx((1 + half) / 2)
    alone = greedy_score(embedded((1, 0)), embedded((1, 0), (0, 1)))
    assert (alone.precision, alone.recall) == (pytest.approx(1), pytest.approx(0.5))
    assert alone.f1 == pytest.approx(2 / 3)
    assert alone.f3 == pytest.approx(10 * 0.5 / 9.5)
    assert alone.f3 < alone.f1  # recall is what is missing


def test_weights_by_hand() -> None:
    weights = inverse_frequencies([[1, 2, 2], [1], [1]])
    assert weights.of([1, 2, 3]).tolist() == pytest.approx([0, math.log(2), math.log(4)])
    score = greedy_score(embedded((1, 0), (0, 1), ids=(1, 2)), embedded((1, 0), ids=(1,)), weights)
    assert score.precision == pytest.approx(0)  # the token that all references share weighs nothing
    assert score.recall == pytest.approx(1)  # all weights 0: the plain mean


def test_nothing_to_match() -> None:
    nothing = Embedded(torch.zeros((0, 2)), ())
    assert greedy_score(nothing, embedded((1, 0))) == greedy_score(embedded((1, 0)), nothing) == Score(0.0, 0.0)
    assert Score(0.0, 0.0).f1 == 0


def test_equal_code_scores_one(scorer: CodeBertScore) -> None:
    for idf in (False, True):
        for score in scorer.score(CODE, CODE, idf=idf):
            assert score.precision == pytest.approx(1, abs=1e-5)
            assert score.recall == pytest.approx(1, abs=1e-5)
            assert score.f1 == pytest.approx(1, abs=1e-5)


def test_swapping_candidate_and_reference_swaps_precision_and_recall(scorer: CodeBertScore) -> None:
    left, right = CODE[:-1], CODE[1:]
    for forth, back in zip(scorer.score(left, right), scorer.score(right, left), strict=True):
        assert forth.precision == pytest.approx(back.recall, abs=1e-6)
        assert forth.f1 == pytest.approx(back.f1, abs=1e-6)
        assert forth.f1 < 0.999


def test_the_nearer_code_scores_higher(scorer: CodeBertScore) -> None:
    near, far = scorer.score(["sorted(x)", "import os"], ["sorted(x, reverse=True)"] * 2)
    assert near.f1 > far.f1
    assert near.precision > near.recall  # all of it is in the reference, but not the other way round


def test_the_context_is_not_matched_but_colours(scorer: CodeBertScore) -> None:
    plain, coloured = scorer.embed("sorted(x)"), scorer.embed("sorted(x)", "sort the list")
    assert plain.ids == coloured.ids
    assert not torch.allclose(plain.vectors, coloured.vectors, atol=1e-3)
    [score] = scorer.score(["sorted(x)"], ["sorted(x)"], ["sort the list"])
    assert score.f1 == pytest.approx(1, abs=1e-5)


def test_punctuation_is_left_out_and_operators_stay(folder: Path, scorer: CodeBertScore) -> None:
    assert len(scorer.embed("(,)").ids) == 3  # nothing else: kept after all
    everything = CodeBertScore(folder, skip_punctuation=False)
    assert len(everything.embed("a+b,(c)").ids) == 7
    assert len(scorer.embed("a+b,(c)").ids) == 4  # a, +, b, c


def test_long_code_is_cut(scorer: CodeBertScore) -> None:
    found = scorer.embed("a + b " * 100, "context " * 100)
    assert 0 < len(found.ids) <= 46


def test_one_vector(scorer: CodeBertScore) -> None:
    assert scorer.vector("sorted(x)").shape == (32,)
    with pytest.raises(ValueError, match="empty"):
        scorer.vector("")


def test_numbers_that_do_not_go_together(scorer: CodeBertScore) -> None:
    with pytest.raises(ValueError, match="1 candidates, 2 references"):
        scorer.score(["a"], ["a", "b"])


def test_missing_files(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissingError, match="no encoder"):
        CodeBertScore(tmp_path)


def test_missing_weights(folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights = load_file(folder / "model.safetensors")
    dropped = {name: value for name, value in weights.items() if "layer.1" not in name}
    save_file(dropped, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EncoderMissingError, match="lacks weights"):
        CodeBertScore(tmp_path)
