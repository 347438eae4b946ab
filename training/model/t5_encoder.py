"""The paper's encoder E: CodeT5's T5 encoder over the flattened request, from pretrained weights or from scratch.

Sources: Raffel et al. 2020 (T5), Wang et al. 2021 (CodeT5-small: vocabulary 32,100, width 512, 6 layers, 8 heads, feed-forward
2,048). Its token embedding is also L and, transposed, the head H (see `CodeFusion`): one table for code and language.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from training.model.config import ModelConfig


class EncoderWeightsError(Exception):
    """Pretrained encoder weights that cannot be had here, or that are of another shape; train from scratch or name a folder."""


class T5Encoder(nn.Module):
    """Token ids (batch, length) -> E_s (batch, length, width)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        from transformers import T5Config, T5EncoderModel

        if config.text_width != config.width or config.dim != config.width:
            raise ValueError("the t5 encoder needs text_width = width = dim")
        self.t5: Any = T5EncoderModel(
            T5Config(
                vocab_size=config.text_vocabulary, d_model=config.width, d_kv=config.width // config.text_heads,
                d_ff=config.text_feed_forward, num_layers=config.text_layers, num_heads=config.text_heads,
                dropout_rate=config.dropout, feed_forward_proj="relu", is_encoder_decoder=False, use_cache=False,
                pad_token_id=0,
            )
        )  # fmt: skip

    @property
    def table(self) -> nn.Embedding:
        """The token embedding."""
        shared: nn.Embedding = self.t5.shared
        return shared

    def forward(self, pieces: Tensor, mask: Tensor) -> Tensor:
        """`mask` (batch, length) True on tokens."""
        states: Tensor = self.t5(input_ids=pieces, attention_mask=mask.long()).last_hidden_state
        return states

    def load_pretrained(self, source: str) -> None:
        """Read weights from a folder or, where there is one, a hub (`Salesforce/codet5-small`).

        Raises:
            EncoderWeightsError: see there.
        """
        from transformers import T5EncoderModel

        try:
            found: Any = T5EncoderModel.from_pretrained(source)
            self.t5.load_state_dict(found.state_dict())
        except (OSError, ValueError, RuntimeError) as error:
            raise EncoderWeightsError(f"no weights of this shape from {source!r}: {error}") from error
