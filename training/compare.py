"""Train and measure CodeFusion, its ablations and the systems it is compared with: same data, steps, optimiser and parameters.

    python -m training.compare --systems codefusion seq2seq diffusion-lm genie --preset tiny --language cf --steps 2000
    python -m training.compare --systems codefusion codefusion-clamp --preset small --language cf --prepared runs/small-d
    python -m training.compare --systems codefusion seq2seq --preset flat-small --language bash --data ../shared/data
    python -m training.compare --systems hf:models/codet5-base endpoint:some-model --language cf --limit 100

Every system has a folder in `--out` with its checkpoint; the same command goes on from there. One JSON a system goes to
`--results`. Language models (`hf:` a checkpoint folder, `endpoint:` a model of `--endpoint`) are only measured.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any, cast

import torch

from training import checkpoint
from training.baselines.code import measure_code, measure_code_text, shots_of
from training.baselines.data import PreparedError, code_corpus, rule_corpus, taken_corpus
from training.baselines.endpoint import Endpoint, EndpointError, EndpointSystem
from training.baselines.fit import Corpus, Fitted, fit, ready
from training.baselines.hugging_face import HuggingFaceSystem, ModelUnavailableError
from training.baselines.interface import System, TextSystem, trained_parameters
from training.baselines.prompts import Prompter, shot_of
from training.baselines.registry import RECIPES, SHAPES, build, reference, shape
from training.baselines.rules import Metrics, measure, measure_text
from training.checkpoint import CheckpointError
from training.corpus.code_splits import pairs
from training.corpus.flat import LANGUAGES
from training.corpus.requests import development_files, read_requests, training_files
from training.devices import choose_devices
from training.finetune import FinetuneConfig, add_fields, switches
from training.model.codefusion import CodeFusion
from training.model.config import ModelConfig
from training.model.sampler import Sampling
from training.model.sentence_encoder import MINILM_WIDTH
from training.report.results import save

Options = argparse.Namespace


def sampling_of(options: Options, config: ModelConfig) -> Sampling:
    """How the diffusion models are sampled: what was asked for, or 2 steps where x_0 is predicted and 50 where the noise is."""
    few = 2 if config.prediction == "x0" else 50
    steps = few if options.denoising_steps is None else options.denoising_steps
    return Sampling(options.count, steps, options.sampler)


def spread(items: list[Any], limit: int) -> list[Any]:
    """At most `limit` items (0: all), evenly spread."""
    return items if not 0 < limit < len(items) else [items[k * len(items) // limit] for k in range(limit)]


class Comparison:
    """The data and the settings that all systems of one call share."""

    def __init__(self, options: Options, config: FinetuneConfig) -> None:
        self.options, self.config = options, config
        self.language: str = options.language
        self.shape = shape(options.preset, **switches(options.set))
        share = "" if config.fraction == 1 else f"-{config.fraction:g}"
        self.folder: Path = options.out / f"{options.language}-{options.preset}{share}"
        self.devices = choose_devices()
        self._corpus: Corpus | None = None
        if self.language == "cf":
            self.measured: list[Any] = spread(read_requests(options.files or development_files()), options.limit)
        else:
            self.measured = spread(pairs(self.language, "dev", options.data), options.limit)

    def corpus(self) -> Corpus:
        """The training data, prepared once."""
        if self._corpus is None:
            self._corpus = self._read()
        return self._corpus

    def _read(self) -> Corpus:
        if self.language != "cf":
            return code_corpus(self.language, self.options.part, self.options.data, self.shape, self.config)
        if self.options.prepared:
            return taken_corpus(self.options.prepared, self.shape, self.config)
        own = self.config.fraction < 1 or self.shape.text_width != MINILM_WIDTH  # of this seed's share, or of its encoder
        folder = self.folder / (f"corpus-{self.config.seed}" if own else "corpus")
        paths = self.options.train or training_files()
        with self.devices.main_first():
            return rule_corpus(reference(self.shape, self.config.seed), self.config, folder, paths + (self.options.extra or []))

    def trained(self, name: str) -> dict[str, Any]:
        """Train a system, or take the checkpoint of the one it is a variant of; what its result holds."""
        sampling = sampling_of(self.options, self.shape)
        system = build(name, self.shape, sampling, self.config.seed)
        tag = f"-{self.options.tag}" if self.options.tag else ""
        out = self.folder / f"{RECIPES[name].trained_as or name}{tag}-{self.config.seed}"
        core = system.core
        if self.options.start and not (out / "last.pt").exists():
            checkpoint.transfer(cast(CodeFusion, core), self.options.start)  # baselines name what they share alike
        count = trained_parameters(core)
        print(f"\n{name}: {count:,} trained parameters", file=sys.stderr)
        if RECIPES[name].trained_as and (out / "last.pt").exists():
            core.to(self.devices.device)
            fitted = ready(system, out)
        else:
            minutes = self.options.minutes
            fitted = fit(
                system, self.corpus(), self.config, out, stop_after=minutes * 60 if minutes else None, devices=self.devices
            )
        metrics = self._measure(system)
        short = f"stopped at step {fitted.steps} of {self.config.steps}" if fitted.steps < self.config.steps else ""
        return {
            "experiment": "ablation" if name.startswith("codefusion-") else "comparison", "system": name + tag,
            "label": f"{RECIPES[name].label} ({self.options.preset}{tag.replace('-', ', ', 1)})",
            "config": {
                "preset": self.options.preset, "model": system.config.as_dict(), "training": dataclasses.asdict(self.config),
                "sampling": dataclasses.asdict(sampling), "ranked_by": "score" if system.ranks else "votes",
            },
            "parameters": count, "parameters_all": sum(p.numel() for p in core.parameters()), **_effort(fitted),
            "metrics": metrics, "note": short,
        }  # fmt: skip

    def _measure(self, system: System) -> Metrics:
        options = self.options
        if self.language == "cf":
            return measure(system, self.measured, count=options.count, seed=self.config.seed, batch=options.evaluation_batch)
        return measure_code(
            system, self.measured, self.language, options.data, count=options.count, seed=self.config.seed,
            batch=options.evaluation_batch,
        )  # fmt: skip

    def prompted(self, name: str) -> dict[str, Any]:
        """Measure a language model; what its result holds."""
        options = self.options
        if self.language == "cf":
            paths = options.train or training_files()
            shots = [shot_of(request) for request in spread(read_requests(paths), options.shots)]
        else:
            shots = spread(shots_of(self.language, options.part, options.data), options.shots)
        prompter, kind, model = Prompter(self.language, shots), *name.split(":", 1)
        system: TextSystem
        if kind == "hf":
            system = HuggingFaceSystem(Path(model), prompter, options.method)
        else:
            system = EndpointSystem(Endpoint(options.endpoint, model, timeout=options.timeout), prompter)
        if self.language == "cf":
            metrics = measure_text(system, self.measured, count=options.count, seed=self.config.seed)
        else:
            metrics = measure_code_text(system, self.measured, self.language, count=options.count, seed=self.config.seed)
        return {
            "experiment": "comparison", "system": system.name, "label": f"{system.name}, five examples",
            "config": {"shots": len(shots), "method": options.method if kind == "hf" else "sample"}, "metrics": metrics,
            "note": "not trained here: five nearest training pairs in the prompt",
        }  # fmt: skip


def _effort(fitted: Fitted) -> dict[str, Any]:
    return {"steps": fitted.steps, "samples": fitted.samples, "train_seconds": round(fitted.seconds, 1)}


def file_name(result: dict[str, Any]) -> str:
    """Of experiment, language, preset, share of the data, system and seed."""
    share = [f"{point['x']:g}" for point in result.get("points", ())]
    parts = [result["experiment"], result["language"], result["preset"], *share, result["system"], str(result["seed"])]
    return "-".join(part.replace("/", "_") for part in parts)


def run(options: Options, config: FinetuneConfig) -> list[Path]:
    """Every system in turn; the files that were written."""
    torch.set_num_threads(config.threads)
    comparison = Comparison(options, config)
    written = []
    for name in options.systems:
        result = comparison.prompted(name) if ":" in name else comparison.trained(name)
        result |= {
            "language": options.language, "preset": options.preset, "seed": config.seed, "command": options.command,
            "date": dt.datetime.now(dt.UTC).date().isoformat(), "evaluated": len(comparison.measured),
        }  # fmt: skip
        if config.fraction < 1 or options.experiment == "learning-curve":
            point = {"x": config.fraction, "n": len(comparison.corpus().groups), "metrics": result["metrics"]}
            result |= {"experiment": "learning-curve", "points": [point]}
        if options.experiment:
            result["experiment"] = options.experiment
        if comparison.devices.main:
            written.append(save(options.results, file_name(result), result))
            print(json.dumps({"system": result["system"], **result["metrics"]}))
    return written


def parser() -> argparse.ArgumentParser:
    """The options; those of training are `FinetuneConfig`'s."""
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("--systems", nargs="+", required=True, help=f"{', '.join(RECIPES)}, hf:FOLDER, endpoint:MODEL")
    found.add_argument("--preset", choices=sorted(SHAPES), default="tiny")
    found.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="switches of the model, for all systems")
    found.add_argument("--language", choices=LANGUAGES, default="cf")
    found.add_argument("--out", type=Path, default=Path("runs/compare"))
    found.add_argument("--results", type=Path, default=Path("training/results"))
    found.add_argument("--experiment", default="", help="name of the experiment in the results; default: by the system")
    found.add_argument("--data", type=Path, default=Path(os.environ.get("CF_ASSISTANT_DATA", "../shared/data")))
    found.add_argument(
        "--part", choices=("train", "train-wide"), default="train", help="of the Bash and Python pairs to train on"
    )
    found.add_argument("--prepared", type=Path, help="a folder of training.finetune whose prepared.pkl is taken")
    found.add_argument("--train", nargs="*", type=Path, help="request files to train on; default: all but the development sets")
    found.add_argument("--extra", nargs="*", type=Path, help="more corpora to train on, as in training.finetune")
    found.add_argument("--start", type=Path, help="start every training from this checkpoint of training.pretrain")
    found.add_argument("--tag", default="", help="added to the systems' names, to tell runs with --start or --set apart")
    found.add_argument("--files", nargs="*", type=Path, help="request files to measure on; default: the development sets")
    found.add_argument("--limit", type=int, default=0, help="measure on N requests only, evenly spread")
    found.add_argument(
        "--minutes", type=float, help="stop the training of each system (with a checkpoint) after so many minutes"
    )
    found.add_argument("--count", type=int, default=16, help="candidates a request: seeds, beams, samples")
    found.add_argument("--sampler", choices=("ddim", "ddpm"), default="ddim")
    found.add_argument("--denoising-steps", type=int, help="default: 2 where x_0 is predicted, 50 where the noise is")
    found.add_argument("--evaluation-batch", type=int, default=16)
    found.add_argument("--shots", type=int, default=4000, help="training pairs that the five examples are chosen from; 0: all")
    found.add_argument("--method", choices=("greedy", "beam", "sample"), default="beam", help="decoding of hf: systems")
    found.add_argument("--endpoint", default="http://127.0.0.1:8000/v1", help="base URL of endpoint: systems")
    found.add_argument("--timeout", type=float, default=60.0, help="seconds to wait for the endpoint")
    add_fields(found, FinetuneConfig)
    found.set_defaults(threads=1)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Command line."""
    given = sys.argv[1:] if arguments is None else arguments
    options = parser().parse_args(given)
    options.command = shlex.join(["python", "-m", "training.compare", *given])
    names = {field.name for field in dataclasses.fields(FinetuneConfig)}
    config = FinetuneConfig(**{name: value for name, value in vars(options).items() if name in names})
    for name in options.systems:
        if name not in RECIPES and not name.startswith(("hf:", "endpoint:")):
            raise SystemExit(f"no system {name}; there are {', '.join(RECIPES)}, hf:FOLDER, endpoint:MODEL")
    try:
        run(options, config)
    except (CheckpointError, PreparedError, ModelUnavailableError, EndpointError, FileNotFoundError, ValueError) as error:
        raise SystemExit(f"compare: {error}") from error


if __name__ == "__main__":
    main()
