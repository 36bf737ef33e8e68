"""The TensorBoard callback: its files against those of tf_keras, and what is not in those."""

import io
import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import torchkeras as keras
from compat_tests.events import cases
from torchkeras import events, records
from torchkeras.callbacks.model_graph import conceptual_graph, layer_graph
from torchkeras.callbacks.tensorboard import TensorBoard

RECORDED = json.loads((pathlib.Path(cases.__file__).parent / "data" / "events.json").read_text())


def events_in(folder):
    return [event for file in sorted(pathlib.Path(folder).iterdir()) for event in events.read_events(file)]


def summaries_in(folder):
    return {(event.step, v.tag): records.array_of(v.tensor) for event in events_in(folder) for v in event.summary.value}


@pytest.mark.parametrize("name", cases.RUNS)
def test_a_run_writes_what_tf_keras_writes(name, tmp_path):
    cases.RUNS[name](keras, tmp_path)
    found, recorded = cases.content(events.read_events, records.array_of, tmp_path), RECORDED["runs"][name]
    assert list(found) == list(recorded)
    for part in recorded:
        assert [row[:3] for row in found[part]] == [row[:3] for row in recorded[part]]
        for (_, tag, plugin, mine), (_, _, _, theirs) in zip(found[part], recorded[part]):
            if plugin == "images":
                compare_images(mine, theirs)
            elif theirs is not None:
                np.testing.assert_allclose(mine, theirs, rtol=2e-5, atol=1e-6, err_msg=tag)


def compare_images(mine, theirs):
    assert mine[:2] == theirs[:2]
    for ours, other in zip(mine[2:], theirs[2:], strict=True):
        first, second = (np.asarray(Image.open(io.BytesIO(bytes.fromhex(file))), int) for file in (ours, other))
        assert np.abs(first - second).max() <= 1


def test_batches_alone_are_written_without_their_speed(tmp_path):
    """As tf.keras of TensorFlow 2.3 to 2.10 does; tf_keras 2.21 writes none."""
    model, x, y = cases.mlp(keras, 0.1)
    model.fit(x, y, 4, 2, 0, [TensorBoard(tmp_path, update_freq="batch", write_graph=False)])
    steps = [step for step, tag in summaries_in(tmp_path / "train") if tag == "batch_loss"]
    assert steps == [1, 2, 3, 4, 5, 6]


class Read(dict):
    reads = 0

    def items(self):
        Read.reads += 1
        return {"loss": 1.0}.items()


def test_figures_are_read_only_at_the_batches_that_are_due(tmp_path):
    model, _, _ = cases.mlp(keras, 0.1)
    callback = TensorBoard(tmp_path, update_freq=3)
    callback.set_model(model)
    callback.on_train_begin()
    Read.reads = 0
    for batch in range(7):
        callback.on_train_batch_begin(batch)
        callback.on_train_batch_end(batch, Read(loss=1.0))
    assert Read.reads == 2
    callback.on_train_end()
    assert not TensorBoard(tmp_path)._implements_train_batch_hooks()


def test_summaries_in_the_call_of_a_model_are_recorded(tmp_path):
    class Watched(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, inputs):
            outputs = self.dense(inputs)
            events.histogram("outputs", outputs)
            return outputs

    model = Watched()
    model.compile("sgd", "mse")
    x = np.ones((8, 2), np.float32)
    callback = TensorBoard(tmp_path, update_freq=2)
    model.fit(x, x[:, :1], 2, 1, 0, [callback], validation_data=(x, x[:, :1]), validation_batch_size=2)
    for part in ("train", "validation"):
        assert [step for step, tag in summaries_in(tmp_path / part) if tag == "outputs"] == [0, 2]
    assert not events.has_default_writer()


def test_a_run_that_was_interrupted_leaves_no_writer_to_the_next(tmp_path):
    model, x, y = cases.mlp(keras, 0.1)

    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    callback = TensorBoard(tmp_path, update_freq=1)
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, 4, 1, 0, [callback, Interrupt()])
    model.fit(x, y, 4, 1, 0, [callback])
    assert not events.has_default_writer()


