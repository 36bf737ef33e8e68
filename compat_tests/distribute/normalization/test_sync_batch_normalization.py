"""SyncBatchNormalization: what processes compute of their parts is what one computes of the whole batch."""

import contextlib

import numpy as np
import pytest
import torch
import torch.distributed as dist

import torchkeras as keras
from torchkeras.core import replicas as scopes
from torchkeras.distribute import joined
from torchkeras.layers import BatchNormalization
from torchkeras.layers.experimental import SyncBatchNormalization

# --- the layer by itself ---

#: Shape of the whole batch, settings.
CALLS = {
    "vectors": ((11, 5), {}),
    "fewer samples than processes": ((1, 5), {"dtype": "float64"}),
    "far from 0": ((16, 3), {"momentum": 0.5}),
    "steps": ((7, 4, 3), {"axis": 1}),
    "masked steps": ((7, 4, 3), {}),
    "masked, channels first": ((7, 3, 4), {"axis": 1}),
    "images": ((7, 4, 4, 3), {"momentum": 0.5}),
    "images, channels first": ((7, 3, 4, 4), {"axis": 1}),
    "volumes": ((6, 2, 2, 2, 3), {}),
    "two axes": ((7, 4, 3, 2), {"axis": [1, 3]}),
    "only beta": ((9, 4), {"scale": False}),
    "only gamma": ((9, 4), {"center": False}),
    "neither": ((9, 4), {"scale": False, "center": False}),
    "renorm": ((9, 4), {"renorm": True, "renorm_clipping": {"rmax": 2.0, "rmin": 0.5, "dmax": 1.0}}),
    "mixed_float16": ((9, 4, 4, 8), {"dtype": "mixed_float16"}),
    "mixed_bfloat16": ((9, 4, 4, 8), {"dtype": "mixed_bfloat16"}),
}
#: What rounding leaves: of half precision, and of float32 so far from 0.
TOLERANCES = {"mixed_float16": 4e-3, "mixed_bfloat16": 4e-2, "far from 0": 2e-3}


