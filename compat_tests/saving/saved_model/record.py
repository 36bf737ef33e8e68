"""Writes the folders of data/ that are kept of the TensorFlow that is installed: 2.21, 2.12 or 2.4.

Of each `saved_model.pb` the functions are left out, which are nine tenths of it: no function is ever read.
"""

import importlib.util
import os
import shutil
import tempfile

os.environ.update(TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("models", os.path.join(HERE, "models.py"))
models = importlib.util.module_from_spec(spec)
spec.loader.exec_module(models)


def record(make, version):
    tf.keras.backend.clear_session()
    tf.random.set_seed(1)
    model, x, y = make(tf.keras, tf)
    if y is not None:
        model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0)
    folder = os.path.join(HERE, "data", version, make.__name__)
    shutil.rmtree(folder, ignore_errors=True)
    predicted = model.predict(x)
    model.save(folder)
    strip(os.path.join(folder, "saved_model.pb"))
    found = {}
    for name, value in (("x", x), ("y", y), ("predicted", predicted)):
        listed = value if isinstance(value, list) else [] if value is None else [value]
        found.update({f"{name}_{i}": one for i, one in enumerate(listed)})
    if y is not None:
        history = model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0).history
        found["loss"] = np.array(history["loss"])
    np.savez(os.path.join(folder, "expected.npz"), **found)


def strip(path):
    saved = saved_model_pb2.SavedModel()
    with open(path, "rb") as file:
        saved.ParseFromString(file.read())
    for meta in saved.meta_graphs:
        constants = [node for node in meta.graph_def.node if node.op == "Const" and node.ByteSize() < 1000]
        versions = meta.graph_def.versions
        del meta.graph_def.node[:]
        meta.graph_def.node.extend(constants)
        meta.graph_def.versions.CopyFrom(versions)
        meta.graph_def.library.Clear()
        meta.meta_info_def.ClearField("stripped_op_list")
        meta.ClearField("signature_def")
        meta.ClearField("collection_def")
        for function in meta.object_graph_def.concrete_functions.values():
            function.ClearField("canonicalized_input_signature")
            function.ClearField("output_signature")
        for node in meta.object_graph_def.nodes:
            if node.WhichOneof("kind") == "function":
                node.function.ClearField("function_spec")
    with open(path, "wb") as file:
        file.write(saved.SerializeToString())


if __name__ == "__main__":
    version = ".".join(tf.__version__.split(".")[:2])
    os.chdir(tempfile.mkdtemp())
    for make in models.KEPT[version]:
        record(make, version)
        print(make.__name__)
