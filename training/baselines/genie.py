"""GENIE (Lin et al. 2023): an encoder, and a denoiser with cross-attention to it; x̂_0 is rounded by the embedding table.

CodeFusion without its decoder D and its head H. Its denoiser is deeper in turn, so that the parameters are as many.
"""

from __future__ import annotations

from torch import Tensor

from training.baselines.rounding import Predict, Rounding
from training.model.attention import mask_bias
from training.model.codefusion import Inputs, TextInputs
from training.model.config import ModelConfig
from training.model.denoiser import Denoiser
from training.model.sampler import Sampling


class Genie(Rounding):
    """`denoiser_layers` of the configuration is the depth; it has CodeFusion's own denoiser, with its pointer."""

    def __init__(self, config: ModelConfig, sampling: Sampling, name: str = "genie", anchored: bool = False) -> None:
        super().__init__(config, sampling, name, anchored)
        self.denoiser = Denoiser(config)

    def condition(self, inputs: Inputs | TextInputs) -> Predict:
        memory = self.encode(inputs)
        keys_values, bias = self.denoiser.stack.remember(memory.states), mask_bias(memory.mask)
        marked = self.marked(self.denoiser.pointer, memory)

        def predict(x_t: Tensor, t: Tensor, previous: Tensor) -> Tensor:
            predicted: Tensor = self.denoiser(x_t, t, previous, keys_values, bias, marked)
            return predicted

        return predict
