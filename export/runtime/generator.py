"""The generator: (utterance, table) -> proposals, on onnxruntime. Deterministic for a given seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from export.runtime.bundle import Bundle, read_bundle
from export.runtime.code import read_code_settings
from export.runtime.errors import LanguageError
from export.runtime.feeds import make_feed
from export.runtime.nbest import best_sequences
from export.runtime.proposals import Proposal
from export.runtime.sampler import Schedule, ddim
from export.runtime.sessions import choose_providers, open_session
from export.runtime.strings import StringVectors
from grammar.codec.automaton import Automaton
from grammar.codec.code.pieces import LANGUAGES
from grammar.codec.code.placing import place_code
from grammar.codec.code.reading import Written, read_candidates
from grammar.codec.decode import decode
from grammar.codec.pieces import PieceTokenizer, place
from grammar.codec.view import View, make_view
from grammar.codec.vocabulary import RULES
from grammar.errors import GrammarError
from grammar.table import Table

Clock = Callable[[str, float], None]


class Generator:
    """A loaded bundle. Thread-safe: sessions may run side by side, the string cache has a lock."""

    def __init__(self, bundle: Bundle, sessions: dict[str, ort.InferenceSession]) -> None:
        self.bundle = bundle
        self._sessions = sessions
        model = bundle.info["model"]
        self._length, self._dim = int(model["length"]), int(model["dim"])
        self._schedule = Schedule(int(model["schedule_steps"]), float(model["noise_factor"]))
        self._steps = int(bundle.info["sampling"]["steps"])
        self._tokenizer = PieceTokenizer(bundle.folder / "tokenizer.json")
        self._strings = StringVectors(self._tokenizer, self._pooled)
        self._code = read_code_settings(bundle)

    @classmethod
    def load(
        cls, folder: Path | None = None, *, threads: int = 2, providers: Sequence[str] | None = None, verify: bool = True
    ) -> Generator:
        """Load a bundle; None is the shipped `small`.

        Raises:
            BundleError: the bundle cannot be used.
            ProviderError: a provider that this machine does not have.
        """
        bundle = read_bundle(folder, verify=verify)
        chosen = choose_providers(providers)
        names = ("text", "encoder", "denoiser", "decoder")
        sessions = {n: open_session(bundle.folder / f"{n}.onnx", threads=threads, providers=chosen) for n in names}
        return cls(bundle, sessions)

    @property
    def name(self) -> str:
        """The bundle's name."""
        return self.bundle.name

    @property
    def info(self) -> dict[str, Any]:
        """bundle.json."""
        return self.bundle.info

    def propose(
        self, utterance: str, table: Table, *, today: dt.date, seeds: int = 16, seed: int = 0, clock: Clock | None = None
    ) -> list[Proposal]:
        """Distinct proposals, likeliest first; empty when nothing the model said can be read."""
        return self.propose_many([(utterance, table)], today=today, seeds=seeds, seed=seed, clock=clock)[0]

    def propose_many(
        self,
        requests: Sequence[tuple[str, Table]],
        *,
        today: dt.date,
        seeds: int = 16,
        seed: int = 0,
        clock: Clock | None = None,
    ) -> list[list[Proposal]]:
        """Proposals of several requests in one batch. The noise of a request depends on `seed` alone, not on its neighbours."""
        lap = _Laps(clock)
        views = [make_view(utterance, table) for utterance, table in requests]
        readable = [k for k, view in enumerate(views) if view.words]
        result: list[list[Proposal]] = [[] for _ in requests]
        if not readable:
            return result
        lap("codec")
        placements = [place(views[k], self._tokenizer) for k in readable]
        strings = [self._strings(views[k].strings()) for k in readable]
        lap("strings")
        tokens, log_probs = self._generate(make_feed(placements, strings), seeds, seed, lap)
        for at, k in enumerate(readable):
            result[k] = self._read(tokens[at], log_probs[at], views[k], today)
        lap("decode")
        return result

    def write_code(
        self, utterances: Sequence[str], language: str, *, limit: int, seeds: int = 16, seed: int = 0
    ) -> list[list[Written]]:
        """At most `limit` pieces of code for each description, likeliest first, all valid in the language; none is executed.

        Raises:
            LanguageError: the bundle does not write the language.
        """
        settings = self._code
        if settings is None or language not in self.bundle.languages or language not in LANGUAGES:
            raise LanguageError(self.bundle.name, language, self.bundle.languages)
        placements = [place_code(text, language, self._tokenizer) for text in utterances]
        nodes = [np.zeros((0, settings.text_width), np.float32)] * len(placements)
        size = settings.length, settings.steps
        tokens, log_probs = self._generate(make_feed(placements, nodes), seeds, seed, _Laps(None), size)
        return [
            read_candidates(tokens[k], log_probs[k], text, language, settings.pieces, limit=limit)
            for k, text in enumerate(utterances)
        ]

    def _generate(
        self, feed: Any, seeds: int, seed: int, lap: _Laps, size: tuple[int, int] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """`size`: target length and denoising steps; those of rules if left out."""
        length, steps = size or (self._length, self._steps)
        states = self._sessions["text"].run(
            ["states"], {"pieces": feed.pieces, "mask": feed.pieces_mask, "gate": np.ones((), np.float32)}
        )[0]
        names = ("word_classes", "nodes", "features", "kinds", "sentinels", "links", "mask")
        encoded = self._sessions["encoder"].run(None, {"states": states, **{name: getattr(feed, name) for name in names}})
        denoiser_memory, decoder_memory, pointer_keys, targets, bias = encoded
        shared = {"pointer_keys": pointer_keys, "targets": targets, "bias": bias}
        lap("encoder")
        batch = len(feed.pieces)
        one = np.random.default_rng(seed).standard_normal((1, seeds, length, self._dim), dtype=np.float32)
        noise = np.repeat(one, batch, axis=0)

        def estimate(x_t: NDArray[np.float32], t: float, previous: NDArray[np.float32]) -> NDArray[np.float32]:
            time = np.full((batch * seeds,), t, np.float32)
            feeds = {"x_t": x_t, "t": time, "previous": previous, "memory": denoiser_memory, **shared}
            return self._sessions["denoiser"].run(["x0"], feeds)[0]  # type: ignore[no-any-return]  # onnxruntime has no types

        x0 = ddim(estimate, self._schedule, noise, steps)
        lap("denoiser")
        tokens, log_probs = self._sessions["decoder"].run(
            ["tokens", "log_probs"], {"x0": x0, "memory": decoder_memory, **shared}
        )
        lap("decoder")
        return tokens, log_probs

    def _pooled(self, pieces: NDArray[np.int64], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        feeds = {"pieces": pieces, "mask": mask, "gate": np.zeros((), np.float32)}
        return self._sessions["text"].run(["pooled"], feeds)[0]  # type: ignore[no-any-return]  # onnxruntime has no types

    @staticmethod
    def _read(tokens: NDArray[np.int64], log_probs: NDArray[np.float32], view: View, today: dt.date) -> list[Proposal]:
        proposals = []
        for sequence in best_sequences(tokens, log_probs, Automaton(view)):
            said = tuple(RULES.tokens[token] for token in sequence.tokens)
            try:
                read = decode(said, view, today=today)
            except GrammarError:
                continue
            share = sequence.probability
            proposals.append(
                Proposal(read.rule, read.scope, read.look, sequence.score, sequence.votes, len(tokens), share, said)
            )
        return sorted(proposals, key=lambda p: (-p.probability, -p.votes))


class _Laps:
    """Tells the clock how long each stage took."""

    def __init__(self, clock: Clock | None) -> None:
        self._clock = clock
        self._last = perf_counter()

    def __call__(self, stage: str) -> None:
        if self._clock is not None:
            now = perf_counter()
            self._clock(stage, now - self._last)
            self._last = now
