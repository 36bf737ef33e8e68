"""What is asked of `keras.preprocessing`, as functions of a Keras-like namespace: both sides run the same code.

Each case returns a dict of arrays and of plain values. A case named `files_...` is also given a folder to write into.
"""

from __future__ import annotations

import json
import random
import warnings

import numpy as np

TEXTS = [
    "The quick brown fox jumped over the lazy dog.",
    "The dog, the fox & the cat: all friends!",
    "A quick cat -- isn't it?\tYes\nit is.",
]
MODES = ("binary", "count", "freq", "tfidf")


def images(count=6, height=11, width=9, channels=3, seed=0):
    return np.random.RandomState(seed).randint(0, 256, (count, height, width, channels)).astype("float32")


def plain(value):
    return json.loads(json.dumps(value, default=lambda v: v.tolist()))


# --- texts ---


def tokenizer(keras):
    found = {}
    settings = {
        "plain": {},
        "ten": {"num_words": 5},
        "oov": {"num_words": 6, "oov_token": "<OOV>"},
        "chars": {"char_level": True, "oov_token": "?"},
        "cased": {"lower": False, "filters": ".", "split": " "},
        "analyzer": {"analyzer": str.split},
    }
    for name, config in settings.items():
        one = keras.preprocessing.text.Tokenizer(**config)
        one.fit_on_texts(TEXTS)
        sequences = one.texts_to_sequences([*TEXTS, "an unknown fox", ""])
        found[name] = [sequences, one.sequences_to_texts(sequences), one.word_index, one.word_counts, one.index_docs]
        found[f"{name}_docs"] = dict(sorted(one.word_docs.items()))
        found[f"{name}_count"] = one.document_count
        for mode in MODES:
            found[f"{name}_{mode}"] = one.texts_to_matrix(TEXTS, mode=mode)
        if name != "analyzer":
            again = keras.preprocessing.text.tokenizer_from_json(one.to_json())
            found[f"{name}_json"] = sorted(json.loads(one.to_json())["config"].items() - {("word_docs", 0)}, key=str)
            found[f"{name}_json"] = [
                item for item in found[f"{name}_json"] if item[0] not in ("word_docs", "index_docs")
            ]
            found[f"{name}_again"] = again.texts_to_sequences(TEXTS)
    lists = keras.preprocessing.text.Tokenizer()
    lists.fit_on_texts([["Ab", "c"], ["c", "d"]])
    found["lists"] = [lists.word_index, lists.texts_to_sequences([["AB", "d"]])]
    counted = keras.preprocessing.text.Tokenizer(num_words=5)
    counted.fit_on_sequences([[1, 2, 2], [2, 3, 7]])
    found["sequences"] = counted.sequences_to_matrix([[1, 2, 2, 9], [], [3]], mode="tfidf")
    return found


def words(keras):
    text = keras.preprocessing.text
    return {
        "words": [text.text_to_word_sequence(t) for t in TEXTS],
        "split": text.text_to_word_sequence("a,b;C", filters=";", split=",", lower=False),
        "md5": [text.hashing_trick(t, 50, hash_function="md5") for t in TEXTS],
        "own": text.hashing_trick("one three", 9, hash_function=len, analyzer=str.split),
        "one_hot": text.one_hot("a b a", 2),
    }


# --- sequences ---


def pad_sequences(keras):
    pad = keras.preprocessing.sequence.pad_sequences
    lists = [[1, 2, 3], [4], [], [5, 6, 7, 8, 9]]
    return {
        "plain": pad(lists),
        "maxlen": pad(lists, maxlen=4),
        "post": pad(lists, maxlen=4, padding="post"),
        "truncating": pad(lists, maxlen=4, truncating="post", value=-1),
        "both": pad(lists, maxlen=2, padding="post", truncating="post"),
        "float": pad([[0.5, 1.5], [2.5]], dtype="float32", value=0.25),
        "vectors": pad([[[1, 2], [3, 4]], [[5, 6]]], maxlen=3),
        "words": [list(row) for row in pad([["a", "b"], ["c"]], dtype=object, value="<pad>", padding="post")],
        "utils": keras.utils.pad_sequences([[1], [2, 3]], 3),
    }


