"""Writes `data/graph_operations.json`: a model of TensorFlowOpLayers, as TensorFlow 2.0 to 2.3 made of operators.

Run in an environment of TensorFlow 2.12, the last that has the class.
"""

import json
from pathlib import Path

import numpy as np


def main() -> None:
    import tensorflow as tf
    from keras.engine.base_layer import TensorFlowOpLayer
    from tensorflow.core.framework import node_def_pb2

    kinds = {"T": tf.float32, "Tidx": tf.int32, "Tshape": tf.int32}

    def layer(op, constants, x, kinds_of=("T",), **attributes):
        node = node_def_pb2.NodeDef(name=op.lower(), op=op, input=[f"i{n}" for n in range(1 + len(constants))])
        for key in kinds_of:
            node.attr[key].CopyFrom(tf.compat.v1.AttrValue(type=kinds[key].as_datatype_enum))
        for key, value in attributes.items():
            node.attr[key].CopyFrom(tf.compat.v1.AttrValue(b=value))
        return TensorFlowOpLayer(node.SerializeToString(), name=op, constants=constants)(x)

    inputs = tf.keras.Input((3, 4), name="x")
    y = layer("Mul", {1: np.float32(2.0)}, inputs)
    y = layer("AddV2", {0: np.float32(1.0)}, y)
    y = layer("Mean", {1: np.array([1], "int32")}, y, ("T", "Tidx"), keep_dims=True)
    y = layer("Reshape", {1: np.array([-1, 2, 2], "int32")}, y, ("T", "Tshape"))
    model = tf.keras.Model(inputs, layer("Relu", {}, y))
    data = np.linspace(-1, 1, 24, dtype="float32").reshape(2, 3, 4)
    saved = {"config": json.loads(model.to_json()), "predicted": model.predict(data, verbose=0).tolist()}
    path = Path(__file__).parent / "data" / "graph_operations.json"
    path.write_text(json.dumps(saved, indent=1) + "\n")


if __name__ == "__main__":
    main()
