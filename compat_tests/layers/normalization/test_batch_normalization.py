"""BatchNormalization: which variance is kept, rare modes, masks, errors, and how torch's tools see it."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras.layers import BatchNormalization, TorchModuleWrapper


def moved(layer, x, **arguments):
    """The moving variance after one training call without memory of what was before."""
    layer.momentum = 0.0
    layer(torch.as_tensor(x), training=True, **arguments)
    return layer.moving_variance.numpy().ravel()


# As tf_keras 2.21 does it: the fused kernel, for rank 4 and 5 with the channels at 1 or last, keeps the unbiased one.
@pytest.mark.parametrize(
    ("shape", "settings", "correction"),
    [
        ((6, 4), {}, 0),
        ((3, 5, 4), {}, 0),
        ((3, 5, 4), {"axis": 1}, 0),
        ((2, 3, 4, 3), {}, 1),
        ((2, 3, 4, 3), {"axis": [3]}, 1),
        ((2, 3, 4, 3), {"axis": -3}, 1),
        ((2, 3, 4, 3), {"axis": 2}, 0),
        ((2, 3, 4, 3), {"axis": 0}, 0),
        ((2, 3, 4, 3), {"fused": False}, 0),
        ((2, 3, 4, 3), {"fused": True}, 1),
        ((2, 3, 4, 3), {"synchronized": True}, 0),
        ((2, 3, 4, 3), {"renorm": True}, 0),
        ((2, 3, 4, 3), {"dtype": "float64"}, 0),
        ((2, 2, 3, 2, 3), {}, 1),
        ((2, 2, 3, 2, 3), {"axis": 1}, 1),
        ((2, 2, 3, 2, 3), {"axis": 3}, 0),
        ((2, 3, 2, 2, 2, 2), {}, 0),
    ],
)
def test_kept_variance(shape, settings, correction):
    x = np.random.normal(size=shape)
    layer = BatchNormalization(**settings)
    kept = moved(layer, x)
    others = tuple(i for i in range(len(shape)) if i not in list(layer.axis))
    np.testing.assert_allclose(kept, x.var(axis=others, ddof=correction), rtol=1e-5)


def test_statistics_of_half_precision_are_float32():
    layer = BatchNormalization(dtype="float16", momentum=0.0)
    y = layer(torch.randn(8, 3).half(), training=True)
    assert y.dtype is torch.float16
    assert {w.dtype for w in layer.weights} == {torch.float32}
    assert layer.dtype == "float16"


@pytest.mark.parametrize("shape", [(1, 3), (1, 1, 1, 3), (1, 1, 3)])
def test_one_value_per_channel(shape):
    layer = BatchNormalization(momentum=0.9)
    x = torch.tensor([1.0, -2.0, 3.0]).reshape(shape).requires_grad_()
    y = layer(x, training=True)
    y.sum().backward()
    np.testing.assert_allclose(y.detach().numpy().ravel(), 0, atol=1e-5)
    np.testing.assert_allclose(layer.moving_mean.numpy(), [0.1, -0.2, 0.3], rtol=1e-6)
    np.testing.assert_allclose(layer.moving_variance.numpy(), 0.9, rtol=1e-6)
    assert torch.equal(x.grad, torch.zeros(shape))


@pytest.mark.parametrize("settings", [{}, {"renorm": True}, {"fused": False}])
def test_empty_batch_leaves_the_statistics_alone(settings):
    layer = BatchNormalization(**settings)
    layer(torch.randn(4, 3), training=True)
    before = layer.get_weights()
    assert layer(torch.empty(0, 3), training=True).shape == (0, 3)
    for was, now in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)


def test_frozen_layer_runs_in_inference_mode():
    model = keras.Sequential([keras.Input((3,)), BatchNormalization()])
    model.trainable = False
    x = torch.randn(16, 3) * 3 + 1
    torch.testing.assert_close(model(x, training=True), x / (1 + 1e-3) ** 0.5)
    np.testing.assert_array_equal(model.layers[0].moving_mean.numpy(), np.zeros(3))
    model.trainable = True
    model(x, training=True)
    assert model.layers[0].moving_mean.numpy().any()


def test_momentum_and_epsilon_can_be_changed_later():
    layer = BatchNormalization()
    x = torch.randn(50, 2) + 5
    layer(x)
    layer.momentum, layer.epsilon = 0.0, 3.0
    y = layer(x, training=True)
    np.testing.assert_allclose(layer.moving_mean.numpy(), x.mean(0).numpy(), rtol=1e-5)
    torch.testing.assert_close(y, (x - x.mean(0)) / (x.var(0, correction=0) + 3).sqrt())
    assert layer.get_config()["momentum"] == 0.0
    assert layer.norm.momentum == 1.0
    assert layer.norm.eps == 3.0


def test_a_call_in_training_does_not_change_the_gradient_of_one_before():
    layer = BatchNormalization(momentum=0.0)
    x = torch.randn(8, 3, requires_grad=True)
    y = layer(x, training=False)
    layer(100 * torch.randn(8, 3), training=True)
    layer(torch.randn(1, 3), training=True)
    y.sum().backward()
    torch.testing.assert_close(x.grad, torch.full((8, 3), 1.001**-0.5))


def test_shared_layer_twice_before_one_backward():
    layer = BatchNormalization()
    x = torch.randn(8, 3, requires_grad=True)
    (layer(x, training=True).square().sum() + layer(x[:1], training=True).sum() + layer(-x).sum()).backward()
    assert torch.isfinite(x.grad).all()


# --- masks ---


def test_masked_positions_do_not_count():
    x, mask = np.random.normal(size=(3, 5, 4)), np.arange(5) < np.array([[2], [5], [1]])
    layer = BatchNormalization(momentum=0.0)
    y = layer(torch.tensor(x, dtype=torch.float32), training=True, mask=torch.tensor(mask))
    counted = x[mask]
    np.testing.assert_allclose(layer.moving_mean.numpy(), counted.mean(0), atol=1e-6)
    np.testing.assert_allclose(layer.moving_variance.numpy(), counted.var(0), rtol=1e-5)
    np.testing.assert_allclose(y.detach(), (x - counted.mean(0)) / np.sqrt(counted.var(0) + 1e-3), atol=1e-5)
    assert torch.equal(y._keras_mask, torch.tensor(mask))


def test_a_mask_that_travels_with_the_input_counts_too():
    x = torch.tensor([[1.0, 0.0, 3.0], [5.0, 0.0, 0.0]]).unsqueeze(-1)
    layer = BatchNormalization(momentum=0.0)
    model = keras.Sequential([keras.layers.Masking(), layer])
    model(x, training=True)
    np.testing.assert_allclose(layer.moving_mean.numpy(), [3.0])


def test_images_ignore_masks_and_say_so():
    layer, plain = BatchNormalization(), BatchNormalization()
    x = torch.randn(2, 3, 4, 3)
    with pytest.warns(UserWarning, match="ignores the mask"):
        y = layer(x, training=True, mask=torch.zeros(2, 3, 4, dtype=torch.bool))
    torch.testing.assert_close(y, plain(x, training=True))


# --- renormalization and virtual batches, against their formulas ---


def test_renormalization():
    layer = BatchNormalization(
        renorm=True, renorm_clipping={"rmax": 1.1, "rmin": 0.5, "dmax": 0.2}, renorm_momentum=0.8, momentum=0.9
    )
    mean, deviation = np.zeros(4), np.ones(4)
    moving_mean, moving_deviation = np.zeros(4), np.ones(4)
    for _ in range(3):
        x = np.random.normal(size=(6, 4)) * 2 + 0.5
        y = layer(torch.tensor(x), training=True)
        m, s = x.mean(0), np.sqrt(x.var(0) + 1e-3)
        r, d = np.clip(s / deviation, 0.5, 1.1), np.clip((m - mean) / deviation, -0.2, 0.2)
        np.testing.assert_allclose(y.detach(), (x - m) / s * r + d, atol=1e-5)
        mean, deviation = 0.8 * mean + 0.2 * m, 0.8 * deviation + 0.2 * s
        moving_mean, moving_deviation = 0.9 * moving_mean + 0.1 * m, 0.9 * moving_deviation + 0.1 * s
    names = " ".join(w.name.split("/")[-1].removesuffix(":0") for w in layer.weights)
    assert names == "gamma beta moving_mean moving_variance moving_stddev renorm_mean renorm_stddev"
    expected = [moving_mean, moving_deviation**2 - 1e-3, moving_deviation, mean, deviation]
    for weight, value in zip(layer.get_weights()[2:], expected, strict=True):
        np.testing.assert_allclose(weight, value, rtol=1e-5)
    config = BatchNormalization.from_config(layer.get_config()).get_config()
    assert config["renorm_clipping"] == {"rmax": 1.1, "rmin": 0.5, "dmax": 0.2}
    assert config["renorm_momentum"] == 0.8


def test_virtual_batches():
    layer = BatchNormalization(virtual_batch_size=2, momentum=0.0)
    x = np.random.normal(size=(6, 4))
    y = layer(torch.tensor(x, dtype=torch.float32), training=True)
    parts = x.reshape(2, 3, 4)
    expected = (parts - parts.mean(0)) / np.sqrt(parts.var(0) + 1e-3)
    np.testing.assert_allclose(y.detach(), expected.reshape(6, 4), atol=1e-4)
    assert [w.shape for w in layer.get_weights()] == [(1, 1, 4)] * 4  # as in Keras
    np.testing.assert_allclose(layer.moving_variance.numpy().ravel(), parts.var(0).mean(0), rtol=1e-5)
    with pytest.raises(ValueError, match="virtual_batch_size=2, which must divide the batch"):
        layer(torch.randn(5, 4), training=True)


# --- errors ---


def test_wrong_settings():
    with pytest.raises(TypeError, match="argument 'axis' of layer 'bn', but received: 'x'"):
        BatchNormalization(axis="x", name="bn")
    with pytest.raises(ValueError, match="invalid keys for the `renorm_clipping`"):
        BatchNormalization(renorm=True, renorm_clipping={"max": 1.0})
    with pytest.raises(ValueError, match="`fused=True` is not supported with `renorm=True`"):
        BatchNormalization(fused=True, renorm=True)
    with pytest.raises(ValueError, match="`fused=True` is not supported with `synchronized=True`"):
        BatchNormalization(fused=True, synchronized=True)
    with pytest.raises(TypeError, match="Did you mean 'momentum'"):
        BatchNormalization(momentun=0.9)


def test_wrong_inputs():
    with pytest.raises(ValueError, match=r"Expected 0 <= axis < inputs.rank \(with inputs.rank=2\). Received: axis=2"):
        BatchNormalization(axis=2)(torch.ones(2, 3))
    with pytest.raises(ValueError, match="Duplicate axis"):
        BatchNormalization(axis=[1, -1])(torch.ones(2, 3))
    with pytest.raises(ValueError, match="only supports inputs of rank 4 or 5"):
        BatchNormalization(fused=True)(torch.ones(2, 3))
    with pytest.raises(ValueError, match=r"needs to know the size of the axes.*\(None, None\)"):
        BatchNormalization()(keras.Input((None,)))
    layer = BatchNormalization(name="bn")
    layer(torch.ones(2, 3))
    with pytest.raises(ValueError, match='"bn" is incompatible with the layer: expected axis 1 .* value 3'):
        layer(torch.ones(2, 4))
    with pytest.raises(ValueError, match="expected ndim=2, found ndim=3"):
        layer(torch.ones(2, 4, 3))


# --- torch's side ---


@pytest.mark.parametrize(
    ("shape", "kind"), [((2,), nn.BatchNorm1d), ((4, 4, 2), nn.BatchNorm2d), ((2,) * 4, nn.BatchNorm3d)]
)
def test_inner_module_and_keys(shape, kind):
    layer = BatchNormalization()
    layer(torch.randn(3, *shape))
    assert isinstance(layer.norm, kind)
    assert list(layer.state_dict()) == ["norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"]
    assert len(layer.weights) == 4


@pytest.mark.parametrize(("settings", "keys"), [({"scale": False}, ["bias"]), ({"center": False}, ["weight"])])
def test_scale_or_center_alone(settings, keys):
    layer = BatchNormalization(**settings)
    layer(torch.randn(3, 2), training=True).sum().backward()
    assert [k.removeprefix("norm.") for k in layer.state_dict()] == [*keys, "running_mean", "running_var"]
    assert [name for name, _ in layer.named_parameters()] == [f"norm.{keys[0]}"]


def test_loads_the_state_of_torchs_own_module():
    own = nn.BatchNorm2d(3)
    own(torch.randn(4, 3, 5, 5))
    layer = BatchNormalization(epsilon=1e-5)
    x = torch.randn(2, 5, 5, 3)
    layer(x)
    own.eval()
    plain = {f"norm.{k}": v.clone() for k, v in own.state_dict().items()}  # without the versions torch keeps with it
    layer.load_state_dict(plain)
    torch.testing.assert_close(layer(x).permute(0, 3, 1, 2), own(x.permute(0, 3, 1, 2)))
    layer.load_state_dict(dict(layer.state_dict()))


def test_hooks_see_channels_first_without_a_copy():
    layer = BatchNormalization()
    x = torch.randn(2, 5, 4, 3)
    expected = copy.deepcopy(layer)(x, training=True)
    seen = []
    layer(x)
    layer.norm.register_forward_hook(lambda module, args, out: seen.append((args[0], module.training)))
    torch.testing.assert_close(layer(x, training=True), expected)
    assert seen[0][0].shape == (2, 3, 5, 4)
    assert seen[0][0].data_ptr() == x.data_ptr()
    layer(x, training=False)
    assert [training for _, training in seen] == [True, False]


def test_replaced_module_follows_the_calls_mode():
    layer = BatchNormalization()
    x = torch.randn(2, 5, 4, 3)
    layer(x)
    layer.norm = nn.InstanceNorm2d(3, track_running_stats=True)
    layer(x, training=True)
    assert layer.norm.training
    layer(x, training=False)
    assert not layer.norm.training


def test_update_bn_averages_plainly():
    layer = BatchNormalization()
    batches = [torch.randn(8, 3) + i for i in range(3)]
    layer(batches[0])
    torch.optim.swa_utils.update_bn(batches, layer)
    expected = torch.stack([b.mean(0) for b in batches]).mean(0)
    np.testing.assert_allclose(layer.moving_mean.numpy(), expected, atol=1e-6)
    assert layer.norm.momentum == pytest.approx(0.01)


def test_sync_batch_norm_conversion():
    layer = BatchNormalization()
    x = torch.randn(2, 5, 4, 3)
    y = layer(x)
    converted = nn.SyncBatchNorm.convert_sync_batchnorm(layer)
    assert type(converted.norm) is nn.SyncBatchNorm
    assert converted.norm.num_batches_tracked is not None
    torch.testing.assert_close(converted(x), y)


@pytest.mark.parametrize("settings", [{}, {"renorm": True}, {"scale": False}, {"axis": [1, 2]}])
def test_copies_are_independent(settings):
    layer = BatchNormalization(**settings)
    x = torch.randn(4, 2, 3)
    layer(x, training=True)
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        torch.testing.assert_close(twin(x), layer(x))
        before = layer.get_weights()
        twin(x, training=True)
        assert all(np.array_equal(a, b) for a, b in zip(before, layer.get_weights(), strict=True))


@pytest.mark.parametrize("shape", [(4, 3), (4, 5, 3), (2, 4, 4, 3)])
@pytest.mark.parametrize("dynamic", [False, True])
def test_compiled_training_updates_the_statistics(shape, dynamic):
    layer = BatchNormalization()
    x = torch.randn(shape)
    layer(x)
    twin = copy.deepcopy(layer)
    compiled = torch.compile(twin, fullgraph=True, backend="aot_eager", dynamic=dynamic)
    y = compiled(x, training=True)
    torch.compiler.reset()
    torch.testing.assert_close(y, layer(x, training=True))
    for ours, theirs in zip(layer.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_statistics_move_without_gradients_too(mode):
    for shape in ((8, 3), (2, 4, 4, 3)):
        layer = BatchNormalization(momentum=0.0)
        layer(torch.zeros(shape))
        with mode():
            layer(torch.ones(shape), training=True)
        np.testing.assert_allclose(layer.moving_mean.numpy(), np.ones(3), rtol=1e-6)


def test_torchs_own_module_as_a_layer_gives_the_same():
    own = nn.BatchNorm1d(3, eps=1e-3)
    wrapped = TorchModuleWrapper(own)
    layer = BatchNormalization()
    x = torch.randn(8, 3)
    torch.testing.assert_close(wrapped(x, training=True), layer(x, training=True))
