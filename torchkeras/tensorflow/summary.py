"""tf.summary: numbers, histograms, images, sounds, text and graphs for TensorBoard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from torchkeras.events import (
    SummaryWriter,
    audio,
    create_file_writer,
    create_noop_writer,
    flush,
    get_step,
    graph,
    histogram,
    image,
    record_if,
    scalar,
    set_step,
    should_record_summaries,
    text,
    trace_export,
    trace_off,
    trace_on,
    write,
    write_raw_pb,
)
from torchkeras.events.state import scoped


@contextmanager
def summary_scope(name: str, default_name: str = "summary", values: Any = None) -> Iterator[tuple[str, str]]:
    """For a summary of one's own: gives the tag, the name within the name scope in force, and the same as scope."""
    tag = scoped(name or default_name)
    yield tag, tag


experimental = SimpleNamespace(
    get_step=get_step, set_step=set_step, summary_scope=summary_scope, write_raw_pb=write_raw_pb
)

__all__ = [
    "SummaryWriter", "create_file_writer", "create_noop_writer",
    "scalar", "histogram", "image", "text", "audio", "graph", "write", "flush",
    "record_if", "should_record_summaries", "trace_on", "trace_export", "trace_off",
    "experimental", "summary_scope",
]  # fmt: skip
