"""Any Hugging Face checkpoint folder, causal or seq2seq, measured with a few-shot prompt (see `prompts`).

Nothing is downloaded: the folder holds config, weights and tokenizer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import torch

from training.baselines.interface import Answer
from training.baselines.prompts import Prompter

Method = Literal["greedy", "beam", "sample"]


class ModelUnavailableError(Exception):
    """A language model that cannot be had; the message says what is missing and what to do."""


class HuggingFaceSystem:
    """One checkpoint, one way to decode.

    Raises:
        ModelUnavailableError: the folder is missing, or lacks weights or tokenizer that transformers can read.
    """

    def __init__(
        self, folder: Path, prompter: Prompter, method: Method = "beam", *, new_tokens: int = 96, name: str = ""
    ) -> None:
        self.name, self.ranks = name or folder.name, method != "sample"
        self.prompter, self.method, self.new_tokens = prompter, method, new_tokens
        self.model, self.tokenizer = _load(folder)
        self.seq2seq = bool(self.model.config.is_encoder_decoder)

    @torch.no_grad()
    def answers(self, question: str, count: int, seed: int) -> list[Answer]:
        """At most `count` candidates (one by `greedy`), likeliest first; samples with top-p 0.95."""
        prompt = self._fitting(question)
        batch = self.tokenizer(prompt, return_tensors="pt").to(self.model.device)
        torch.manual_seed(seed)
        ways: dict[str, dict[str, Any]] = {
            "greedy": {"do_sample": False},
            "beam": {"do_sample": False, "num_beams": max(count, 2), "num_return_sequences": count},
            "sample": {"do_sample": True, "top_p": 0.95, "top_k": 0, "num_return_sequences": count},
        }
        pad = self.tokenizer.pad_token_id
        written = self.model.generate(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], max_new_tokens=self.new_tokens,
            pad_token_id=self.tokenizer.eos_token_id if pad is None else pad, output_scores=True,
            return_dict_in_generate=True, **ways[self.method],
        )  # fmt: skip
        sequences, scores = written.sequences, self._scores(written)
        start = 0 if self.seq2seq else batch["input_ids"].shape[1]
        texts = [self.tokenizer.decode(row[start:], skip_special_tokens=True) for row in sequences]
        found = [Answer(self.prompter.cut(text), score) for text, score in zip(texts, scores, strict=True)]
        return sorted(found, key=lambda answer: -answer.score)

    def _scores(self, written: Any) -> list[float]:
        """Mean log-probability of each sequence."""
        beams = getattr(written, "beam_indices", None)
        steps = self.model.compute_transition_scores(written.sequences, written.scores, beams, normalize_logits=beams is None)
        steps = steps.masked_fill(torch.isinf(steps), 0)
        scores: list[float] = (steps.sum(-1) / (steps != 0).sum(-1).clamp_min(1)).tolist()
        return scores

    def _fitting(self, question: str) -> str:
        """The prompt with as many examples as the model has room for."""
        room = getattr(self.model.config, "max_position_embeddings", None) or getattr(self.model.config, "n_positions", None)
        limit = None if room is None else room - (0 if self.seq2seq else self.new_tokens)
        count = self.prompter.count
        for shots in range(count, -1, -1):
            prompt = self.prompter.prompt(question, shots)
            if limit is None or len(self.tokenizer(prompt)["input_ids"]) <= limit:
                return prompt
        raise ModelUnavailableError(f"{self.name} has room for {limit} tokens; the question alone is longer")


def _load(folder: Path) -> tuple[Any, Any]:
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

    if not (folder / "config.json").exists():
        raise ModelUnavailableError(
            f"{folder} holds no Hugging Face checkpoint (no config.json); download one and name its folder"
        )
    try:
        config: Any = AutoConfig.from_pretrained(folder, local_files_only=True)
        kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
        model: Any = kind.from_pretrained(folder, local_files_only=True).eval()
        tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise ModelUnavailableError(f"the checkpoint in {folder} cannot be used: {error}") from error
    return model.to("cuda" if torch.cuda.is_available() else "cpu"), tokenizer
