"""MultiHeadAttention beyond the records: ways to call it, masks through models, the kernels, configs, torch's tools."""

import copy
import json
import pickle

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras import layers
from torchkeras.layers import MultiHeadAttention


def made(**config):
    """A built layer and its inputs."""
    layer = MultiHeadAttention(**{"num_heads": 2, "key_dim": 3, **config})
    query, value = torch.randn(2, 4, 6), torch.randn(2, 5, 6)
    layer(query, value)
    return layer, query, value


def test_is_torchs_multi_head_attention():
    torch_layer = nn.MultiheadAttention(6, 2, batch_first=True)
    layer, query, value = made()
    kernels, biases = torch_layer.in_proj_weight.detach().chunk(3), torch_layer.in_proj_bias.detach().chunk(3)
    weights = []
    for kernel, bias in zip(kernels, biases):
        weights += [kernel.T.reshape(6, 2, 3), bias.reshape(2, 3)]
    weights += [torch_layer.out_proj.weight.detach().T.reshape(2, 3, 6), torch_layer.out_proj.bias.detach()]
    layer.set_weights(weights)
    expected, _ = torch_layer(query, value, value)
    torch.testing.assert_close(layer(query, value), expected)
    causal, _ = torch_layer(query, query, query, attn_mask=torch.ones(4, 4).triu(1).bool())
    torch.testing.assert_close(layer(query, query, use_causal_mask=True), causal)


def test_weights_are_named_and_shaped_as_keras_does():
    layer, _, _ = made(value_dim=4, output_shape=7)
    assert [(w.name, tuple(w.shape)) for w in layer.weights] == [
        ("multi_head_attention/query/kernel:0", (6, 2, 3)),
        ("multi_head_attention/query/bias:0", (2, 3)),
        ("multi_head_attention/key/kernel:0", (6, 2, 3)),
        ("multi_head_attention/key/bias:0", (2, 3)),
        ("multi_head_attention/value/kernel:0", (6, 2, 4)),
        ("multi_head_attention/value/bias:0", (2, 4)),
        ("multi_head_attention/attention_output/kernel:0", (2, 4, 7)),
        ("multi_head_attention/attention_output/bias:0", (7,)),
    ]
    assert layer.count_params() == 2 * (6 * 6 + 6) + (6 * 8 + 8) + (8 * 7 + 7)
    assert list(layer.state_dict())[:2] == ["query_dense.linear.weight", "query_dense.linear.bias"]
    # Keras makes a Softmax and a Dropout with it, under automatic names.
    assert layers.Dropout(0.1).name == "dropout_1"


def test_arguments_by_name_and_the_scores_beside():
    layer, query, value = made(dropout=0.4)
    expected = layer(query, value)
    torch.testing.assert_close(layer(query=query, value=value, key=value), expected)
    outputs, scores = layer(query, value=value, return_attention_scores=True)
    torch.testing.assert_close(outputs, expected)
    assert scores.shape == (2, 2, 4, 5)
    torch.testing.assert_close(scores.sum(-1), torch.ones(2, 2, 4))


def test_dropout_acts_in_training_alone_and_repeats_with_a_seed():
    layer, query, value = made(dropout=0.5)
    assert not torch.equal(layer(query, value, training=True), layer(query, value))
    _, scores = layer(query, value, training=True, return_attention_scores=True)
    torch.testing.assert_close(scores.sum(-1), torch.ones(2, 2, 4))  # those before the dropout
    seeded, again = (MultiHeadAttention(2, 3, dropout=0.5, seed=3) for _ in range(2))
    for one in (seeded, again):
        one(query, value)
        one.set_weights(layer.get_weights())
    torch.testing.assert_close(seeded(query, value, training=True), again(query, value, training=True))


@pytest.mark.parametrize("training", [False, True])
def test_with_and_without_gradients_the_same(training):
    layer, query, value = made()
    mask = torch.rand(2, 4, 5) < 0.5
    mask[0, 1] = False  # nothing to attend to: Keras weighs all alike
    expected = layer(query, value, attention_mask=mask, training=training)
    with torch.no_grad():
        torch.testing.assert_close(layer(query, value, attention_mask=mask, training=training), expected)
    _, scores = layer(query, value, attention_mask=mask, return_attention_scores=True)
    torch.testing.assert_close(scores[0, :, 1], torch.full((2, 5), 0.2))


def test_padding_of_embeddings_is_not_attended_to():
    inputs = keras.Input((None,), dtype="int64")
    x = layers.Embedding(9, 6, mask_zero=True)(inputs)
    outputs = MultiHeadAttention(2, 3)(x, x)
    model = keras.Model(inputs, outputs)
    short, padded = torch.tensor([[3, 5, 8]]), torch.tensor([[3, 5, 8, 0, 0]])
    torch.testing.assert_close(model(padded)[:, :3], model(short))
    assert outputs._keras_mask is not None
    assert model(padded)._keras_mask.tolist() == [[True, True, True, False, False]]


def test_a_functional_model_with_scores():
    query, value = keras.Input((4, 6)), keras.Input((5, 6))
    outputs, scores = MultiHeadAttention(2, 3, output_shape=8)(query, value, return_attention_scores=True)
    assert (outputs.shape, scores.shape) == ((None, 4, 8), (None, 2, 4, 5))
    model = keras.Model([query, value], [outputs, scores])
    a, b = model([torch.randn(3, 4, 6), torch.randn(3, 5, 6)])
    assert (a.shape, b.shape) == ((3, 4, 8), (3, 2, 4, 5))
    again = keras.Model.from_config(json.loads(json.dumps(model.get_config())))
    again.set_weights(model.get_weights())
    x = [torch.randn(3, 4, 6), torch.randn(3, 5, 6)]
    torch.testing.assert_close(again(x), model(x))


