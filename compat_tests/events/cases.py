"""Summaries and runs, made by whichever library is handed in: TensorFlow, to record, or this one."""

import numpy as np

IMAGES = np.linspace(0, 1, 4 * 2 * 3 * 3, dtype=np.float32).reshape(4, 2, 3, 3)

#: The function of tf.summary, its arguments, and its keyword arguments.
SUMMARIES = {
    "scalar": ("scalar", ["a", 0.5], {}),
    "scalar of float64": ("scalar", ["b", np.float64(0.1)], {"step": 7, "description": "hi **x**"}),
    "scalar of an integer": ("scalar", ["x y", 3], {"step": 2**40}),
    "histogram": ("histogram", ["h", np.arange(10.0)], {"buckets": 3}),
    "histogram of thirty": ("histogram", ["h", np.sin(np.arange(200.0)).reshape(4, 50)], {}),
    "histogram of one value": ("histogram", ["h", np.ones(4)], {"buckets": 3}),
    "histogram of nothing": ("histogram", ["h", np.zeros(0)], {"buckets": 2}),
    "histogram of integers": ("histogram", ["h", np.arange(7)], {"buckets": 2, "description": "d"}),
    "image": ("image", ["i", IMAGES], {}),
    "image of bytes": ("image", ["i", np.arange(2 * 5 * 4, dtype=np.uint8).reshape(1, 5, 4, 2) * 6], {}),
    "images in grey": ("image", ["i", IMAGES[..., :1] * 1.5 - 0.2], {"max_outputs": 4}),
    "image of int32": ("image", ["i", np.arange(16, dtype=np.int32).reshape(1, 2, 2, 4) * 2**27 - 5], {}),
    "text": ("text", ["t", "hello"], {}),
    "texts": ("text", ["t", [["a", "b"], ["c", "é"]]], {"description": "d"}),
    "audio": ("audio", ["s", np.linspace(-1, 1, 24, dtype=np.float32).reshape(4, 3, 2), 8000], {"max_outputs": 2}),
    "raw": ("write", ["r", np.arange(3)], {}),
}

SUMMARY_ERRORS = {
    "a vector for a scalar": ("scalar", ["a", [1.0, 2.0]], {}),
    "an image without a batch": ("image", ["a", IMAGES[0]], {}),
    "numbers for text": ("text", ["a", 3.0], {}),
    "sounds without channels": ("audio", ["a", np.zeros((2, 3), np.float32), 8000], {}),
    "an unknown encoding": ("audio", ["a", np.zeros((1, 2, 3), np.float32), 8000], {"encoding": "mp3"}),
    "a vector for a step": ("scalar", ["a", 1.0], {"step": [1, 2]}),
}


def weights(shapes):
    made, start = [], 0.0
    for shape in shapes:
        size = int(np.prod(shape))
        made.append(np.sin(np.arange(size) + start).reshape(shape).astype(np.float32) / 2)
        start += 1.0
    return made


def mlp(keras, rate):
    model = keras.Sequential([
        keras.Input((2,)), keras.layers.Dense(3, "relu", name="d1"), keras.layers.Dense(1, "sigmoid", name="d2"),
    ])  # fmt: skip
    model.set_weights(weights([(2, 3), (3,), (3, 1), (1,)]))
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy", metrics=["accuracy"])
    x = np.linspace(-1, 1, 20, dtype=np.float32).reshape(10, 2)
    return model, x, (x.sum(1, keepdims=True) > 0).astype(np.float32)


def conv(keras):
    inputs = keras.Input((6, 6, 1))
    x = keras.layers.Conv2D(2, 3, name="c1")(inputs)
    x = keras.layers.Conv2D(3, (2, 1), name="c2")(x)
    x = keras.layers.Conv2D(2, 1, use_bias=False, name="c3")(x)
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x))
    model.set_weights(weights([(3, 3, 1, 2), (2,), (2, 1, 2, 3), (3,), (1, 1, 3, 2)]))
    model.compile(keras.optimizers.SGD(0.1), "mse")
    x = np.cos(np.arange(8 * 36, dtype=np.float32)).reshape(8, 6, 6, 1)
    return model, x, np.sin(np.arange(16, dtype=np.float32)).reshape(8, 2)


def run_epochs(keras, folder):
    """By epoch, with validation, histograms and images."""
    model, x, y = mlp(keras, 0.1)
    callback = keras.callbacks.TensorBoard(folder, histogram_freq=1, write_images=True, write_graph=False)
    model.fit(x, y, 4, 2, 0, [callback], validation_data=(x, y), shuffle=False)


def run_batches(keras, folder):
    """By batch, with a schedule of the rate, and an evaluation."""
    model, x, y = mlp(keras, keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.5))
    # tf_keras writes batches only along with their speed.
    options = {"update_freq": 2, "write_steps_per_second": True, "write_graph": False}
    callback = keras.callbacks.TensorBoard(folder, **options)
    model.fit(x, y, 4, 3, 0, [callback], shuffle=False)
    model.evaluate(x, y, verbose=0, callbacks=[callback])


def run_conv(keras, folder):
    """Kernels as images."""
    model, x, y = conv(keras)
    callback = keras.callbacks.TensorBoard(folder, histogram_freq=2, write_images=True, write_graph=False)
    model.fit(x, y, 4, 3, 0, [callback], shuffle=False)


def run_rates(keras, folder):
    """A rate that another callback sets."""
    model, x, y = mlp(keras, 0.1)
    follow = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))
    model.fit(x, y, 5, 2, 0, [follow, keras.callbacks.TensorBoard(folder, write_graph=False)], shuffle=False)


RUNS = {"epochs": run_epochs, "batches": run_batches, "conv": run_conv, "rates": run_rates}


def content(events_of, array_of, folder):
    """What a run has written: for each of its folders the steps, tags, plugins and values in their order."""
    found = {}
    for part in sorted(path.name for path in folder.iterdir()):
        rows = found[part] = []
        for file in sorted((folder / part).iterdir(), key=lambda f: int(f.name.split(".")[-2])):
            for event in events_of(str(file)):
                for value in event.summary.value:
                    plugin = value.metadata.plugin_data
                    rows.append([event.step, value.tag, plugin.plugin_name, plain(array_of(value.tensor), value.tag)])
    return found


def plain(array, tag):
    if "per_second" in tag:
        return None
    return [v.hex() if isinstance(v, bytes) else v for v in array.reshape(-1).tolist()]