def timeseries(keras):
    make = keras.preprocessing.sequence.TimeseriesGenerator
    data = np.arange(100).reshape(50, 2)
    found = {}
    settings = {
        "plain": {"length": 10, "batch_size": 8},
        "sampled": {"length": 10, "sampling_rate": 2, "batch_size": 2},
        "strided": {"length": 3, "stride": 4, "start_index": 5, "end_index": 40, "batch_size": 3},
        "reversed": {"length": 4, "reverse": True, "batch_size": 16},
        "shuffled": {"length": 4, "shuffle": True, "batch_size": 5},
    }
    for name, config in settings.items():
        one = make(data, np.arange(50), **config)
        np.random.seed(3)
        found[f"{name}_length"] = len(one)
        for i in {0, len(one) - 1}:
            found[f"{name}_x{i}"], found[f"{name}_y{i}"] = one[i]
        found[f"{name}_json"] = json.loads(one.to_json())
    return found


def skipgrams(keras):
    sequence = keras.preprocessing.sequence
    table = sequence.make_sampling_table(60, sampling_factor=1e-2)
    words = [3, 0, 8, 12, 41, 5, 5, 0, 19, 2]
    found = {"table": table}
    for name, config in {
        "plain": {},
        "narrow": {"window_size": 1, "negative_samples": 0.0, "shuffle": False},
        "categorical": {"categorical": True, "seed": 4},
        "sampled": {"sampling_table": table, "negative_samples": 2.0},
    }.items():
        random.seed(11)
        found[name] = plain(sequence.skipgrams(words, 50, **config))
    return found


# --- single images ---


def affine(keras):
    apply = keras.preprocessing.image.apply_affine_transform
    draw = np.random.RandomState(5)
    found = {}
    for mode in ("nearest", "constant", "reflect", "wrap"):
        for order in (0, 1):
            for i in range(3):
                settings = {
                    "theta": draw.uniform(-180, 180), "tx": draw.uniform(-9, 9), "ty": draw.uniform(-9, 9),
                    "shear": draw.uniform(-40, 40), "zx": draw.uniform(0.4, 2), "zy": draw.uniform(0.4, 2),
                }  # fmt: skip
                chosen = dict(list(settings.items())[i : 6 - i])
                last = apply(
                    images()[i], row_axis=0, col_axis=1, channel_axis=2, fill_mode=mode, cval=7.5, order=order, **chosen
                )
                found[f"{mode}{order}{i}"] = last
    found["first"] = apply(images()[0].transpose(2, 0, 1), theta=30, zx=0.5)
    found["swapped"] = apply(images()[0], theta=30, tx=2, row_axis=1, col_axis=0, channel_axis=2)
    found["nothing"] = apply(images()[0], row_axis=0, col_axis=1, channel_axis=2)
    return found


def random_functions(keras):
    image = keras.preprocessing.image
    axes = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}
    x = images()[1]
    np.random.seed(2)
    return {
        "rotation": image.random_rotation(x, 40, **axes),
        "shift": image.random_shift(x, 0.3, 0.2, **axes),
        "shear": image.random_shear(x, 25, **axes, fill_mode="reflect"),
        "zoom": image.random_zoom(x, (0.5, 1.5), **axes, fill_mode="constant", cval=3.0),
        "zoom_first": image.random_zoom(x.transpose(2, 0, 1), (0.5, 1.5), interpolation_order=0),
        "channels": image.random_channel_shift(x, 60.0, channel_axis=2),
        "brightness": image.random_brightness(x, (0.4, 1.7)),
        "brightness_beyond": image.apply_brightness_shift(x * 2 - 100, 0.7, False),
        "brightness_small": image.apply_brightness_shift(x / 255, 0.7, False),
        "shifted": image.apply_channel_shift(x, -30.0, 2),
    }


def arrays_and_images(keras):
    x = images()
    utils = keras.utils
    found = {}
    for channels in (1, 3, 4):
        img = utils.array_to_img(images(channels=channels)[0])
        found[f"mode{channels}"] = [img.mode, list(img.size)]
        found[f"back{channels}"] = utils.img_to_array(img)
    found["unscaled"] = utils.img_to_array(utils.array_to_img(x[0], scale=False), dtype="uint8")
    found["first"] = utils.img_to_array(utils.array_to_img(x[0].transpose(2, 0, 1), "channels_first"), "channels_first")
    found["wide"] = np.asarray(utils.array_to_img(x[0][..., :1] * 9, scale=False))
    found["flat"] = utils.img_to_array(x[0][..., 0])
    resize = keras.preprocessing.image.smart_resize
    for size in ((5, 5), (20, 7), (11, 30)):
        found[f"smart{size}"] = resize(x[0], size)
        found[f"smart_batch{size}"] = resize(x, size, interpolation="bicubic")
    found["smart_bytes"] = resize(x[0].astype("uint8"), (6, 4), interpolation="nearest")
    return found


# --- the generator ---

