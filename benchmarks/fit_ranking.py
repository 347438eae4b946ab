"""Learn how candidates are ordered (see `addin_backend.ranking`) and write the weights into a bundle.

    python -m benchmarks.fit_ranking collect --bundle FOLDER --out runs/candidates.npz [--files REQUESTS…]
    python -m benchmarks.fit_ranking fit runs/candidates.npz --bundle export/bundles/small [--check runs/dev-candidates.npz]

`collect` asks a bundle about written requests and keeps the signs of every reading and which of them are right; the requests
should not be ones that this bundle was trained on, or its probabilities look surer than they are. `fit` maximises the
likelihood of the right ones (a softmax over the readings of a request). `--check` measures on candidates of other requests.
Weights fitted on an earlier bundle's candidates may be written into a later one that has seen these requests.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor, nn

from addin_backend.candidates import default_place
from addin_backend.ranking import LearnedRanking, PlainRanking, Ranking
from addin_backend.signs import NAMES
from addin_backend.suggest import Options, read_all
from addin_backend.suggest import Request as Question
from export.runtime.generator import Generator
from training.corpus.requests import TODAY, Request, read_requests, training_files
from training.metrics.execution import agree, answers, interval

BATCH = 16
NOWHERE = 10_000  # the place of a right reading that is not among the candidates


@dataclass(frozen=True, eq=False)
class Case:
    """One request: signs (readings, signs) and which are right; the abstention's probability, and whether it is right."""

    signs: NDArray[np.float32]
    right: NDArray[np.bool_]
    abstention: float
    nothing: bool


def collect(generator: Generator, requests: list[Request], options: Options) -> list[Case]:
    """Ask the model; a case per request."""
    cases = []
    for start in track(range(0, len(requests), BATCH), description="asking"):
        part = requests[start : start + BATCH]
        proposals = generator.propose_many([(r.utterance, r.table) for r in part], today=options.today, seeds=options.seeds)
        for request, proposed in zip(part, proposals, strict=True):
            read = read_all(request.table, proposed, options)
            golds = answers(request)
            right = [any(agree(reading.rule, gold, request.table) for gold in golds) for reading in read.readings]
            question = Question(request.utterance, request.table, default_place(request.table))
            cases.append(Case(read.signs(question), np.array(right, bool), read.abstention, None in golds))
    return cases


def save(path: Path, cases: list[Case]) -> None:
    """One array of all rows, and where each request begins."""
    starts = np.cumsum([0, *(len(case.right) for case in cases)])
    signs, right = (np.concatenate(parts) for parts in ([c.signs for c in cases], [c.right for c in cases]))
    path.parent.mkdir(parents=True, exist_ok=True)
    abstention, nothing = np.array([c.abstention for c in cases]), np.array([c.nothing for c in cases])
    own = {"abstention": abstention, "nothing": nothing, "starts": starts}
    np.savez_compressed(path, signs=signs, right=right, names=np.array(NAMES), **own)


def load(path: Path) -> list[Case]:
    """What `save` wrote.

    Raises:
        ValueError: candidates with other signs.
    """
    kept = np.load(path)
    if tuple(kept["names"]) != NAMES:
        raise ValueError(f"{path} holds other signs than this version computes; collect again")
    signs, right, abstention, nothing = (kept[name] for name in ("signs", "right", "abstention", "nothing"))
    places = enumerate(pairwise(kept["starts"]))
    return [Case(signs[a:b], right[a:b], float(abstention[k]), bool(nothing[k])) for k, (a, b) in places]


