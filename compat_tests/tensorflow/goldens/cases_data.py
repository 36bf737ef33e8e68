"""Pipelines of data that give the same each time, and their specs, lengths and representations."""

import gzip
import os
import struct
import tempfile


def rows(dataset):
    """The elements, as tensors."""
    return list(dataset)


def arrays(dataset):
    return list(dataset.as_numpy_iterator())


def count(dataset):
    return dataset.cardinality().numpy()


def words(spec):
    """Specs as text; unknown shapes and the like included."""
    return str(spec)


def windows(dataset):
    return [list(window.as_numpy_iterator()) for window in dataset]


def in_file(content, name="file.txt"):
    """The path of a new file."""
    path = os.path.join(tempfile.mkdtemp(), name)
    if name.endswith(".gz"):
        content = gzip.compress(content)
    with open(path, "wb") as file:
        file.write(content)
    return path


TABLE = b'name,age,size,city\nann,30,1.5,bern\nbob,,2.5,rome\n"c, d",41,,oslo\n'


def text_tree():
    """A folder of texts in two classes."""
    root = tempfile.mkdtemp()
    for kind, texts in {"neg": ["bad", "worse"], "pos": ["good", "better", "best"]}.items():
        os.makedirs(os.path.join(root, kind))
        for i, text in enumerate(texts):
            with open(os.path.join(root, kind, f"{i}.txt"), "w") as file:
                file.write(text)
    return root


def bitmap(width, height, first):
    """A BMP file of smooth colours."""
    row = (width * 3 + 3) // 4 * 4
    head = b"BM" + struct.pack("<IHHI", 54 + row * height, 0, 0, 54)
    head += struct.pack("<IiiHHIIiiII", 40, width, -height, 1, 24, 0, row * height, 2835, 2835, 0, 0)
    body = b""
    for y in range(height):
        line = bytes((first + 17 * x + 29 * y + 70 * channel) % 256 for x in range(width) for channel in range(3))
        body += line + bytes(row - len(line))
    return head + body


def image_tree():
    """A folder of small images in two classes."""
    root = tempfile.mkdtemp()
    for kind, count in {"cat": 2, "dog": 3}.items():
        os.makedirs(os.path.join(root, kind))
        for i in range(count):
            with open(os.path.join(root, kind, f"{i}.bmp"), "wb") as file:
                file.write(bitmap(5 + i, 4, 40 * count + 10 * i))
    return root


def images(tf, **kwargs):
    return tf.keras.utils.image_dataset_from_directory(
        image_tree(), **{"image_size": (3, 4), "shuffle": False, **kwargs}
    )


def image_order(tf, **kwargs):
    found = images(tf, shuffle=True, seed=7, **kwargs)
    return ["/".join(path.split(os.sep)[-2:]) for path in found.file_paths]


def ragged_numbers(tf):
    return tf.data.Dataset.range(1, 6).map(lambda n: tf.fill([n], n))


def two(tf, np):
    return tf.data.Dataset.from_tensor_slices((np.arange(10, dtype="float32").reshape(5, 2), np.arange(5)))


def generate():
    yield [1, 2], 0
    yield [3], 1


class Count:
    """Counts calls."""

    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        yield from (1, 2, 3)


def ran_twice(tf):
    counted = Count()
    dataset = tf.data.Dataset.from_generator(counted, output_signature=tf.TensorSpec((), tf.int32))
    list(dataset), list(dataset)
    return counted.calls


def cached(tf):
    counted = Count()
    dataset = tf.data.Dataset.from_generator(counted, output_signature=tf.TensorSpec((), tf.int32)).cache()
    found = [list(dataset.as_numpy_iterator()) for _ in range(3)]
    return found, counted.calls


def cached_in_file(tf):
    path = os.path.join(tempfile.mkdtemp(), "cache")
    first = list(tf.data.Dataset.range(4).map(lambda n: (n, tf.cast(n, tf.float32) / 2)).cache(path))
    second = list(tf.data.Dataset.range(4).map(lambda n: (n * 0, tf.cast(n, tf.float32))).cache(path))
    return first, second


def saved(tf, dataset):
    path = os.path.join(tempfile.mkdtemp(), "saved")
    dataset.save(path)
    again = tf.data.Dataset.load(path)
    return list(again), words(again.element_spec), len(again)


def recorded(tf, compression, texts=(b"one", b"two", b"three")):
    path = os.path.join(tempfile.mkdtemp(), "file.tfrecord")
    with tf.io.TFRecordWriter(path, compression) as writer:
        for text in texts:
            writer.write(text)
    return path


def optionals(tf):
    iterator = iter(tf.data.Dataset.range(1))
    first, second = iterator.get_next_as_optional(), iterator.get_next_as_optional()
    return first.has_value(), first.get_value(), second.has_value()


def set_of(shuffled):
    return sorted(int(n) for n in shuffled)


def options(tf):
    given = tf.data.Options()
    given.deterministic = False
    given.experimental_optimization.map_fusion = True
    given.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    found = tf.data.Dataset.range(3).with_options(given).map(lambda n: n).options()
    return (
        found.deterministic,
        found.experimental_optimization.map_fusion,
        int(found.experimental_distribute.auto_shard_policy),
    )


