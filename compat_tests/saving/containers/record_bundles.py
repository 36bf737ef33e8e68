"""Bundles of the real TensorFlow for test_bundle.py: python -m compat_tests.saving.containers.record_bundles."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"


def values() -> dict[str, np.ndarray]:
    """One value of every dtype, of several shapes."""
    random = np.random.default_rng(0)
    numbers = {
        name: (random.normal(size=(3, 4)) * 50).astype(name)
        for name in "float32 float64 float16 int8 int16 int32 int64".split()
    }
    found = numbers | {
        "uint8": np.arange(256, dtype="uint8").reshape(2, 8, 16),
        "uint16": np.array([0, 65535], "uint16"),
        "uint32": np.array(2**32 - 1, "uint32"),
        "uint64": np.array([2**63], "uint64"),
        "bool": np.array([[True, False, True]]),
        "complex64": np.array([1 + 2j], "complex64"),
        "complex128": np.array(-1j, "complex128"),
        "empty": np.zeros((0, 3), "float32"),
        "strings": np.array([[b"a", b""], [b"xyz" * 50, b"\0\xff"]], object),
        "string": np.array(b"scalar", object),
        "rows": random.normal(size=(300, 7)).astype("float32"),
    }
    return found | {f"many/{i:03d}/name.that.is.long": np.array(i, "int32") for i in range(150)}


def main() -> None:
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
    import tensorflow as tf

    DATA.mkdir(exist_ok=True)
    every = values()
    parts = [every["rows"][:120], every["rows"][120:]]
    # One tensor in two parts, one of them over a range of columns, too.
    names = [*(name for name in every if name != "rows"), "rows", "rows", "rows", "bfloat16"]
    ranges = [""] * (len(every) - 1) + ["300 7 0,120:-", "300 7 120,180:0,3", "300 7 120,180:3,4", ""]
    tensors = [value for name, value in every.items() if name != "rows"]
    tensors += [parts[0], parts[1][:, :3], parts[1][:, 3:], tf.cast([1.5, -2.0, 0.0078125], tf.bfloat16)]
    tf.raw_ops.SaveV2(prefix=str(DATA / "dtypes"), tensor_names=names, shape_and_slices=ranges, tensors=tensors)
    for shard in range(2):
        tf.raw_ops.SaveV2(
            prefix=str(DATA / f"part{shard}"),
            tensor_names=[f"v{shard}"],
            shape_and_slices=[""],
            tensors=[[1.0 + shard]],
        )
    tf.raw_ops.MergeV2Checkpoints(
        checkpoint_prefixes=[str(DATA / "part0"), str(DATA / "part1")], destination_prefix=str(DATA / "shards")
    )
    for left in DATA.glob("part*"):
        left.unlink()
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:  # TensorFlow 1: names, no graph of objects
        divided = tf.compat.v1.fixed_size_partitioner(2)
        tf.compat.v1.get_variable("w", initializer=tf.reshape(tf.range(15.0), (5, 3)), partitioner=divided)
        tf.compat.v1.get_variable("step", initializer=7)
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.train.Saver().save(session, str(DATA / "version1"), write_meta_graph=False, write_state=False)
    print(*sorted(path.name for path in DATA.iterdir()), sep="\n")


if __name__ == "__main__":
    main()
