"""Checkpoints that were damaged, or made to do harm: every one ends in our error or a right load."""

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

import torchkeras as keras
from compat_tests.saving.fuzz.mutation import mutated
from torchkeras import tensorflow as tf
from torchkeras.saving.checkpoint.messages import TrackableObjectGraph
from torchkeras.saving.checkpoint.writing import GRAPH_KEY
from torchkeras.saving.containers.bundle import open_bundle
from torchkeras.saving.containers.bundle_writer import write_bundle
from torchkeras.saving.errors import UnreadableFile

DATA = Path(__file__).parent / "data"


def model():
    made = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, name="dense")])
    made.compile(keras.optimizers.SGD(momentum=0.5), "mse")
    made.fit(np.ones((2, 2)), np.ones((2, 2)), verbose=0)
    return made


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("saved") / "ckpt")
    model().save_weights(path)
    return path


def with_graph(prefix, path, change):
    """A copy whose graph of objects is another; its checksums are right."""
    with open_bundle(prefix) as bundle:
        values = {key: bundle.read(key) for key in bundle}
    graph = TrackableObjectGraph.FromString(values[GRAPH_KEY][()])
    made = change(graph)
    values[GRAPH_KEY] = made if isinstance(made, bytes) else graph.SerializeToString()
    write_bundle(path, values.items())
    return str(path)


def _endless(graph):
    graph.nodes[1].children.add(node_id=0, local_name="dense")
    graph.nodes[0].children.add(node_id=0, local_name="layer-0")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda g: g.nodes[0].children[0].__setattr__("node_id", 999), "does not have"),
        (lambda g: g.nodes[0].children[0].__setattr__("node_id", -1), "does not have"),
        (lambda g: g.nodes[0].slot_variables.add(original_variable_node_id=5000), "does not have"),
        (lambda g: b"\xff\xff\xff", "graph of objects"),
        (lambda g: g.Clear(), "does not have"),
        (
            lambda g: [setattr(a, "checkpoint_key", "../../etc/passwd") for n in g.nodes for a in n.attributes],
            "is not there",
        ),
    ],
)
def test_graphs_that_cannot_be(prefix, tmp_path, change, words):
    path = with_graph(prefix, tmp_path / "g", change)
    with pytest.raises(UnreadableFile, match=words):
        model().load_weights(path)
    with pytest.raises(tf.errors.DataLossError, match=words):
        tf.train.Checkpoint(model()).restore(path)


def test_a_graph_that_leads_in_circles(prefix, tmp_path):
    found = model()
    found.load_weights(with_graph(prefix, tmp_path / "g", _endless))


def test_a_value_of_another_kind(prefix, tmp_path):
    def to_texts(graph):
        kernel = next(n for n in graph.nodes if any("kernel" in a.checkpoint_key for a in n.attributes))
        kernel.attributes[0].checkpoint_key = GRAPH_KEY

    with pytest.raises(ValueError, match=r"shape \(\) in the checkpoint"):
        model().load_weights(with_graph(prefix, tmp_path / "g", to_texts))


def test_a_damaged_file_is_not_taken_for_none(prefix, tmp_path):
    for ending in (".index", ".data-00000-of-00001"):
        for file in Path(prefix).parent.glob("ckpt*"):
            shutil.copy(file, tmp_path)
        (tmp_path / f"ckpt{ending}").write_bytes(b"")
        with pytest.raises(UnreadableFile, match="Cannot read"):
            model().load_weights(str(tmp_path / "ckpt"))


def check(prefix, path, files, chance):
    """One damaged copy of a checkpoint: an error of ours, or the values that were saved."""
    name = chance.choice(sorted(files))
    for one, content in files.items():
        Path(f"{path}{one}").write_bytes(mutated(content, chance) if one == name else content)
    found = model()
    try:
        found.load_weights(str(path))
    except UnreadableFile as error:
        said = str(error)
    else:
        said = ""
    if said:
        assert str(path) in said
        return False
    expected = model()
    expected.load_weights(prefix)
    for a, b in zip(found.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    return True


def content_of(prefix):
    return {end: Path(f"{prefix}{end}").read_bytes() for end in (".index", ".data-00000-of-00001")}


def test_damaged_copies(prefix, tmp_path):
    chance = random.Random(0)
    ended = [check(prefix, tmp_path / "ckpt", content_of(prefix), chance) for _ in range(60)]
    assert not all(ended)


def mutated_graph(prefix, path, chance):
    """A copy whose graph is damaged under right checksums: a right load, or an error that says what is wrong."""
    damaged = with_graph(prefix, path, lambda graph: mutated(graph.SerializeToString(), chance))
    try:
        model().load_weights(damaged)
    except (UnreadableFile, ValueError, AssertionError) as error:
        kind, said = type(error), str(error)
    else:
        return
    assert kind in (UnreadableFile, ValueError, AssertionError)
    assert said


@pytest.mark.filterwarnings("ignore:Inconsistent references", "ignore:The state of the optimizer")
def test_damaged_graphs(prefix, tmp_path):
    chance = random.Random(1)
    for _ in range(150):
        mutated_graph(prefix, tmp_path / "g", chance)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:Inconsistent references", "ignore:The state of the optimizer")
def test_many_damaged_copies(tmp_path):
    """5,000 of real checkpoints, half of them with right checksums around a damaged graph."""
    chance = random.Random(2)
    prefix = str(tmp_path / "saved")
    model().save_weights(prefix)
    files = content_of(prefix)
    for number in range(5000):
        if number % 2:
            mutated_graph(prefix, tmp_path / "g", chance)
        else:
            check(prefix, tmp_path / "ckpt", files, chance)
