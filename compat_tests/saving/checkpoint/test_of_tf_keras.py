"""Checkpoints that the real tf_keras wrote: they load here, training goes on as there, and ours have the same form."""

import json
from pathlib import Path

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import tensorflow as tf
from torchkeras.saving.checkpoint.messages import TrackableObjectGraph
from torchkeras.saving.containers.bundle import open_bundle

from . import cases

DATA = Path(__file__).parent / "data"
EXPECTED = json.loads((DATA / "expected.json").read_text())
#: Keras's own layer of that name has the inner layer's weights as its own, too: keys lead there by the other way.
OTHER_WAYS = {"normalizations"}
#: What tf_keras names after itself in the graph, and what holds nothing.
IGNORED = {"root", "keras_api"}


def entries(prefix):
    with open_bundle(prefix) as bundle:
        return {key: bundle.entry(key)[:2] for key in bundle if not key.startswith("_CHECK")}


def graph(prefix):
    """By the shortest way to it: what each object keeps, and which slots."""
    with open_bundle(prefix) as bundle:
        found = TrackableObjectGraph.FromString(bundle.read("_CHECKPOINTABLE_OBJECT_GRAPH")[()])
    paths = {0: ""}
    waiting = [0]
    for number in waiting:
        for child in found.nodes[number].children:
            if child.node_id not in paths and child.local_name not in IGNORED:
                paths[child.node_id] = f"{paths[number]}/{child.local_name}"
                waiting.append(child.node_id)
    named = {}
    for number, path in paths.items():
        node = found.nodes[number]
        kept = sorted((a.name, a.checkpoint_key) for a in node.attributes)
        slots = sorted(
            (paths[s.original_variable_node_id], s.slot_name, key_of(found.nodes[s.slot_variable_node_id]))
            for s in node.slot_variables
        )
        if kept or slots:
            named[path] = kept, slots, node.has_checkpoint_values.value
    return named


def key_of(node):
    return node.attributes[0].checkpoint_key


@pytest.mark.parametrize("case", cases.CASES)
def test_training_goes_on_as_there(case):
    model, inputs, targets = cases.made(keras, case)
    status = model.load_weights(str(DATA / case))
    found = cases.outputs(model, inputs)[:20]
    np.testing.assert_allclose(found, EXPECTED[case]["outputs"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(cases.train(model, inputs, targets), EXPECTED[case]["losses"], rtol=2e-5, atol=1e-5)
    status.assert_consumed()


@pytest.mark.parametrize("case", cases.CASES)
def test_ours_have_the_same_form(case, tmp_path):
    model, inputs, targets = cases.made(keras, case)
    cases.train(model, inputs, targets)
    path = str(tmp_path / "saved")
    model.save_weights(path)
    ours, theirs = entries(path), entries(DATA / case)
    if case not in OTHER_WAYS:
        assert ours == theirs
        assert graph(path) == graph(DATA / case)
    assert sorted(ours.values()) == sorted(theirs.values())


@pytest.mark.parametrize("name", cases.OLDER)
def test_older_optimizers_restore_the_newer_and_the_other_way_round(name, tmp_path):
    """A newer optimizer here takes the state of an older one: they compute the same."""
    inputs, targets = cases.older_data()
    keras.backend.clear_session()
    model = cases.older(keras, name)
    options = {key: value for key, value in cases.OLDER[name].items() if key != "decay"}
    newer = getattr(keras.optimizers, name)(learning_rate=0.01, decay=cases.OLDER[name].get("decay", 0.0), **options)
    model.compile(newer, "mse")
    model.load_weights(str(DATA / f"legacy_{name}"))
    found = cases.train(model, inputs, targets)
    np.testing.assert_allclose(found, EXPECTED[f"legacy_{name}"]["losses"], rtol=2e-5)


def test_numbers_of_older_optimizers_are_restored():
    inputs, targets = cases.older_data()
    model = cases.older(keras, "Adam", beta_1=0.5, beta_2=0.6, decay=0.0)
    model.load_weights(str(DATA / "legacy_Adam"))
    found = cases.train(model, inputs, targets)
    np.testing.assert_allclose(found, EXPECTED["legacy_Adam"]["losses"], rtol=2e-5)


def test_objects_of_a_checkpoint():
    wanted = cases.objects(tf)
    kept = cases.objects(tf)
    for variable in [
        kept["module"].w, kept["module"].inner[0], kept["list"][0], kept["list"][1][0], *kept["dict"].values(),
        kept["half"], kept["complex"], kept["step"], kept["nested"].deep.v,
    ]:  # fmt: skip
        variable.assign(tf.zeros_like(variable))
    kept["generator"].normal([3])
    checkpoint = tf.train.Checkpoint(**kept)
    status = checkpoint.restore(str(DATA / "objects-1"))
    status.assert_consumed()
    assert int(checkpoint.save_counter) == 1
    for name in ("module.w", "half", "flag", "complex", "step"):
        one, other = kept, wanted
        for part in name.split("."):
            one, other = (x[part] if isinstance(x, dict) else getattr(x, part) for x in (one, other))
        np.testing.assert_array_equal(one.numpy(), other.numpy(), name)
    assert float(kept["module"].inner[0]) == 1.5
    assert kept["module"].inner[1]["deep"].numpy().tolist() == [1, 2]
    assert float(kept["list"][1][0]) == 3
    assert float(kept["dict"]["with.dots/and slashes"]) == 5
    assert float(kept["nested"].deep.v) == 6
    assert float(kept["mean"].result()) == 2.5
    np.testing.assert_array_equal(kept["pair"].true_positives.numpy(), [2, 2, 1, 0, 0])
    np.testing.assert_array_equal(kept["generator"].normal([3]).numpy(), wanted["generator"].normal([3]).numpy())


def test_objects_have_the_same_form(tmp_path):
    kept = cases.objects(tf)
    path = tf.train.Checkpoint(**kept).save(str(tmp_path / "objects"))
    assert entries(path) == entries(DATA / "objects-1")
    assert graph(path) == graph(DATA / "objects-1")


def test_foreign_positions_of_iterators_are_refused():
    checkpoint = tf.train.Checkpoint(iterator=iter(tf.data.Dataset.range(9)))
    with pytest.raises(tf.errors.UnimplementedError, match="written by TensorFlow"):
        checkpoint.read(str(DATA / "iterator"))
    tf.train.Checkpoint(v=tf.Variable(1.0)).read(str(DATA / "iterator")).expect_partial()
