"""The autoregressive encoder-decoder: CodeFusion's own encoder, a causal decoder (T5's and CodeT5's kind) with a pointer.

Trained by teacher forcing, decoded by beam search or nucleus sampling.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own convention
from torch import Tensor

from training.baselines.causal import CausalDecoder, KeysValues
from training.baselines.conditioned import Conditioned
from training.baselines.interface import mean_log_prob
from training.baselines.search import Decoding, beam_search, nucleus
from training.model.attention import mask_bias
from training.model.codefusion import Inputs, TextInputs
from training.model.config import ModelConfig

BEAM = Decoding()


class Seq2Seq(Conditioned):
    """`decoder_layers` of the configuration is the depth of the causal decoder; there is no denoiser."""

    def __init__(self, config: ModelConfig, decoding: Decoding = BEAM, name: str = "seq2seq") -> None:
        super().__init__(config, name)
        self.decoding = decoding
        self.decoder = CausalDecoder(config)
        if config.encoder == "t5":  # H is L transposed
            self.decoder.head.weight = self.embedding.weight

    @property
    def ranks(self) -> bool:
        """A beam is in order, samples are not."""
        return self.decoding.method == "beam"

    def loss(self, inputs: Inputs | TextInputs, tokens: Tensor, generator: torch.Generator) -> dict[str, Tensor]:  # noqa: ARG002  # nothing is drawn
        """Cross-entropy of every token and of the first pad, which ends the sequence."""
        scores = self._scores(inputs, tokens)
        pads = (tokens == 0).long()
        counted = (pads.cumsum(-1) == pads).float()
        entropy = F.cross_entropy(scores.transpose(1, 2), tokens, reduction="none")
        total = (entropy * counted).sum() / counted.sum()
        return {"total": total, "entropy": total}

    def _scores(self, inputs: Inputs | TextInputs, tokens: Tensor) -> Tensor:
        """Scores (B, length, vocabulary) of every token given those before."""
        memory = self.encode(inputs)
        start = self.decoder.start.expand(tokens.shape[0], 1, -1)
        before = torch.cat([start, self.embed(tokens[:, :-1])], 1)
        marked = self.marked(self.decoder.pointer, memory)
        scores: Tensor = self.decoder(before, self.decoder.remember(memory.states), mask_bias(memory.mask), marked)
        return scores

    @torch.no_grad()
    def log_probs(self, inputs: Inputs | TextInputs, tokens: Tensor) -> Tensor:
        """Log-probability of each token (B, length) given those before."""
        return self._scores(inputs, tokens).log_softmax(-1).gather(2, tokens[..., None])[..., 0]

    @torch.no_grad()
    def generate(self, inputs: Inputs | TextInputs, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """The beam in order, or samples with their mean log-probability: (B, count, length), (B, count)."""
        batch, length, decoding = inputs.pieces.shape[0], self.config.length, self.decoding
        following = _Following(self, inputs)
        if decoding.method == "beam":
            return beam_search(following, batch, count, length, decoding.penalty)
        tokens, log_probs = nucleus(following, batch, count, length, decoding, generator=generator)
        return tokens, mean_log_prob(tokens, log_probs)


class _Following:
    """The next token's log-probabilities, with the keys and values of the tokens before (`search.NextToken`)."""

    def __init__(self, system: Seq2Seq, inputs: Inputs | TextInputs) -> None:
        memory = system.encode(inputs)
        self.system, self.batch = system, memory.states.shape[0]
        self.memory = system.decoder.remember(memory.states)
        self.bias = mask_bias(memory.mask)
        self.marked = system.marked(system.decoder.pointer, memory)
        self.past: list[KeysValues] = []

    def __call__(self, rows: Tensor | None, tokens: Tensor | None) -> Tensor:
        decoder = self.system.decoder
        if rows is None or tokens is None:
            before = decoder.start.expand(self.batch, -1)
        else:
            before = self.system.embed(tokens)
            self.past = [(keys[rows], values[rows]) for keys, values in self.past]
        scores, self.past = decoder.step(before, self.past, self.memory, self.bias, self.marked)
        return scores.log_softmax(-1)
