"""CategoryEncoding: category numbers as rows with ones or counts."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core.config import floatx
from torchkeras.core.op_errors import InvalidArgumentError
from torchkeras.layers.base import Layer
from torchkeras.layers.preprocessing.encoding import (
    COUNT,
    MULTI_HOT,
    ONE_HOT,
    check_output_mode,
    encode,
    encoded_shape,
)


class CategoryEncoding(Layer):
    """Turns integers from 0 to `num_tokens - 1` into rows of length `num_tokens`.

    Args:
        num_tokens: how many categories there are.
        output_mode: 'one_hot' (a row with a one for each number), 'multi_hot' (one row for each sample, with a one for
            each number it holds) or 'count' (how often it holds it).
        sparse: accepted; the rows are dense tensors of the same values.

    `call` takes `count_weights`, what each number counts for with 'count'.
    """

    def __init__(
        self, num_tokens: int | None = None, output_mode: str = MULTI_HOT, sparse: bool = False, **kwargs: Any
    ) -> None:
        num_tokens = kwargs.pop("max_tokens", num_tokens)  # the older name
        kwargs["dtype"] = kwargs.get("dtype") or floatx()
        super().__init__(autocast=False, **kwargs)
        self.output_mode = check_output_mode(output_mode, (COUNT, ONE_HOT, MULTI_HOT), "CategoryEncoding")
        if num_tokens is None:
            raise ValueError(
                "num_tokens must be set to use this layer. If the number of tokens is not known beforehand, use the "
                "IntegerLookup layer instead."
            )
        if num_tokens < 1:
            raise ValueError(f"`num_tokens` must be >= 1. Received: num_tokens={num_tokens}.")
        self.num_tokens, self.sparse = num_tokens, sparse

    def call(self, inputs: Tensor, count_weights: Any = None) -> Tensor:
        if count_weights is not None:
            if self.output_mode != COUNT:
                raise ValueError(
                    f"`count_weights` is not used when `output_mode` is not `'count'`. "
                    f"Received `count_weights={count_weights}`."
                )
            count_weights = torch.as_tensor(count_weights, device=inputs.device)
        self._check(inputs)
        return encode(inputs, self.output_mode, self.num_tokens, self._dtype_policy.compute, count_weights)

    def _check(self, inputs: Tensor) -> None:
        # On an accelerator to look at values would stall it.
        if inputs.device.type != "cpu" or torch.compiler.is_compiling() or not inputs.numel():
            return
        low, high = torch.aminmax(inputs)
        if low < 0 or high >= self.num_tokens:
            raise InvalidArgumentError(
                f"Input values must be in the range 0 <= values < num_tokens with num_tokens={self.num_tokens}. "
                f"Layer {self.name!r} received values from {low.item()} to {high.item()}."
            )

    def compute_output_shape(self, input_shape: Any) -> Any:
        return encoded_shape(input_shape, self.output_mode, self.num_tokens)

    def get_config(self) -> dict[str, Any]:
        own = {"num_tokens": self.num_tokens, "output_mode": self.output_mode, "sparse": self.sparse}
        return super().get_config() | own
