"""What the equation of an EinsumDense says about its kernel, its bias and its output."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from torchkeras.graph.keras_tensor import Shape, as_shape

_FORMS = (r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)", r"0([a-zA-Z]+),([a-zA-Z]+)->0([a-zA-Z]+)",
          r"([a-zA-Z]{2,})0,([a-zA-Z]+)->([a-zA-Z]+)0")  # fmt: skip


class Equation:
    """An equation 'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...': an input times a kernel gives the output.

    Args:
        text: the equation.
        output_sizes: the output's axes after the batch, without those behind the dots; None for what the input tells.
        bias_axes: the letters of the output that a bias has, or None for no bias.
    """

    def __init__(self, text: str, output_sizes: Sequence[int | None], bias_axes: str | None) -> None:
        self.text, self.output_sizes, self.bias_axes = text, tuple(output_sizes), bias_axes
        folded = text.replace("...", "0").replace(" ", "")
        found = next((match for form in _FORMS if (match := re.fullmatch(form, folded))), None)
        if found is None:
            raise ValueError(
                f"Invalid einsum equation '{text}'. Equations must be in the form [X],[Y]->[Z], ...[X],[Y]->...[Z], or "
                f"[X]...,[Y]->[Z]...."
            )
        self.inputs, self.kernel, self.outputs = found.groups()
        self.dots_left = folded.startswith("0")
        self.dots_right = not self.dots_left and "0" in folded
        self._check_letters()

    def _check_letters(self) -> None:
        for letter in self.outputs:
            if letter not in self.inputs and letter not in self.kernel:
                raise ValueError(
                    f"Dimension '{letter}' was specified in the output '{self.outputs}' but has no corresponding dim "
                    f"in the input spec '{self.inputs}' or weight spec '{self.kernel}'"
                )
        for letter in self.kernel:
            if letter not in self.inputs and letter not in self.outputs:
                raise ValueError(
                    f"Weight dimension '{letter}' did not have a match in either the input spec '{self.inputs}' or the "
                    f"output spec '{self.outputs}'. For this layer, the weight must be fully specified."
                )
        for letter in self.bias_axes or "":
            if letter not in self.outputs:
                raise ValueError(
                    f"Bias dimension '{letter}' was requested, but is not part of the output spec '{self.outputs}'"
                )

    @property
    def bound(self) -> str:
        """The input's letters that are summed over."""
        return "".join(letter for letter in self.inputs if letter not in self.outputs)

    @property
    def made(self) -> str:
        """The output's letters that only the kernel has."""
        return "".join(letter for letter in self.outputs if letter not in self.inputs)

    @property
    def is_linear(self) -> bool:
        """Whether it is a matrix product over the input's last axes, as 'abc,cde->abde': the work of an nn.Linear."""
        free = self.inputs.removesuffix(self.bound)
        return (
            not self.dots_right
            and bool(self.bound and self.made)
            and self.inputs == free + self.bound
            and self.kernel == self.bound + self.made
            and self.outputs == free + self.made
            and len(set(self.inputs)) == len(self.inputs)
            and len(set(self.outputs)) == len(self.outputs)
        )

    # --- shapes ---

    def output_shape(self, input_shape: Sequence[int | None]) -> Shape:
        shape = as_shape(input_shape)
        sizes = self._output_sizes(shape)
        elided = self._elided(shape)
        named = tuple(sizes[letter] for letter in self.outputs)
        if self.dots_left:
            return shape[:elided] + named
        return named + shape[len(shape) - elided :]

    def kernel_shape(self, input_shape: Sequence[int | None]) -> tuple[int, ...]:
        shape = as_shape(input_shape)
        sizes = self._input_sizes(shape) | {k: v for k, v in self._output_sizes(shape).items() if v is not None}
        return tuple(self._known(sizes.get(letter), letter, "kernel", shape) for letter in self.kernel)

    def bias_shape(self, input_shape: Sequence[int | None]) -> tuple[int, ...] | None:
        """Sizes from the first of the bias's axes on, 1 for the axes it does not have."""
        if not self.bias_axes:
            return None
        shape = as_shape(input_shape)
        sizes = self._output_sizes(shape)
        first = min(self.outputs.find(letter) for letter in self.bias_axes)
        found = [
            self._known(sizes[letter], letter, "bias", shape) if letter in self.bias_axes else 1
            for letter in self.outputs[first:]
        ]
        return (*found, *[1] * (0 if self.dots_left else self._elided(shape)))

    def _elided(self, shape: Shape) -> int:
        """How many axes the dots stand for."""
        count = len(shape) - len(self.inputs)
        if count < 0 or (count and not (self.dots_left or self.dots_right)):
            self._refuse(shape, f"an input of rank {len(self.inputs)}")
        return count

    def _input_sizes(self, shape: Shape) -> dict[str, int | None]:
        elided = self._elided(shape)
        return dict(zip(self.inputs, shape[elided:] if self.dots_left else shape, strict=False))

    def _output_sizes(self, shape: Shape) -> dict[str, int | None]:
        """The size of each letter of the output."""
        elided, known = self._elided(shape), self._input_sizes(shape)
        # With dots on the left the batch is behind them; else it is the first letter.
        given = self.output_sizes if self.dots_left and elided else (shape[0], *self.output_sizes)
        if len(given) != len(self.outputs):
            raise ValueError(
                f"The output of the equation '{self.text}' has the axes '{self.outputs}', which output_shape="
                f"{self.output_sizes} does not fit: expected {len(self.outputs) - len(given) + len(self.output_sizes)} "
                f"sizes for an input of shape {shape}."
            )
        sizes = dict(zip(self.outputs, given))
        for letter in self.outputs:
            if letter in known and sizes[letter] is not None and sizes[letter] != known[letter]:
                raise ValueError(
                    f"Input shape and output shape do not match at shared dimension '{letter}'. Input shape is "
                    f"{known[letter]}, and output shape is {sizes[letter]}."
                )
        return {letter: known.get(letter, size) for letter, size in sizes.items()}

    def _known(self, size: int | None, letter: str, what: str, shape: Shape) -> int:
        if size is None:
            self._refuse(shape, f"a known size of dimension '{letter}', which the {what} has")
        return size

    def _refuse(self, shape: Shape, wanted: str) -> NoReturn:
        raise ValueError(f"The equation '{self.text}' of an EinsumDense needs {wanted}. Received shape {shape}.")
