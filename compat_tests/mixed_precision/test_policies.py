"""What a layer computes in, by its policy, its arguments and what it is made of."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras import layers
from torchkeras.core.registry import serialize
from torchkeras.layers.recurrent import fused
from torchkeras.layers.recurrent.opaque import kernel_weights
from torchkeras.saving import configs


@pytest.fixture(autouse=True)
def bfloat16():
    keras.mixed_precision.set_global_policy("mixed_bfloat16")


@pytest.mark.parametrize(
    ("given", "compute", "variable"),
    [
        (None, "bfloat16", "float32"),
        ("mixed_float16", "float16", "float32"),
        ("float16", "float16", "float16"),
        (torch.float64, "float64", "float64"),
        (keras.mixed_precision.Policy("mixed_float16"), "float16", "float32"),
        (keras.DTypePolicy("float32"), "float32", "float32"),
    ],
)
def test_dtype_argument(given, compute, variable):
    layer = layers.Dense(2, dtype=given)
    assert str(layer(torch.ones(1, 3)).dtype) == f"torch.{compute}"
    assert str(layer.kernel.parameter.dtype) == f"torch.{variable}"
    assert (layer.compute_dtype, layer.variable_dtype, layer.dtype) == (compute, variable, variable)


def test_only_floating_inputs_are_cast():
    class Given(layers.Layer):
        def call(self, inputs):
            return inputs

    x, n = torch.ones(2, 3), torch.ones(2, 3, dtype=torch.int32)
    assert [one.dtype for one in Given()([x, n])] == [torch.bfloat16, torch.int32]
    assert Given(autocast=False)(x).dtype is torch.float32


def test_a_layer_of_float32_after_mixed_ones_computes_in_float32():
    x = keras.Input((4,))
    model = keras.Model(x, layers.Activation("softmax", dtype="float32")(layers.Dense(3)(x)))
    data = torch.randn(64, 4)
    np.testing.assert_allclose(model(data).sum(-1).detach().numpy(), 1.0, rtol=1e-6)  # no sum of bfloat16 is


def test_weights_of_the_users_own():
    class Own(layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight(shape=(3,), initializer="ones")
            self.exact = self.add_weight(shape=(3,), initializer="ones", autocast=False)
            self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, inputs):
            self.calls.assign_add(1.0)
            assert (self.scale * 1).dtype is torch.bfloat16
            assert (self.exact * 1).dtype is torch.float32
            return inputs * self.scale

    layer = Own()
    for _ in range(300):  # 257 is no number of bfloat16
        layer(torch.ones(1, 3))
    assert float(layer.calls) == 300
    assert (layer.scale * 1).dtype is torch.float32


def test_torch_modules_within_layers():
    class Own(layers.Layer):
        def __init__(self):
            super().__init__()
            self.project, self.norm = nn.Linear(5, 5), nn.LayerNorm(5)
            self.rnn, self.batch_norm = nn.LSTM(5, 5, batch_first=True), nn.BatchNorm1d(6)
            self.block = nn.TransformerEncoderLayer(5, 1, 8, dropout=0.0, batch_first=True)
            self.image, self.raw = nn.Conv1d(6, 6, 1), nn.Parameter(torch.ones(5))

        def call(self, inputs):
            outputs = self.rnn(self.norm(self.project(inputs)))[0] * self.raw
            return self.image(self.block(self.batch_norm(outputs)))

    layer, x = Own(), torch.randn(4, 6, 5)
    outputs = layer(x, training=True)
    assert outputs.dtype is torch.bfloat16
    outputs.float().square().sum().backward()
    for name, parameter in layer.named_parameters():
        assert isinstance(parameter, nn.Parameter), name
        assert parameter.dtype is parameter.grad.dtype is torch.float32, name
    assert layer.rnn._flat_weights[0] is layer.rnn.weight_ih_l0
    assert layer.batch_norm.running_mean.abs().sum() > 0
    with torch.no_grad():
        expected = layer.block(torch.zeros(1, 6, 5))  # outside a call all is float32
    assert expected.dtype is torch.float32


def test_parameters_are_put_back_after_an_error():
    class Wrong(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(3, 3)

        def call(self, inputs):
            raise RuntimeError("no")

    layer = Wrong()
    with pytest.raises(RuntimeError, match="no"):
        layer(torch.ones(1, 3))
    assert isinstance(layer.inner.weight, nn.Parameter)
    assert layers.Dense(1, dtype="float32")(torch.ones(1, 2)).dtype is torch.float32


def test_wrapped_modules_train():
    x = keras.Input((5,))
    wrapped = layers.TorchModuleWrapper(nn.Sequential(nn.Linear(5, 8), nn.ReLU()))(x)
    model = keras.Model(x, layers.Dense(1, dtype="float32")(wrapped))
    assert wrapped.dtype is torch.bfloat16
    model.compile(keras.optimizers.Adam(0.02), "mse")
    data = np.random.default_rng(0).normal(size=(64, 5)).astype("float32")
    losses = model.fit(data, data.sum(1), epochs=30, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 5


def test_inner_modules_with_hooks():
    layer, seen = layers.Dense(3), []
    layer(torch.ones(2, 4))
    layer.linear.register_forward_hook(lambda module, inputs, outputs: seen.append(outputs.dtype))
    outputs = layer(torch.ones(2, 4))
    assert seen == [torch.bfloat16]
    assert outputs.dtype is torch.bfloat16


def test_losses_and_metrics_are_those_of_float32():
    class Thousand(keras.losses.Loss):
        def call(self, y_true, y_pred):
            assert y_true.dtype is y_pred.dtype is torch.float32
            return (y_true - y_pred).abs().mean(-1)

    model = keras.Sequential([layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", Thousand(), metrics=["mae"])
    found = model.evaluate(np.full((2, 1), 256.0), np.full((2, 1), 1.25), verbose=0)  # 254.75 is no number of bfloat16
    assert found == [254.75, 254.75]


def test_ids_reach_an_embedding_exactly():
    model = keras.Sequential([layers.Embedding(600, 2)])
    rows = model(torch.tensor([[513.0, 515.0]]))
    rows = model(torch.tensor([[513.0, 515.0]]))
    np.testing.assert_array_equal(
        rows[0].detach().float(), model.layers[0].embeddings.parameter[[513, 515]].detach().bfloat16().float()
    )


def test_loss_scaling_by_compile():
    keras.mixed_precision.set_global_policy("mixed_float16")
    model = keras.Sequential([layers.Dense(1)])
    model.compile("adam", "mse")
    assert isinstance(model.optimizer, keras.mixed_precision.LossScaleOptimizer)
    own = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(), initial_scale=2.0)
    model.compile(own, "mse")
    assert model.optimizer is own
    model.compile("adam", "mse", auto_scale_loss=False)
    assert type(model.optimizer) is keras.optimizers.Adam
    model(torch.ones(1, 2))
    with pytest.warns(UserWarning, match="not scaled for an optimizer of torch"):
        model.compile(torch.optim.SGD(model.parameters(), 0.1), "mse")


def test_small_gradients_survive_in_float16():
    keras.mixed_precision.set_global_policy("mixed_float16")
    changed = []
    for scale in (True, False):
        model = keras.Sequential([layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
        model.compile(keras.optimizers.SGD(1.0), "mse", auto_scale_loss=scale)
        model.fit(np.ones((1, 1)), np.full((1, 1), 1e-8), verbose=0)
        changed.append(float(model.get_weights()[0][0, 0]))
    assert changed[0] == pytest.approx(2e-8, rel=1e-2)
    assert changed[1] == 0.0


@pytest.mark.parametrize("suffix", [".keras", ".h5", ""])
def test_files_keep_policies(tmp_path, suffix):
    x = keras.Input((4,))
    hidden = layers.BatchNormalization()(layers.Dense(3, dtype="mixed_float16")(x))
    model = keras.Model(x, layers.Dense(2, dtype="float32")(hidden))
    model.compile("sgd", "mse")
    data = np.random.default_rng(1).normal(size=(5, 4)).astype("float32")
    model.save(tmp_path / f"model{suffix}")
    keras.mixed_precision.set_global_policy("float32")
    for again in (keras.models.load_model(tmp_path / f"model{suffix}"), keras.models.clone_model(model)):
        assert [layer.compute_dtype for layer in again.layers[1:]] == ["float16", "bfloat16", "float32"]
        again.set_weights(model.get_weights())
        np.testing.assert_array_equal(again.predict(data, verbose=0), model.predict(data, verbose=0))


def test_copies_compute_alike():
    model = keras.Sequential([layers.Dense(3)])
    x = torch.randn(2, 4)
    expected = model(x)
    for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(again(x), expected)
        assert again(x).dtype is torch.bfloat16


def test_exported_programs_compute_alike():
    model = keras.Sequential([layers.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(2, dtype="float32")])
    x = torch.randn(2, 4)
    assert torch.equal(torch.export.export(model, (x,)).module()(x), model(x))


def test_a_graph_of_one_type_still_runs_directly():
    keras.mixed_precision.set_global_policy("float32")
    x = keras.Input((4,))
    model = keras.Model(x, layers.Dense(2)(layers.Dense(3)(x)))
    assert not model._functional_graph.program.casts
    x = keras.Input((4,))
    assert keras.Model(x, layers.Dense(2)(layers.Dense(3, dtype="mixed_bfloat16")(x)))._functional_graph.program.casts


def test_what_keras_2_calls_the_loss_scaling_optimizer():
    keras.mixed_precision.set_global_policy("mixed_float16")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    settings = configs.training_to_keras2(serialize(model.get_compile_config()))
    assert settings["optimizer_config"]["class_name"] == "LossScaleOptimizerV3"
    assert settings["optimizer_config"]["config"]["inner_optimizer"]["class_name"] == "Adam"


def test_outputs_of_bfloat16_as_arrays():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    for batch_size in (2, 8):
        found = model.predict(np.eye(5, 4, dtype="float32"), batch_size=batch_size, verbose=0)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, model(torch.eye(5, 4)).detach().float().numpy())


def test_compiled_models_compute_in_16_bits():
    class Own(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(4, 5)

        def call(self, inputs):
            return self.inner(inputs)

    model = keras.Sequential([Own(), layers.Dense(3)])
    x = torch.randn(2, 4)
    expected = model(x)
    outputs = torch.compile(model, backend="eager")(x)
    assert outputs.dtype is torch.bfloat16
    assert torch.equal(outputs, expected)
    assert isinstance(model.layers[0].inner.weight, nn.Parameter)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_cast_weights_of_a_cudnn_kernel_lie_in_one_piece(kind):
    layer = getattr(layers, kind)(3)
    layer(torch.randn(2, 4, 5))
    module = layer.cell._modules[layer.cell.module_name]
    weights = kernel_weights(module._parameters, module._buffers)
    parts = fused._cast(weights, _OnCuda(torch.bfloat16))
    assert all(torch.equal(part, weight.bfloat16()) for part, weight in zip(parts, weights, strict=True))
    ends = [part.data_ptr() + part.numel() * part.element_size() for part in parts]
    assert [part.data_ptr() for part in parts[1:]] == ends[:-1]


class _OnCuda:
    is_cuda = True

    def __init__(self, dtype):
        self.dtype = dtype
