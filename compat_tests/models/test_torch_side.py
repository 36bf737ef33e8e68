"""Every model is an honest nn.Module: torch's own tools work on it and on what is inside."""

import copy
import io
import pickle

import pytest
import torch
import torch.fx
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune

import torchkeras as keras
from torchkeras import layers


def convnet():
    return keras.Sequential(
        [
            layers.Conv2D(4, 3, padding="same", activation="relu", input_shape=(8, 8, 2)),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(3, activation="softmax"),
        ]
    )


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3, activation="relu")
        self.blocks = [layers.Dense(5, activation="relu"), layers.Dense(3)]
        self.flat = layers.Flatten()

    def call(self, x, training=None):
        x = self.flat(self.conv(x))
        for block in self.blocks:
            x = block(x)
        return x


def functional():
    inputs = keras.Input((8, 8, 2))
    x = layers.Conv2D(4, 3, padding="same")(inputs)
    x = layers.Activation("relu")(layers.BatchNormalization()(x)) + x
    return keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))


@pytest.fixture(params=[convnet, Subclassed, functional], ids=["sequential", "subclassed", "functional"])
def model(request):
    model = request.param()
    model(torch.zeros(1, 8, 8, 2))
    return model


@pytest.fixture
def x():
    return torch.randn(5, 8, 8, 2)


def test_state_dict_keys_are_readable():
    assert list(convnet().state_dict()) == [
        "conv2d.conv.weight",
        "conv2d.conv.bias",
        "batch_normalization.norm.weight",
        "batch_normalization.norm.bias",
        "batch_normalization.norm.running_mean",
        "batch_normalization.norm.running_var",
        "dense.linear.weight",
        "dense.linear.bias",
    ]
    model = Subclassed()
    model(torch.zeros(1, 8, 8, 2))
    assert [k.removesuffix(".weight") for k in model.state_dict() if k.endswith("weight")] == [
        "conv.conv",
        "blocks_0.linear",
        "blocks_1.linear",
    ]


def test_inner_modules_are_torchs_own(model):
    kinds = {type(m) for m in model.modules()}
    assert nn.Conv2d in kinds
    assert nn.Linear in kinds


def test_state_dict_round_trip(model, x):
    expected = model(x)
    other = copy.deepcopy(model)
    for parameter in other.parameters():
        nn.init.normal_(parameter)
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    buffer.seek(0)
    other.load_state_dict(torch.load(buffer, weights_only=True))
    torch.testing.assert_close(other(x), expected)


def test_unbuilt_layers_build_from_a_state_dict(x):
    model = Subclassed()
    expected = model(x)
    fresh = Subclassed()
    fresh.load_state_dict(model.state_dict())
    torch.testing.assert_close(fresh(x), expected)


def test_unbuilt_layer_that_cannot_tell_its_shape_says_so():
    class Own(layers.Layer):
        def build(self, shape):
            self.w = self.add_weight(shape=(shape[-1],))

        def call(self, x):
            return x * self.w

    with pytest.raises(RuntimeError, match="not built yet"):
        Own().load_state_dict({"w": torch.ones(3)})


def test_deepcopy_and_pickle(model, x):
    expected = model(x)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        torch.testing.assert_close(twin(x), expected)
        twin.weights[0].assign(torch.zeros(tuple(twin.weights[0].shape)))
        torch.testing.assert_close(model(x), expected)


def test_dtypes_and_devices_move(model, x):
    expected = model(x)
    model.to(torch.float64)
    assert all(p.dtype is torch.float64 for p in model.parameters())
    out = model(x.double())
    assert out.dtype is torch.float64
    torch.testing.assert_close(out.float(), expected, rtol=1e-4, atol=1e-5)
    assert model.float()(x).dtype is torch.float32
    assert all(p.device.type == "meta" for p in copy.deepcopy(model).to("meta").parameters())


def test_gradients_train(model, x):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    target = torch.tensor([0, 1, 2, 0, 1])
    losses = []
    for _ in range(30):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x, training=False), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]


def test_compile_fullgraph(model, x):
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), model(x))
    torch.testing.assert_close(compiled(x, training=False), model(x))


