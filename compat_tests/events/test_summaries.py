"""Summaries and their files, against those that TensorFlow writes."""

import base64
import gc
import io
import json
import pathlib
import threading

import numpy as np
import pytest
import torch
from PIL import Image

from compat_tests.events import cases
from torchkeras import events, records
from torchkeras.core.variable import Variable
from torchkeras.events import state
from torchkeras.events.messages import RunMetadata
from torchkeras.events.png import encode_png

RECORDED = json.loads((pathlib.Path(__file__).parent / "data" / "events.json").read_text())


@pytest.fixture
def writer(tmp_path):
    made = events.create_file_writer(tmp_path)
    yield made
    made.close()


def written(writer):
    """The events after the first, which tells the version."""
    writer.flush()
    first, *found = events.read_events(writer.path)
    assert first.file_version == "brain.Event:2"
    return found


def values(writer):
    return [
        (event.step, v.tag, records.array_of(v.tensor)[()]) for event in written(writer) for v in event.summary.value
    ]


@pytest.mark.parametrize("name", cases.SUMMARIES)
def test_a_summary_is_written_as_tensorflow_writes_it(name, writer):
    function, arguments, options = cases.SUMMARIES[name]
    with writer.as_default(step=3):
        assert getattr(events, function)(*arguments, **options) is True
    (found,) = written(writer)
    found.wall_time = 0
    recorded = events.Event.FromString(base64.b64decode(RECORDED["summaries"][name]))
    if name.startswith("image"):
        # The same pixels; how they are packed is the encoder's.
        ours, theirs = (event.summary.value[0].tensor.string_val for event in (found, recorded))
        assert list(ours[:2]) == list(theirs[:2])
        for mine, other in zip(ours[2:], theirs[2:], strict=True):
            np.testing.assert_array_equal(pixels(mine), pixels(other))
        del ours[:]
        ours.extend(theirs)
    assert found.SerializeToString() == recorded.SerializeToString()


def pixels(file):
    return np.asarray(Image.open(io.BytesIO(file)))


@pytest.mark.parametrize("name", cases.SUMMARY_ERRORS)
def test_wrong_data_raises_what_tensorflow_raises(name, writer):
    function, arguments, options = cases.SUMMARY_ERRORS[name]
    with writer.as_default(step=3), pytest.raises(Exception) as caught:  # noqa: PT011
        getattr(events, function)(*arguments, **options)
    assert caught.type.__name__ == RECORDED["errors"][name]


@pytest.mark.parametrize(
    ("shape", "dtype"),  # PIL reads 16 bits in grey only
    [((1, 1, 1), "uint8"), ((3, 5, 2), "uint8"), ((7, 2, 3), "uint8"), ((4, 4, 4), "uint8"), ((3, 4, 1), "uint16")],
)
def test_png_files_hold_the_pixels(shape, dtype):
    image = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    np.testing.assert_array_equal(pixels(encode_png(image)).reshape(shape), image)


def test_a_png_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="1 to 4 channels"):
        encode_png(np.zeros((2, 2, 5), np.uint8))


def test_tensors_and_variables_are_taken(writer):
    with writer.as_default(step=1):
        events.scalar("tensor", torch.tensor(2.5, requires_grad=True) * 2)
        events.scalar("variable", Variable(1.5))
        events.scalar("bfloat16", torch.tensor(0.5, dtype=torch.bfloat16))
    assert values(writer) == [(1, "tensor", 5.0), (1, "variable", 1.5), (1, "bfloat16", 0.5)]


# --- writers ---


def test_without_a_writer_nothing_is_looked_at():
    assert events.should_record_summaries() is False
    assert events.scalar("a", object(), step=1) is False
    assert events.graph("no graph") is False


def test_a_summary_needs_a_step(writer):
    with writer.as_default(), pytest.raises(ValueError, match="No step set"):
        events.scalar("a", 1.0)


def test_the_step_is_the_nearest(writer):
    variable = Variable(5, dtype="int64")
    events.set_step(1)
    try:
        with writer.as_default():
            events.scalar("a", 0.0)
            with writer.as_default(step=variable):
                events.scalar("b", 0.0)
                variable.assign_add(2)
                events.scalar("c", 0.0)
                events.scalar("d", 0.0, step=torch.tensor(9))
            events.scalar("e", 0.0)
            assert events.get_step() == 1
    finally:
        events.set_step(None)
    assert [row[:2] for row in values(writer)] == [(1, "a"), (5, "b"), (7, "c"), (9, "d"), (1, "e")]


def test_recording_follows_its_condition(writer):
    asked = []
    with writer.as_default(step=0):
        with events.record_if(False):
            assert not events.scalar("a", 0.0)
            with events.record_if(True):
                assert events.scalar("b", 0.0)
        with events.record_if(lambda: asked.append(1) or len(asked) == 2):
            assert not events.scalar("c", 0.0)
            assert events.scalar("d", 0.0)
        assert events.should_record_summaries()
    assert [row[1] for row in values(writer)] == ["b", "d"]


def test_data_is_made_only_to_be_recorded(writer):
    with writer.as_default(step=0):
        with events.record_if(False):
            events.write("a", lambda: pytest.fail("asked for"))
        assert events.write("b", lambda: 4)
    assert values(writer) == [(0, "b", 4)]


def test_writers_within_each_other(tmp_path):
    outer, inner = (events.create_file_writer(tmp_path / name) for name in ("outer", "inner"))
    with outer.as_default(step=1), inner.as_default(step=2), events.create_noop_writer().as_default():
        events.scalar("a", 1.0)
    assert values(outer) == []
    assert values(inner) == [(2, "a", 1.0)]
    assert state.state.writer is None