def test_within_a_layer_of_ones_own():
    class Block(layers.Layer):
        def __init__(self):
            super().__init__()
            self.attention = MultiHeadAttention(2, 3)
            self.norm = layers.LayerNormalization()

        def call(self, x):
            return self.norm(x + self.attention(x, x, use_causal_mask=True))

    inputs = keras.Input((None, 6))
    outputs = Block()(inputs)
    assert outputs.shape == (None, None, 6)
    model = keras.Model(inputs, layers.Dense(1)(outputs))
    model.compile("adam", "mse")
    history = model.fit(np.random.rand(16, 5, 6), np.random.rand(16, 5, 1), epochs=3, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_a_subclass_may_define_the_attention():
    class Uniform(MultiHeadAttention):
        def _compute_attention(self, query, key, value, attention_mask=None, training=None):
            self.seen = attention_mask
            return value.mean(1, keepdim=True).expand(-1, query.shape[1], -1, -1), None

    layer = Uniform(2, 3)
    x = torch.randn(2, 5, 6)
    outputs = layer(x, x, use_causal_mask=True)
    torch.testing.assert_close(outputs[:, 0], outputs[:, 4])
    assert layer.seen.tolist() == torch.ones(1, 5, 5).tril().bool().tolist()


def test_config_keeps_the_shapes_and_builds_from_them():
    layer, query, value = made(attention_axes=1, kernel_initializer="he_normal")
    saved = json.loads(json.dumps(layers.serialize(layer)))
    assert saved["config"]["query_shape"] == [2, 4, 6]
    again = layers.deserialize(saved)
    assert again.built
    again.set_weights(layer.get_weights())
    torch.testing.assert_close(again(query, value), layer(query, value))
    # Keras 2 writes shapes so:
    saved["config"] |= {
        f"{name}_shape": {"class_name": "TensorShape", "items": [None, 4, 6]} for name in ("query", "value", "key")
    }
    assert layers.deserialize(saved).count_params() == layer.count_params()
    unbuilt = MultiHeadAttention(2, 3)
    assert not MultiHeadAttention.from_config(unbuilt.get_config()).built


def test_copies_pickles_and_states():
    layer, query, value = made(dropout=0.2)
    expected = layer(query, value)
    for copied in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        torch.testing.assert_close(copied(query, value), expected)
    other = MultiHeadAttention(2, 3)
    with pytest.raises(RuntimeError, match="is not built yet"):
        other.load_state_dict(layer.state_dict())
    other.build((None, None, 6))
    other.load_state_dict(layer.state_dict())
    torch.testing.assert_close(other(query, value), expected)


def test_compiles_whole_and_exports():
    layer, query, value = made()
    expected = layer(query, value, use_causal_mask=True)
    torch.compiler.reset()
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(query, value, use_causal_mask=True), expected)
    program = torch.export.export(layer, (query, value), {"use_causal_mask": True}, strict=False)
    torch.testing.assert_close(program.module()(query, value, use_causal_mask=True), expected)


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16"])
def test_other_float_types(dtype):
    layer, query, value = made(dtype=dtype)
    mask = torch.ones(2, 4, 5, dtype=torch.bool)
    mask[:, :, 3:] = False
    reference = MultiHeadAttention(2, 3)
    reference(query, value)
    reference.set_weights([w.numpy().astype("float32") for w in layer.weights])
    tolerance = {"float64": 1e-5, "bfloat16": 0.1, "float16": 0.02}[dtype]
    outputs = layer(query, value, attention_mask=mask)
    assert outputs.dtype is getattr(torch, dtype)
    expected = reference(query, value, attention_mask=mask)
    torch.testing.assert_close(outputs.float(), expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("batch", [0, 1])
def test_batches_of_none_and_one(batch):
    layer, _, _ = made(attention_axes=None)
    outputs = layer(torch.randn(batch, 4, 6), torch.randn(batch, 5, 6), training=True)
    assert outputs.shape == (batch, 4, 6)
    assert torch.isfinite(outputs).all()


def test_freezing_and_gradients():
    layer, query, value = made()
    layer(query, value).square().sum().backward()
    assert all(w.grad is not None and w.grad.shape == w.shape for w in layer.trainable_weights)
    layer.trainable = False
    assert layer.trainable_weights == []
    assert not any(p.requires_grad for p in layer.parameters())


def test_wrong_inputs():
    with pytest.raises(ValueError, match="`num_heads` of layer .* positive integer"):
        MultiHeadAttention(0, 3)
    with pytest.raises(ValueError, match="`attention_axes` of layer .* must be an int"):
        MultiHeadAttention(2, 3, attention_axes="1")
    with pytest.raises(ValueError, match="attends over axes between the batch and the features"):
        MultiHeadAttention(2, 3)(torch.ones(2, 3), torch.ones(2, 3))
    with pytest.raises(ValueError, match="all dimensions of `value` and `key`, except the last one, must be equal"):
        MultiHeadAttention(2, 3)(torch.ones(2, 4, 3), torch.ones(2, 5, 3), torch.ones(2, 6, 3))
