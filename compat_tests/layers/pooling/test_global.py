"""Global pooling: masks, shapes, types."""

import numpy as np
import pytest
import torch

from torchkeras import Model, layers
from torchkeras.core.context import seen


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("name", ["Max", "Average"])
def test_keepdims_and_both_data_formats(name, rank):
    x = np.random.default_rng(0).standard_normal((2, *(4, 3, 2)[:rank], 5)).astype("float32")
    reduce = np.max if name == "Max" else np.mean
    wanted = reduce(x, axis=tuple(range(1, rank + 1)))
    cls = getattr(layers, f"Global{name}Pooling{rank}D")
    np.testing.assert_allclose(cls()(x), wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(cls("channels_first")(np.moveaxis(x, -1, 1)), wanted, rtol=1e-5, atol=1e-6)
    kept = cls(keepdims=True)
    assert tuple(kept(x).shape) == (2, *[1] * rank, 5) == kept.compute_output_shape(x.shape)
    assert cls(data_format="channels_first", keepdims=True).compute_output_shape((None, 5, *[None] * rank)) == (
        (None, 5, *[1] * rank)
    )


def test_mask_leaves_steps_out_and_ends_here():
    x = torch.tensor([[[1.0], [2.0], [30.0]], [[4.0], [50.0], [60.0]]])
    mask = torch.tensor([[True, True, False], [True, False, False]])
    layer = layers.GlobalAveragePooling1D()
    assert layer(x, mask=mask).flatten().tolist() == [1.5, 4.0]
    assert layer(x).flatten().tolist() == [11.0, 38.0]
    assert layer(x, mask=np.asarray([[0, 0, 1], [0, 1, 1]])).flatten().tolist() == [30.0, 55.0]
    x._keras_mask, seen.masks = mask, True
    pooled = layer(x)
    assert pooled.flatten().tolist() == [1.5, 4.0]
    assert getattr(pooled, "_keras_mask", None) is None
    assert layer.compute_mask(x, mask) is None


def test_mask_of_an_embedding_reaches_it_in_a_model():
    tokens = layers.Input((3,), dtype="int32")
    embedding = layers.Embedding(5, 2, mask_zero=True)
    model = Model(tokens, layers.GlobalAveragePooling1D()(embedding(tokens)))
    given = torch.tensor([[1, 2, 0], [3, 0, 0]])
    table = embedding.get_weights()[0]
    np.testing.assert_allclose(model(given).detach(), [table[1:3].mean(0), table[3]], rtol=1e-6)


def test_a_sequence_with_every_step_masked_has_no_mean():
    layer = layers.GlobalAveragePooling1D()
    assert layer(torch.ones(1, 2, 3), mask=torch.zeros(1, 2, dtype=torch.bool)).isnan().all()


def test_the_others_drop_masks():
    x = torch.ones(1, 2, 3)
    x._keras_mask, seen.masks = torch.ones(1, 2, dtype=torch.bool), True
    assert not layers.GlobalMaxPooling1D().supports_masking
    assert getattr(layers.GlobalMaxPooling1D()(x), "_keras_mask", None) is None


def test_equal_largest_values_share_the_gradient():
    x = torch.tensor([[[0.0], [1], [1], [1], [0], [1], [1]]], requires_grad=True)
    layers.GlobalMaxPooling1D()(x).sum().backward()
    np.testing.assert_allclose(x.grad.flatten(), [0, 0.2, 0.2, 0.2, 0, 0.2, 0.2])  # tf_keras's


def test_integers():
    x = torch.randint(0, 200, (2, 3, 3, 2), dtype=torch.uint8)
    assert layers.GlobalMaxPooling2D()(x).dtype == torch.uint8
    np.testing.assert_allclose(layers.GlobalAveragePooling2D()(x), x.numpy().mean((1, 2)), rtol=1e-6)


def test_half_precision_does_not_overflow():
    x = torch.full((1, 300, 300, 1), 2.0, dtype=torch.float16)
    assert layers.GlobalAveragePooling2D(dtype="float16")(x).item() == 2.0


def test_errors():
    with pytest.raises(ValueError, match=r"Incorrect input shape \(1, 0, 3, 2\) with dimension 0 at reduction axis 1"):
        layers.GlobalAveragePooling2D()(torch.ones(1, 0, 3, 2))
    with pytest.raises(ValueError, match='layer "pool" is incompatible with the layer: expected ndim=4, found ndim=2'):
        layers.GlobalMaxPooling2D(name="pool")(torch.ones(1, 3))
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=4"):
        layers.GlobalMaxPooling1D().compute_output_shape((None, 3, 3, 2))
