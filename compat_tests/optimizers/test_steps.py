"""A step in all its circumstances: which variables, which gradients, what changed since the last."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras import optimizers
from torchkeras.core.variable import Variable
from torchkeras.optimizers import SGD, Adam, kernels

from .weights import NAMES, NoReading, keras_gradients, net, values


def make(name, **config):
    return getattr(optimizers, name)(learning_rate=0.05, **config)


def stepped(name, steps=4, way="step", model=None, change=None, **config):
    """The values after some steps; `change` is called with the model before the third."""
    model = model or net()
    variables = model.variables()
    optimizer = make(name, **config)
    optimizer.build(variables)
    for step in range(steps):
        if change is not None and step == 2:
            change(model)
        model.backward(step)
        if way == "step":
            optimizer.step()
        else:
            optimizer.apply_gradients(zip(keras_gradients(variables), variables))
    return values(variables)


def same(found, wanted, tolerance=1e-6):
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


OPTIONS = [
    ("SGD", {}), ("SGD", {"momentum": 0.9}), ("SGD", {"momentum": 0.9, "nesterov": True}), ("Adam", {}),
    ("Adam", {"amsgrad": True}), ("Adam", {"adaptive_epsilon": True}), ("AdamW", {}), ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.5, "centered": True}), ("Adagrad", {}), ("Adadelta", {}), ("Adamax", {}),
    ("Nadam", {}), ("Ftrl", {"l1_regularization_strength": 0.01}), ("Lion", {}), ("Adafactor", {}),
    ("SGD", {"weight_decay": 0.1, "global_clipnorm": 0.5}), ("Adam", {"use_ema": True, "ema_overwrite_frequency": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "config"), OPTIONS)
def test_both_ways_of_updating_agree(name, config):
    same(stepped(name, **config), stepped(name, way="apply_gradients", **config), 0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize(("name", "config"), OPTIONS[:6])
def test_without_fused_kernels(name, config, dtype, monkeypatch):
    wanted = stepped(name, model=net(dtype=dtype), **config)
    monkeypatch.setattr(kernels, "available", lambda *_: False)
    same(stepped(name, model=net(dtype=dtype), **config), wanted, 0.05 if dtype is torch.bfloat16 else 1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_read_back(name):
    model = net()
    optimizer = make(name, weight_decay=0.1, global_clipnorm=1.0, use_ema=True, ema_overwrite_frequency=2)
    variables = model.variables()
    variables[2].constraint = keras.constraints.MaxNorm(1.0)
    optimizer.build(variables)
    for step in range(3):
        model.backward(step)
        if step:
            with NoReading():
                optimizer.step()
                optimizer.apply_gradients(zip(keras_gradients(variables), variables))
        else:
            optimizer.step()


@pytest.mark.parametrize("way", ["step", "apply_gradients"])
def test_gradients_are_left_as_they_are(way):
    model = net()
    variables = model.variables()
    for config in (
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True},
        {"clipnorm": 0.01},
        {"loss_scale_factor": 8.0},
    ):
        optimizer = SGD(0.1, **config)
        optimizer.build(variables)
        model.backward()
        before = keras_gradients(variables)
        if way == "step":
            optimizer.step()
        else:
            optimizer.apply_gradients(zip([v.grad for v in variables], variables))
        same(keras_gradients(variables), before, 0)


# --- what changes between steps ---


def replace_parameters(model):
    model.linear.weight = nn.Parameter(model.linear.weight.detach().clone())


def assign_state(model):
    state = {key: value.clone() for key, value in model.state_dict().items()}
    model.load_state_dict(state, assign=True)


def other_memory(model):
    model.to(memory_format=torch.contiguous_format)


def other_module(model):
    fresh = nn.Linear(3, 4)
    fresh.load_state_dict(model.linear.state_dict())
    model.linear = fresh


def new_storage(model):
    for parameter in model.parameters():
        parameter.data = parameter.data.clone()


@pytest.mark.parametrize("change", [replace_parameters, assign_state, other_memory, other_module, new_storage])
@pytest.mark.parametrize("name", ["SGD", "Adam", "Adafactor"])
def test_parameters_that_are_replaced_are_followed(name, change):
    same(stepped(name, change=change), stepped(name))


def test_a_model_moved_to_another_dtype():
    wanted = stepped("Adam")
    model = net()
    found = stepped("Adam", model=model, change=lambda moved: moved.double())
    assert found[0].dtype == np.float64
    same(found, wanted, 1e-4)


def test_frozen_parameters_stay():
    model = net()
    variables = model.variables()
    optimizer = SGD(0.1, momentum=0.9)
    optimizer.build(variables)
    model.backward()
    optimizer.step()
    model.backward()
    variables[0].trainable = False  # its gradient is still there
    before = values(variables)
    optimizer.step()
    assert np.array_equal(before[0], variables[0].numpy())
    assert not np.array_equal(before[1], variables[1].numpy())
    variables[0].trainable = True
    model.backward()
    optimizer.step()
    assert not np.array_equal(before[0], variables[0].numpy())


def test_momentum_switched_on_later():
    model = net()
    optimizer = SGD(0.1)
    optimizer.build(model.variables())
    for momentum in (0.0, 0.9, 0.9):
        optimizer.momentum = momentum
        model.backward()
        optimizer.step()
    assert len(optimizer.variables) == 5
    assert len(SGD(0.1).variables) == 1


# --- gradients that are missing, wrong or odd ---


def test_missing_gradients_are_passed_over_with_a_warning():
    model = net()
    variables = model.variables()
    optimizer = Adam()
    optimizer.build(variables)
    model.backward()
    variables[1].grad = None
    before = values(variables)
    with pytest.warns(UserWarning, match=r"Gradients do not exist for variables \['conv/bias:0'\] when minimizing"):
        optimizer.step()
    assert np.array_equal(before[1], variables[1].numpy())
    assert not np.array_equal(before[0], variables[0].numpy())
    optimizer.step()  # said once
    with pytest.warns(UserWarning, match="conv/bias"):
        optimizer.apply_gradients([(None, variables[1]), (torch.ones(4), variables[3])])


def test_no_gradients_at_all():
    model = net()
    variables = model.variables()
    optimizer = Adam()
    optimizer.build(variables)
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        optimizer.step()
    with pytest.raises(ValueError, match=r"No gradients provided for any variable: \['conv/kernel:0'\]"):
        optimizer.apply_gradients([(None, variables[0])])
    assert int(optimizer.apply_gradients([])) == 0
    nothing = Adam()
    nothing.build([])
    nothing.step()


def test_gradients_of_another_shape():
    variable = keras.Variable(np.zeros((2, 3), np.float32), name="w")
    with pytest.raises(ValueError, match=r"'w:0' must have its shape \(2, 3\). Received a gradient of shape \(3, 2\)"):
        SGD().apply_gradients([(torch.zeros(3, 2), variable)])
    with pytest.raises(ValueError, match="shape"):
        SGD().apply_gradients([(torch.zeros(3), variable)])


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
def test_gradients_in_any_memory_order(name):
    start, gradient = np.random.randn(4, 3, 2, 5).astype("f"), np.random.randn(4, 3, 2, 5).astype("f")
    plain = torch.from_numpy(gradient)
    results = []
    for given in (
        plain,
        plain.permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0),
        torch.stack([plain, plain], -1)[..., 0],
        plain.double(),
        gradient,
        gradient.astype("d"),
        keras.Variable(gradient),
    ):
        variable = keras.Variable(start)
        make(name).apply_gradients([(given, variable)])
        results.append([variable.numpy()])
    for one in results[1:]:
        same(one, results[0], 0)
    expanded = keras.Variable(start)
    make(name).apply_gradients([(torch.tensor(0.5).expand(4, 3, 2, 5), expanded)])
    full = keras.Variable(start)
    make(name).apply_gradients([(torch.full((4, 3, 2, 5), 0.5), full)])
    same([expanded.numpy()], [full.numpy()], 0)


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_parameters_with_gaps_in_memory(name):
    plain = nn.Parameter(torch.ones(4, 3))
    gappy = nn.Parameter(torch.ones(4, 6)[:, ::2])
    for parameter in (plain, gappy):
        optimizer = make(name)
        optimizer.build([parameter])
        for _ in range(3):
            parameter.grad = torch.arange(12.0).reshape(4, 3)
            optimizer.step()
    same([gappy.detach().numpy()], [plain.detach().numpy()])


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_sparse_gradients(name):
    results = []
    for sparse in (False, True):
        torch.manual_seed(0)
        table = nn.Embedding(6, 3, sparse=sparse)
        optimizer = make(name)
        optimizer.build([table.weight])
        for _ in range(3):
            table.zero_grad()
            table(torch.tensor([1, 4, 1])).square().sum().backward()
            optimizer.step()
        results.append([table.weight.detach().numpy()])
    same(*results)


def test_single_numbers_and_empty_variables():
    scalar, empty = keras.Variable(1.0), keras.Variable(np.zeros((0, 3), np.float32))
    for name in NAMES:
        make(name).apply_gradients([(1.0, scalar), (np.zeros((0, 3)), empty)])
    assert np.isfinite(scalar.numpy())


# --- which variables ---


def test_parameters_in_place_of_variables():
    model, twin = net(), net()
    with_variables, with_parameters = Adam(0.05), Adam(0.05)
    variables, parameters = model.variables(), list(twin.parameters())
    with_parameters.build(parameters)
    for step in range(3):
        model.backward(step)
        twin.backward(step)
        with_variables.apply_gradients(zip(keras_gradients(variables), variables))
        if step:
            with_parameters.apply_gradients([(parameter.grad, parameter) for parameter in parameters])
        else:
            with_parameters.step()
    same([p.detach().numpy() for p in twin.parameters()], [p.detach().numpy() for p in model.parameters()], 0)
    assert len(with_parameters.variables) == 9


def test_a_parameter_of_a_known_variable_is_the_same_one():
    model = net()
    optimizer = Adam()
    optimizer.build(model.variables())
    model.backward()
    optimizer.apply_gradients([(p.grad, p) for p in model.parameters()])
    assert len(optimizer.variables) == 9


def test_other_things_cannot_be_trained():
    with pytest.raises(TypeError, match="trains Variables and nn.Parameters. Received: tensor"):
        SGD().build([torch.ones(2, requires_grad=True)])
    layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
    with pytest.raises(ValueError, match="'weight:0' is computed, by a parametrization"):
        SGD().apply_gradients([(torch.ones(2, 2), Variable.bind(layer, ("weight",), name="weight"))])


def test_more_variables_later():
    model = net()
    variables = model.variables()
    optimizer = Adam(0.05)
    for part in (variables[:2], variables, variables[2:]):
        model.backward()
        optimizer.apply_gradients([(v.grad, v) for v in part])
    assert int(optimizer.iterations) == 3
    names = [v.name.split("/", 1)[0] for v in optimizer.variables]
    assert names == ["iteration:0", "m", "v", "m", "v", "m", "v", "m", "v"]


def test_step_updates_what_was_built_last():
    model, other = net(), net(1)
    optimizer = SGD(0.1, momentum=0.5)
    optimizer.build(model.variables())
    model.backward()
    optimizer.step()
    optimizer.build(other.variables())
    other.backward()
    before = values(model.variables()), values(other.variables())
    optimizer.step()  # no word about the first model's missing gradients
    same(values(model.variables()), before[0], 0)
    assert not np.array_equal(values(other.variables())[0], before[1][0])


def test_variables_of_several_dtypes():
    single, double = keras.Variable([1.0]), keras.Variable(np.array([1.0]), dtype="float64")
    for name in NAMES:
        optimizer = make(name, global_clipnorm=0.5)
        optimizer.apply_gradients([(torch.ones(1), single), (torch.ones(1, dtype=torch.float64), double)])
        assert (single.dtype, double.dtype) == (torch.float32, torch.float64)
    assert float(single) == pytest.approx(float(double), rel=1e-5, abs=1e-6)


# --- constraints, decay, averages ---


def test_constraints_hold_in_kerass_layout():
    model = net()
    variables = model.variables()
    variables[2].constraint = keras.constraints.UnitNorm(axis=0)
    variables[0].constraint = lambda w: w * 0.5
    optimizer = SGD(0.1)
    optimizer.build(variables)
    model.backward()
    wanted = 0.5 * (variables[0].numpy() - 0.1 * variables[0].grad.numpy())
    optimizer.step()
    np.testing.assert_allclose(np.linalg.norm(variables[2].numpy(), axis=0), 1.0, rtol=1e-5)
    np.testing.assert_allclose(variables[0].numpy(), wanted, rtol=1e-6)


def test_excluded_from_weight_decay():
    model = net()
    variables = model.variables()
    optimizer = SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[variables[0]], var_names=["bias"])
    optimizer.build(variables)
    before = values(variables)
    for variable in variables:
        variable.grad = torch.zeros(variable.shape)
    optimizer.step()
    same(values(variables), [before[0], before[1], before[2] * 0.75, before[3]], 1e-7)
    twin = copy.deepcopy(optimizer)
    assert twin._excluded[0] is variables[0]
    with pytest.raises(ValueError, match="can only be configured before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_names=["kernel"])


def test_weight_decay_too_small_for_a_factor():
    weight = keras.Variable(np.full(1000, 0.7, np.float32))
    optimizer = SGD(1e-3, weight_decay=1e-5)
    for _ in range(100):
        optimizer.apply_gradients([(torch.zeros(1000), weight)])
    assert np.all(np.isfinite(weight.numpy()))
    decayed = keras.Variable(np.linspace(0.1, 1.0, 1000, dtype=np.float64))
    start = decayed.numpy()
    optimizer = SGD(1e-2, weight_decay=1e-2)
    optimizer.apply_gradients([(torch.zeros(1000, dtype=torch.float64), decayed)])
    np.testing.assert_allclose(decayed.numpy(), start * (1 - 1e-4), rtol=1e-9)


def test_averages_are_taken_at_the_end():
    weight = keras.Variable([0.0])
    optimizer = SGD(1.0, use_ema=True, ema_momentum=0.5)
    for _ in range(3):
        optimizer.apply_gradients([(torch.ones(1), weight)])
    assert float(weight) == -3.0
    optimizer.finalize_variable_values([weight])
    assert float(weight) == -(1 * 0.125 + 2 * 0.25 + 3 * 0.5)
    SGD().finalize_variable_values([weight])


def test_clipping_by_global_norm_of_infinite_gradients():
    one, two = keras.Variable([1.0]), keras.Variable([1.0])
    SGD(0.1, global_clipnorm=1.0).apply_gradients([(torch.tensor([float("inf")]), one), (torch.ones(1), two)])
    assert np.isnan(one.numpy())
    assert np.isnan(two.numpy())  # as in TensorFlow: a bad step shows


def test_gradient_transformers():
    weight = keras.Variable([1.0])
    optimizer = SGD(1.0, gradient_transformers=[lambda pairs: [(g * 2.0, v) for g, v in pairs]])
    optimizer.apply_gradients([(torch.tensor([0.25]), weight)])
    assert float(weight) == 0.5
    weight.grad = torch.tensor([0.25])
    optimizer.step()
    assert float(weight) == 0.0


def test_loss_scale():
    weight = keras.Variable([1.0])
    optimizer = SGD(1.0, loss_scale_factor=4.0)
    loss = optimizer.scale_loss((weight * 0.5).sum())
    loss.backward()
    optimizer.build([weight])
    optimizer.step()
    assert float(weight) == 0.5
    assert SGD().scale_loss(3.0) == 3.0


def test_gradient_accumulation():
    model, twin = net(), net()
    once, several = Adam(0.05), Adam(0.05, gradient_accumulation_steps=3, clipnorm=None)
    once.build(model.variables())
    several.build(twin.variables())
    for update in range(2):
        total = [torch.zeros(tuple(v.shape)) for v in model.variables()]
        for part in range(3):
            twin.backward(3 * update + part)
            several.step()
            total = [a + v.grad for a, v in zip(total, twin.variables())]
        once.apply_gradients([(g / 3, v) for g, v in zip(total, model.variables())])
        same(values(twin.variables()), values(model.variables()))
        assert int(several.iterations) == update + 1
    with pytest.raises(ValueError, match="gradient_accumulation_steps"):
        Adam(gradient_accumulation_steps=1)
    assert several.get_config()["gradient_accumulation_steps"] == 3


# --- the Keras 3 call ---


def test_apply():
    one, two = keras.Variable([1.0]), keras.Variable([1.0])
    optimizer = SGD(1.0)
    with pytest.raises(ValueError, match="must already be built"):
        optimizer.apply([torch.ones(1)])
    optimizer.apply([torch.ones(1), torch.ones(1)], [one, two])
    optimizer.apply([torch.ones(1), torch.ones(1)])
    assert (float(one), float(two)) == (-1.0, -1.0)
    with pytest.raises(ValueError, match="one-to-one"):
        optimizer.apply([torch.ones(1)])
    with pytest.raises(TypeError, match="unexpected keyword argument 'speed'"):
        optimizer.apply_gradients([], speed=1)
    optimizer.apply_gradients([(torch.ones(1), one)], "name", experimental_aggregate_gradients=False)


def test_a_model_copied_with_its_optimizer():
    model = net()
    optimizer = Adam(0.05)
    model.holder = [model.variables(), optimizer]
    optimizer.build(model.holder[0])
    model.backward()
    optimizer.step()
    twin = copy.deepcopy(model)
    variables, copied = twin.holder
    assert copied._trainable_variables[0] is variables[0]
    twin.backward(1)
    before = values(model.holder[0])
    copied.step()
    same(values(model.holder[0]), before, 0)
    model.backward(1)
    optimizer.step()
    same(values(variables), values(model.holder[0]), 0)


def test_two_variables_of_one_parameter_are_one():
    model, twin = net(), net()
    optimizer, other = Adam(0.05), Adam(0.05)
    kept = twin.variables()
    for step in range(3):
        model.backward(step)
        twin.backward(step)
        fresh = model.variables()  # other objects each time
        optimizer.apply_gradients([(v.grad, v) for v in fresh])
        other.apply_gradients([(v.grad, v) for v in kept])
    same(values(model.variables()), values(kept), 0)
    assert len(optimizer.variables) == 9


def test_variables_made_for_one_call_only():
    model = net()
    optimizer = SGD(0.1)
    for _ in range(50):
        for place in range(4):  # the memory of one is soon another's
            variable = model.variables()[place]
            before = variable.numpy()
            optimizer.apply_gradients([(torch.ones(tuple(variable.shape)), variable)])
            np.testing.assert_allclose(variable.numpy(), before - 0.1, rtol=1e-4, atol=1e-5)


def test_gradients_of_weights_that_torch_has_with_fewer_axes():
    layer = keras.layers.MultiHeadAttention(num_heads=2, key_dim=4)
    x = torch.ones(1, 3, 8)
    layer(x, x)
    kernel, optimizer = layer.weights[0], SGD(0.5)
    assert tuple(kernel.shape) == (8, 2, 4)
    before, gradient = kernel.numpy(), np.arange(64, dtype="float32").reshape(8, 2, 4)
    optimizer.apply_gradients([(torch.from_numpy(gradient), kernel)])
    np.testing.assert_allclose(kernel.numpy(), before - 0.5 * gradient, atol=1e-6)
    with pytest.raises(ValueError, match=r"must have its shape \(8, 2, 4\). Received a gradient of shape \(8, 4, 2\)"):
        optimizer.apply_gradients([(torch.ones(8, 4, 2), kernel)])
