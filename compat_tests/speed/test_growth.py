"""What is done to a whole model takes Python calls in step with its layers, and no faster."""

import copy
import pickle

import pytest
import torch

import torchkeras as keras
from benchmarks.counting import python_calls
from benchmarks.deep_models import STACKS, chain, work_of
from torchkeras import layers


def calls_by_work(stack, count, folder, wanted):
    """How many Python calls the building, and each piece of work, take."""
    keras.backend.clear_session()
    made = []
    found = {"build": python_calls(lambda: made.append(STACKS[stack](count)))}
    for name, work in work_of(stack).items():
        if wanted is None or name in wanted:
            found[name] = python_calls(lambda work=work: work(made[0], folder))
    return found


def faster_than_linear(stack, sizes, folder, allowance, wanted=None):
    """Pieces of work of which another layer costs more the more there are, with their counts."""
    few, more, most = (calls_by_work(stack, size, folder, wanted) for size in sizes)
    share = (sizes[2] - sizes[1]) / (sizes[1] - sizes[0])
    found = {}
    for name in most:
        first, second = more[name] - few[name], most[name] - more[name]
        if second > allowance * share * max(first, sizes[1] - sizes[0]):
            found[name] = (few[name], more[name], most[name])
    return found


@pytest.mark.slow
@pytest.mark.parametrize("stack", ["chain", "sequential", "appended", "nested"])
def test_work_on_a_model_is_linear_in_its_layers(stack, tmp_path):
    calls_by_work(stack, 5, tmp_path, None)  # what is worked out once
    left_out = {"save checkpoint", "load checkpoint"}  # blocks of a table fill up: steps rather than a line
    wanted = set(work_of(stack)) - left_out
    assert faster_than_linear(stack, (10, 20, 40), tmp_path, 1.03, wanted) == {}


@pytest.mark.long
@pytest.mark.parametrize("stack", STACKS)
def test_work_on_a_model_of_a_thousand_layers_is_linear(stack, tmp_path):
    calls_by_work(stack, 5, tmp_path, None)
    assert faster_than_linear(stack, (250, 500, 1000), tmp_path, 1.05) == {}


def test_what_grows_faster_is_found(tmp_path, monkeypatch):
    def quadratic(count):
        model = chain(count)
        for _ in model.layers:
            list(model._flatten_layers())
        return model

    monkeypatch.setitem(STACKS, "chain", quadratic)
    assert list(faster_than_linear("chain", (10, 20, 40), tmp_path, 1.03, {"call", "weights"})) == ["build"]


def test_a_model_of_a_thousand_layers_can_be_copied():
    model = chain(1000)
    x = torch.ones(2, 4)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(twin(x), model(x))
        assert twin.output.node.operation is twin.layers[-1]
        assert not {id(p) for p in twin.parameters()} & {id(p) for p in model.parameters()}


def test_weights_of_a_list_stand_where_the_list_was_set():
    """As tf_keras 2.21 lists them."""

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.blocks, self.norms = [], []
            self.blocks.append(layers.Dense(1, name="b0"))
            self.norms.append(layers.Dense(1, name="n0"))
            self.out = layers.Dense(1, name="o")
            self.blocks.append(layers.Dense(1, name="b1"))
            self.norms.append(layers.Dense(1, name="n1"))
            self.last = layers.Dense(1, name="l")

        def call(self, x):
            for layer in (*self.blocks, *self.norms, self.out, self.last):
                x = layer(x)
            return x

    model = Net()
    model.build((None, 1))
    assert [w.name.split("/")[-2] for w in model.weights[::2]] == ["b0", "b1", "n0", "n1", "o", "l"]
    assert [layer.name for layer in copy.deepcopy(model).layers] == ["b0", "b1", "n0", "n1", "o", "l"]


def test_a_stack_takes_a_new_layer_by_the_name_that_a_renamed_one_had():
    model = keras.Sequential([layers.Dense(2, name="a", input_shape=(3,)), layers.Dense(2, name="b")])
    model.layers[0]._name = "z"
    model.add(layers.Dense(5, name="a"))
    assert [layer.name for layer in model.layers] == ["z", "b", "a"]
    assert model(torch.ones(1, 3)).shape == (1, 5)
    assert len(model.state_dict()) == 6
    with pytest.raises(ValueError, match="unique names"):
        model.add(layers.Dense(2, name="b"))
