"""Events: summaries for TensorBoard, and the files it reads them from."""

from torchkeras.events.event_file import EventFile, read_events
from torchkeras.events.messages import Event, HistogramProto, RunMetadata, Summary, SummaryMetadata
from torchkeras.events.record import audio, flush, graph, histogram, image, scalar, text, write, write_raw_pb
from torchkeras.events.state import (
    get_step,
    has_default_writer,
    record_if,
    set_scope_source,
    set_step,
    should_record_summaries,
)
from torchkeras.events.trace import trace_export, trace_off, trace_on
from torchkeras.events.writer import SummaryWriter, create_file_writer, create_noop_writer

__all__ = [
    "create_file_writer", "create_noop_writer", "SummaryWriter",
    "scalar", "histogram", "image", "text", "audio", "graph", "write", "write_raw_pb", "flush",
    "get_step", "set_step", "record_if", "should_record_summaries", "has_default_writer", "set_scope_source",
    "trace_on", "trace_export", "trace_off",
    "EventFile", "read_events", "Event", "Summary", "SummaryMetadata", "HistogramProto", "RunMetadata",
]  # fmt: skip
