"""How a kernel moves over an image: output sizes, and the padding that gives them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch

Sizes = tuple[int, ...]
# torch 2.6 tells no export from a compilation.
_exporting = getattr(torch.compiler, "is_exporting", torch.compiler.is_compiling)


class Window:
    """A convolution's strides, dilation and padding, worked out for inputs of any size.

    TensorFlow's 'same' pads as the input's size asks for, the smaller half first: max(reach - r, 0) zeros in all, with
    `reach` the length of the dilated kernel and `r` the part of the input that the last stride covers (1 to `stride`).
    torch pads both sides alike; what is more than that is added to the input beforehand, at the cost of a copy.

    Attributes:
        padding: what the torch module pads: 'same' for sizes that the strides divide, as far as it is symmetric.
        extra: what `F.pad` adds beforehand, where that does not depend on the input's size.
        fixed: whether it does not.
    """

    def __init__(self, kernel_size: Sizes, strides: Sizes, padding: str, dilation_rate: Sizes) -> None:
        self.strides, self.mode = strides, padding
        self.reach = _reaches(kernel_size, dilation_rate)
        self.fixed = padding != "same" or max(strides) == 1
        missing = [max(r - s, 0) if padding == "same" else 0 for r, s in zip(self.reach, strides)]
        self.padding = tuple(m // 2 for m in missing)
        self.extra = (self.reach[0] - 1, 0) if padding == "causal" else _behind([m % 2 for m in missing])

    def output_sizes(self, sizes: Iterable[int | None]) -> list[int | None]:
        lost = [0 if self.mode != "valid" else r - 1 for r in self.reach]
        return [None if n is None else -((m - n) // s) for n, m, s in zip(sizes, lost, self.strides)]

    def for_kernel(self, sizes: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
        """For inputs of these sizes: what torch pads on both sides, and what `F.pad` adds."""
        if _exporting():
            # Which way to pad would bind the exported program to even sizes, or to odd ones: all is added beforehand.
            return (0,) * len(self.reach), _flat(self._pairs(sizes))
        padding: list[int] = []
        extra: list[int] = []
        uneven = False
        for n, r, s in zip(sizes, self.reach, self.strides):
            missing = max(r - (n - 1) % s - 1, 0)
            padding.append(missing // 2)
            extra[:0] = 0, missing % 2  # the last axis comes first
            uneven = uneven or missing % 2 != 0
        return padding, extra if uneven else ()

    def for_module(self, sizes: Sequence[int]) -> Sequence[int]:
        """For inputs of these sizes: what `F.pad` adds to a module that pads by `padding` itself."""
        if self.fixed:
            return self.extra
        return _flat([(before - p, after - p) for (before, after), p in zip(self._pairs(sizes), self.padding)])

    def _pairs(self, sizes: Sequence[int]) -> list[tuple[int, int]]:
        missing = [max(r - (n - 1) % s - 1, 0) for n, r, s in zip(sizes, self.reach, self.strides)]
        return [(m // 2, m - m // 2) for m in missing]


class TransposedWindow:
    """A transposed convolution's strides, dilation and padding: the gradient of TensorFlow's forward convolution.

    Whole, its output has (n - 1) * stride + reach values. `surplus` is by how much this is more than Keras keeps,
    whatever the input's size: it is cut off, the smaller half first; less than none is zeros added behind.

    Attributes:
        padding, output_padding: the torch module's arguments.
        crop: how many values to cut off behind the module's output, since torch cuts both sides alike.
    """

    def __init__(
        self, kernel_size: Sizes, strides: Sizes, padding: str, dilation_rate: Sizes, output_padding: Sizes | None
    ) -> None:
        self.strides, self.reach = strides, _reaches(kernel_size, dilation_rate)
        pairs = list(zip(self.reach, strides))
        if output_padding is None:
            self.surplus = [r - s if padding == "same" else min(r - s, 0) for r, s in pairs]
        else:
            # Keras cuts an even kernel's `same` by one more than the strides ask for, where it is told output_padding.
            self.surplus = [(r // 2 * 2 if padding == "same" else 0) - o for r, o in zip(self.reach, output_padding)]
        self.padding = tuple(max(s, 0) // 2 for s in self.surplus)
        self.output_padding = tuple(max(-s, 0) for s in self.surplus)
        self.crop = tuple(max(s, 0) % 2 for s in self.surplus)

    def output_sizes(self, sizes: Iterable[int | None]) -> list[int | None]:
        rules = zip(sizes, self.strides, self.reach, self.surplus)
        return [None if n is None else (n - 1) * s + r - surplus for n, s, r, surplus in rules]


def _reaches(kernel_size: Sizes, dilation_rate: Sizes) -> Sizes:
    return tuple((k - 1) * d + 1 for k, d in zip(kernel_size, dilation_rate))


def _behind(amounts: Sequence[int]) -> Sizes:
    return _flat([(0, n) for n in amounts])


def _flat(pairs: Sequence[tuple[int, int]]) -> Sizes:
    """(before, after) of each axis as `F.pad` takes them, the last axis first; empty where there is nothing to add."""
    if not _exporting() and not any(map(any, pairs)):
        return ()
    return tuple(n for pair in reversed(pairs) for n in pair)