def called(name, together):
    """Of two calls in training, each by part of the process and by what is the same in all."""
    shape, settings = CALLS[name]
    rng = np.random.default_rng(1)
    replicas = joined() if together else scopes.ALONE
    layer = BatchNormalization(synchronized=True, **settings)
    layer.build((None, *shape[1:]))
    layer.set_weights([rng.uniform(0.5, 2.0, w.shape) for w in layer.weights])
    part = replicas.part(shape[0])
    size = part.stop - part.start
    own, common = {}, {}
    for call in (1, 2):
        whole, weights = _numbers(name, rng)
        mask = rng.random(shape[:2]) < 0.7 if name.startswith("masked") else None
        if mask is not None:
            mask[: -(-shape[0] // 4)] = False  # of four processes, one has nothing that counts
        rows = part if size else slice(0, 1)
        x = torch.from_numpy(whole[rows]).to(layer._dtype_policy.compute).requires_grad_()
        replicas.idle = not size
        with scopes.stepping(replicas):
            y = layer(x, training=True, mask=None if mask is None else torch.from_numpy(mask[rows]))
            loss = (y.double() * torch.from_numpy(weights[rows])).sum() * bool(size)
            inputs = [x, *(v.parameter for v in layer.trainable_weights)]
            gradient, *gradients = torch.autograd.grad(loss, inputs)
        replicas.idle = False
        assert y.dtype is x.dtype is gradient.dtype
        assert size or not gradient.any()
        replicas.add_up(gradients)
        own[f"outputs {call}"], own[f"gradient {call}"] = y[:size], gradient[:size]
        common |= {f"gradient of {_word(v)} {call}": g for v, g in zip(layer.trainable_weights, gradients, strict=True)}
    found = [{key: value.detach().double().numpy() for key, value in part.items()} for part in (own, common)]
    found[1] |= {_word(v): v.numpy() for v in layer.weights}
    return found


def _word(variable):
    return variable.name.rpartition("/")[2].partition(":")[0]


def _numbers(name, rng):
    shape = CALLS[name][0]
    return rng.normal(1e4 if name == "far from 0" else 0.5, 2.0, shape).astype("float32"), rng.normal(size=shape)


def all_called(names):
    return {name: called(name, True) for name in names}


@pytest.mark.parametrize("size", [2, 4])
def test_outputs_gradients_and_averages_are_those_of_the_whole_batch(crew, size):
    parts = crew(size).run(all_called, list(CALLS))
    for name in CALLS:
        own, common = called(name, False)
        close = TOLERANCES.get(name, 1e-5)
        for what, value in own.items():
            found = np.concatenate([part[name][0][what] for part in parts])
            np.testing.assert_allclose(found, value, rtol=close, atol=close, err_msg=f"{name}: {what}")
        for what, value in common.items():
            first = parts[0][name][1][what]
            for part in parts[1:]:  # not only nearly, so that no end of an epoch has to average them
                np.testing.assert_array_equal(part[name][1][what], first, err_msg=f"{name}: {what}")
            np.testing.assert_allclose(first, value, rtol=close, atol=10 * close, err_msg=f"{name}: {what}")


def test_the_variance_of_values_far_from_zero(crew):
    """In float32 the squares of these are known to 8, which is more than their variance."""
    rng = np.random.default_rng(1)
    moving = [rng.uniform(0.5, 2.0, 3) for _ in range(4)][3]
    for _ in range(2):
        values = _numbers("far from 0", rng)[0].astype("float64")
        moving = 0.5 * moving + 0.5 * values.var(0)
    for part in crew(2).run(all_called, ["far from 0"]):
        np.testing.assert_allclose(part["far from 0"][1]["moving_variance"], moving, rtol=1e-4)


# --- fit ---


def _vectors():
    layers = keras.layers
    return [layers.Dense(6, "relu"), SyncBatchNormalization(momentum=0.9), layers.Dense(3)]


def _images():
    layers = keras.layers
    return [
        layers.Reshape((4, 4, 1)), layers.Conv2D(4, 3, use_bias=False), SyncBatchNormalization(momentum=0.8),
        layers.ReLU(), layers.Conv2D(4, 2), BatchNormalization(synchronized=True), layers.Flatten(), layers.Dense(3),
    ]  # fmt: skip


def _steps():
    layers = keras.layers
    return [
        layers.Reshape((8, 2)), layers.Masking(), SyncBatchNormalization(momentum=0.9), layers.LSTM(5),
        layers.Dense(3),
    ]  # fmt: skip


FITTED = {"vectors": _vectors, "images": _images, "steps": _steps, "own step": _vectors}


class _OwnStep(keras.Sequential):
    def train_step(self, data):
        x, y = data
        loss = self.compute_loss(x, y, self(x, training=True))
        self.zero_grad()
        loss.backward()
        variables = self.trainable_variables
        with torch.no_grad():
            self.optimizer.apply([v.value.grad for v in variables], variables)
        return {}


def fitted(name, samples, together):
    """The figures and the weights after three epochs with batches of 16."""
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(0)
    x, y = rng.normal(1.0, 2.0, (samples, 16)).astype("float32"), rng.integers(0, 3, samples)
    if name == "steps":
        x.reshape(samples, 8, 2)[rng.random((samples, 8)) < 0.3] = 0.0
    with scopes.within(joined()) if together else contextlib.nullcontext():
        model = (_OwnStep if name == "own step" else keras.Sequential)([keras.Input((16,)), *FITTED[name]()])
        model.compile(keras.optimizers.SGD(0.05), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(x, y, batch_size=16, epochs=3, validation_data=(x[:20], y[:20]), verbose=0).history
    return history, model.get_weights()


def all_fitted(samples):
    return {name: fitted(name, samples, True) for name in FITTED}


@pytest.mark.parametrize(("size", "samples"), [(2, 65), (4, 64), (4, 67)])
def test_fit_ends_where_one_process_does(crew, size, samples):
    """Of 65 samples the last batch has one, of 67 three: one process has none."""
    parts = crew(size).run(all_fitted, samples)
    for name in FITTED:
        history, weights = fitted(name, samples, False)
        for part in parts:
            assert part[name][0].keys() == history.keys()
            for figure, values in history.items():
                np.testing.assert_allclose(part[name][0][figure], values, rtol=1e-5, err_msg=f"{name}: {figure}")
            for found, wanted in zip(part[name][1], weights, strict=True):
                np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5, err_msg=name)


def ordinary_fitted():
    """A BatchNormalization that is not synchronized, as the contrast."""
    FITTED["vectors"] = lambda: [keras.layers.Dense(6, "relu"), BatchNormalization(momentum=0.9), keras.layers.Dense(3)]
    try:
        return fitted("vectors", 64, True)[1]
    finally:
        FITTED["vectors"] = _vectors


def test_without_it_each_process_has_statistics_of_its_own(crew):
    weights = fitted("vectors", 64, False)[1]
    assert max(abs(a - b).max() for a, b in zip(crew(2).run(ordinary_fitted)[0], weights, strict=True)) > 1e-3


# As TensorFlow 2.21 trains it with tf_keras and MirroredStrategy(["CPU:0", "CPU:1"]).
GOLDEN = [
    [[3.518998, 1.416831, -0.606123], [-0.050791, 1.207371, 1.045779], [-0.125137, 0.211105, 0.373584],
     [0.027111, 0.492502, -0.339093]],
    [0.754588, 0.212886, 0.23815], [0.567114, -0.021794, 0.218742], [-0.624796, 0.567508, 0.068295],
    [[0.359494], [0.262301], [1.042538]], [0.006438],
    [3.627865, 2.598886, 1.96318], [38.893822, 16.597874, 6.104364],
]  # fmt: skip
GOLDEN_LOSS = [16.855514526367188, 1.081791877746582]
GOLDEN_OUTPUTS = [-0.5185610055923462, 0.2992466986179352, 0.7755031585693359, 0.5135666131973267]


def as_in_tensorflow():
    rng = np.random.default_rng(5)
    x, y = rng.normal(2.0, 3.0, (24, 4)).astype("float32"), rng.normal(size=(24, 1)).astype("float32")
    with scopes.within(joined()):
        model = keras.Sequential(
            [keras.Input((4,)), keras.layers.Dense(3), SyncBatchNormalization(momentum=0.9), keras.layers.Dense(1)]
        )
        model.compile(keras.optimizers.SGD(0.1), "mse")
    model.set_weights([rng.normal(size=w.shape).astype("float32") ** 2 for w in model.get_weights()])
    history = model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0).history
    trained = [w.numpy() for w in [*model.trainable_weights, *model.non_trainable_weights]]
    return history["loss"], trained, model.predict(x[:4], verbose=0).ravel()


def test_trains_as_tensorflow_does_on_two_devices(crew):
    for losses, weights, outputs in crew(2).run(as_in_tensorflow):
        np.testing.assert_allclose(losses, GOLDEN_LOSS, rtol=1e-5)
        for found, wanted in zip(weights, GOLDEN, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(outputs, GOLDEN_OUTPUTS, rtol=1e-4, atol=1e-5)


# --- what is sent, and when ---


def words():
    """How many words a layer sends in a step forwards, in one there and back, in evaluation and outside of a step."""
    layer = SyncBatchNormalization()
    layer.build((None, 3))
    x = torch.randn(4, 3, requires_grad=True)
    sent, found = [], {}
    before = dist.all_gather, dist.all_reduce

    def noted(collective):
        def call(*args, **kwargs):
            sent.append(collective.__name__)
            return collective(*args, **kwargs)

        return call

    dist.all_gather, dist.all_reduce = map(noted, before)
    try:
        with scopes.stepping(joined()):
            y = layer(x, training=True)
            found["forwards"] = list(sent)
            y.sum().backward()
            found["and back"] = list(sent)
            layer(x, training=False)
            layer.trainable = False
            layer(x, training=True)
            layer.trainable = True
        layer(x, training=True).sum().backward()
        found["else"] = sent[len(found["and back"]) :]
    finally:
        dist.all_gather, dist.all_reduce = before
    return found


def test_one_word_forwards_one_back_and_none_in_evaluation(crew):
    wanted = {"forwards": ["all_gather"], "and back": ["all_gather", "all_reduce"], "else": []}
    assert crew(2).run(words) == [wanted] * 2


def in_virtual_batches():
    with scopes.stepping(joined()):
        BatchNormalization(synchronized=True, virtual_batch_size=2, name="normal")(torch.randn(4, 3), training=True)


def test_virtual_batches_cannot_be_synchronized(crew):
    for outcome in crew(2).outcomes(in_virtual_batches):
        assert outcome.error.startswith("ValueError: Layer 'normal' has virtual_batch_size=2")
        assert "Leave one of them out" in outcome.error


# --- one process ---


@pytest.mark.parametrize("shape", [(5, 3), (4, 3, 3, 2)])
def test_one_process_computes_as_ever(shape):
    """Bit by bit, moving averages included: the variance that is kept is that of `fused=False`."""
    x = torch.randn(shape)
    layers = [SyncBatchNormalization(), BatchNormalization(synchronized=True), BatchNormalization(fused=False)]
    outputs = [layer(x, training=True) for layer in layers]
    with scopes.stepping(scopes.ALONE):
        outputs.append(layers[0](x, training=True))
    layers[1](x, training=True)
    assert all(torch.equal(one, outputs[0]) for one in outputs)
    for one, other in zip(layers[0].get_weights(), layers[1].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_saved_config_keeps_that_it_is_synchronized(tmp_path):
    made = keras.Sequential(
        [keras.Input((3,)), SyncBatchNormalization(momentum=0.7), BatchNormalization(synchronized=True)]
    )
    made.save(tmp_path / "model.keras")
    for model in (keras.models.load_model(tmp_path / "model.keras"), keras.Sequential.from_config(made.get_config())):
        assert [type(layer) for layer in model.layers] == [SyncBatchNormalization, BatchNormalization]
        assert all(layer.synchronized for layer in model.layers)
        assert model.layers[0].momentum == 0.7


def test_the_config_is_that_of_tf_keras():
    config = SyncBatchNormalization(name="a").get_config()
    assert set(config) == {
        "name", "trainable", "dtype", "axis", "momentum", "epsilon", "center", "scale", "beta_initializer",
        "gamma_initializer", "moving_mean_initializer", "moving_variance_initializer", "beta_regularizer",
        "gamma_regularizer", "beta_constraint", "gamma_constraint",
    }  # fmt: skip
    assert SyncBatchNormalization.from_config(config).synchronized
