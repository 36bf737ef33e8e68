"""Optimizers that users write: for TensorFlow 2.0 to 2.10, for Keras 2.11 and later, for Keras 3."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras.optimizers import SGD, Adam, Optimizer

from .weights import keras_gradients, net, values


class Keras2Momentum(Optimizer):
    def __init__(self, learning_rate=0.01, momentum=0.9, name="Keras2Momentum", **kwargs):
        super().__init__(name, **kwargs)
        self._learning_rate = self._build_learning_rate(learning_rate)
        self.momentum = momentum

    def build(self, var_list):
        super().build(var_list)
        if hasattr(self, "_built") and self._built:
            return
        self.momentums = []
        for var in var_list:
            self.momentums.append(self.add_variable_from_reference(model_variable=var, variable_name="m"))
        self._built = True

    def update_step(self, gradient, variable):
        lr = torch.as_tensor(self.learning_rate._read(), dtype=variable.dtype)
        m = self.momentums[self._index_dict[self._var_key(variable)]]
        m.assign(-gradient * lr + m * self.momentum)
        variable.assign_add(m)

    def get_config(self):
        config = super().get_config()
        config.update({
            "learning_rate": self._serialize_hyperparameter(self._learning_rate),
            "momentum": self.momentum,
        })  # fmt: skip
        return config


class Keras3Momentum(Optimizer):
    def __init__(self, learning_rate=0.01, momentum=0.9, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.momentum = momentum

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.momentums = []
        for variable in variables:
            self.momentums.append(self.add_variable_from_reference(reference_variable=variable, name="momentum"))

    def update_step(self, gradient, variable, learning_rate):
        m = self.momentums[self._get_variable_index(variable)]
        self.assign(m, m * self.momentum)
        self.assign_sub(m, gradient * learning_rate)
        self.assign_add(variable, m)

    def get_config(self):
        return super().get_config() | {"momentum": self.momentum}


class OlderMomentum(Optimizer):
    def __init__(self, learning_rate=0.01, momentum=0.9, name="OlderMomentum", **kwargs):
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("momentum", momentum)

    def _create_slots(self, var_list):
        for var in var_list:
            self.add_slot(var, "momentum")

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        apply_state[(var_device, var_dtype)]["momentum"] = self._get_hyper("momentum", var_dtype)

    def _resource_apply_dense(self, grad, var, apply_state=None):
        coefficients = (apply_state or {}).get((var.device, var.dtype)) or self._fallback_apply_state(
            var.device, var.dtype
        )
        m = self.get_slot(var, "momentum")
        m.assign(m * coefficients["momentum"] - grad * coefficients["lr_t"])
        return var.assign_add(m)

    def get_config(self):
        config = super().get_config()
        config.update({
            "learning_rate": self._serialize_hyperparameter("learning_rate"),
            "decay": self._initial_decay,
            "momentum": self._serialize_hyperparameter("momentum"),
        })  # fmt: skip
        return config


class OlderWithoutState(OlderMomentum):
    def _resource_apply_dense(self, grad, var):
        return super()._resource_apply_dense(grad, var)


STYLES = [Keras2Momentum, Keras3Momentum, OlderMomentum, OlderWithoutState]


def run(optimizer, way="step", steps=4):
    model = net()
    variables = model.variables()
    if way == "step":
        optimizer.build(variables)
    for step in range(steps):
        model.backward(step)
        if way == "step":
            optimizer.step()
        else:
            optimizer.apply_gradients(zip(keras_gradients(variables), variables))
    return values(variables)


def same(found, wanted, tolerance=1e-6):
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("way", ["step", "apply_gradients"])
@pytest.mark.parametrize("style", STYLES)
def test_same_numbers_as_the_built_in(style, way):
    same(run(style(0.05), way), run(SGD(0.05, momentum=0.9)))


@pytest.mark.parametrize("style", STYLES)
def test_with_clipping_decay_and_schedule(style):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    options = {"global_clipnorm": 0.5, "weight_decay": 0.1, "use_ema": True, "ema_overwrite_frequency": 2}
    same(run(style(schedule, **options)), run(SGD(schedule, momentum=0.9, **options)))


@pytest.mark.parametrize("style", STYLES)
def test_settings_and_state(style):
    optimizer = style(0.25, momentum=0.5)
    run(optimizer)
    assert len(optimizer.variables) == 5
    assert int(optimizer.iterations) == 4
    assert float(optimizer.lr) == 0.25
    optimizer.learning_rate = 0.125
    assert float(optimizer.learning_rate) == 0.125
    assert optimizer.momentum == 0.5
    optimizer.momentum = 0.75
    again = style.from_config(optimizer.get_config())
    assert (float(again.learning_rate), again.momentum) == (0.125, 0.75)
    same(run(again), run(SGD(0.125, momentum=0.75)))


def test_older_style_with_decay_and_old_rate():
    same(run(OlderMomentum(lr=0.05, decay=0.5)), run(SGD(lr=0.05, decay=0.5, momentum=0.9)))
    config = OlderMomentum(lr=0.05, clipnorm=2.0).get_config()
    assert set(config) == {"name", "clipnorm", "learning_rate", "decay", "momentum"}


def test_older_style_attributes():
    optimizer = OlderMomentum()
    with pytest.raises(AttributeError, match="no attribute 'rho'"):
        _ = optimizer.rho
    assert optimizer.get_slot_names() == []
    run(optimizer)
    assert optimizer.get_slot_names() == ["momentum"]


def test_an_unknown_variable_after_building():
    optimizer = Keras2Momentum()
    run(optimizer)
    with pytest.raises(KeyError, match="cannot recognize variable weight:0.*optimizer.build"):
        optimizer.apply_gradients([(torch.ones(1), keras.Variable([1.0], name="weight"))])


def test_the_shortest_optimizer():
    class Sign(Optimizer):
        def update_step(self, gradient, variable, learning_rate):
            variable.assign_sub(learning_rate * torch.sign(gradient))

    weight = keras.Variable([1.0, 2.0])
    Sign(0.5).apply_gradients([(torch.tensor([3.0, -3.0]), weight)])
    assert weight.numpy().tolist() == [0.5, 2.5]
    assert Sign(0.5).get_config()["learning_rate"] == 0.5
    assert Sign.from_config(Sign(0.5).get_config()).name == "Sign"
    with pytest.raises(NotImplementedError, match="has no `update_step"):
        Optimizer("empty").apply_gradients([(torch.ones(2), weight)])


# --- built-in optimizers with something changed ---


def test_own_update_step_on_a_built_in():
    class Halved(Adam):
        def update_step(self, gradient, variable, learning_rate=None):
            super().update_step(gradient * 0.5, variable)

    class Halved2(Adam):
        def update_step(self, gradient, variable):
            return super().update_step(gradient * 0.5, variable)

    model = net()
    variables = model.variables()
    plain = Adam(0.05, epsilon=0.01)
    for step in range(4):
        model.backward(step)
        plain.apply_gradients([(v.grad * 0.5, v) for v in variables])
    for kind in (Halved, Halved2):
        same(run(kind(0.05, epsilon=0.01)), values(variables))


def test_own_apply_gradients_is_called_by_step():
    calls = []

    class Watched(Adam):
        def apply_gradients(self, grads_and_vars, name=None):
            pairs = [(g * 0.0 if "bias" in v.name else g, v) for g, v in grads_and_vars]
            calls.append(len(pairs))
            return super().apply_gradients(pairs, name)

    model = net()
    variables = model.variables()
    optimizer = Watched(0.1)
    optimizer.build(variables)
    model.backward()
    before = values(variables)
    optimizer.step()
    after = values(variables)
    assert calls == [4]
    assert np.array_equal(before[1], after[1])
    assert not np.array_equal(before[0], after[0])


def test_older_style_on_a_built_in():
    class LayerRates(Adam):
        """A rate of its own for kernels, as tutorials of 2020 did it."""

        def _resource_apply_dense(self, grad, var, apply_state=None):
            state = {key: dict(value) for key, value in apply_state.items()}
            if "kernel" in var.name:
                state[(var.device, var.dtype)]["lr_t"] = state[(var.device, var.dtype)]["lr_t"] * 0.5
            return super()._resource_apply_dense(grad, var, apply_state=state)

    full, half, mixed = run(Adam(0.1)), run(Adam(0.05)), run(LayerRates(0.1))
    assert not np.allclose(full[0], half[0])
    same(mixed[:1], half[:1], 0.3)  # the other layers differ, hence the gradients do
    one = keras.Variable([1.0], name="kernel")
    two = keras.Variable([1.0], name="bias")
    LayerRates(0.1).apply_gradients([(torch.ones(1), one), (torch.ones(1), two)])
    assert (float(one), float(two)) == (pytest.approx(0.95, rel=1e-5), pytest.approx(0.9, rel=1e-5))


def test_decay_as_bert_did_it():
    class AdamWeightDecay(Adam):
        def __init__(self, learning_rate=0.001, weight_decay_rate=0.0, **kwargs):
            super().__init__(learning_rate, **kwargs)
            self.weight_decay_rate = weight_decay_rate

        def _prepare_local(self, var_device, var_dtype, apply_state):
            super()._prepare_local(var_device, var_dtype, apply_state)
            apply_state[(var_device, var_dtype)]["weight_decay_rate"] = torch.tensor(self.weight_decay_rate)

        def _resource_apply_dense(self, grad, var, apply_state=None):
            own = apply_state[(var.device, var.dtype)]
            var.assign_sub(own["lr_t"] * var * own["weight_decay_rate"])
            return super()._resource_apply_dense(grad, var, apply_state=apply_state)

        def get_config(self):
            return super().get_config() | {"weight_decay_rate": self.weight_decay_rate}

    same(run(AdamWeightDecay(0.05, weight_decay_rate=0.1)), run(keras.optimizers.AdamW(0.05, weight_decay=0.1)), 1e-5)
    again = AdamWeightDecay.from_config(AdamWeightDecay(0.05, 0.1).get_config())
    assert again.weight_decay_rate == 0.1


def test_own_slots_beside_those_of_a_built_in():
    class Lookahead(SGD):
        def build(self, var_list):
            super().build(var_list)
            if not hasattr(self, "slow"):
                self.slow = [self.add_variable_from_reference(v, "slow", initial_value=v) for v in var_list]

        def update_step(self, gradient, variable, learning_rate=None):
            super().update_step(gradient, variable)
            slow = self.slow[self._get_variable_index(variable)]
            slow.assign(slow * 0.5 + variable * 0.5)
            variable.assign(slow)

    weight = keras.Variable([0.0])
    optimizer = Lookahead(1.0)
    optimizer.apply_gradients([(torch.ones(1), weight)])
    optimizer.apply_gradients([(torch.ones(1), weight)])
    assert float(weight) == -1.0
