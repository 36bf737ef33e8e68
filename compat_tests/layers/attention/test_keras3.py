"""Grouped heads, gates and windows against what Keras 3 computed."""

import numpy as np
import pytest
import torch

from compat_tests.layers.attention.keras3_cases import CASES, DATA, inputs, weight
from torchkeras import layers


@pytest.mark.parametrize("name", CASES)
def test_is_what_keras_3_computes(name):
    kind, config, options = CASES[name]
    layer = getattr(layers, kind)(**config)
    query, value = map(torch.from_numpy, inputs())
    layer(query, value)
    layer.set_weights([weight(name, i, tuple(one.shape)) for i, one in enumerate(layer.weights)])
    outputs = layer(query, value, **options)
    with np.load(DATA) as recorded:
        for i, output in enumerate(outputs if isinstance(outputs, tuple) else [outputs]):
            np.testing.assert_allclose(output.detach().numpy(), recorded[f"{name}/{i}"], rtol=1e-5, atol=1e-5)


def test_one_head_of_keys_for_each_of_queries_is_multi_head_attention():
    grouped, heads = layers.GroupQueryAttention(3, 4, 4), layers.MultiHeadAttention(4, 3)
    x = torch.randn(2, 5, 6)
    expected = heads(x, x)
    grouped(x, x)
    grouped.set_weights(heads.get_weights())
    torch.testing.assert_close(grouped(x, x), expected)


def test_grouped_config_and_symbolic_shapes():
    layer = layers.deserialize(
        {
            "class_name": "GroupedQueryAttention",
            "config": {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2},
        }
    )
    config = layer.get_config()
    assert (config["head_dim"], config["num_query_heads"], config["num_key_value_heads"]) == (3, 4, 2)
    assert layers.GroupQueryAttention.from_config(config).get_config() == config
    query, value = layers.Input((4, 6)), layers.Input((5, 6))
    outputs, scores = layer(query, value, return_attention_scores=True)
    assert (outputs.shape, scores.shape) == ((None, 4, 6), (None, 4, 4, 5))


def test_wrong_arguments():
    with pytest.raises(ValueError, match="`num_query_heads` must be divisible by `num_key_value_heads`"):
        layers.GroupQueryAttention(3, 4, 3)
    with pytest.raises(ValueError, match="`sliding_window` of layer .* positive integer"):
        layers.MultiHeadAttention(2, 3, sliding_window=0)
    with pytest.raises(ValueError, match="flash_attention=True` goes with no dropout"):
        layers.MultiHeadAttention(2, 3, flash_attention=True, dropout=0.1)
    layer = layers.MultiHeadAttention(2, 3, flash_attention=True)
    with pytest.raises(ValueError, match="flash_attention=True` makes no attention scores"):
        layer(torch.ones(1, 2, 3), torch.ones(1, 2, 3), return_attention_scores=True)
