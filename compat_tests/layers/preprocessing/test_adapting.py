"""Adapting: what may be given, what stays, how layers that have adapted are used, saved and misused."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers
from torchkeras.core.op_errors import InvalidArgumentError

DATA = np.random.RandomState(0).normal(3.0, 2.0, (100, 4)).astype("float32")


class Batches(keras.utils.Sequence):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return DATA[25 * index : 25 * index + 25]


FORMS = {
    "array": lambda: DATA,
    "tensor": lambda: torch.from_numpy(DATA),
    "list": DATA.tolist,
    "iterable": lambda: [*torch.from_numpy(DATA).split(30)].__iter__(),
    "loader": lambda: torch.utils.data.DataLoader(torch.from_numpy(DATA), batch_size=32),
    "tuples": lambda: ((part,) for part in np.array_split(DATA, 7)),
    "sequence": Batches,
}


@pytest.mark.parametrize("form", FORMS)
def test_normalization_takes_any_feed(form):
    layer = layers.Normalization()
    layer.adapt(FORMS[form]())
    assert layer.is_adapted
    np.testing.assert_allclose(layer.mean.numpy(), DATA.mean(0, keepdims=True), rtol=1e-5)
    np.testing.assert_allclose(layer.variance.numpy(), DATA.var(0, keepdims=True), rtol=1e-5)
    assert int(layer.count.numpy()) == 100
    normalized = layer(DATA).numpy()
    np.testing.assert_allclose(normalized.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(normalized.std(0), 1, atol=1e-5)


def test_normalization_of_pandas_columns():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(DATA, columns=list("abcd"))
    layer = layers.Normalization()
    layer.adapt(frame)
    np.testing.assert_allclose(layer.mean.numpy()[0], DATA.mean(0), rtol=1e-5)
    single = layers.Normalization(input_shape=[1], axis=None)
    single.adapt(frame["b"])
    model = keras.Sequential([single, layers.Dense(1)])
    assert model(DATA[:5, 1:2]).shape == (5, 1)
    np.testing.assert_allclose(single(DATA[:, 1:2]).numpy().mean(), 0, atol=1e-5)


def test_adapting_again_forgets_and_a_model_uses_the_new_state():
    inputs = keras.Input((4,))
    layer = layers.Normalization()
    model = keras.Model(inputs, layer(inputs))
    layer.adapt(DATA * 10)
    layer.adapt(DATA)
    np.testing.assert_allclose(model.predict(DATA, verbose=0), (DATA - DATA.mean(0)) / DATA.std(0), atol=1e-4)
    trained = keras.Sequential([model, layers.Dense(4)])
    trained.compile("sgd", "mse")
    trained.fit(DATA, DATA, epochs=1, verbose=0)
    np.testing.assert_allclose(layer.mean.numpy()[0], DATA.mean(0), rtol=1e-5)


def test_state_travels_with_state_dict_and_weights():
    layer = layers.Normalization()
    layer.adapt(DATA)
    assert set(layer.state_dict()) == {"mean", "variance", "count"}
    other = layers.Normalization()
    other.build((None, 4))
    other.load_state_dict(layer.state_dict())
    torch.testing.assert_close(other(DATA), layer(DATA))
    bins = layers.Discretization(num_bins=5)
    bins.adapt(DATA)
    for fresh in (layers.Discretization(num_bins=5), layers.Discretization(num_bins=5)):
        fresh.build((None, 4))
        fresh.set_weights(bins.get_weights())
        assert fresh.bin_boundaries == bins.bin_boundaries
    loaded = layers.Discretization(num_bins=5)
    loaded.load_state_dict(bins.state_dict())
    assert loaded.bin_boundaries == bins.bin_boundaries


def test_lookups_keep_their_vocabulary(tmp_path):
    layer = layers.IntegerLookup(mask_token=0)
    layer.adapt(np.array([[7, 5, 5], [5, 7, 9]]))
    assert layer.get_vocabulary() == [0, -1, 5, 7, 9]
    other = layers.IntegerLookup(mask_token=0)
    other.load_state_dict(layer.state_dict())
    assert other.get_vocabulary() == layer.get_vocabulary()
    assert other([[5, 0, 8]]).tolist() == [[2, 0, 1]]
    layer.save_assets(tmp_path)
    third = layers.IntegerLookup(mask_token=0)
    third.load_assets(tmp_path)
    assert third([[9, 5]]).tolist() == [[4, 2]]
    path = tmp_path / "numbers.txt"
    path.write_text("4\n6\n")
    assert layers.IntegerLookup(vocabulary=str(path))([6, 4, 1]).tolist() == [2, 1, 0]


def test_document_counts_take_each_value_once_per_sample():
    layer = layers.IntegerLookup(output_mode="tf_idf")
    layer.adapt(np.array([[1, 1, 2], [1, 3, 3], [2, 1, 1]]))
    assert layer.get_vocabulary() == [-1, 1, 3, 2]
    idf = np.log(1 + 3 / (1 + np.array([3, 1, 2])))
    counts = layer(np.array([[1, 1, 9]])).numpy()
    np.testing.assert_allclose(counts[0], [idf.mean(), 2 * idf[0], 0, 0], rtol=1e-6)


def test_misuse_is_told():
    with pytest.raises(ValueError, match="static `mean`"):
        layers.Normalization(mean=0.0, variance=1.0).adapt(DATA)
    with pytest.raises(ValueError, match="batches of one input.*map"):
        layers.Normalization().adapt([(DATA, DATA)].__iter__())
    with pytest.raises(ValueError, match="must have known shape"):
        layers.Normalization().adapt(DATA[:, 0])
    with pytest.raises(ValueError, match="cannot adapt to data of type int"):
        layers.Normalization().adapt(3)
    with pytest.raises(ValueError, match="initialized with `bin_boundaries`"):
        layers.Discretization(bin_boundaries=[1.0]).adapt(DATA)
    with pytest.raises(ValueError, match="static vocabulary"):
        layers.IntegerLookup(vocabulary=[1]).adapt(DATA.astype(int))
    with pytest.raises(RuntimeError, match="must set the layer's vocabulary"):
        layers.IntegerLookup(output_mode="multi_hot")([[1]])
    with pytest.raises(InvalidArgumentError, match="should be in vocabulary"):
        layers.IntegerLookup(vocabulary=[1], num_oov_indices=0)([1, 2])
    with pytest.raises(InvalidArgumentError, match="0 <= values < num_tokens"):
        layers.CategoryEncoding(num_tokens=3)([[3]])


def test_experimental_names():
    old = layers.experimental.preprocessing
    assert old.Rescaling is layers.Rescaling
    assert old.RandomFlip is layers.RandomFlip
    assert issubclass(layers.Normalization, old.PreprocessingLayer)
