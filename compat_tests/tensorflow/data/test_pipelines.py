"""What a pipeline costs and when it runs: gathers, threads, caches, tapes, iterators."""

import threading
import time

import numpy as np
import pytest

from torchkeras import tensorflow as tf
from torchkeras.tensorflow.data import stacking


def arrays(dataset):
    return list(dataset.as_numpy_iterator())


@pytest.mark.parametrize("size", [16, 1000])
def test_shuffled_batches_of_slices_are_one_gather_a_column(monkeypatch, size):
    calls = []

    def counted(column, items):
        calls.append(len(items))
        return original(column, items)

    original = stacking.taken
    monkeypatch.setattr(stacking, "taken", counted)
    x = np.random.rand(100, 4).astype("float32")
    dataset = tf.data.Dataset.from_tensor_slices((x, np.arange(100))).shuffle(size).repeat(2).batch(32).prefetch(1)
    batches = list(dataset)
    assert len(calls) == 2 * len(batches) == 2 * 7
    for rows, numbers in batches:
        np.testing.assert_array_equal(rows.numpy(), x[numbers.numpy()])


def test_the_data_set_has_its_own_copy():
    x = np.zeros(4, "float32")
    dataset = tf.data.Dataset.from_tensor_slices(x)
    x[:] = 1
    assert arrays(dataset) == [0, 0, 0, 0]


def test_nothing_runs_before_it_is_asked_for():
    calls = []
    dataset = tf.data.Dataset.range(100).map(lambda n: calls.append(1) or n).batch(2)
    assert not calls
    next(iter(dataset))
    assert len(calls) == 2


def test_a_slow_source_is_prefetched_in_a_thread_in_order():
    threads = set()

    def slow(n):
        threads.add(threading.current_thread().name)
        time.sleep(0.003)
        return n

    assert arrays(tf.data.Dataset.range(20).map(slow).prefetch(2)) == list(range(20))
    assert "torchkeras-prefetch" in threads


def test_a_quick_source_stays_in_its_thread():
    threads = set()

    def quick(n):
        threads.add(threading.current_thread().name)
        return n

    arrays(tf.data.Dataset.range(50).map(quick, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE))
    assert threads == {threading.current_thread().name}


def test_a_slow_function_is_called_in_threads_and_in_order():
    threads = set()

    def slow(n):
        threads.add(threading.current_thread().name)
        time.sleep(0.004 if n % 2 else 0.002)
        return n * 2

    assert arrays(tf.data.Dataset.range(30).map(slow, num_parallel_calls=2)) == list(range(0, 60, 2))
    assert any(name.startswith("torchkeras-map") for name in threads)


def test_an_error_in_a_thread_comes_where_it_belongs():
    def failing(n):
        time.sleep(0.003)
        if n == 15:
            raise tf.errors.InvalidArgumentError(None, None, "fifteen")
        return n

    iterator = iter(tf.data.Dataset.range(30).map(failing).prefetch(4))
    assert [int(next(iterator)) for _ in range(15)] == list(range(15))
    with pytest.raises(tf.errors.InvalidArgumentError, match="fifteen"):
        next(iterator)


def test_an_abandoned_iteration_ends_its_thread():
    def slow(n):
        time.sleep(0.003)
        return n

    iterator = iter(tf.data.Dataset.range(10**6).map(slow).prefetch(2))
    for _ in range(10):
        next(iterator)
    running = [t for t in threading.enumerate() if t.name == "torchkeras-prefetch"]
    assert running
    del iterator
    for thread in running:
        thread.join(5)
    assert not any(thread.is_alive() for thread in running)


def test_a_partial_pass_fills_no_cache():
    calls = []
    dataset = tf.data.Dataset.range(5).map(lambda n: calls.append(1) or n).cache()
    list(dataset.take(2))
    assert arrays(dataset) == arrays(dataset) == list(range(5))
    assert len(calls) == 2 + 5


def test_nothing_of_a_pipeline_is_recorded_by_a_tape():
    v = tf.Variable(2.0)
    dataset = tf.data.Dataset.from_tensor_slices([1.0, 3.0]).map(lambda x: x * v)
    with tf.GradientTape() as tape:
        loss = sum(x * v for x in dataset)
    assert float(loss) == 16.0
    assert float(tape.gradient(loss, v)) == 8.0  # 2 + 6; through the map it would be 16


def test_a_python_error_in_map_is_raised_as_it_is():
    with pytest.raises(KeyError, match="b"):
        list(tf.data.Dataset.from_tensor_slices({"a": [1]}).map(lambda row: row["b"]))


def test_an_iterators_state_restores_its_place():
    dataset = tf.data.Dataset.range(10)
    iterator = iter(dataset)
    for _ in range(4):
        next(iterator)
    again = iter(dataset)
    again._restore_texts(iterator._checkpoint_texts())
    assert int(next(again)) == int(next(iterator)) == 4


def test_looking_at_a_spec_leaves_random_numbers_as_they_were():
    import torch

    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    dataset = tf.data.Dataset.range(3).map(lambda n: tf.constant(torch.rand(2).numpy()))
    assert dataset.element_spec == tf.TensorSpec((2,), tf.float32)
    assert torch.rand(1) == expected