GENERATORS = {
    "plain": {},
    "rescale": {"rescale": 1 / 255},
    "usual": {
        "rescale": 1 / 255, "rotation_range": 40, "width_shift_range": 0.2, "height_shift_range": 0.2,
        "shear_range": 0.2, "zoom_range": 0.2, "horizontal_flip": True, "fill_mode": "nearest",
    },
    "pixels": {"width_shift_range": 3, "height_shift_range": 2.0, "fill_mode": "constant", "cval": 1.0},
    "listed": {"width_shift_range": [-2, 1, 3], "height_shift_range": [0.1, 0.3], "fill_mode": "wrap"},
    "colours": {"channel_shift_range": 80.0, "brightness_range": (0.5, 1.5), "vertical_flip": True},
    "zoomed": {"zoom_range": (0.7, 1.1), "fill_mode": "reflect", "interpolation_order": 0},
    "samplewise": {"samplewise_center": True, "samplewise_std_normalization": True},
    "function": {"preprocessing_function": lambda x: x / 127.5 - 1.0, "horizontal_flip": True},
}  # fmt: skip


def generator(keras):
    found = {}
    x, y = images(), np.arange(6)
    for name, config in GENERATORS.items():
        one = keras.preprocessing.image.ImageDataGenerator(**config)
        found[f"{name}_parameters"] = plain([one.get_random_transform((11, 9, 3), seed=s) for s in range(4)])
        found[f"{name}_transformed"] = one.random_transform(x[0].copy(), seed=8)
        found[f"{name}_standardized"] = one.standardize(x[2].copy())
        flow = one.flow(x, y, batch_size=4, seed=3)
        for i in range(3):
            found[f"{name}_x{i}"], found[f"{name}_y{i}"] = next(flow)
        flow = one.flow(x, y, batch_size=4, seed=3)
        flow.on_epoch_end()
        found[f"{name}_x_last"], found[f"{name}_y_last"] = flow[1]
    first = keras.preprocessing.image.ImageDataGenerator(
        rotation_range=30, height_shift_range=0.3, vertical_flip=True, data_format="channels_first"
    )
    found["first"] = next(first.flow(x.transpose(0, 3, 1, 2), seed=1))
    return found


def generator_parts(keras):
    make = keras.preprocessing.image.ImageDataGenerator
    x, y = images(10), np.arange(10) % 2
    found = {}
    one = make(validation_split=0.3)
    for subset in ("training", "validation"):
        flow = one.flow(x, y, batch_size=4, shuffle=False, subset=subset, ignore_class_split=True)
        found[subset] = [flow.n, len(flow), flow.batch_size]
        found[f"{subset}_x"], found[f"{subset}_y"] = flow[len(flow) - 1]
    weighted = make().flow(x, y, batch_size=4, shuffle=False, sample_weight=np.linspace(0, 1, 10))
    found["weighted_x"], found["weighted_y"], found["weighted_w"] = weighted[2]
    (pair_x, pair_other), found["pair_y"] = make().flow((x, np.arange(10) * 2), y, batch_size=4, seed=1)[0]
    found["pair_x"], found["pair_other"] = pair_x, pair_other
    found["alone"] = make().flow(x, batch_size=3, shuffle=False)[3]
    return found


def fitted(keras):
    found = {}
    x = images(12, 5, 4, 3)
    for name, config in {
        "centred": {"featurewise_center": True},
        "normalized": {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 1 / 255},
        "whitened": {"featurewise_center": True, "zca_whitening": True, "zca_epsilon": 1e-2},
        "augmented": {"featurewise_center": True, "rotation_range": 20},
    }.items():
        one = keras.preprocessing.image.ImageDataGenerator(**config)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one.fit(x, augment=name == "augmented", rounds=2, seed=4)
        found[f"{name}_mean"] = one.mean
        if one.std is not None:
            found[f"{name}_std"] = one.std
        if one.zca_whitening_matrix is not None:
            found[f"{name}_matrix"] = one.zca_whitening_matrix
        found[f"{name}_x"] = one.flow(x, batch_size=5, shuffle=False)[0]
    return found


# --- files ---


def write_files(keras, folder):
    """Two classes of PNG files of several sizes, one folder within another, and a file that is no image."""
    sizes = [(12, 10), (9, 16), (20, 20), (7, 5)]
    for i, (name, inner) in enumerate([("cats", ""), ("cats", ""), ("cats", "more"), ("dogs", ""), ("dogs", "")] * 2):
        height, width = sizes[i % 4]
        target = folder / name / inner
        target.mkdir(parents=True, exist_ok=True)
        keras.utils.save_img(str(target / f"{i}.png"), images(1, height, width, seed=i)[0], scale=False)
    (folder / "cats" / "notes.txt").write_text("no image")


