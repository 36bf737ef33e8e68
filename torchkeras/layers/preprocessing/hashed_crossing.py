"""HashedCrossing: combinations of features in a fixed number of bins."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.device import default_device
from torchkeras.core.hashing import CROSS_KEY, fingerprint64, joined
from torchkeras.core.string_array import StringArray
from torchkeras.layers.base import Layer
from torchkeras.layers.preprocessing.encoding import (
    INT,
    ONE_HOT,
    check_output_mode,
    encode,
    encoded_shape,
    output_dtype,
)

_WORD = (1 << 64) - 1


class HashedCrossing(Layer):
    """Puts each combination of the values of several features into one of `num_bins` bins, by TensorFlow's hash.

    Args:
        num_bins: how many bins.
        output_mode: 'int' (the bin's number) or 'one_hot'.
        sparse: accepted; the rows are dense tensors of the same values.

    Called on a list or tuple of features, each of shape (), (batch,) or (batch, 1).
    """

    takes_texts = True

    def __init__(
        self, num_bins: int, output_mode: str = INT, sparse: bool = False, dtype: Any = None, **kwargs: Any
    ) -> None:
        output_mode = check_output_mode(output_mode, (INT, ONE_HOT), "HashedCrossing")
        super().__init__(dtype=output_dtype(dtype, output_mode), autocast=False, **kwargs)
        if num_bins is None or num_bins <= 0:
            raise ValueError(f"`num_bins` of HashedCrossing must be positive. Received: num_bins={num_bins}.")
        self.num_bins, self.output_mode, self.sparse = num_bins, output_mode, sparse

    def call(self, inputs: Any) -> Tensor:
        features = self._checked(inputs)
        columns = [self.fingerprints(feature) for feature in features]
        bins = [self._bin(combination) for combination in zip(*columns)]
        first = features[0]
        device = default_device() if isinstance(first, StringArray) else first.device
        numbers = torch.tensor(bins, dtype=torch.int64, device=device).reshape(tuple(first.shape))
        return encode(numbers, self.output_mode, self.num_bins, self._dtype_policy.compute)

    def fingerprints(self, feature: Any) -> list[int]:
        """One 64-bit number for each value: integers are their own."""
        if isinstance(feature, StringArray):
            return [fingerprint64(text) for text in feature._array.reshape(-1)]
        if feature.is_floating_point():
            raise ValueError(
                f"All `HashedCrossing` inputs should have an integer or string dtype. Received: {feature.dtype}"
            )
        values: np.ndarray = feature.cpu().numpy().reshape(-1)
        return [value & _WORD for value in values.tolist()]

    def _bin(self, combination: tuple[int, ...]) -> int:
        key = CROSS_KEY
        for value in combination:
            key = joined(key, value)
        return key % self.num_bins

    def _checked(self, inputs: Any) -> Any:
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(
                f"`HashedCrossing` should be called on a list or tuple of inputs. Received: inputs={inputs}"
            )
        if len(inputs) < 2:
            raise ValueError(f"`HashedCrossing` should be called on at least two inputs. Received: inputs={inputs}")
        shapes = [tuple(feature.shape) for feature in inputs]
        if len(shapes[0]) > 2 or (len(shapes[0]) == 2 and shapes[0][1] != 1):
            raise ValueError(
                f"All `HashedCrossing` inputs should have shape `[]`, `[batch_size]` or `[batch_size, 1]`. "
                f"Received shapes: {shapes}"
            )
        if len(set(shapes)) > 1:
            raise ValueError(f"All `HashedCrossing` inputs should have equal shape. Received shapes: {shapes}")
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return encoded_shape(input_shape[0], self.output_mode, self.num_bins)

    def get_config(self) -> dict[str, Any]:
        own = {"num_bins": self.num_bins, "output_mode": self.output_mode, "sparse": self.sparse}
        return super().get_config() | own
