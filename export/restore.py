"""Bundle -> checkpoint, so that training can go on from a shipped bundle where its checkpoint is gone.

    python -m export.restore export/bundles/small --out runs/restored/small.pt
    python -m training.finetune --preset small --from runs/restored/small.pt --out runs/small-next

The weights are the bundle's int8 numbers times their scales: what the bundle computes, not bit for bit what was trained. The
optimiser's state is not in a bundle.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

from export.convert import export_graph, graphs
from export.runtime.bundle import FORMAT
from export.samples import Sizes, samples
from training import checkpoint
from training.checkpoint import CheckpointError
from training.loop import is_frozen, trained_state
from training.model.codefusion import CodeFusion
from training.model.config import ModelConfig
from training.model.sentence_encoder import MINILM_WIDTH, minilm_folder


def restore(folder: Path) -> CodeFusion:
    """The model of a bundle, with dequantised weights and MiniLM's own frozen ones.

    Raises:
        CheckpointError: no bundle of this format, or one whose graphs do not hold every trained weight.
    """
    try:
        card = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
        config = ModelConfig.from_dict(card["model"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{folder} is no bundle that can be restored: {error}") from error
    if card.get("format") != FORMAT:
        raise CheckpointError(f"{folder} has format {card.get('format')}, this version reads {FORMAT}")
    model = CodeFusion(config)
    packaged = config.text_width == MINILM_WIDTH
    wanted = {name for name, _ in model.named_parameters()}
    if packaged:
        wanted = {name for name in wanted if not is_frozen(name)}
    found = {name: value for name, value in _weights(model, folder).items() if name in wanted}
    missing = wanted - found.keys()
    if missing:
        raise CheckpointError(f"{folder} lacks {len(missing)} weights, among them {sorted(missing)[:3]}")
    model.load_state_dict(found, strict=False)
    if packaged:
        model.sentence.load_pretrained(minilm_folder())
    return model


def _weights(model: CodeFusion, folder: Path) -> dict[str, Tensor]:
    """Parameter name -> value as the bundle has it.

    The exporter names transposed weights by numbers, so the model is filled with random numbers and exported in the same way;
    every tensor of that export is recognised by its values, and the bundle has the wanted one under the same name.
    """
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    named = {name: value.detach().numpy() for name, value in model.named_parameters()}
    by_mark = {_mark(value): name for name, value in named.items()}
    inputs, result = samples(model, Sizes()), {}
    for graph_name, graph in graphs(model).items():
        shipped, quantised = _initializers(folder / f"{graph_name}.onnx")
        with tempfile.TemporaryDirectory() as scratch:
            plain = Path(scratch) / "plain.onnx"
            export_graph(graph_name, graph, inputs[graph_name], plain)
            (exported, _), turned = _initializers(plain), _turned(plain)
        for tensor, value in exported.items():
            name = by_mark.get(_mark(value))
            if name is None or tensor not in shipped:
                continue
            same = value.shape == named[name].shape and np.array_equal(value, named[name])
            same = same and not (tensor in turned and tensor in quantised)
            result[name] = torch.tensor(shipped[tensor] if same else shipped[tensor].T)
    return result


def _mark(value: NDArray[Any]) -> tuple[tuple[int, ...], float, float]:
    """What a random tensor and its transpose are recognised by: size, first and last number."""
    return tuple(sorted(value.shape)), float(value.flat[0]), float(value.flat[-1])


def _turned(path: Path) -> set[str]:
    """Weights that a float graph multiplies transposed (Gemm with transB); the quantiser turns them round."""
    nodes = (node for node in onnx.load(str(path)).graph.node if node.op_type == "Gemm")
    return {node.input[1] for node in nodes if any(a.name == "transB" and a.i for a in node.attribute)}


def _initializers(path: Path) -> tuple[dict[str, NDArray[Any]], set[str]]:
    """Name -> value of a graph's constants, int8 ones times their scale; the names of the latter.

    Raises:
        CheckpointError: a graph that cannot be read.
    """
    try:
        graph = onnx.load(str(path)).graph
    except Exception as error:  # protobuf's errors have no common base that is public
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    plain = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    values, quantised = {}, set()
    for name, value in plain.items():
        if name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            shift = value.astype(np.float32) - plain[f"{stem}_zero_point"].astype(np.float32)
            values[stem] = shift * plain[f"{stem}_scale"]  # one scale a column, or one in all
            quantised.add(stem)
        elif value.dtype == np.float32 and value.size:
            values[name] = value
    return values, quantised


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint to write")
    arguments = parser.parse_args()
    model = restore(arguments.bundle)
    card = json.loads((arguments.bundle / "bundle.json").read_text(encoding="utf-8"))
    training = card["training"]
    settings = {"finetune": training["finetune"], "step": training["step"]}
    checkpoint.save(arguments.out, {"config": model.config.as_dict(), **settings, "model": trained_state(model)})


if __name__ == "__main__":
    main()