def test_several_steps_at_once_are_counted(tmp_path):
    model, x, y = cases.mlp(keras, 0.1)
    model.compile("sgd", "mse", steps_per_execution=2)
    model.fit(x, y, 2, 2, 0, [TensorBoard(tmp_path, update_freq=1)])
    steps = [step for step, tag in summaries_in(tmp_path / "train") if tag == "batch_loss"]
    assert steps == [2, 4, 5, 7, 9, 10]


# --- graphs ---


def two_towers():
    a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
    shared = keras.layers.Dense(3, name="shared")
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="in1")], name="inner")
    outer = keras.Model([a, b], keras.layers.Concatenate(name="join")([inner(shared(a)), shared(b)]), name="towers")
    p, q = keras.Input((2,), name="p"), keras.Input((2,), name="q")
    return keras.Model([p, q], keras.layers.Dense(1, name="out")(outer([p, q]) * 2.0), name="whole")


EDGES = {
    "p": [], "q": [], "towers/shared": ["p"], "towers/inner/in1": ["towers/shared"], "towers/shared_1": ["q"],
    "towers/join": ["towers/inner/in1", "towers/shared_1"], "tf.math.multiply": ["towers/join"],
    "out": ["tf.math.multiply"],
}  # fmt: skip


def test_the_graph_of_a_functional_model_has_its_connections():
    graph = layer_graph(two_towers())
    assert {n.name: list(n.input) for n in graph.node} == EDGES
    kinds = {n.name: n.op for n in graph.node}
    assert kinds["towers/join"] == "Concatenate"
    assert kinds["p"] == "InputLayer"
    (out,) = [n for n in graph.node if n.name == "out"]
    assert [dim.size for dim in out.attr["_output_shapes"].list.shape[0].dim] == [-1, 1]


