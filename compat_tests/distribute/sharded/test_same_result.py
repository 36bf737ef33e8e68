"""Several processes with a part of each weight end where one with all of them does."""

import contextlib

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.distribute.sharded.models import MODELS, data, made
from torchkeras.core.shards import is_sharded
from torchkeras.distribute import ShardedStrategy

optimizers = keras.optimizers


def trained(kind, together, optimizer="adam", batch_size=8, epochs=2):
    """What training gives: the figures, those of evaluate, predictions, weights."""
    model = made(kind, together, optimizer)
    x, y = data(kind)
    history = model.fit(x, y, batch_size=batch_size, epochs=epochs, validation_data=(x, y), verbose=0, shuffle=False)
    figures = model.evaluate(x, y, batch_size=7, verbose=0)
    return history.history, figures, model.predict(x, verbose=0), model.get_weights()


def same(found, expected, tolerance=1e-5):
    for (history, figures, outputs, weights), (known, *others) in ((one, expected) for one in found):
        assert history.keys() == known.keys()
        for name, values in known.items():
            np.testing.assert_allclose(history[name], values, rtol=tolerance, atol=tolerance, err_msg=name)
        np.testing.assert_allclose(figures, others[0], rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(outputs, others[1], atol=tolerance)
        for own, other in zip(weights, others[2], strict=True):
            np.testing.assert_allclose(own, other, atol=tolerance)


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("kind", MODELS)
def test_same_model(crew, size, kind):
    """Of 22 samples in batches of 8 the last has 6, and evaluate's last batch of 7 has one: less than processes."""
    same(crew(size).run(trained, kind, True), trained(kind, False))


class SignOfNorm(optimizers.Optimizer):
    """One of a user's own, with a state, whose step needs the whole of a variable."""

    def __init__(self):
        super().__init__(name="SignOfNorm", learning_rate=0.01)

    def build(self, var_list):
        super().build(var_list)
        self.means = [self.add_variable_from_reference(v, "mean") for v in self._trainable_variables]

    def update_step(self, gradient, variable, learning_rate):
        mean = self.means[self._get_variable_index(variable)]
        mean.assign(0.5 * mean + gradient)
        variable.assign_sub(learning_rate * mean / (keras.ops.sqrt(keras.ops.sum(mean * mean)) + 1e-3))


OPTIMIZERS = {
    "momentum": lambda: optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipvalue=0.1),
    "adam": lambda: optimizers.Adam(amsgrad=True, global_clipnorm=0.3),
    "adamw": lambda: optimizers.AdamW(weight_decay=0.1, clipnorm=0.1),
    "averaged": lambda: optimizers.RMSprop(use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2),
    "accumulated": lambda: optimizers.Nadam(gradient_accumulation_steps=2),
    "ftrl": lambda: optimizers.Ftrl(0.1),
    "lamb": lambda: optimizers.Lamb(0.05, weight_decay=0.1),
    "adafactor": lambda: optimizers.Adafactor(0.05),
    "muon": lambda: optimizers.Muon(0.05, weight_decay=0.1),
    "scaled": lambda: keras.mixed_precision.LossScaleOptimizer(optimizers.Adam(0.01), initial_scale=2.0**127),
    "own": SignOfNorm,
    "torch": lambda: lambda parameters: torch.optim.Adam(parameters, lr=0.01),
}


def trained_by_each(together):
    return {name: trained("tied", together, make, epochs=1) for name, make in OPTIMIZERS.items()}


def test_same_with_each_optimizer(crew):
    """The rows of a process are updated by themselves where values go one by one, else the whole of a variable."""
    expected = trained_by_each(False)
    for found in crew(4).run(trained_by_each, True):
        for name, known in expected.items():
            same([found[name]], known, 3e-5 if name == "muon" else 1e-5)


