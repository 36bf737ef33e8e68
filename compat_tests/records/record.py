"""Record what TensorFlow does with records: python -m compat_tests.records.record."""

import base64
import json
import pathlib
import tempfile

import numpy as np
import tensorflow as tf

from compat_tests.records import cases

DATA = pathlib.Path(__file__).parent / "data"


def text_of(data):
    return base64.b64encode(data).decode()


def messages():
    found = {}
    for name, features in cases.EXAMPLES.items():
        made = cases.example(tf.train, features)
        found[name] = {"bytes": text_of(made.SerializeToString(deterministic=True))}
        if len(features) < 2:  # maps print in no order
            found[name]["text"] = str(made)
    return found


def files():
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("", "GZIP", "ZLIB"):
            path = f"{folder}/file"
            with tf.io.TFRecordWriter(path, kind) as writer:
                for record in cases.RECORDS:
                    writer.write(record)
            found[kind] = text_of(pathlib.Path(path).read_bytes())
        good = base64.b64decode(found[""])
        damaged = {}
        for name, damage in cases.DAMAGE.items():
            pathlib.Path(path).write_bytes(damage(good))
            damaged[name] = error_of(lambda: [r.numpy() for r in tf.data.TFRecordDataset(path)])
    return {"files": found, "damaged": damaged}


def tensors():
    found = {}
    for name, value in cases.TENSORS.items():
        found[name] = {
            "serialized": text_of(tf.io.serialize_tensor(value).numpy()),
            "proto": text_of(tf.make_tensor_proto(value).SerializeToString()),
        }
    short = tf.io.serialize_tensor(tf.cast([1.5, -2.0], tf.bfloat16)).numpy()
    return found | {"bfloat16": {"serialized": text_of(short)}}


def plain(value):
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, tf.SparseTensor):
        return {"sparse": [dense(value.indices), dense(value.values), dense(value.dense_shape)]}
    if isinstance(value, tf.RaggedTensor):
        return {"ragged": strings(value.to_list()), "dtype": value.dtype.name}
    return dense(value)


def dense(tensor):
    return {"dense": strings(np.asarray(tensor).tolist()), "dtype": tensor.dtype.name, "shape": tensor.shape.as_list()}


def strings(nested):
    if isinstance(nested, list):
        return [strings(item) for item in nested]
    return nested.decode("latin-1") if isinstance(nested, bytes) else nested


def error_of(function):
    try:
        function()
    except Exception as error:
        return type(error).__name__
    raise AssertionError("no error")


def main():
    inputs = cases.Inputs(tf.train)
    everything = {
        "messages": messages(),
        "message errors": {name: error_of(lambda f=f: f(tf.train)) for name, f in cases.MESSAGE_ERRORS.items()},
        "records": files(),
        "tensors": tensors(),
        "parsing": {name: plain(case(tf.io, inputs, tf)) for name, case in cases.PARSING.items()},
        "errors": {name: error_of(lambda c=c: c(tf.io, inputs, tf)) for name, c in cases.ERRORS.items()},
        "version": tf.__version__,
    }
    DATA.mkdir(exist_ok=True)
    (DATA / "records.json").write_text(json.dumps(everything, indent=1) + "\n")


if __name__ == "__main__":
    main()
