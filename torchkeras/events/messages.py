"""The messages of event files, TensorBoard's input."""

from __future__ import annotations

from torchkeras.records.fields import Repeated, RepeatedSub, Single, Sub
from torchkeras.records.graph_def import GraphDef
from torchkeras.records.kinds import BYTES, DOUBLE, FLOAT, INT32, INT64, STRING
from torchkeras.records.message import Message
from torchkeras.records.tensor_proto import TensorProto

DATA_CLASSES = {
    0: "DATA_CLASS_UNKNOWN",
    1: "DATA_CLASS_SCALAR",
    2: "DATA_CLASS_TENSOR",
    3: "DATA_CLASS_BLOB_SEQUENCE",
}


class PluginData(Message):
    """Which of TensorBoard's plugins a summary is for, and what it is told besides."""

    __slots__ = ()
    plugin_name = Single(1, STRING)
    content = Single(2, BYTES)


class SummaryMetadata(Message):
    """What kind of data a summary is."""

    __slots__ = ()
    PluginData = PluginData
    plugin_data = Sub(1, PluginData)
    display_name = Single(2, STRING)
    summary_description = Single(3, STRING)
    data_class = Single(4, INT32, names=DATA_CLASSES)


class HistogramProto(Message):
    """A histogram of TensorFlow 1."""

    __slots__ = ()
    min = Single(1, DOUBLE)
    max = Single(2, DOUBLE)
    num = Single(3, DOUBLE)
    sum = Single(4, DOUBLE)
    sum_squares = Single(5, DOUBLE)
    bucket_limit = Repeated(6, DOUBLE)
    bucket = Repeated(7, DOUBLE)


class Image(Message):
    """An image of TensorFlow 1."""

    __slots__ = ()
    height = Single(1, INT32)
    width = Single(2, INT32)
    colorspace = Single(3, INT32)
    encoded_image_string = Single(4, BYTES)


class Audio(Message):
    """A sound of TensorFlow 1."""

    __slots__ = ()
    sample_rate = Single(1, FLOAT)
    num_channels = Single(2, INT64)
    length_frames = Single(3, INT64)
    encoded_audio_string = Single(4, BYTES)
    content_type = Single(5, STRING)


class Value(Message):
    """One summary: its tag, and its data; a `tensor` in TensorFlow 2, whatever the kind."""

    __slots__ = ()
    tag = Single(1, STRING)
    simple_value = Single(2, FLOAT, oneof="value")
    image = Sub(4, Image, oneof="value")
    histo = Sub(5, HistogramProto, oneof="value")
    audio = Sub(6, Audio, oneof="value")
    node_name = Single(7, STRING)
    tensor = Sub(8, TensorProto, oneof="value")
    metadata = Sub(9, SummaryMetadata)


class Summary(Message):
    """Summaries of one moment, `value`."""

    __slots__ = ()
    Value, Image, Audio = Value, Image, Audio
    value = RepeatedSub(1, Value)


class SourceMetadata(Message):
    """What wrote an event file."""

    __slots__ = ()
    writer = Single(1, STRING)


class LogMessage(Message):
    """A line of a log."""

    __slots__ = ()
    level = Single(1, INT32)
    message = Single(2, STRING)


class SessionLog(Message):
    """The start or end of a session of TensorFlow 1."""

    __slots__ = ()
    status = Single(1, INT32)
    checkpoint_path = Single(2, STRING)
    msg = Single(3, STRING)


class TaggedRunMetadata(Message):
    """What a session of TensorFlow 1 tells of a run."""

    __slots__ = ()
    tag = Single(1, STRING)
    run_metadata = Single(2, BYTES)


class Event(Message):
    """One record of an event file: when, at which step, and one of the others."""

    __slots__ = ()
    wall_time = Single(1, DOUBLE)
    step = Single(2, INT64)
    file_version = Single(3, STRING, oneof="what")
    graph_def = Single(4, BYTES, oneof="what")
    summary = Sub(5, Summary, oneof="what")
    log_message = Sub(6, LogMessage, oneof="what")
    session_log = Sub(7, SessionLog, oneof="what")
    tagged_run_metadata = Sub(8, TaggedRunMetadata, oneof="what")
    meta_graph_def = Single(9, BYTES, oneof="what")
    source_metadata = Sub(10, SourceMetadata)


class FunctionGraphs(Message):
    """The graph of a function, as it was and as it was run."""

    __slots__ = ()
    partition_graphs = RepeatedSub(1, GraphDef)
    pre_optimization_graph = Sub(2, GraphDef)
    post_optimization_graph = Sub(3, GraphDef)


class RunMetadata(Message):
    """What is known of a traced run: here its graphs."""

    __slots__ = ()
    partition_graphs = RepeatedSub(3, GraphDef)
    function_graphs = RepeatedSub(4, FunctionGraphs)