def test_the_graph_of_a_subclassed_model_has_its_layers():
    class Inner(keras.layers.Layer):
        def __init__(self):
            super().__init__(name="inner")
            self.first = keras.layers.Dense(2, name="first")

        def call(self, x):
            return self.first(x)

    class Subclassed(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = Inner()
            self.last = keras.layers.Dense(1, name="last")

        def call(self, x):
            return self.last(self.inner(x))

    model = Subclassed()
    model(np.zeros((1, 2), np.float32))
    assert [(n.name, n.op) for n in layer_graph(model).node] == [("inner/first", "Dense"), ("last", "Dense")]


def test_graphs_are_written_once_and_in_time(tmp_path):
    model = keras.Sequential([keras.layers.Dense(2, name="late"), keras.layers.Dense(1, name="later")])
    model.compile("sgd", "mse")
    x = np.ones((4, 3), np.float32)
    model.fit(x, x[:, :1], epochs=2, verbose=0, callbacks=[TensorBoard(tmp_path)])
    found = events_in(tmp_path / "train")
    (graph,) = [event for event in found if event.graph_def]
    assert [n.name for n in records.GraphDef.FromString(graph.graph_def).node][-2:] == ["late", "later"]
    (config,) = [
        event.summary.value[0] for event in found if event.summary.value and "keras" in event.summary.value[0].tag
    ]
    assert (config.metadata.plugin_data.plugin_name, config.metadata.plugin_data.content) == ("graph_keras_model", b"1")
    saved = json.loads(records.array_of(config.tensor)[()])
    assert saved["class_name"] == "Sequential"


def test_a_model_whose_config_cannot_be_written_is_said_so(tmp_path):
    class Bare(keras.layers.Layer):
        def call(self, x):
            return x * 2

        def get_config(self):
            raise NotImplementedError

    inputs = keras.Input((2,))
    model = keras.Model(inputs, Bare(name="bare")(inputs))
    model.compile("sgd", "mse")
    callback = TensorBoard(tmp_path)
    callback.set_model(model)
    with pytest.warns(UserWarning, match="failed to serialize"):
        callback.on_train_begin()
    callback.on_train_end()
    (graph,) = [event.graph_def for event in events_in(tmp_path / "train") if event.graph_def]
    assert records.GraphDef.FromString(graph).node[-1].name == "bare"


def test_tensorboard_draws_the_conceptual_graph():
    pytest.importorskip("tensorboard")
    keras_util = pytest.importorskip("tensorboard.plugins.graph.keras_util")
    drawn = keras_util.keras_model_to_graph_def(json.loads(conceptual_graph(two_towers())))
    edges = {n.name: set(n.input) for n in drawn.node}
    assert edges["whole/towers/shared"] == {"whole/towers/a", "whole/towers/b"}
    assert edges["whole/towers/join"] == {"whole/towers/inner/in1", "whole/towers/shared"}
    assert edges["whole/tf.math.multiply"] == {"whole/towers/join"}
    assert edges["whole/out"] == {"whole/tf.math.multiply"}


# --- profiles, embeddings ---


@pytest.mark.parametrize(("batches", "count"), [(2, 1), ((2, 3), 2), ("2,3", 2), ((3, 9), 1)])
def test_batches_are_profiled(batches, count, tmp_path):
    model, x, y = cases.mlp(keras, 0.1)
    model.fit(x, y, 4, 1, 0, [TensorBoard(tmp_path, profile_batch=batches)])
    (file,) = tmp_path.glob("plugins/profile/*/*.pt.trace.json")
    found = [event.get("name") for event in json.loads(file.read_text())["traceEvents"]]
    assert found.count("aten::addmm") == 2 * count  # two Dense layers


@pytest.mark.parametrize("batches", [-1, (3, 2), "a", 1.5, (1, 2, 3)])
def test_wrong_batches_to_profile(batches):
    with pytest.raises(ValueError, match="profile_batch must be"):
        TensorBoard(profile_batch=batches)


def test_embeddings_are_written_for_the_projector(tmp_path):
    model = keras.Sequential([
        keras.layers.Embedding(4, 2, input_length=3, name="words"), keras.layers.Flatten(), keras.layers.Dense(1),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    x = np.zeros((4, 3), np.int64)
    callback = TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"words": "labels.tsv"})
    model.fit(x, np.ones((4, 1), np.float32), epochs=2, verbose=0, callbacks=[callback])
    config = (tmp_path / "projector_config.pbtxt").read_text()
    assert 'tensor_name: "words/embeddings"' in config
    assert 'metadata_path: "labels.tsv"' in config
    path = config.split('tensor_path: "')[1].split('"')[0]
    np.testing.assert_allclose(np.loadtxt(tmp_path / path), model.layers[0].embeddings.numpy(), rtol=1e-6)
    pb = pytest.importorskip("tensorboard.plugins.projector.projector_config_pb2")
    text_format = pytest.importorskip("google.protobuf.text_format")
    assert text_format.Parse(config, pb.ProjectorConfig()).embeddings[0].tensor_path == path


def test_labels_for_an_unknown_layer(tmp_path):
    model, _, _ = cases.mlp(keras, 0.1)
    callback = TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"nope": "x"})
    with pytest.raises(ValueError, match="Unrecognized `Embedding` layer names"):
        callback.set_model(model)


def test_arguments():
    with pytest.raises(ValueError, match="Unrecognized arguments in `TensorBoard`"):
        TensorBoard(histogram_frequency=1)
    with pytest.raises(ValueError, match="update_freq"):
        TensorBoard(update_freq=0)
    with pytest.warns(UserWarning, match="`batch_size` is no longer needed"):
        TensorBoard(batch_size=3)


def test_the_real_tensorboard_is_not_loaded():
    program = "import sys, torchkeras; print([m for m in sys.modules if m.split('.')[0] in ('tensorboard', 'google')])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