def adversaries(together):
    """Two models compiled each by itself, one of them within the other, where it is frozen."""
    keras.utils.set_random_seed(3)
    dense = keras.layers.Dense
    with ShardedStrategy().scope() if together else contextlib.nullcontext():
        judge = keras.Sequential([keras.Input((4,)), dense(5, activation="relu"), dense(1, activation="sigmoid")])
        judge.compile("adam", "binary_crossentropy")
        maker = keras.Sequential([keras.Input((3,)), dense(6, activation="relu"), dense(4)])
        judge.trainable = False
        both = keras.Sequential([maker, judge])
        both.compile("adam", "binary_crossentropy")
    rng = np.random.default_rng(0)
    for _ in range(3):
        true, noise = rng.normal(size=(8, 4)).astype("float32"), rng.normal(size=(8, 3)).astype("float32")
        made_up = maker.predict(noise, verbose=0)
        judge.train_on_batch(np.concatenate([true, made_up]), np.repeat([1.0, 0.0], 8))
        both.train_on_batch(noise, np.ones(8))
    return both.get_weights()


def thawed(together):
    """A layer that is frozen at first, then trained with another optimizer."""
    model = made("two_inputs", together)
    x, y = data("two_inputs")
    for trainable, optimizer in ((False, "adam"), (True, "sgd")):
        model.layers[2].trainable = trainable
        with ShardedStrategy().scope() if together else contextlib.nullcontext():
            model.compile(optimizer, "mse")
        model.fit(x, y, batch_size=8, verbose=0, shuffle=False)
    return model.get_weights()


def several_kinds(together):
    return adversaries(together) + thawed(together)


def test_models_within_models_and_frozen_layers(crew):
    expected = several_kinds(False)
    for found in crew(2).run(several_kinds, True):
        for own, known in zip(found, expected, strict=True):
            np.testing.assert_allclose(own, known, atol=1e-5)


def held(kind):
    """How many values of weights and of the optimizer's state this process has, and how many there are."""
    model = made(kind, True)
    x, y = data(kind)
    model.fit(x, y, batch_size=8, verbose=0)
    counts = []
    for variables in (model.trainable_weights, [v for v in model.optimizer.variables if v.parameter.dim()]):
        parameters = [variable.parameter for variable in variables]
        own = [p.to_local() if is_sharded(p) else p for p in parameters]
        counts.append((sum(p.numel() for p in own), sum(p.numel() for p in parameters)))
    return counts, model.count_params()


@pytest.mark.parametrize("size", [2, 4])
def test_each_has_its_part(crew, size):
    """The memory of weights and of what Adam keeps goes down with the number of processes; summaries show the whole."""
    every = crew(size).run(held, "text")
    for place in range(2):
        owned = [counts[place][0] for counts, _ in every]
        total = every[0][0][place][1]
        assert sum(owned) == total
        assert max(owned) < total / size * 1.35  # rows are not divided: of 11 the first has 6, or 3
    whole = made("text", False)
    assert {count for _, count in every} == {whole.count_params()}


def gathered_layers():
    """In which layers weights are gathered while a model is called, and how many parts there are before and after."""
    found = {}
    for kind in ("mlp", "two_inputs", "tied"):
        model = made(kind, True)
        x, y = data(kind)
        model.fit(x, y, batch_size=8, verbose=0)
        names = []

        def note(layer, args, kwargs, names=names):
            names.append((layer.name, type(layer).__name__, any(is_sharded(p) for p in layer._parameters.values())))

        for layer in model._flatten_layers(include_self=False):
            layer.register_forward_pre_hook(note, with_kwargs=True)
        in_parts = sum(map(is_sharded, model.parameters()))
        model.predict(x, verbose=0, batch_size=len(y))
        found[kind] = names, in_parts, sum(map(is_sharded, model.parameters()))
    return found


def test_layers_gather_their_weights(crew):
    """The short ways around torch's module calls are not taken; classes keep their names."""
    for found in crew(2).run(gathered_layers):
        assert [name for _, name, _ in found["mlp"][0]] == ["Dense"] * 3
        called = [name for name, _, _ in found["two_inputs"][0]]
        assert len(called) == 7
        assert called.count(called[0]) == 2  # the shared layer
        assert {name for _, name, _ in found["tied"][0]} == {"Dense", "Scaled"}
        for names, before, after in found.values():
            assert not any(in_parts for _, _, in_parts in names)
            assert before == after > 0
