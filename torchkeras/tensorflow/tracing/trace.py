"""What a tf.function remembers of one kind of call."""

from __future__ import annotations

from typing import Any

from torchkeras.tensorflow.tracing.values import said, spec_of


class Trace:
    """One kind of call: the specs of its arguments, and of its results once it has run.

    Args:
        names: the parameters' names.
        values: their specs, or the Python values they had.
    """

    def __init__(self, names: list[str], values: list[Any]) -> None:
        self.names, self.values = names, values
        self.outputs: Any = None
        self.has_run = False

    def ran(self, result: Any) -> None:
        """Notes what came out."""
        self.outputs, self.has_run = spec_of(result), True

    def described(self) -> str:
        """As `pretty_printed_concrete_signatures` writes it."""
        lines = [f"  {n} (POSITIONAL_OR_KEYWORD): {said(v)}" for n, v in zip(self.names, self.values, strict=True)]
        shown = "\n".join(lines) if lines else "  None"
        outputs = f"  {said(self.outputs)}" if self.has_run else "  unknown"
        return f"Input Parameters:\n{shown}\nOutput Type:\n{outputs}\nCaptures:\n  None"

    def signature(self) -> str:
        """In one line."""
        inner = ", ".join(f"{n}: {said(v)}" for n, v in zip(self.names, self.values, strict=True))
        return f"({inner})" + (f" -> {said(self.outputs)}" if self.has_run else "")


__all__ = ["Trace"]