def test_a_writer_set_as_default_stays(writer):
    try:
        writer.set_as_default(step=4)
        events.scalar("a", 1.0)
        events.flush()
        assert values(writer) == [(4, "a", 1.0)]
    finally:
        events.set_step(None)
        state.state.writer = None


def test_each_thread_has_its_default(writer):
    found = []
    with writer.as_default(step=0):
        thread = threading.Thread(target=lambda: found.append(events.should_record_summaries()))
        thread.start()
        thread.join()
    assert found == [False]


def test_a_closed_writer_is_an_error(tmp_path):
    writer = events.create_file_writer(tmp_path)
    writer.close()
    writer.close()
    writer.flush()
    with pytest.raises(RuntimeError, match="already closed"):
        writer.as_default()
    with pytest.raises(RuntimeError, match="already closed"):
        writer.init()


def test_what_waits_is_written_when_the_queue_is_full_and_when_the_writer_goes(tmp_path):
    writer = events.create_file_writer(tmp_path, max_queue=3, filename_suffix=".mine")
    path = writer.path
    assert path.endswith(".mine")
    with writer.as_default():
        for step in range(4):
            events.scalar("a", 0.0, step=step)
        assert len(list(events.read_events(path))) == 5
        events.scalar("a", 0.0, step=4)
        assert len(list(events.read_events(path))) == 5
    writer.set_as_default()
    events.scalar("a", 0.0, step=5)
    state.state.writer = None
    del writer
    gc.collect()
    assert len(list(events.read_events(path))) == 7


def test_two_writers_into_one_folder_have_two_files(tmp_path):
    first, second = events.create_file_writer(tmp_path), events.create_file_writer(str(tmp_path))
    assert first.path != second.path
    first.close()
    second.close()


def test_tags_stand_in_the_name_scope(writer):
    before = state._scope[0]
    events.set_scope_source(lambda: "outer/inner/")
    try:
        with writer.as_default(step=0):
            events.scalar("a b", 1.0)
    finally:
        events.set_scope_source(before)
    assert values(writer) == [(0, "outer/inner/a b", 1.0)]


def test_flush_takes_writers_only():
    with pytest.raises(ValueError, match="Invalid argument to flush"):
        events.flush("writer")


# --- traces ---


def test_a_trace_is_the_graph_of_what_ran(writer):
    x, w = torch.ones(2, 3), torch.ones(3, 4)
    with writer.as_default():
        events.trace_on(graph=True)
        torch.relu(x @ w)
        events.trace_export("work", step=6)
        torch.exp(x)
    (event,) = written(writer)
    (value,) = event.summary.value
    assert (event.step, value.tag, value.metadata.plugin_data.plugin_name) == (6, "work", "graph_run_metadata_graph")
    graph = RunMetadata.FromString(value.tensor.string_val[0]).function_graphs[0].pre_optimization_graph
    assert [(n.name, n.op, list(n.input)) for n in graph.node] == [
        ("input", "input", []), ("input_1", "input", []), ("mm", "mm", ["input", "input_1"]), ("relu", "relu", ["mm"]),
    ]  # fmt: skip
    assert [dim.size for dim in graph.node[3].attr["_output_shapes"].list.shape[0].dim] == [2, 4]


def test_a_profile_is_a_file_of_the_operations(writer, tmp_path):
    with writer.as_default():
        events.trace_on(graph=False, profiler=True)
        torch.ones(3, 3) @ torch.ones(3, 3)
        events.trace_export("work", step=0, profiler_outdir=str(tmp_path))
    (file,) = tmp_path.glob("plugins/profile/*/*.pt.trace.json")
    assert any(event.get("name") == "aten::mm" for event in json.loads(file.read_text())["traceEvents"])


def test_traces_are_begun_once_and_ended_once():
    with pytest.raises(ValueError, match="Must enable trace before export"):
        events.trace_export("work", step=0)
    events.trace_on()
    with pytest.warns(UserWarning, match="Trace already enabled"):
        events.trace_on()
    events.trace_off()
    events.trace_off()
    events.trace_on(graph=False, profiler=True)
    with pytest.raises(ValueError, match="profiler_outdir"):
        events.trace_export("work", step=0)
    events.trace_off()


# --- the real TensorBoard, where it is installed ---


def test_tensorboard_reads_all(writer, tmp_path):
    pytest.importorskip("tensorboard")
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    with writer.as_default(step=2):
        for function, arguments, options in cases.SUMMARIES.values():
            arguments = [f"{function}/{arguments[0]}", *arguments[1:]]
            getattr(events, function)(*arguments, **options)
        events.graph(records.GraphDef(node=[records.NodeDef(name="n", op="op")]))
    writer.close()
    found = accumulators.EventAccumulator(str(tmp_path), size_guidance=accumulators.STORE_EVERYTHING_SIZE_GUIDANCE)
    found.Reload()
    tags = found.Tags()["tensors"]
    assert len(tags) == len({(f, a[0]) for f, a, _ in cases.SUMMARIES.values()})
    kinds = {found.SummaryMetadata(tag).plugin_data.plugin_name for tag in tags if tag != "write/r"}
    assert kinds == {"scalars", "histograms", "images", "text", "audio"}
    (point,) = found.Tensors("scalar/a")
    assert (point.step, point.tensor_proto.tensor_content) == (2, np.float32(0.5).tobytes())
    assert found.Graph().node[0].name == "n"
