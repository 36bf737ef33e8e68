"""The dropout of recurrent cells: masks that stay the same over all steps of a call."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from torchkeras.layers.regularization.random_layer import RandomLayer


class DropoutRNNCellMixin(RandomLayer):
    """Masks for the inputs and the states of a cell, made at its first step and kept until they are reset.

    A recurrent layer resets them at each call; whoever steps a cell himself does so with `reset_dropout_mask()` and
    `reset_recurrent_dropout_mask()`.
    """

    keeps_dtype = False
    dropout: float
    recurrent_dropout: float
    #: How many gates a cell has, each with a mask of its own for the state.
    gates: ClassVar[int]

    def reset_dropout_mask(self) -> None:
        """The next step draws new masks for the inputs."""
        self.__dict__.pop("_input_masks", None)

    def reset_recurrent_dropout_mask(self) -> None:
        """The next step draws new masks for the states."""
        self.__dict__.pop("_state_masks", None)

    def get_dropout_mask_for_cell(self, inputs: Tensor, training: Any, count: int = 1) -> Any:
        """The present masks for inputs: a list of `count`, the one mask where that is 1, or None without dropout."""
        return _handed_out(self._kept("_input_masks", inputs, self.dropout, training, count))

    def get_recurrent_dropout_mask_for_cell(self, inputs: Tensor, training: Any, count: int = 1) -> Any:
        """The same for states."""
        return _handed_out(self._kept("_state_masks", inputs, self.recurrent_dropout, training, count))

    def step_masks(self, inputs: Tensor, state: Tensor, training: Any) -> tuple[Tensor | None, Tensor | None]:
        """The present masks for the inputs and for the state of a step, each stacked; None without dropout."""
        return (
            self._kept("_input_masks", inputs, self.dropout, training, self.input_masks()),
            self._kept("_state_masks", state, self.recurrent_dropout, training, self.gates),
        )

    def input_masks(self) -> int:
        """How many masks the inputs take: one for all gates, or one for each."""
        raise NotImplementedError

    def _kept(self, name: str, like: Tensor, rate: float, training: Any, count: int) -> Tensor | None:
        if rate == 0 or not training:
            return None
        kept: Tensor | None = self.__dict__.get(name)
        if kept is None:
            kept = self.__dict__[name] = self.draw_masks(like, rate, count)
        return kept

    def draw_masks(self, like: Tensor, rate: float, count: int) -> Tensor:
        """`count` new masks of a tensor's shape, stacked: 0 with probability `rate`, else 1 / (1 - rate)."""
        kept = 1.0 - rate
        noise = like.new_empty((count, *like.shape))
        noise.bernoulli_(kept, generator=self._generator(like.device))
        return noise.div_(kept) if kept > 0 else noise

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        return {key: value for key, value in state.items() if key not in ("_input_masks", "_state_masks")}


def _handed_out(masks: Tensor | None) -> Any:
    """Stacked masks as users of cells take them."""
    if masks is None:
        return None
    return masks[0] if len(masks) == 1 else list(masks)


def clipped(rate: float) -> float:
    """A rate of dropout, brought between 0 and 1 as Keras does."""
    return min(1.0, max(0.0, rate))