def example(tf, number, words):
    """A serialized Example."""
    features = {
        "n": tf.train.Feature(int64_list=tf.train.Int64List(value=[number])),
        "w": tf.train.Feature(bytes_list=tf.train.BytesList(value=words)),
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def examples(tf):
    return [example(tf, 1, [b"a"]), example(tf, 2, [b"b", b"c"]), example(tf, 3, [])]


def features(tf):
    return {"n": tf.io.FixedLenFeature([], tf.int64), "w": tf.io.VarLenFeature(tf.string)}


def batched_features(tf):
    return tf.data.experimental.make_batched_features_dataset(
        recorded(tf, None, examples(tf)),
        2,
        features(tf),
        label_key="n",
        num_epochs=1,
        shuffle=False,
        reader=tf.data.TFRecordDataset,
    )


def written(tf):
    path = os.path.join(tempfile.mkdtemp(), "out.tfrecord")
    tf.data.experimental.TFRecordWriter(path).write(tf.data.Dataset.from_tensor_slices(["x", "yz"]))
    return arrays(tf.data.TFRecordDataset(path))


def snapshots(tf):
    path = os.path.join(tempfile.mkdtemp(), "snapshot")
    return [arrays(tf.data.Dataset.range(n, n + 3).snapshot(path)) for n in (0,)]


def names_in_order(tf):
    folder = tempfile.mkdtemp()
    for name in ("b.txt", "a.txt", "c.csv"):
        with open(os.path.join(folder, name), "w") as file:
            file.write(name)
    found = tf.data.Dataset.list_files(os.path.join(folder, "*.txt"), shuffle=False)
    return [os.path.basename(name.numpy()) for name in found]


def tabled(tf, **kwargs):
    dataset = tf.data.experimental.make_csv_dataset(in_file(TABLE, "t.csv"), shuffle=False, num_epochs=1, **kwargs)
    return list(dataset)


CASES = {
    # sources
    "slices of a list": lambda tf, np: rows(tf.data.Dataset.from_tensor_slices([1, 2, 3])),
    "slices of floats": lambda tf, np: rows(tf.data.Dataset.from_tensor_slices([1.5, 2])),
    "slices of a matrix": lambda tf, np: rows(tf.data.Dataset.from_tensor_slices([[1, 2], [3, 4]])),
    "slices of a tuple": lambda tf, np: rows(tf.data.Dataset.from_tensor_slices(([1, 2], [3.0, 4.0]))),
    "slices of a dict": lambda tf, np: rows(tf.data.Dataset.from_tensor_slices({"b": [1, 2], "a": ["x", "y"]})),
    "slices of nested": lambda tf, np: arrays(
        tf.data.Dataset.from_tensor_slices(({"a": [1, 2], "b": [[1.0], [2.0]]}, [b"x", b"y"]))
    ),
    "slices of arrays keep float64": lambda tf, np: rows(two(tf, np)),
    "slices of text": lambda tf, np: rows(tf.data.Dataset.from_tensor_slices(np.array(["a", "bc"]))),
    "from_tensors": lambda tf, np: rows(tf.data.Dataset.from_tensors(([1, 2], "a"))),
    "range": lambda tf, np: rows(tf.data.Dataset.range(3)),
    "range of three": lambda tf, np: arrays(tf.data.Dataset.range(10, 0, -3)),
    "range of a dtype": lambda tf, np: rows(tf.data.Dataset.range(2, output_type=tf.float32)),
    "range of nothing": lambda tf, np: [rows(tf.data.Dataset.range(0)), count(tf.data.Dataset.range(0))],
    "generator by signature": lambda tf, np: rows(
        tf.data.Dataset.from_generator(
            generate, output_signature=(tf.TensorSpec((None,), tf.int64), tf.TensorSpec((), tf.float32))
        )
    ),
    "generator by types": lambda tf, np: rows(
        tf.data.Dataset.from_generator(generate, (tf.int64, tf.int32), ((None,), ()))
    ),
    "generator with args": lambda tf, np: rows(
        tf.data.Dataset.from_generator(lambda n: range(n), tf.int32, (), args=(3,))
    ),
    "generator of dicts": lambda tf, np: rows(
        tf.data.Dataset.from_generator(
            lambda: iter([{"a": 1, "b": "x"}]),
            output_signature={"a": tf.TensorSpec((), tf.int32), "b": tf.TensorSpec((), tf.string)},
        )
    ),
    "generator runs anew": lambda tf, np: ran_twice(tf),
    "generator spec": lambda tf, np: words(tf.data.Dataset.from_generator(generate, (tf.int64, tf.int32)).element_spec),
    "counter": lambda tf, np: rows(tf.data.experimental.Counter(5, 2).take(3)),
    "random spec": lambda tf, np: words(tf.data.Dataset.random(seed=1).element_spec),
    # map and its kin
    "map": lambda tf, np: rows(tf.data.Dataset.range(3).map(lambda n: n * n)),
    "map of two arguments": lambda tf, np: rows(two(tf, np).map(lambda x, y: (x * 2, y + 1))),
    "map numpy_function": lambda tf, np: rows(
        tf.data.Dataset.range(2).map(lambda n: tf.numpy_function(lambda v: v + 1, [n], tf.int64))
    ),
    "map numpy_function of one result": lambda tf, np: rows(
        tf.data.Dataset.range(2).map(lambda n: tf.numpy_function(lambda v: v + 1, [n], [tf.int64]))
    ),
    "map to a dict": lambda tf, np: rows(two(tf, np).take(2).map(lambda x, y: {"x": x, "y": y})),
    "map of a dict": lambda tf, np: rows(
        tf.data.Dataset.from_tensor_slices({"a": [1, 2]}).map(lambda row: row["a"] + 1)
    ),
    "map to a list is a tuple": lambda tf, np: rows(tf.data.Dataset.range(2).map(lambda n: [n, n + 1])),
    "map to a constant": lambda tf, np: rows(tf.data.Dataset.range(2).map(lambda n: (1, 2.5, "a"))),
    "map to an array": lambda tf, np: rows(tf.data.Dataset.range(1).map(lambda n: np.array([1.0, 2.0]))),
    "map in parallel": lambda tf, np: arrays(
        tf.data.Dataset.range(20).map(lambda n: n + 1, num_parallel_calls=tf.data.AUTOTUNE)
    ),
    "map spec of batches": lambda tf, np: words(
        two(tf, np).batch(2).map(lambda x, y: (tf.reduce_sum(x, -1), x[0], tf.cast(y, tf.float32))).element_spec
    ),
    "filter": lambda tf, np: arrays(tf.data.Dataset.range(10).filter(lambda n: n % 3 == 0)),
    "filter of two": lambda tf, np: rows(two(tf, np).filter(lambda x, y: y > 2)),
    "flat_map": lambda tf, np: arrays(
        tf.data.Dataset.range(4).flat_map(lambda n: tf.data.Dataset.from_tensors(n).repeat(n))
    ),
    "flat_map spec": lambda tf, np: words(
        tf.data.Dataset.range(4).flat_map(lambda n: tf.data.Dataset.from_tensors((n, 1.0))).element_spec
    ),
    "interleave": lambda tf, np: arrays(
        tf.data.Dataset.range(1, 6).interleave(
            lambda n: tf.data.Dataset.from_tensors(n).repeat(6), cycle_length=2, block_length=4
        )
    ),
    "interleave of lengths": lambda tf, np: arrays(
        tf.data.Dataset.range(1, 8).interleave(
            lambda n: tf.data.Dataset.from_tensors(n).repeat(n), cycle_length=3, block_length=2
        )
    ),
    "interleave one by one": lambda tf, np: arrays(
        tf.data.Dataset.range(6).interleave(lambda n: tf.data.Dataset.range(n, n + n % 3 + 1), cycle_length=4)
    ),
    "interleave in parallel": lambda tf, np: arrays(
        tf.data.Dataset.range(1, 8).interleave(
            lambda n: tf.data.Dataset.from_tensors(n).repeat(n), 3, 2, num_parallel_calls=2, deterministic=True
        )
    ),
    "interleave in parallel, empty ones": lambda tf, np: arrays(
        tf.data.Dataset.range(8).interleave(
            lambda n: tf.data.Dataset.from_tensors(n).repeat(n % 3), 3, 1, num_parallel_calls=3, deterministic=True
        )
    ),
    "scan": lambda tf, np: arrays(tf.data.Dataset.range(5).scan(np.int64(0), lambda state, n: (state + n, state + n))),
    "take_while": lambda tf, np: arrays(tf.data.Dataset.range(9).take_while(lambda n: n < 4)),
    "unique": lambda tf, np: arrays(tf.data.Dataset.from_tensor_slices([1, 3, 1, 2, 3]).unique()),
    "unique texts": lambda tf, np: arrays(tf.data.Dataset.from_tensor_slices(["a", "b", "a"]).unique()),
    "enumerate": lambda tf, np: rows(tf.data.Dataset.from_tensor_slices(["a", "b"]).enumerate(start=5)),
    "ignore_errors": lambda tf, np: arrays(
        tf.data.Dataset.from_tensor_slices([1.0, 2.0, 0.0, 4.0])
        .map(lambda x: tf.debugging.check_numerics(1.0 / x, "error"))
        .apply(tf.data.experimental.ignore_errors())
    ),
    # selecting
    "take": lambda tf, np: [arrays(tf.data.Dataset.range(5).take(n)) for n in (0, 2, 9, -1)],
    "skip": lambda tf, np: [arrays(tf.data.Dataset.range(5).skip(n)) for n in (0, 2, 9, -1)],
    "skip of elements": lambda tf, np: arrays(tf.data.Dataset.range(5).map(lambda n: n).skip(3)),
    "shard": lambda tf, np: [arrays(tf.data.Dataset.range(10).shard(3, i)) for i in range(3)],
    "shard of batches": lambda tf, np: arrays(tf.data.Dataset.range(10).batch(2).shard(2, 1)),
    "repeat": lambda tf, np: arrays(tf.data.Dataset.range(3).repeat(2)),
    "repeat without end": lambda tf, np: arrays(tf.data.Dataset.range(3).repeat().take(7)),
    "repeat, then batch": lambda tf, np: arrays(tf.data.Dataset.range(3).repeat(3).batch(4)),
    "batch, then repeat": lambda tf, np: arrays(tf.data.Dataset.range(3).batch(2).repeat(2)),
    "concatenate": lambda tf, np: arrays(tf.data.Dataset.range(2).concatenate(tf.data.Dataset.range(7, 9))),
    "concatenate spec": lambda tf, np: words(
        tf.data.Dataset.from_tensors([1, 2]).concatenate(tf.data.Dataset.from_tensors([1, 2, 3])).element_spec
    ),
    "cache": lambda tf, np: cached(tf),
    "cache in a file": lambda tf, np: cached_in_file(tf),
    "prefetch": lambda tf, np: arrays(tf.data.Dataset.range(5).map(lambda n: n + 1).prefetch(2)),
    "shuffle keeps all": lambda tf, np: set_of(tf.data.Dataset.range(30).shuffle(7, seed=1)),
    "shuffle by one": lambda tf, np: arrays(tf.data.Dataset.range(5).shuffle(1)),
    # batches
    "batch": lambda tf, np: rows(tf.data.Dataset.range(7).batch(3)),
    "batch of pairs": lambda tf, np: rows(two(tf, np).batch(2)),
    "batch of mapped pairs": lambda tf, np: rows(two(tf, np).map(lambda x, y: (x, y)).batch(2)),
    "batch of texts": lambda tf, np: rows(tf.data.Dataset.from_tensor_slices(["a", "b", "c"]).batch(2)),
    "batch of dicts": lambda tf, np: rows(
        tf.data.Dataset.range(3).map(lambda n: {"n": n, "t": tf.constant("x")}).batch(2)
    ),
    "batch without remainder": lambda tf, np: arrays(tf.data.Dataset.range(7).batch(3, drop_remainder=True)),
    "batch twice": lambda tf, np: arrays(tf.data.Dataset.range(8).batch(2).batch(2)),
    "batch of a range across chunks": lambda tf, np: arrays(
        tf.data.Dataset.range(5).skip(1).repeat(3).batch(5, num_parallel_calls=2)
    ),
    "unbatch": lambda tf, np: rows(two(tf, np).batch(2).unbatch()),
    "unbatch of texts": lambda tf, np: rows(tf.data.Dataset.from_tensors(["a", "b"]).unbatch()),
    "unbatch a dict": lambda tf, np: arrays(tf.data.Dataset.from_tensors({"a": [1, 2], "b": ["x", "y"]}).unbatch()),
    "rebatch": lambda tf, np: arrays(tf.data.Dataset.range(10).batch(4).rebatch(3)),
    "rebatch by several": lambda tf, np: arrays(tf.data.Dataset.range(10).batch(4).rebatch([1, 3])),
    "padded_batch": lambda tf, np: rows(ragged_numbers(tf).padded_batch(2)),
    "padded_batch to a shape": lambda tf, np: rows(ragged_numbers(tf).padded_batch(3, padded_shapes=[6])),
    "padded_batch with a value": lambda tf, np: rows(
        ragged_numbers(tf).padded_batch(4, padded_shapes=(None,), padding_values=np.int64(-1))
    ),
    "padded_batch of pairs": lambda tf, np: rows(
        ragged_numbers(tf)
        .map(lambda n: (n, tf.cast(n, tf.float32)))
        .padded_batch(3, padded_shapes=([None], [6]), padding_values=(np.int64(-1), 0.5))
    ),
    "padded_batch of texts": lambda tf, np: rows(
        tf.data.Dataset.range(1, 3).map(lambda n: tf.fill([n], "t")).padded_batch(2)
    ),
    "padded_batch of matrices": lambda tf, np: rows(
        tf.data.Dataset.range(1, 4).map(lambda n: tf.ones([n, 2 * n])).padded_batch(3, drop_remainder=True)
    ),
    "window": lambda tf, np: windows(tf.data.Dataset.range(7).window(3)),
    "window with shift": lambda tf, np: windows(tf.data.Dataset.range(7).window(3, shift=1, drop_remainder=True)),
    "window with stride": lambda tf, np: windows(tf.data.Dataset.range(9).window(3, 2, 2, True)),
    "window with gaps": lambda tf, np: windows(tf.data.Dataset.range(12).window(2, shift=5)),
    "window of stride at the end": lambda tf, np: windows(tf.data.Dataset.range(7).window(3, shift=1, stride=2)),
    "window of pairs": lambda tf, np: [
        (list(x.as_numpy_iterator()), list(y.as_numpy_iterator())) for x, y in two(tf, np).window(2)
    ],
    "window to batches": lambda tf, np: arrays(
        tf.data.Dataset.range(6).window(4, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(4))
    ),
    "window of pairs to batches": lambda tf, np: arrays(
        two(tf, np).window(2).flat_map(lambda x, y: tf.data.Dataset.zip((x.batch(2), y.batch(2))))
    ),
    "window spec": lambda tf, np: words(tf.data.Dataset.range(6).window(4).element_spec),
    "window lengths": lambda tf, np: [
        count(tf.data.Dataset.range(7).window(3, shift, stride, drop))
        for shift, stride, drop in ((None, 1, False), (1, 1, True), (2, 2, True), (2, 2, False))
    ],
    # several
    "zip": lambda tf, np: rows(tf.data.Dataset.zip((tf.data.Dataset.range(3), tf.data.Dataset.range(5, 9)))),
    "zip of slices, batched": lambda tf, np: arrays(
        tf.data.Dataset.zip((tf.data.Dataset.range(3), two(tf, np))).batch(2)
    ),
    "zip of a dict": lambda tf, np: rows(
        tf.data.Dataset.zip({"a": tf.data.Dataset.range(2), "b": tf.data.Dataset.range(2).map(lambda n: -n)})
    ),
    "choose_from_datasets": lambda tf, np: arrays(
        tf.data.Dataset.choose_from_datasets(
            [tf.data.Dataset.from_tensors(t).repeat() for t in ("a", "b", "c")],
            tf.data.Dataset.range(3).repeat(2),
        )
    ),
    "choose_from_datasets, one ends": lambda tf, np: [
        arrays(
            tf.data.Dataset.choose_from_datasets(
                [tf.data.Dataset.range(2), tf.data.Dataset.range(10, 20)],
                tf.data.Dataset.range(2).repeat(6),
                stop_on_empty_dataset=stop,
            )
        )
        for stop in (True, False)
    ],
    "sample_from_datasets": lambda tf, np: set_of(
        tf.data.Dataset.sample_from_datasets([tf.data.Dataset.range(3), tf.data.Dataset.range(10, 14)], seed=1)
    ),
    "sample of one weight": lambda tf, np: arrays(
        tf.data.Dataset.sample_from_datasets(
            [tf.data.Dataset.range(3), tf.data.Dataset.range(10, 14)], weights=[1.0, 0.0]
        )
    ),
    "group_by_window": lambda tf, np: arrays(
        tf.data.Dataset.range(10).group_by_window(lambda n: n % 2, lambda key, w: w.batch(5), window_size=3)
    ),
    "group_by_window by size": lambda tf, np: arrays(
        tf.data.Dataset.range(10).group_by_window(
            lambda n: n % 3, lambda key, w: w.map(lambda n: n + key * 100), window_size_func=lambda key: key + 1
        )
    ),
    "group_by_reducer": lambda tf, np: arrays(
        tf.data.Dataset.range(10).apply(
            tf.data.experimental.group_by_reducer(
                lambda n: n % 3,
                tf.data.experimental.Reducer(lambda key: np.int64(0), lambda s, n: s + n, lambda s: s),
            )
        )
    ),
    "bucket_by_sequence_length": lambda tf, np: arrays(
        tf.data.Dataset.from_generator(
            lambda: [[0], [1, 2, 3, 4], [5, 6, 7], [7, 8, 9, 10, 11], [13, 14, 15, 16, 19, 20], [21, 22]],
            tf.int32,
            [None],
        ).bucket_by_sequence_length(lambda row: tf.shape(row)[0], [3, 5], [2, 2, 2])
    ),
    "bucket to the boundary": lambda tf, np: arrays(
        ragged_numbers(tf).bucket_by_sequence_length(
            lambda row: tf.shape(row)[0], [3, 7], [2, 2, 2], pad_to_bucket_boundary=True, padding_values=np.int64(9)
        )
    ),
    "reduce": lambda tf, np: tf.data.Dataset.range(5).reduce(np.int64(0), lambda state, n: state + n),
    "reduce of a structure": lambda tf, np: two(tf, np).reduce(
        (0.0, np.int64(1)), lambda state, row: (state[0] + tf.reduce_sum(row[0]), state[1] * 2)
    ),
    "apply": lambda tf, np: arrays(tf.data.Dataset.range(5).apply(lambda dataset: dataset.filter(lambda n: n > 2))),
    "get_single_element": lambda tf, np: tf.data.Dataset.range(3).batch(5).get_single_element(),
    "iterator": lambda tf, np: next(iter(tf.data.Dataset.range(3))),
    "get_next": lambda tf, np: iter(tf.data.Dataset.range(3).skip(1)).get_next(),
    "optionals": lambda tf, np: optionals(tf),
    "options": lambda tf, np: options(tf),
    "map_and_batch": lambda tf, np: arrays(
        tf.data.Dataset.range(5).apply(tf.data.experimental.map_and_batch(lambda n: n * 2, 2))
    ),
    "rejection of nothing": lambda tf, np: len(
        arrays(
            tf.data.Dataset.range(8)
            .map(lambda n: tf.cast(n % 2, tf.int32))
            .rejection_resample(lambda n: n, [0.5, 0.5], [0.5, 0.5], seed=1)
        )
    ),
    # lengths
    "lengths": lambda tf, np: [
        count(dataset)
        for dataset in (
            tf.data.Dataset.range(10).batch(3),
            tf.data.Dataset.range(10).batch(3, True),
            tf.data.Dataset.range(10).repeat(),
            tf.data.Dataset.range(10).repeat(3).take(25),
            tf.data.Dataset.range(10).filter(lambda n: True),
            tf.data.Dataset.range(10).flat_map(tf.data.Dataset.range),
            tf.data.Dataset.range(10).repeat().skip(3),
            tf.data.Dataset.range(10).repeat().take(3),
            tf.data.Dataset.range(10).shard(3, 1),
            tf.data.Dataset.range(10).concatenate(tf.data.Dataset.range(5)),
            tf.data.Dataset.zip((tf.data.Dataset.range(4), tf.data.Dataset.range(9).repeat())),
            tf.data.Dataset.range(10).batch(4).unbatch(),
            tf.data.Dataset.range(10).batch(5, True).unbatch(),
            tf.data.Dataset.from_tensors(1).repeat(0),
            tf.data.Dataset.range(4).filter(lambda n: True).apply(tf.data.experimental.assert_cardinality(4)),
        )
    ],
    "len": lambda tf, np: [len(tf.data.Dataset.range(10).batch(3)), bool(tf.data.Dataset.range(0))],
    "cardinality function": lambda tf, np: tf.data.experimental.cardinality(tf.data.Dataset.range(4)),
    "constants": lambda tf, np: [
        tf.data.AUTOTUNE,
        tf.data.experimental.AUTOTUNE,
        tf.data.INFINITE_CARDINALITY,
        tf.data.UNKNOWN_CARDINALITY,
    ],
    # specs
    "spec of slices": lambda tf, np: words(two(tf, np).element_spec),
    "spec of batches": lambda tf, np: words(two(tf, np).batch(2).element_spec),
    "spec of whole batches": lambda tf, np: words(two(tf, np).batch(2, drop_remainder=True).element_spec),
    "spec of a dict": lambda tf, np: words(
        tf.data.Dataset.from_tensor_slices({"b": [1, 2], "a": ["x", "y"]}).element_spec
    ),
    "spec of padded": lambda tf, np: words(
        tf.data.Dataset.from_generator(lambda: [[1]], tf.int32, [None]).padded_batch(2, [None]).element_spec
    ),
    "spec of enumerate": lambda tf, np: words(tf.data.Dataset.from_tensor_slices(["a"]).enumerate().element_spec),
    "representation": lambda tf, np: str(tf.data.Dataset.range(3).batch(2)).split("Dataset")[1],
    "compatible specs": lambda tf, np: [
        tf.TensorSpec((None, 3)).is_compatible_with(tf.ones((2, 3))),
        tf.TensorSpec((None, 3)).is_compatible_with(tf.ones((2, 4))),
        tf.TensorSpec((None, 3), tf.int32).is_compatible_with(tf.ones((2, 3))),
        tf.TensorSpec((2,)) == tf.TensorSpec((2,)),
        tf.TensorSpec((2,)) == tf.TensorSpec((2,), name="x"),
    ],
    # files
    "lines": lambda tf, np: arrays(tf.data.TextLineDataset(in_file(b"one\ntwo\r\n\nfour"))),
    "lines of two files": lambda tf, np: arrays(tf.data.TextLineDataset([in_file(b"a\nb\n"), in_file(b"c")])),
    "lines of a data set of files": lambda tf, np: arrays(
        tf.data.TextLineDataset(tf.data.Dataset.from_tensor_slices([in_file(b"a\nb\n"), in_file(b"c")]))
    ),
    "lines in parallel": lambda tf, np: arrays(
        tf.data.TextLineDataset([in_file(b"a\nb\nc"), in_file(b"x\ny")], num_parallel_reads=2)
    ),
    "lines compressed": lambda tf, np: arrays(
        tf.data.TextLineDataset(in_file(b"a\nb\n", "x.gz"), compression_type="GZIP")
    ),
    "lines by flat_map": lambda tf, np: arrays(
        tf.data.Dataset.from_tensor_slices([in_file(b"h\na\n"), in_file(b"h\nb\n")]).flat_map(
            lambda name: tf.data.TextLineDataset(name).skip(1)
        )
    ),
    "records": lambda tf, np: arrays(tf.data.TFRecordDataset(recorded(tf, None))),
    "records compressed": lambda tf, np: arrays(tf.data.TFRecordDataset(recorded(tf, "GZIP"), "GZIP")),
    "records in parallel": lambda tf, np: arrays(
        tf.data.TFRecordDataset([recorded(tf, None), recorded(tf, "", (b"x",))], num_parallel_reads=2)
    ),
    "fixed length records": lambda tf, np: arrays(
        tf.data.FixedLengthRecordDataset(in_file(b"HHaabbccF"), 2, header_bytes=2, footer_bytes=1)
    ),
    "parse_example_dataset": lambda tf, np: rows(
        tf.data.Dataset.from_tensor_slices(examples(tf))
        .batch(2)
        .apply(tf.data.experimental.parse_example_dataset(features(tf)))
    ),
    "make_batched_features_dataset": lambda tf, np: rows(batched_features(tf)),
    "records written": lambda tf, np: written(tf),
    "snapshot": lambda tf, np: snapshots(tf),
    "from_list": lambda tf, np: rows(tf.data.experimental.from_list([(1, "a"), (2, "b")])),
    "at": lambda tf, np: tf.data.experimental.at(tf.data.Dataset.range(5), 3),
    "get_structure": lambda tf, np: words(tf.data.experimental.get_structure(two(tf, np))),
    "shuffle_and_repeat": lambda tf, np: set_of(
        tf.data.Dataset.range(4).apply(tf.data.experimental.shuffle_and_repeat(4, 2, seed=1))
    ),
    "parallel_interleave": lambda tf, np: arrays(
        tf.data.Dataset.range(3).apply(
            tf.data.experimental.parallel_interleave(lambda n: tf.data.Dataset.from_tensors(n).repeat(3), 2)
        )
    ),
    "steps for apply": lambda tf, np: [
        arrays(tf.data.Dataset.range(6).apply(step))
        for step in (
            tf.data.experimental.enumerate_dataset(3),
            tf.data.experimental.take_while(lambda n: n < 3),
            tf.data.experimental.scan(np.int64(1), lambda s, n: (s * 2, s + n)),
            tf.data.experimental.unique(),
        )
    ],
    "list_files": lambda tf, np: names_in_order(tf),
    "csv": lambda tf, np: rows(
        tf.data.experimental.CsvDataset(in_file(TABLE), [tf.string, [7], [0.5], tf.string], header=True)
    ),
    "csv, some columns": lambda tf, np: rows(
        tf.data.experimental.CsvDataset(
            in_file(TABLE), [tf.constant([0], tf.int64), ""], header=True, select_cols=[1, 3]
        )
    ),
    "csv with another delimiter": lambda tf, np: rows(
        tf.data.experimental.CsvDataset(in_file(b"1|2.5\n3|x\n"), [tf.int32, [1.5]], field_delim="|", na_value="x")
    ),
    "make_csv_dataset": lambda tf, np: tabled(tf, batch_size=2),
    "make_csv_dataset with label": lambda tf, np: tabled(tf, batch_size=3, label_name="age"),
    "make_csv_dataset of columns": lambda tf, np: tabled(
        tf, batch_size=3, select_columns=["size", "name"], column_defaults=[["none"], [9.5]]
    ),
    "make_csv_dataset spec": lambda tf, np: words(
        tf.data.experimental.make_csv_dataset(in_file(TABLE), 2, label_name="age").element_spec[1]
    ),
    "save and load": lambda tf, np: saved(tf, two(tf, np).batch(2)),
    "save and load texts": lambda tf, np: saved(tf, tf.data.Dataset.from_tensor_slices(["x", "yz"])),
    # of keras
    "timeseries": lambda tf, np: rows(
        tf.keras.utils.timeseries_dataset_from_array(np.arange(12.0), np.arange(12), 4, batch_size=3)
    ),
    "timeseries with strides": lambda tf, np: rows(
        tf.keras.utils.timeseries_dataset_from_array(
            np.arange(24, dtype="float32").reshape(12, 2), None, 3, sequence_stride=2, sampling_rate=2, batch_size=None
        )
    ),
    "timeseries in a range": lambda tf, np: rows(
        tf.keras.utils.timeseries_dataset_from_array(
            np.arange(20), np.arange(20) * 10, 3, start_index=2, end_index=9, batch_size=4
        )
    ),
    "timeseries spec": lambda tf, np: words(
        tf.keras.utils.timeseries_dataset_from_array(np.ones((9, 2), "float32"), np.ones((9, 1)), 3).element_spec
    ),
    "image directory": lambda tf, np: rows(images(tf)),
    "image directory, categorical": lambda tf, np: rows(images(tf, label_mode="categorical", batch_size=4)),
    "image directory, cropped": lambda tf, np: rows(
        images(tf, labels=None, crop_to_aspect_ratio=True, batch_size=None)
    ),
    "image directory, nearest": lambda tf, np: rows(images(tf, interpolation="nearest", label_mode="binary")),
    "image directory, labels given": lambda tf, np: [y for x, y in images(tf, labels=[3, 3, 4, 5, 5])],
    "image directory, order": lambda tf, np: image_order(tf),
    "image directory, order of a part": lambda tf, np: [
        image_order(tf, validation_split=0.4, subset=subset) for subset in ("training", "validation")
    ],
    "image directory, both": lambda tf, np: [
        len(list(part.unbatch())) for part in images(tf, validation_split=0.4, subset="both")
    ],
    "image directory, spec": lambda tf, np: words(images(tf).element_spec),
    "image directory, class names": lambda tf, np: images(tf).class_names,
    "text directory": lambda tf, np: rows(
        tf.keras.utils.text_dataset_from_directory(text_tree(), shuffle=False, batch_size=3)
    ),
    "text directory, binary": lambda tf, np: rows(
        tf.keras.utils.text_dataset_from_directory(text_tree(), shuffle=False, label_mode="binary", max_length=3)
    ),
    "text directory, categorical": lambda tf, np: rows(
        tf.keras.utils.text_dataset_from_directory(
            text_tree(), shuffle=False, label_mode="categorical", class_names=["pos", "neg"]
        )
    ),
    "text directory, no labels": lambda tf, np: rows(
        tf.keras.utils.text_dataset_from_directory(text_tree(), labels=None, shuffle=False, batch_size=None)
    ),
    "text directory, validation": lambda tf, np: rows(
        tf.keras.utils.text_dataset_from_directory(
            text_tree(), validation_split=0.4, subset="validation", shuffle=False
        )
    ),
    "text directory, spec": lambda tf, np: words(
        tf.keras.utils.text_dataset_from_directory(text_tree(), label_mode="binary").element_spec
    ),
    "text directory, class names": lambda tf, np: tf.keras.utils.text_dataset_from_directory(text_tree()).class_names,
    # ragged and sparse elements
    "slices of ragged": lambda tf, np: [
        row.numpy() for row in tf.data.Dataset.from_tensor_slices(tf.ragged.constant([[1, 2], [], [3]]))
    ],
    "batch of ragged rows": lambda tf, np: rows(
        tf.data.Dataset.from_tensor_slices(tf.ragged.constant([[1, 2], [], [3]])).batch(2)
    ),
    "ragged in pairs": lambda tf, np: rows(
        tf.data.Dataset.from_tensor_slices((tf.ragged.constant([["a"], ["b", "c"]]), [0, 1])).batch(2)
    ),
    "dense_to_ragged_batch": lambda tf, np: rows(
        ragged_numbers(tf).apply(tf.data.experimental.dense_to_ragged_batch(2))
    ),
    "ragged_batch spec": lambda tf, np: words(
        tf.data.Dataset.from_generator(lambda: [[1]], tf.int32, [None])
        .apply(tf.data.experimental.dense_to_ragged_batch(2))
        .element_spec
    ),
    "ragged to a map": lambda tf, np: rows(
        tf.data.Dataset.from_tensor_slices(tf.ragged.constant([[1, 2], [], [3]])).batch(2).map(lambda r: r.to_tensor())
    ),
    "slices of sparse": lambda tf, np: rows(
        tf.data.Dataset.from_tensor_slices(tf.SparseTensor([[0, 1], [2, 0]], [5, 7], [3, 2]))
    ),
    "batch of sparse": lambda tf, np: rows(
        tf.data.Dataset.from_tensor_slices(tf.SparseTensor([[0, 1], [2, 0]], [5, 7], [3, 2])).batch(2)
    ),
    "sparse_batch": lambda tf, np: rows(
        ragged_numbers(tf).take(3).apply(tf.data.experimental.dense_to_sparse_batch(2, [6]))
    ),
}


def first(dataset):
    return next(iter(dataset))


ERRORS = {
    "slices of different lengths": lambda tf, np: tf.data.Dataset.from_tensor_slices(([1, 2], [1, 2, 3])),
    "slices of a scalar": lambda tf, np: tf.data.Dataset.from_tensor_slices(5),
    "no length": lambda tf, np: len(tf.data.Dataset.range(3).repeat()),
    "unknown length": lambda tf, np: len(tf.data.Dataset.range(3).filter(lambda n: True)),
    "batch of different shapes": lambda tf, np: rows(ragged_numbers(tf).batch(2)),
    "batch size of zero": lambda tf, np: tf.data.Dataset.range(3).batch(0),
    "zip of a list": lambda tf, np: tf.data.Dataset.zip([1, 2]),
    "filter to a number": lambda tf, np: rows(tf.data.Dataset.range(3).filter(lambda n: n)),
    "get_next past the end": lambda tf, np: iter(tf.data.Dataset.range(0)).get_next(),
    "next past the end": lambda tf, np: next(iter(tf.data.Dataset.range(0))),
    "one element of none": lambda tf, np: tf.data.Dataset.range(0).get_single_element(),
    "one element of two": lambda tf, np: tf.data.Dataset.range(2).get_single_element(),
    "pad to less": lambda tf, np: rows(ragged_numbers(tf).padded_batch(5, padded_shapes=[2])),
    "pad ints with a float": lambda tf, np: rows(ragged_numbers(tf).padded_batch(2, padding_values=0.5)),
    "pad of another rank": lambda tf, np: rows(ragged_numbers(tf).padded_batch(2, padded_shapes=[None, 2])),
    "generator of another shape": lambda tf, np: rows(
        tf.data.Dataset.from_generator(lambda: [[1, 2]], output_signature=tf.TensorSpec((3,), tf.int32))
    ),
    "generator of another structure": lambda tf, np: rows(
        tf.data.Dataset.from_generator(lambda: [1], output_signature=(tf.TensorSpec((), tf.int32),) * 2)
    ),
    "generator of texts for numbers": lambda tf, np: rows(
        tf.data.Dataset.from_generator(lambda: ["a"], output_signature=tf.TensorSpec((), tf.int32))
    ),
    "generator not callable": lambda tf, np: tf.data.Dataset.from_generator([1, 2], tf.int32),
    "generator without types": lambda tf, np: tf.data.Dataset.from_generator(lambda: [1]),
    "generator that fails": lambda tf, np: rows(
        tf.data.Dataset.from_generator(lambda: [1 // 0], output_signature=tf.TensorSpec((), tf.int32))
    ),
    "no such file": lambda tf, np: rows(tf.data.TextLineDataset("/no/such/file")),
    "no such record file": lambda tf, np: rows(tf.data.TFRecordDataset("/no/such/file")),
    "no files": lambda tf, np: tf.data.Dataset.list_files("/no/such/*.txt"),
    "not a record file": lambda tf, np: rows(tf.data.TFRecordDataset(in_file(b"some text that is no record"))),
    "csv value of another type": lambda tf, np: rows(tf.data.experimental.CsvDataset(in_file(b"1\nx\n"), [tf.int32])),
    "csv value missing": lambda tf, np: rows(tf.data.experimental.CsvDataset(in_file(b"1,\n"), [tf.int32] * 2)),
    "csv with too many fields": lambda tf, np: rows(tf.data.experimental.CsvDataset(in_file(b"1,2\n"), [tf.int32])),
    "csv label that is not there": lambda tf, np: tf.data.experimental.make_csv_dataset(
        in_file(TABLE), 2, label_name="nobody"
    ),
    "shard of nothing": lambda tf, np: first(tf.data.Dataset.range(3).shard(3, 5)),
    "reduce to another dtype": lambda tf, np: tf.data.Dataset.range(3).reduce(0, lambda s, n: tf.cast(n, tf.float32)),
    "unbatch scalars": lambda tf, np: tf.data.Dataset.range(3).unbatch(),
    "concatenate others": lambda tf, np: tf.data.Dataset.range(3).concatenate(tf.data.Dataset.from_tensors("a")),
    "wrong cardinality": lambda tf, np: rows(
        tf.data.Dataset.range(4).apply(tf.data.experimental.assert_cardinality(5))
    ),
    "choices of another dtype": lambda tf, np: tf.data.Dataset.choose_from_datasets(
        [tf.data.Dataset.range(3)], tf.data.Dataset.from_tensors(1.0)
    ),
    "apply to nothing": lambda tf, np: tf.data.Dataset.range(3).apply(lambda dataset: None),
    "options of another name": lambda tf, np: setattr(tf.data.Options(), "determinism", True),
    "error in map": lambda tf, np: rows(tf.data.Dataset.range(3).map(lambda n: tf.reshape(tf.fill([n], 1), [5]))),
    "window of zero": lambda tf, np: tf.data.Dataset.range(3).window(0),
    "no text files": lambda tf, np: tf.keras.utils.text_dataset_from_directory(tempfile.mkdtemp()),
    "split without seed": lambda tf, np: tf.keras.utils.text_dataset_from_directory(
        text_tree(), validation_split=0.5, subset="training"
    ),
    "image colours": lambda tf, np: tf.keras.utils.image_dataset_from_directory(text_tree(), color_mode="cmyk"),
    "timeseries of nothing": lambda tf, np: tf.keras.utils.timeseries_dataset_from_array(
        np.arange(4), None, 2, sampling_rate=9
    ),
}