@pytest.mark.parametrize("strict", [True, False])
def test_export(model, x, strict):
    program = torch.export.export(model, (x,), strict=strict)
    torch.testing.assert_close(program.module()(x), model(x))
    names = {name for name, _ in program.named_parameters()}
    assert names == {name for name, _ in model.named_parameters()}
    batch = torch.export.Dim("batch", min=2, max=64)
    dynamic = torch.export.export(model, (x,), dynamic_shapes=({0: batch},), strict=strict)
    torch.testing.assert_close(dynamic.module()(x[:3]), model(x[:3]))


def test_non_strict_export_keeps_the_names_of_layers(x):
    program = torch.export.export(convnet(), (x,), strict=False)
    stacks = str([node.meta.get("nn_module_stack") for node in program.graph.nodes])
    assert "'conv2d'" in stacks
    assert "'dense'" in stacks


def test_hooks_on_the_model_on_layers_and_on_inner_modules(model, x):
    seen = []
    layer = model.layers[-1] if not isinstance(model, Subclassed) else model.blocks[1]
    handles = [
        model.register_forward_hook(lambda m, i, o: seen.append("model")),
        layer.register_forward_pre_hook(lambda m, i: seen.append("layer")),
        layer.linear.register_forward_hook(lambda m, i, o: seen.append("inner")),
        layer.register_full_backward_hook(lambda m, gi, go: seen.append("backward")),
    ]
    model(x).sum().backward()
    assert seen == ["layer", "inner", "model", "backward"]
    for handle in handles:
        handle.remove()
    model(x)
    assert len(seen) == 4


def test_hook_can_change_the_output(model, x):
    layer = model.layers[-1] if not isinstance(model, Subclassed) else model.blocks[1]
    handle = layer.register_forward_hook(lambda m, i, o: o * 0 + 7)
    assert (model(x) == 7).all()
    handle.remove()


def test_global_hooks_see_every_layer(x):
    model, seen = convnet(), []
    handle = torch.nn.modules.module.register_module_forward_hook(lambda m, i, o: seen.append(type(m).__name__))
    try:
        model(x)
    finally:
        handle.remove()
    for name in ("Conv2D", "MaxPooling2D", "BatchNormalization", "Flatten", "Dropout", "Dense", "Sequential"):
        assert name in seen


class LoRA(nn.Module):
    """A low-rank addition around a linear module, as adapters do it."""

    def __init__(self, base):
        super().__init__()
        self.base = base
        self.down = nn.Linear(base.in_features, 2, bias=False)
        self.up = nn.Linear(2, base.out_features, bias=False)

    def forward(self, x):
        return self.base(x) + self.up(self.down(x))


def dense_of(model):
    return next(m for m in model.modules() if isinstance(m, layers.Dense))


def test_adapters_put_into_a_layer_take_part(model, x):
    dense = dense_of(model)
    before = model(x)
    dense.linear = LoRA(dense.linear)
    nn.init.zeros_(dense.linear.up.weight)
    torch.testing.assert_close(model(x), before)
    nn.init.normal_(dense.linear.up.weight)
    nn.init.normal_(dense.linear.down.weight)
    assert not torch.allclose(model(x), before)
    model(x).sum().backward()
    assert dense.linear.up.weight.grad is not None
    assert dense.kernel.shape[1] == dense.units
    assert {tuple(w.shape) for w in dense.trainable_weights} >= {tuple(dense.linear.up.weight.shape)}
    assert len(dense.weights) == 4


def test_module_put_around_an_inner_one_follows_the_training_flag(x):
    model = Subclassed()
    model(x)
    dense = model.blocks[1]
    dense.linear = nn.Sequential(nn.Dropout(0.9), dense.linear)
    expected = model(x)
    torch.testing.assert_close(model(x), expected)
    assert not torch.allclose(model(x, training=True), expected)
    torch.testing.assert_close(model(x), expected)


def test_parametrized_weights_take_part(model, x):
    dense = dense_of(model)
    before = model(x)

    class Doubled(nn.Module):
        def forward(self, weight):
            return weight * 2

    parametrize.register_parametrization(dense.linear, "weight", Doubled())
    assert not torch.allclose(model(x), before)
    torch.testing.assert_close(dense.kernel.value(), dense.linear.weight.T)
    parametrize.remove_parametrizations(dense.linear, "weight", leave_parametrized=False)
    torch.testing.assert_close(model(x), before)
    parametrizations.weight_norm(dense.linear)
    torch.testing.assert_close(model(x), before)


