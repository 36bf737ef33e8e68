"""The base class: state, updates, results, and metrics as users write them."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras import initializers, metrics
from torchkeras.core import config
from torchkeras.core.variable import Variable
from torchkeras.metrics import Metric


class Keras2Style(Metric):
    """As the guides of TensorFlow write a metric."""

    def __init__(self, name="positives", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="tp", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        values = (torch.as_tensor(y_true).bool() & torch.as_tensor(y_pred).bool()).to(torch.float32)
        if sample_weight is not None:
            values = values * torch.as_tensor(sample_weight)
        self.total.assign_add(values.sum())

    def result(self):
        return self.total


class Keras3Style(Metric):
    """As the guides of Keras 3 do."""

    def __init__(self, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_variable(shape=(2,), initializer="zeros", name="total")

    def update_state(self, values):
        self.total.assign(self.total + torch.as_tensor(values))

    def result(self):
        return {"first": self.total[0], "both": self.total, "ratio": 0.5}


def test_metrics_of_users():
    metric = Keras2Style()
    metric.update_state([1, 1, 0], [1, 0, 1])
    assert float(metric.result()) == 1.0
    metric.update_state([1, 1, 0], [1, 1, 1], sample_weight=[0.5, 2.0, 1.0])
    assert metric.result().numpy() == pytest.approx(3.5)
    metric.reset_state()
    assert float(metric([1], [1])) == 1.0
    assert [v.name for v in metric.variables] == ["tp:0"]
    other = Keras3Style()
    assert other.name == "keras3_style"
    other.update_state([1.0, 2.0])
    result = other.result()
    assert {key: value.tolist() for key, value in result.items()} == {"first": 1.0, "both": [1.0, 2.0], "ratio": 0.5}
    # What was given out stays as it is.
    other.update_state([1.0, 2.0])
    assert result["first"].tolist() == 1.0
    assert result["both"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("args", "kwargs", "shape", "name"),
    [
        ((), {"name": "a", "initializer": "ones"}, (), "a:0"),
        (("a", (2, 3)), {"initializer": "ones"}, (2, 3), "a:0"),
        (("a", (2,), "sum", "on_read", "ones"), {}, (2,), "a:0"),
        ((), {"name": "a", "shape": [2], "initializer": initializers.Ones}, (2,), "a:0"),
        (((2, 3), "ones"), {"name": "a"}, (2, 3), "a:0"),
        (((), initializers.Ones()), {}, (), "Variable:0"),
        ((3,), {"initializer": lambda shape, dtype=None: torch.ones(shape)}, (3,), "Variable:0"),
    ],
)
def test_arguments_of_add_weight(args, kwargs, shape, name):
    made = Metric().add_weight(*args, **kwargs)
    assert isinstance(made, Variable)
    assert (tuple(made.shape), made.name) == (shape, name)
    assert made.numpy().tolist() == np.ones(shape).tolist()
    assert not made.trainable


def test_state_is_zero_unless_told_otherwise():
    metric = Metric(dtype="float64")
    assert metric.add_weight(name="a").dtype is torch.float64
    assert metric.add_weight(name="a").numpy() == 0.0
    assert metric.add_weight("n", dtype="int32").dtype is torch.int32
    assert metric.add_variable((2,), "ones", "float16", "mean", "v").dtype is torch.float16


def test_wrong_arguments_of_add_weight():
    with pytest.raises(TypeError, match="Unknown keyword argument of add_weight.*initialiser"):
        Metric().add_weight("a", initialiser="zeros")
    with pytest.raises(TypeError, match="takes each of"):
        Metric().add_weight("a", (2,), shape=(2,))
    with pytest.raises(TypeError, match="unknown keyword argument 'dtyp'"):
        Metric(dtyp="float32")


def test_a_forgotten_super_init_is_named():
    class Forgetful(Metric):
        def __init__(self):
            self.total = self.add_weight(name="total")

    with pytest.raises(RuntimeError, match=r"Call `super\(\).__init__\(\)` in the `__init__\(\)` of Forgetful"):
        Forgetful()


def test_methods_that_are_missing_are_named():
    with pytest.raises(NotImplementedError, match="Metric does not define `update_state"):
        Metric().update_state([1.0])
    with pytest.raises(NotImplementedError, match="Metric does not define `result"):
        Metric().result()


def test_names():
    assert [metrics.AUC().name for _ in range(3)] == ["auc", "auc_1", "auc_2"]
    assert metrics.MeanIoU(2).name == "mean_io_u"
    assert metrics.MeanIoU(2).name == "mean_io_u_1"
    assert [metrics.Mean().name for _ in range(2)] == ["mean", "mean"]
    assert metrics.Mean(name="loss").name == "loss"
    metric = metrics.Mean()
    metric._name = "out_mean"
    assert metric.name == "out_mean"
    assert str(metric) == "Mean(name=out_mean,dtype=float32)"
    assert repr(metric) == "<Mean name=out_mean>"


def test_dtype_is_floatx_unless_given():
    assert metrics.Mean().dtype == "float32"
    assert metrics.Mean(dtype=torch.float64).result().dtype is torch.float64
    config.set_floatx("float64")
    try:
        metric = metrics.Mean()
        metric.update_state([1.0, 2.0])
        assert (metric.dtype, metric.result().dtype) == ("float64", torch.float64)
    finally:
        config.set_floatx("float32")


def test_updates_run_without_gradients():
    seen = []

    class Own(Metric):
        def update_state(self, values, sample_weight=None):
            seen.append(torch.is_grad_enabled())
            self.kept = values * 2

        def result(self):
            return self.kept.sum()

    metric = Own()
    values = torch.ones(3, requires_grad=True)
    metric.update_state(values)
    assert seen == [False]
    assert not metric.result().requires_grad
    assert torch.is_grad_enabled()
    mean = metrics.MeanSquaredError()
    mean.update_state(torch.zeros(3), values)
    assert not mean.result().requires_grad
    assert mean.result().numpy() == 1.0


def test_state_made_in_inference_mode_can_be_used_outside_of_it():
    with torch.inference_mode():
        made = [metrics.Mean(), metrics.F1Score(), metrics.MeanTensor(), metrics.AUC(multi_label=True)]
        for metric in made:
            metric.reset_state()
        made[1].update_state([[1.0, 0.0]], [[0.7, 0.3]])
    made[0].update_state([1.0])
    made[1].update_state([[0.0, 1.0]], [[0.3, 0.7]])
    assert made[0].result() == 1.0
    assert made[1].result().tolist() == [1.0, 1.0]


def test_reset_in_the_old_way():
    class Old(metrics.Mean):
        resets = 0

        def reset_states(self):
            super().reset_states()
            self.resets += 1

    metric = Old()
    metric.update_state([1.0])
    metric.reset_state()
    assert (metric.resets, float(metric.result())) == (1, 0.0)
    metric.update_state([3.0])
    metric.reset_states()
    assert (metric.resets, float(metric.result())) == (2, 0.0)

    class New(metrics.Mean):
        resets = 0

        def reset_state(self):
            super().reset_state()
            self.resets += 1

    metric = New()
    metric.update_state([1.0])
    metric.reset_states()
    assert (metric.resets, float(metric.result())) == (1, 0.0)


class Composed(Metric):
    def __init__(self, name="composed", **kwargs):
        super().__init__(name=name, **kwargs)
        self.mean = metrics.Mean()
        self.parts = {"a": [metrics.Sum()]}
        self.steps = Variable(0.0, trainable=False)

    def update_state(self, values):
        self.mean.update_state(values)
        self.parts["a"][0].update_state(values)
        self.steps.assign_add(1.0)

    def result(self):
        return [self.mean.result(), self.parts["a"][0].result()]


def test_state_of_attributes():
    metric = Composed()
    metric.update_state([1.0, 3.0])
    assert metric.result().tolist() == [2.0, 4.0]
    assert [float(v) for v in metric.variables] == [4.0, 2.0, 4.0, 1.0]
    metric.reset_state()
    assert [float(v) for v in metric.weights] == [0.0] * 4
    assert metric.trainable_variables == []


def test_weights_out_and_in():
    metric, other = metrics.Mean(), metrics.Mean()
    metric.update_state([1.0, 3.0])
    other.set_weights(metric.get_weights())
    assert other.result() == 2.0
    other.update_state([5.0])
    assert other.result() == 3.0
    with pytest.raises(ValueError, match="'mean' has 2 weights. Received: 1"):
        other.set_weights([1.0])


def test_merge_state():
    first, second = metrics.Accuracy(), metrics.Accuracy()
    first.update_state([[1], [2]], [[0], [2]])
    second.update_state([[3], [4]], [[3], [4]])
    second.merge_state([first])
    assert second.result() == 0.75
    with pytest.raises(ValueError, match="is not compatible with"):
        second.merge_state([metrics.Sum()])


@pytest.mark.parametrize("again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
def test_copies_have_a_state_of_their_own(again):
    for metric, data in (
        (metrics.Mean(), ([1.0, 3.0],)),
        (metrics.CategoricalAccuracy(), ([[0, 1.0]], [[0.2, 0.8]])),
        (metrics.AUC(num_thresholds=5), ([0, 1], [0.3, 0.6])),
        (metrics.TopKCategoricalAccuracy(k=1), ([[0, 1.0]], [[0.2, 0.8]])),
        (Keras2Style(), ([1], [1])),
    ):
        metric.update_state(*data)
        value = metric.result()
        made = again(metric)
        metric.reset_state()
        assert made.result() == value
        made.update_state(*data)
        assert metric.result() == 0.0
        assert made.name == metric.name


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("high", "can only be a single tensor or Variable, or a dict of them. For metric own, got result 'high'"),
        (None, "got result None"),
    ],
)
def test_results_that_are_none(value, message):
    class Own(Metric):
        def result(self):
            return value

    with pytest.raises(RuntimeError, match=message):
        Own(name="own").result()


def test_numbers_and_arrays_are_results():
    class Own(Metric):
        def __init__(self, value):
            super().__init__()
            self.value = value

        def result(self):
            return self.value

    for value, wanted in ((3, 3), (2.5, 2.5), (np.float32(1.5), 1.5), (np.arange(2), [0, 1]), ([1.0, 2.0], [1.0, 2.0])):
        found = Own(value).result()
        assert isinstance(found, torch.Tensor)
        assert found.tolist() == wanted


def test_constants_and_state_follow_the_data():
    metric = metrics.AUC(thresholds=[0.2, 0.7], label_weights=[1.0, 2.0])
    metric._place([torch.ones(2, device="meta"), torch.ones(2)])
    assert {v.device.type for v in metric.variables} == {"meta"}
    assert metric.label_weights.device.type == metric._limits.device.type == "meta"
    lazy = metrics.F1Score()
    lazy._place([torch.ones(2, device="meta")])
    lazy.build((2, 3), (2, 3))
    assert lazy.true_positives.device.type == "meta"


def test_a_reset_lets_the_state_move_again():
    metric = metrics.Mean()
    metric.update_state(torch.ones(2))
    state = metric.total.parameter
    metric.reset_state()
    metric.update_state(torch.ones(2))
    assert metric.total.parameter is state
    metric.reset_state()
    assert not metric._placed


def test_a_metric_is_no_module():
    module = nn.Module()
    module.metric = metrics.Mean()
    assert list(module.parameters()) == []
    assert module.state_dict() == {}


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_state_goes_to_the_gpu_and_back():
    metric = metrics.SparseCategoricalAccuracy()
    labels, scores = torch.tensor([1, 0]), torch.tensor([[0.2, 0.8], [0.1, 0.9]])
    metric.update_state(labels.cuda(), scores.cuda())
    assert metric.result().is_cuda
    assert metric.result().item() == 0.5
    metric.reset_state()
    metric.update_state(labels, scores)
    assert not metric.result().is_cuda
