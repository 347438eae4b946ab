"""Checkpoint -> bundle.

    python -m export.convert runs/small/last.pt --name small --out export/bundles/small

Exports the four graphs, quantises their weights to int8 (dynamic quantisation), compares every graph with torch, and writes
`bundle.json` with all that is needed to run and trust the files.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from export.graphs import DecoderGraph, DenoiserGraph, EncoderGraph, TextGraph
from export.runtime.bundle import CODE_FILE, FORMAT, files_of, sha256
from export.runtime.sessions import open_session
from export.samples import DYNAMIC, OF_CODE, OUTPUTS, Sample, Sizes, samples
from grammar.codec.vocabulary import RULES
from training import checkpoint
from training.corpus.code_pieces import PATH as PIECES_PATH
from training.corpus.code_pieces import check_pieces
from training.corpus.code_splits import RECORD
from training.corpus.requests import training_files
from training.evaluate import load_model
from training.model.codefusion import CodeFusion
from training.model.sentence_encoder import minilm_folder

TOLERANCE = 2e-4
"""Largest absolute difference allowed between a float graph and torch, on values of size about 1."""


def graphs(model: CodeFusion) -> dict[str, nn.Module]:
    """The four graphs."""
    return {
        "text": TextGraph(model),
        "encoder": EncoderGraph(model),
        "denoiser": DenoiserGraph(model),
        "decoder": DecoderGraph(model),
    }


def export_graph(name: str, graph: nn.Module, sample: Sample, path: Path) -> None:
    """Write one float graph with dynamic batch and lengths; that of the target is fixed where the model writes rules only."""
    names = [*sample, *OUTPUTS[name]]
    model = getattr(graph, "model", None)
    axes = DYNAMIC | OF_CODE if isinstance(model, CodeFusion) and model.config.code_pieces else DYNAMIC
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of shapes that are constants here on purpose
        torch.onnx.export(
            graph.eval(), tuple(sample.values()), str(path), input_names=list(sample), output_names=list(OUTPUTS[name]),
            dynamic_axes={n: axes[n] for n in names if n in axes}, opset_version=17, dynamo=False,
        )  # fmt: skip


@torch.no_grad()
def parity(name: str, graph: nn.Module, sample: Sample, path: Path) -> float:
    """Largest absolute difference between torch and the graph in onnxruntime; token outputs are not compared by value."""
    expected = graph.eval()(**sample)
    expected = expected if isinstance(expected, tuple) else (expected,)
    session = open_session(path, threads=1, providers=["CPUExecutionProvider"])
    given = {entry.name for entry in session.get_inputs()}
    found = session.run(None, {key: value.numpy() for key, value in sample.items() if key in given})
    differences = [
        np.abs(e.numpy() - f).max()
        for e, f, out in zip(expected, found, OUTPUTS[name], strict=True)
        if out not in ("tokens", "bias")
    ]
    return float(max(differences))


def build(model: CodeFusion, folder: Path, *, quantise: bool) -> dict[str, dict[str, float]]:
    """Write the graphs and the tokenizer; parity per graph, as float and as quantised.

    Raises:
        ValueError: a float graph that differs from torch by more than TOLERANCE, or a model of the paper's kind.
    """
    if model.config.encoder != "linked" or not model.config.pointer:
        raise ValueError("bundles are made of models with the linked encoder and the pointer")
    folder.mkdir(parents=True, exist_ok=True)
    result = {}
    longer = model.config.code_length if model.config.code_pieces else None
    inputs, other = samples(model, Sizes()), samples(model, Sizes(3, 11, 9, 2, longer), seed=1)
    for name, graph in graphs(model).items():
        path = folder / f"{name}.onnx"
        with tempfile.TemporaryDirectory() as scratch:
            plain = Path(scratch) / "plain.onnx"
            export_graph(name, graph, inputs[name], plain)
            float_difference = max(parity(name, graph, inputs[name], plain), parity(name, graph, other[name], plain))
            if float_difference > TOLERANCE:
                raise ValueError(f"{name}: ONNX differs from torch by {float_difference:.2e}, more than {TOLERANCE:.0e}")
            if quantise:
                quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=False)
            else:
                shutil.copy(plain, path)
        result[name] = {"float": float_difference, "shipped": parity(name, graph, other[name], path)}
    return result


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """bundle.json, with the hash of every file."""
    card = {"format": FORMAT, **card, "sha256": {name: sha256(folder / name) for name in files_of(card)}}
    (folder / "bundle.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607  # git of the developer's PATH
    return found.stdout.strip() or "unknown"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--name", default="small")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2, help="denoising steps at inference")
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--code-steps", type=int, default=10, help="denoising steps for Bash and Python")
    parser.add_argument("--float", action="store_true", help="leave the weights in float32")
    arguments = parser.parse_args()
    model = load_model(arguments.checkpoint)
    differences = build(model, arguments.out, quantise=not arguments.float)
    shutil.copy(minilm_folder() / "tokenizer.json", arguments.out / "tokenizer.json")
    payload = checkpoint.load(arguments.checkpoint)
    sampling = {"steps": arguments.steps, "seeds": arguments.seeds}
    corpora = {path.name: sha256(path) for path in training_files()}
    if model.config.code_pieces:
        check_pieces(payload)
        shutil.copy(PIECES_PATH, arguments.out / CODE_FILE)
        sampling["code_steps"] = arguments.code_steps
        corpora[RECORD.name] = sha256(RECORD)
    write_card(arguments.out, {
        "name": arguments.name, "languages": list(payload.get("languages", ["cf"])), "model": model.config.as_dict(),
        "sampling": sampling, "vocabulary": list(RULES.tokens),
        "training": {"commit": _commit(), "finetune": payload["finetune"], "step": payload["step"],
                     "corpora": corpora},
        "weights": "int8, dynamic, per channel" if not arguments.float else "float32", "difference_from_torch": differences,
        "sentence_encoder": "all-MiniLM-L6-v2 (Apache-2.0), frozen, with low-rank adapters in the upper layers",
        "accuracy": None,
    })  # fmt: skip
    print(json.dumps(differences, indent=1))


if __name__ == "__main__":
    main()
