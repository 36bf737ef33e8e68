"""Summaries sent to the default writer: what is behind `tf.summary`.

Each function returns whether it wrote something. Where there is no default writer, or `record_if` has switched it off,
the data is not looked at: nothing is copied from the device.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras.events import summaries
from torchkeras.events.messages import Event, Summary, SummaryMetadata, Value
from torchkeras.events.state import scoped, should_record_summaries, state, step_number
from torchkeras.events.writer import SummaryWriter
from torchkeras.records.graph_def import GraphDef
from torchkeras.records.tensor_proto import tensor_proto


def write(tag: str, tensor: Any, step: Any = None, metadata: Any = None, name: str | None = None) -> bool:
    """Writes a summary of any kind.

    Args:
        tag: what it is found by.
        tensor: its data, or a function without arguments that is asked for it when it is to be written.
        step: at which step; by default the one of `set_step` or of the writer.
        metadata: a SummaryMetadata, or one serialized.
    """
    if not should_record_summaries():
        return False
    number = step_number(step)
    data = tensor() if callable(tensor) else tensor
    value = Value(tag=tag, tensor=tensor_proto(data))
    if metadata is not None:
        serialized = metadata if isinstance(metadata, bytes) else metadata.SerializeToString()
        value.metadata.CopyFrom(SummaryMetadata.FromString(serialized))
    state.writer.add(Event(step=number, summary=Summary(value=[value])))
    return True


def _write(name: str, data: Callable[[], Any], step: Any, metadata: SummaryMetadata) -> bool:
    return write(scoped(name), data, step, metadata)


def scalar(name: str, data: Any, step: Any = None, description: str | None = None) -> bool:
    """Writes a number."""
    return _write(name, lambda: summaries.scalar(data), step, summaries.metadata("scalars", description))


def histogram(
    name: str, data: Any, step: Any = None, buckets: int | None = None, description: str | None = None
) -> bool:
    """Writes how the values of an array are distributed.

    Args:
        buckets: in how many intervals they are counted; 30 by default.
    """
    return _write(name, lambda: summaries.histogram(data, buckets), step, summaries.metadata("histograms", description))


def image(name: str, data: Any, step: Any = None, max_outputs: int = 3, description: str | None = None) -> bool:
    """Writes images.

    Args:
        data: of shape (number, height, width, channels): floats in [0, 1], or integers.
        max_outputs: how many are written at most.
    """
    return _write(name, lambda: summaries.image(data, max_outputs), step, summaries.metadata("images", description))


def text(name: str, data: Any, step: Any = None, description: str | None = None) -> bool:
    """Writes text, in which Markdown is shown as such."""
    return _write(name, lambda: summaries.text(data), step, summaries.metadata("text", description))


def audio(
    name: str,
    data: Any,
    sample_rate: int,
    step: Any = None,
    max_outputs: int = 3,
    encoding: str | None = None,
    description: str | None = None,
) -> bool:
    """Writes sounds.

    Args:
        data: of shape (number, frames, channels), with values in [-1, 1].
        sample_rate: in Hz.
        max_outputs: how many are written at most.
        encoding: 'wav', or None for the same.
    """
    if encoding not in (None, "wav"):
        raise ValueError(f"Unknown encoding: {encoding!r}. Expected 'wav'.")
    return _write(
        name, lambda: summaries.audio(data, sample_rate, max_outputs), step, summaries.audio_metadata(description)
    )


def graph(graph_data: Any) -> bool:
    """Writes a graph: a GraphDef."""
    if not should_record_summaries():
        return False
    if not isinstance(graph_data, GraphDef):
        raise ValueError(
            f"Argument 'graph_data' is not tf.Graph or tf.compat.v1.GraphDef. Received graph_data={graph_data} of type "
            f"{type(graph_data).__name__}."
        )
    state.writer.add(Event(graph_def=graph_data.SerializeToString()))
    return True


def write_raw_pb(tensor: Any, step: Any = None, name: str | None = None) -> bool:
    """Writes a serialized Summary."""
    if not should_record_summaries():
        return False
    serialized = tensor.numpy() if hasattr(tensor, "numpy") else tensor
    state.writer.add(Event(step=step_number(step), summary=Summary.FromString(serialized)))
    return True


def flush(writer: SummaryWriter | None = None, name: str | None = None) -> None:
    """Writes what a writer, the default one unless another is given, has kept back."""
    writer = state.writer if writer is None else writer
    if writer is None:
        return
    if not isinstance(writer, SummaryWriter):
        raise ValueError(f"Invalid argument to flush(): {writer!r}")
    writer.flush()
