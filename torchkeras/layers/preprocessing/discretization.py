"""Discretization: numbers as the bins they fall into."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.tensors import as_tensor
from torchkeras.core.variable import Variable
from torchkeras.layers.preprocessing.adapted import PreprocessingLayer
from torchkeras.layers.preprocessing.encoding import (
    COUNT,
    INT,
    MULTI_HOT,
    ONE_HOT,
    check_output_mode,
    encode,
    encoded_shape,
    listed,
    output_dtype,
)


class Discretization(PreprocessingLayer):
    """Says for each number between which two boundaries it lies.

    Args:
        bin_boundaries: in rising order; n boundaries make n + 1 bins, each with its lower boundary.
        num_bins: how many bins of about equally many samples `adapt` is to find boundaries for.
        epsilon: how exactly: a smaller one takes more memory.
        output_mode: 'int' (the bin's number), 'one_hot', 'multi_hot' or 'count' (rows, see CategoryEncoding).
        sparse: accepted; the rows are dense tensors of the same values.

    Example: `Discretization(bin_boundaries=[0.0, 1.0])([-1.5, 0.5, 1.0])` is `[0, 1, 2]`.
    """

    summary: Variable

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = INT,
        sparse: bool = False,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        bins = kwargs.pop("bins", None)  # an older name of either
        if isinstance(bins, int) and num_bins is None:
            num_bins = bins
        elif bins is not None and bin_boundaries is None:
            bin_boundaries = bins
        output_mode = check_output_mode(output_mode, (INT, ONE_HOT, MULTI_HOT, COUNT), type(self).__name__, sparse)
        super().__init__(dtype=output_dtype(dtype, output_mode), autocast=False, **kwargs)
        if num_bins is not None and num_bins < 0:
            raise ValueError(f"`num_bins` must be greater than or equal to 0. You passed `num_bins={num_bins}`")
        if num_bins is not None and bin_boundaries is not None:
            raise ValueError(
                f"Both `num_bins` and `bin_boundaries` should not be set. You passed `num_bins={num_bins}` and "
                f"`bin_boundaries={bin_boundaries}`"
            )
        self.input_bin_boundaries = listed(bin_boundaries)
        self.bin_boundaries = [] if bin_boundaries is None else self.input_bin_boundaries
        self.num_bins, self.epsilon = num_bins, epsilon
        self.output_mode, self.sparse = output_mode, sparse

    def build(self, input_shape: Any) -> None:
        if self.input_bin_boundaries is None:
            self.summary = self._make_weight("summary", ("summary",), (2, 0), "zeros", "float32", False)

    # --- learning ---

    def update_state(self, data: Any) -> None:
        if self.input_bin_boundaries is not None:
            raise ValueError(
                f"Cannot adapt a Discretization layer that has been initialized with `bin_boundaries`, use `num_bins` "
                f"instead. You passed `bin_boundaries={self.input_bin_boundaries}`."
            )
        if not self.built:
            raise RuntimeError("`build` must be called before `update_state`.")
        values = as_tensor(data).float().cpu().numpy()
        merged = np.concatenate([summarized(values, self.epsilon), self.summary.numpy()], axis=1)
        self._keep(compressed(merged[:, np.argsort(merged[0], kind="stable")], self.epsilon))

    def _keep(self, summary: np.ndarray) -> None:
        # A weight whose size changes: the buffer is replaced, the Variable finds the new one.
        held = self._buffers["summary"]
        assert held is not None
        self._buffers["summary"] = torch.from_numpy(summary.astype("float32")).to(held.device)

    def finalize_state(self) -> None:
        if self.input_bin_boundaries is not None or not self.built:
            return
        if self.num_bins is None:
            raise ValueError(f"Layer {self.name!r} needs `num_bins` to adapt. Received: num_bins=None")
        found = compressed(self.summary.numpy(), 1.0 / self.num_bins)[0, :-1]
        self.bin_boundaries = found.tolist()

    def reset_state(self) -> None:
        if self.input_bin_boundaries is None and self.built:
            self._keep(np.zeros((2, 0)))

    def set_weights(self, weights: Any) -> None:
        """Sets the summary, of any length, and the boundaries that follow from it."""
        given = [np.asarray(weight) for weight in weights]
        if self.input_bin_boundaries is None and self.built and len(given) == 1:
            self._keep(given[0])
            self._boundaries_of_summary()
        else:
            super().set_weights(given)

    def load_own_variables(self, store: Any) -> None:
        """Takes the summary, of any length; Keras 3 keeps none and has the boundaries in the config."""
        if "0" in store and self.input_bin_boundaries is None:
            if not self.built:
                self.build(None)
            self.set_weights([np.asarray(store["0"])])

    def _boundaries_of_summary(self) -> None:
        if self.num_bins is not None and self.summary.shape[1]:
            self.finalize_state()

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *args: Any, **kwargs: Any) -> None:
        key = f"{prefix}summary"
        if key in state_dict and self.input_bin_boundaries is None:
            if not self.built:
                self.build(None)
            self._keep(state_dict[key].detach().cpu().numpy())
            self._boundaries_of_summary()
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)

    # --- using it ---

    def call(self, inputs: Tensor) -> Tensor:
        dtype = inputs.dtype if inputs.is_floating_point() else torch.float32
        boundaries = torch.tensor(self.bin_boundaries, dtype=torch.float32, device=inputs.device).to(dtype)
        bins = torch.bucketize(inputs.to(dtype), boundaries, right=True)
        return encode(bins, self.output_mode, len(self.bin_boundaries) + 1, self._dtype_policy.compute)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return encoded_shape(input_shape, self.output_mode, len(self.bin_boundaries) + 1)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "bin_boundaries": self.input_bin_boundaries,
            "num_bins": self.num_bins,
            "epsilon": self.epsilon,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """As Keras 3 saves it, both the number of bins and what `adapt` has found."""
        found = config.get("bin_boundaries")
        if found is None or config.get("num_bins") is None:
            return super().from_config(config)
        made = super().from_config(config | {"bin_boundaries": None})
        made.bin_boundaries = listed(found)
        return made


def summarized(values: np.ndarray, epsilon: float) -> np.ndarray:
    """Some of the values, in order, and below them how many values each stands for."""
    ordered = np.sort(values.reshape(-1))
    increment = int(np.float32(ordered.size) / np.float32(1.0 / epsilon))
    step = max(increment, 1)
    chosen = ordered[increment::step]
    summary: np.ndarray = np.stack([chosen, np.full_like(chosen, step)])
    return summary


def compressed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """A summary of at most 1 / epsilon values, at equal shares of the whole."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    weights = summary[1].cumsum()
    found = np.interp(shares, weights / weights[-1], summary[0])
    weights = np.interp(shares, weights / weights[-1], weights)
    steps = weights - np.concatenate([[0.0], weights[:-1]])
    return np.stack([found, steps]).astype("float32")