REPRESENTATIONS = {
    "Batch": lambda ds: ds.batch(2),
    "Map": lambda ds: ds.map(lambda n: n),
    "ParallelMap": lambda ds: ds.map(lambda n: n, num_parallel_calls=2),
    "Shuffle": lambda ds: ds.shuffle(2),
    "Repeat": lambda ds: ds.repeat(),
    "Take": lambda ds: ds.take(1),
    "Skip": lambda ds: ds.skip(1),
    "Filter": lambda ds: ds.filter(lambda n: True),
    "Prefetch": lambda ds: ds.prefetch(1),
    "Cache": lambda ds: ds.cache(),
    "FlatMap": lambda ds: ds.flat_map(tf.data.Dataset.from_tensors),
    "_Options": lambda ds: ds.with_options(tf.data.Options()),
}


@pytest.mark.parametrize("name", REPRESENTATIONS)
def test_representations_are_those_of_tensorflow_2_9(name):
    shape = "(None,)" if name == "Batch" else "()"
    expected = f"<{name}Dataset element_spec=TensorSpec(shape={shape}, dtype=tf.int64, name=None)>"
    assert repr(REPRESENTATIONS[name](tf.data.Dataset.range(3))) == expected


def test_representation_of_image_batches():
    dataset = tf.data.Dataset.from_tensor_slices((np.zeros((6, 28, 28), "float32"), np.zeros(6, "uint8"))).batch(4)
    assert repr(dataset) == (
        "<BatchDataset element_spec=(TensorSpec(shape=(None, 28, 28), dtype=tf.float32, name=None), "
        "TensorSpec(shape=(None,), dtype=tf.uint8, name=None))>"
    )


def test_a_class_of_ones_own_by_new():
    class Numbers(tf.data.Dataset):
        def __new__(cls, count=3):
            return tf.data.Dataset.from_generator(
                lambda: range(count), output_signature=tf.TensorSpec(shape=(), dtype=tf.int64)
            )

    assert arrays(Numbers(4)) == [0, 1, 2, 3]
    assert isinstance(Numbers(), tf.data.Dataset)


def test_files_of_tensorflow_are_told_apart(tmp_path):
    (tmp_path / "dataset_spec.pb").write_bytes(b"")
    with pytest.raises(tf.errors.FailedPreconditionError, match="written by TensorFlow"):
        tf.data.Dataset.load(str(tmp_path))


def test_names_of_tensorflow_1_say_what_to_use():
    with pytest.raises(AttributeError, match="TensorFlow 1's. Use `iter"):
        _ = tf.data.Dataset.range(3).make_one_shot_iterator
    with pytest.raises(AttributeError, match="is not there. Use tf.data.Dataset.from_generator"):
        _ = tf.data.experimental.SqlDataset


def test_small_sets_are_gathered_on_the_accelerator():
    import torch

    device = torch.device("meta")  # stands for one: what is there has no values, but a place
    dataset = tf.data.Dataset.from_tensor_slices((np.ones((20, 3)), np.arange(20))).shuffle(20).batch(8)
    for steps in (dataset, dataset.prefetch(2), dataset.repeat(2).take(3), dataset.with_options(tf.data.Options())):
        x, y = next(steps._resident(device)._elements())
        assert (x.is_meta, y.is_meta) == (True, True)
        assert x.shape == (8, 3)
        assert not next(steps._elements())[0].is_meta
    mapped = dataset.map(lambda x, y: (x + 1, y))
    assert mapped._resident(device) is mapped


def test_ragged_features_keep_the_dtype_of_their_splits_and_what_is_uniform():
    feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[1, 2, 3]))
    example = tf.train.Example(features=tf.train.Features(feature={"a": feature, "b": feature})).SerializeToString()
    pairs = [tf.io.RaggedFeature.UniformRowLength(3), tf.io.RaggedFeature.UniformRowLength(1)]
    features = {
        "rows": tf.io.RaggedFeature(tf.int64, value_key="a"),
        "pairs": tf.io.RaggedFeature(tf.int64, value_key="b", partitions=pairs, row_splits_dtype=tf.int64),
    }
    parse = tf.data.experimental.parse_example_dataset(features)
    (found,) = tf.data.Dataset.from_tensors([example, example]).apply(parse)
    # As TensorFlow 2.21 gives it.
    assert found["rows"].row_splits.dtype == tf.int32
    assert found["rows"].to_list() == [[1, 2, 3]] * 2
    assert found["pairs"].row_splits.dtype == tf.int64
    assert found["pairs"].shape.as_list() == [2, None, 3, 1]


def test_csv_files_in_another_encoding(tmp_path):
    (tmp_path / "words.csv").write_bytes("wörd,n\ncafé,1\nthé,2\n".encode("latin-1"))
    found = tf.data.experimental.make_csv_dataset(
        str(tmp_path / "words.csv"), 2, num_epochs=1, shuffle=False, encoding="latin-1"
    )
    (batch,) = found
    assert batch["wörd"].numpy().tolist() == [b"caf\xe9", b"th\xe9"]  # values stay bytes, as in TensorFlow
    assert batch["n"].numpy().tolist() == [1, 2]


@pytest.mark.parametrize("method", ["batch", "padded_batch", "ragged_batch"])
def test_batches_of_nothing(method):
    with pytest.raises(tf.errors.InvalidArgumentError, match="Batch size must be greater than zero"):
        getattr(tf.data.Dataset.range(3), method)(0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Batch size must be greater than zero"):
        tf.data.Dataset.from_tensors([1, 2]).sparse_batch(0, [2])