def fit(cases: list[Case], *, hidden: int, epochs: int, decay: float, seed: int = 0) -> LearnedRanking:
    """The weights; `hidden` 0 is a linear ranking."""
    torch.manual_seed(seed)
    rows = np.concatenate([case.signs for case in cases]).astype(np.float64)
    mean, scale = rows.mean(0), rows.std(0) + 1e-3
    ready = [(torch.tensor((c.signs - mean) / scale).float(), torch.tensor(c.right)) for c in cases if c.right.any()]
    widths = [len(NAMES), hidden, 1] if hidden else [len(NAMES), 1]
    maps = [nn.Linear(a, b) for a, b in pairwise(widths)]
    network = nn.Sequential(*[part for m in maps for part in (nn.Tanh(), m)][1:])
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3 if hidden else 2e-2, weight_decay=decay)
    decline = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    for _ in track(range(epochs), description="fitting"):
        order = torch.randperm(len(ready)).tolist()
        for start in range(0, len(order), 64):
            loss = _loss(network, [ready[k] for k in order[start : start + 64]])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch's own signature
            optimiser.step()
        decline.step()
    layers = tuple((m.weight.detach().double().numpy().T, m.bias.detach().double().numpy()) for m in maps)
    return LearnedRanking(mean, scale, layers)


def _loss(network: nn.Module, batch: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Mean negative log-likelihood of the right readings."""
    scores = nn.utils.rnn.pad_sequence([network(signs)[:, 0] for signs, _ in batch], batch_first=True, padding_value=-1e9)
    right = nn.utils.rnn.pad_sequence([right for _, right in batch], batch_first=True)
    wanted: Tensor = scores.logsumexp(1) - scores.masked_fill(~right, -1e9).logsumexp(1)
    return wanted.mean()


def accuracy(cases: list[Case], ranking: Ranking) -> dict[str, list[float]]:
    """top1, top3, top5 and `any` (a right reading is there at all), each with its 95 % interval."""
    places = []
    for case in cases:
        if PlainRanking().abstains(case.signs, case.abstention):
            places.append(0 if case.nothing else NOWHERE)
            continue
        hits = np.flatnonzero(case.right[np.argsort(-ranking.scores(case.signs), kind="stable")])
        places.append(int(hits[0]) if len(hits) else NOWHERE)
    figures = {f"top{k}": [round(v, 1) for v in interval([place < k for place in places])] for k in (1, 3, 5)}
    return figures | {"any": [round(v, 1) for v in interval([bool(case.right.any()) or case.nothing for case in cases])]}


def as_info(ranking: LearnedRanking) -> dict[str, Any]:
    """The `ranking` of bundle.json."""
    layers = [[np.round(matrix, 5).tolist(), np.round(bias, 5).tolist()] for matrix, bias in ranking.layers]
    plain = {"mean": np.round(ranking.mean, 5).tolist(), "scale": np.round(ranking.scale, 5).tolist()}
    return {"signs": list(NAMES), **plain, "layers": layers}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("collect")
    ask.add_argument("--bundle", type=Path, help="default: the shipped one")
    ask.add_argument("--files", type=Path, nargs="*", help="request files; default: all training files")
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--threads", type=int, default=2)
    learn = commands.add_parser("fit")
    learn.add_argument("candidates", type=Path)
    learn.add_argument("--bundle", type=Path, required=True, help="whose bundle.json is to hold the weights")
    learn.add_argument("--check", type=Path, help="candidates of other requests, to measure on")
    learn.add_argument("--hidden", type=int, default=32)
    learn.add_argument("--epochs", type=int, default=40)
    learn.add_argument("--decay", type=float, default=1e-2)
    given = parser.parse_args()
    if given.command == "collect":
        generator = Generator.load(given.bundle, threads=given.threads)
        save(given.out, collect(generator, read_requests(given.files or training_files()), Options(today=TODAY)))
        return
    cases = load(given.candidates)
    ranking = fit(cases, hidden=given.hidden, epochs=given.epochs, decay=given.decay)
    path = given.bundle / "bundle.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    card["ranking"] = as_info(ranking)
    path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, rows in (("fitted on", cases), ("checked on", load(given.check) if given.check else [])):
        if rows:
            print(name, len(rows), json.dumps({"plain": accuracy(rows, PlainRanking()), "learnt": accuracy(rows, ranking)}))


if __name__ == "__main__":
    main()