def files_load(keras, folder):
    write_files(keras, folder)
    path = str(folder / "dogs" / "3.png")
    load = keras.utils.load_img
    found = {
        "plain": load(path),
        "grey": load(path, color_mode="grayscale"),
        "rgba": load(path, color_mode="rgba"),
        "aspect": load(path, target_size=(6, 9), keep_aspect_ratio=True, interpolation="bilinear"),
    }
    for method in ("nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"):
        found[method] = load(path, target_size=(10, 13), interpolation=method)
    return {name: keras.utils.img_to_array(img) for name, img in found.items()}


def files_directory(keras, folder):
    write_files(keras, folder)
    found = {}
    one = keras.preprocessing.image.ImageDataGenerator(
        rescale=1 / 255, rotation_range=20, horizontal_flip=True, validation_split=0.4
    )
    for mode in ("categorical", "binary", "sparse", "input", None):
        flow = one.flow_from_directory(folder, target_size=(8, 6), batch_size=4, class_mode=mode, seed=2)
        batch = flow[0]
        found[f"{mode}_x"] = batch if mode is None else batch[0]
        if mode is not None:
            found[f"{mode}_y"] = batch[1]
        found[f"{mode}_facts"] = [flow.filenames, flow.class_indices, flow.samples, flow.n, flow.num_classes, len(flow)]
        found[f"{mode}_classes"] = flow.classes
    for subset in ("training", "validation"):
        flow = one.flow_from_directory(str(folder), shuffle=False, subset=subset, interpolation="bilinear")
        found[f"{subset}_files"] = [flow.filenames, list(flow.image_shape)]
    grey = one.flow_from_directory(
        folder,
        classes=["dogs", "cats"],
        color_mode="grayscale",
        target_size=(5, 5),
        shuffle=False,
        keep_aspect_ratio=True,
    )
    found["grey_x"], found["grey_y"] = next(grey)
    return found


def files_frame(keras, folder):
    import pandas

    write_files(keras, folder)
    frame = pandas.DataFrame(
        {
            "filename": ["cats/0.png", "cats/1.png", "dogs/3.png", "dogs/4.png", "cats/5.png", "cats/none.png"],
            "class": ["b", "a", "b", "a", "a", "a"],
            "several": [["u"], ["v", "u"], ["w"], "v", ["u", "w"], "u"],
            "number": [0.5, 1.5, 2.5, 3.5, 4.5, 5.5],
            "other": [1, 2, 3, 4, 5, 6],
        }
    )
    one = keras.preprocessing.image.ImageDataGenerator(horizontal_flip=True, validation_split=0.4)
    found = {}
    for name, settings in {
        "categorical": {},
        "binary": {"class_mode": "binary"},
        "sparse": {"class_mode": "sparse", "classes": ["b"]},
        "several": {"y_col": "several", "classes": ["w", "u"]},
        "raw": {"class_mode": "raw", "y_col": "number", "weight_col": "other"},
        "rows": {"class_mode": "raw", "y_col": ["number", "other"]},
        "multi_output": {"class_mode": "multi_output", "y_col": ["number", "other"]},
        "input": {"class_mode": "input"},
        "none": {"class_mode": None},
        "training": {"subset": "training"},
        "validation": {"subset": "validation", "class_mode": "sparse"},
    }.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            flow = one.flow_from_dataframe(frame, str(folder), target_size=(6, 5), batch_size=3, seed=5, **settings)
        batch = flow[0]
        parts = [batch] if isinstance(batch, np.ndarray) else list(batch)
        for i, part in enumerate(parts):
            if isinstance(part, list):
                found |= {f"{name}_{i}_{k}": one for k, one in enumerate(part)}
            else:
                found[f"{name}_{i}"] = part
        found[f"{name}_facts"] = plain([flow.filenames, flow.samples, getattr(flow, "class_indices", None)])
    return found


CASES = {
    function.__name__: function
    for function in (
        tokenizer, words, pad_sequences, timeseries, skipgrams, affine, random_functions, arrays_and_images, generator,
        generator_parts, fitted, files_load, files_directory, files_frame,
    )
}  # fmt: skip


def run(name, keras, folder):
    """A case's arrays, and its other values as JSON would hold them."""
    function = CASES[name]
    found = function(keras, folder) if name.startswith("files_") else function(keras)
    arrays = {key: np.asarray(value) for key, value in found.items() if hasattr(value, "__array__")}
    return arrays, plain({key: value for key, value in found.items() if key not in arrays})
