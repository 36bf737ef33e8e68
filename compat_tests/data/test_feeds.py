"""Feeds: batches without copies, in order or shuffled, cut and split."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras.data import ArrayFeed, make_feed
from torchkeras.data.convert import tensors_of


def test_arrays_share_their_memory_and_batches_are_views():
    x = np.arange(20.0)
    feed = ArrayFeed(x, batch_size=6)
    batches = list(feed.epoch())
    assert [batch.size for batch in batches] == [6, 6, 6, 2]
    assert batches[0].x.data_ptr() == x.ctypes.data
    assert batches[0].x.dtype is torch.float64
    assert feed.steps == 4


def test_a_shuffled_epoch_is_a_permutation_of_all_parts_together():
    x, y = np.arange(20), np.arange(20) * 2
    feed = ArrayFeed({"a": x}, [y], batch_size=6, shuffle=True)
    seen = [(b.x["a"], b.y[0]) for b in feed.epoch()]
    assert sorted(torch.cat([a for a, _ in seen]).tolist()) == list(range(20))
    assert all(torch.equal(a * 2, b) for a, b in seen)


def test_split_takes_the_end_and_keeps_the_order():
    first, last = ArrayFeed(np.arange(10), np.arange(10), batch_size=4, shuffle=True).split(0.3)
    assert (first.samples, last.samples) == (7, 3)
    assert torch.cat([b.x for b in last.epoch()]).tolist() == [7, 8, 9]
    assert first.shuffle
    assert not last.shuffle


def test_conversion_without_copies():
    array = np.random.rand(4, 3)
    assert tensors_of(array).data_ptr() == array.ctypes.data
    tensor = torch.rand(2)
    assert tensors_of(tensor) is tensor
    assert tensors_of([1, 2, 3]).tolist() == [1, 2, 3]
    assert tensors_of({"a": array, "b": [tensor]})["b"][0] is tensor
    assert tensors_of(array.astype(">f8")).tolist() == array.tolist()
    assert tensors_of(np.array(["a", "b"])).numpy().tolist() == [b"a", b"b"]
    assert tensors_of([["a"], ["b"]]).shape == (2, 1)
    with pytest.raises(ValueError, match="dtype"):
        tensors_of(np.array(["2020-01-01"], dtype="datetime64[D]"))


def test_class_weights_become_sample_weights():
    y = np.array([0, 1, 1, 0])
    weights = {0: 1.0, 1: 3.0}
    for labels in (y, y[:, None], np.eye(2)[y]):
        (batch,) = make_feed(np.zeros((4, 1)), labels, class_weight=weights).epoch()
        assert batch.sample_weight.tolist() == [1, 3, 3, 1]
    (batch,) = make_feed(np.zeros((4, 1)), y, np.full(4, 2.0), class_weight=weights).epoch()
    assert batch.sample_weight.tolist() == [2, 6, 6, 2]


def test_unknown_data():
    with pytest.raises(ValueError, match="type object"):
        make_feed(object())
    with pytest.raises(ValueError, match="one sample|empty|non-empty"):
        make_feed(np.zeros((0, 3)))


def test_batch_size_is_left_alone_by_what_gives_whole_batches():
    class Pairs(keras.utils.Sequence):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            return np.ones((2, 3), "float32"), np.ones((2, 1), "float32")

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(Pairs(), batch_size=64, verbose=0)
    assert int(model.optimizer.iterations) == 3
    assert model.predict((Pairs()[0] for _ in range(2)), batch_size=64).shape == (4, 1)