def test_pruned_weights_take_part(x):
    model = functional()
    dense = dense_of(model)
    prune.l1_unstructured(dense.linear, "weight", amount=0.5)
    assert (dense.linear.weight == 0).sum() == 6
    copied = dense.linear.weight.detach().clone()
    pooled = keras.Model(model.input, model.layers[-2].output)(x)
    torch.testing.assert_close(model(x), F.linear(pooled, copied, dense.linear.bias))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:torch.quantize:UserWarning")
def test_dynamic_quantization_replaces_the_linear_modules(x):
    if "fbgemm" not in torch.backends.quantized.supported_engines:
        pytest.skip("this build of torch has no engine for quantized linear layers")
    model = functional()
    quantized = torch.ao.quantization.quantize_dynamic(model, {nn.Linear}, dtype=torch.qint8)
    assert "DynamicQuantizedLinear" in str(quantized) or "quantized" in str(type(dense_of(quantized).linear)).lower()
    torch.testing.assert_close(quantized(x), model(x), rtol=0.1, atol=0.05)


def test_replaced_child_runs_instead(x):
    for model in (convnet(), functional()):
        last = model.layers[-1]
        replacement = layers.Dense(3, kernel_initializer="zeros", bias_initializer="ones", name=last.name)
        replacement.build(last.input_shape)
        model.set_submodule(last.name, replacement)
        assert (model(x) == 1).all()
        assert any(w is replacement.kernel for w in model.weights)
    model.set_submodule(last.name, nn.Identity())
    assert model(x).shape == (5, 4)


def test_jit_trace_records_real_calls(x):
    model = convnet()
    with pytest.warns(DeprecationWarning, match="torch.jit.trace"):
        traced = torch.jit.trace(model, torch.zeros(2, 8, 8, 2))
    torch.testing.assert_close(traced(x), model(x))


def test_checkpointing_and_functional_call(model, x):
    from torch.utils.checkpoint import checkpoint

    torch.testing.assert_close(checkpoint(model, x, use_reentrant=False), model(x))
    zeros = {name: torch.zeros_like(p) for name, p in model.named_parameters()}
    out = torch.func.functional_call(model, zeros, (x,))
    assert out.std() < 1e-6


def test_vmap_over_models(x):
    models = [keras.Sequential([layers.Dense(3, activation="tanh", input_shape=(4,))]) for _ in range(3)]
    stacked = {
        "linear.weight": torch.stack([m.layers[0].linear.weight for m in models]),
        "linear.bias": torch.stack([m.layers[0].linear.bias for m in models]),
    }
    data = torch.randn(6, 4)
    template = models[0].layers[0]
    out = torch.vmap(lambda p: torch.func.functional_call(template, p, (data,)))(stacked)
    torch.testing.assert_close(out, torch.stack([m(data) for m in models]))


def test_layers_inside_torch_modules(x):
    stack = nn.Sequential(layers.Conv2D(3, 3, activation="relu"), layers.Flatten(), nn.LazyLinear(4), layers.Dense(2))
    assert stack(x).shape == (5, 2)
    assert len(list(stack.parameters())) == 6
    stack(x).sum().backward()
    assert all(p.grad is not None for p in stack.parameters())
    dropped = nn.Sequential(layers.Dropout(0.9))
    assert (dropped.train()(torch.ones(1000)) == 0).any()
    assert not (dropped.eval()(torch.ones(1000)) == 0).any()


def test_built_inside_inference_mode_can_be_trained(x):
    model = Subclassed()
    with torch.inference_mode():
        model(x)
    model(x).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def test_both_ways_of_calling_agree(model, x):
    lean = model(x)
    handle = torch.nn.modules.module.register_module_forward_pre_hook(lambda m, i: None)
    try:
        full = model(x)
    finally:
        handle.remove()
    torch.testing.assert_close(lean, full)
    torch.testing.assert_close(lean, model.forward(x))
