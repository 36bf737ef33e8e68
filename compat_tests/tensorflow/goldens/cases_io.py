"""Cases of tf.io and tf.audio: run unchanged against TensorFlow and against torchkeras.tensorflow."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

FILES = Path(__file__).parent / "files"


def image(tf: Any, name: str) -> Any:
    return tf.io.read_file(str(FILES / name))


def in_folder(function: Callable[[str], Any]) -> Any:
    """What a function gives for the path of an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        return function(folder)


def fails(tf: Any, function: Callable[[], Any]) -> str:
    """The name of the error that a function raises."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "nothing"


def example(tf: Any, **features: Any) -> bytes:
    made = {}
    for name, values in features.items():
        if isinstance(values[0], bytes):
            made[name] = tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
        elif isinstance(values[0], float):
            made[name] = tf.train.Feature(float_list=tf.train.FloatList(value=values))
        else:
            made[name] = tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


def two(tf: Any) -> list[bytes]:
    return [example(tf, a=[1, 2], b=[b"x"], c=[0.5]), example(tf, a=[3, 4], b=[b"y", b"z"], c=[1.5])]


def sequence(tf: Any) -> bytes:
    def of(*values: int) -> Any:
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    return tf.train.SequenceExample(
        context=tf.train.Features(feature={"n": of(7)}),
        feature_lists=tf.train.FeatureLists(
            feature_list={
                "s": tf.train.FeatureList(feature=[of(1, 2), of(3, 4)]),
                "r": tf.train.FeatureList(feature=[of(5), of(6, 7)]),
            }
        ),
    ).SerializeToString()  # fmt: skip


def written(tf: Any, folder: str) -> Any:
    path = folder + "/deep/er/file.txt"
    tf.io.write_file(path, "some text")
    return tf.io.read_file(path)


def files(tf: Any, folder: str) -> Any:
    gfile = tf.io.gfile
    gfile.makedirs(folder + "/one/two")
    with gfile.GFile(folder + "/one/a.txt", "w") as file:
        file.write("line 1\nline 2\n")
    with gfile.GFile(folder + "/one/a.txt", "a") as file:
        file.write("line 3\n")
        file.flush()
        sizes = [file.size()]
    gfile.copy(folder + "/one/a.txt", folder + "/one/b.txt")
    gfile.rename(folder + "/one/b.txt", folder + "/one/c.txt")
    with gfile.GFile(folder + "/one/c.txt") as file:
        lines = [file.readline(), file.tell(), file.readlines()]
        file.seek(2)
        lines += [file.read(3), file.read()]
    names = [name.replace(folder, "") for name in gfile.glob(folder + "/one/*.txt")]
    walked = [[path.replace(folder, ""), sorted(a), sorted(b)] for path, a, b in gfile.walk(folder)]
    found = [
        sizes, lines, sorted(names), sorted(walked), sorted(gfile.listdir(folder + "/one")),
        gfile.exists(folder + "/one/b.txt"), gfile.isdir(folder + "/one"), gfile.isdir(folder + "/one/a.txt"),
        gfile.stat(folder + "/one/a.txt").length, gfile.stat(folder).is_directory, gfile.join("a", "b", "c"),
        list(gfile.GFile(folder + "/one/c.txt")), gfile.GFile(folder + "/one/c.txt", "rb").read(4),
    ]  # fmt: skip
    gfile.remove(folder + "/one/a.txt")
    gfile.rmtree(folder + "/one/two")
    return [*found, gfile.listdir(folder + "/one")]


def file_errors(tf: Any, folder: str) -> Any:
    gfile, path = tf.io.gfile, folder + "/a"
    tf.io.write_file(path, "x")
    tf.io.write_file(folder + "/b", "y")
    return [
        fails(tf, function)
        for function in (
            lambda: gfile.GFile(folder + "/none").read(), lambda: gfile.GFile(path, "w").read(),
            lambda: gfile.GFile(path, "r").write("x"), lambda: gfile.GFile(path, "x"),
            lambda: gfile.copy(path, folder + "/b"), lambda: gfile.rename(path, folder + "/b"),
            lambda: gfile.listdir(folder + "/none"), lambda: gfile.remove(folder + "/none"),
            lambda: gfile.rmtree(folder + "/none"), lambda: gfile.remove(folder), lambda: gfile.stat(folder + "/none"),
            lambda: gfile.makedirs(path), lambda: gfile.mkdir(folder + "/x/y/z"), lambda: gfile.mkdir(folder),
            lambda: gfile.copy(path, folder + "/b", overwrite=True),
        )
    ]  # fmt: skip


def matched(tf: Any, folder: str) -> Any:
    for name in ("b.txt", "a.txt", "c.csv"):
        tf.io.write_file(f"{folder}/{name}", "x")
    found = tf.io.matching_files([folder + "/*.txt", folder + "/c*"])
    return tf.strings.regex_replace(found, folder, "")


def records(tf: Any, folder: str) -> Any:
    with tf.io.TFRecordWriter(folder + "/r.tfrecord", tf.io.TFRecordOptions(compression_type="GZIP")) as writer:
        for serialized in two(tf):
            writer.write(serialized)
    rows = tf.data.TFRecordDataset(folder + "/r.tfrecord", compression_type="GZIP")
    spec = {"a": tf.io.FixedLenFeature([2], tf.int64), "c": tf.io.FixedLenFeature([], tf.float32)}
    return list(rows.map(lambda row: tf.io.parse_single_example(row, spec)))


def wav(tf: Any) -> Any:
    return tf.audio.encode_wav([[0.0], [0.5], [-1.0], [1.0], [0.1]], 16000)


CASES: dict[str, Any] = {
    # --- whole files ---
    "write and read": lambda tf, np: in_folder(lambda folder: written(tf, folder)),
    "matching_files": lambda tf, np: in_folder(lambda folder: matched(tf, folder)),
    "matching_files none": lambda tf, np: tf.io.matching_files("/no/such/*"),
    "gfile": lambda tf, np: in_folder(lambda folder: files(tf, folder)),
    "gfile errors": lambda tf, np: in_folder(lambda folder: file_errors(tf, folder)),
    # --- bytes ---
    "decode_raw": lambda tf, np: tf.io.decode_raw(tf.constant(["1", "2"]), tf.uint8),
    "decode_raw int16": lambda tf, np: tf.io.decode_raw(b"\x01\x00\x02\x00", tf.int16),
    "decode_raw big": lambda tf, np: tf.io.decode_raw(b"\x01\x00\x02\x00", tf.int16, little_endian=False),
    "decode_raw float": lambda tf, np: tf.io.decode_raw(np.float32([1.5, -2]).tobytes(), tf.float32),
    "decode_raw fixed": lambda tf, np: tf.io.decode_raw(["a", "bcd"], tf.uint8, fixed_length=2),
    "decode_raw reshape": lambda tf, np: tf.reshape(tf.io.decode_raw([bytes(range(12))], tf.uint8), (1, 3, 4)),
    "decode_compressed": lambda tf, np: tf.io.decode_compressed(zlib.compress(b"hello"), "ZLIB"),
    "decode_compressed gzip": lambda tf, np: tf.io.decode_compressed([gzip.compress(b"hello")], "GZIP"),
    "decode_compressed none": lambda tf, np: tf.io.decode_compressed(b"hello"),
    "encode_base64": lambda tf, np: tf.io.encode_base64(["hello?>", "a"]),
    "encode_base64 pad": lambda tf, np: tf.io.encode_base64("a", pad=True),
    "decode_base64": lambda tf, np: tf.io.decode_base64(["aGVsbG8_Pg", "YQ=="]),
    # --- lines of values ---
    "decode_csv": lambda tf, np: tf.io.decode_csv(
        ["1,2.5,abc", '4,5,"d,e"'], [tf.constant([], tf.int32), tf.constant([0.0]), ["x"]]
    ),
    "decode_csv defaults": lambda tf, np: tf.io.decode_csv("1,,", [[0], [7.5], [""]]),
    "decode_csv scalars": lambda tf, np: tf.io.decode_csv("1,", [0, 7]),
    "decode_csv columns": lambda tf, np: tf.io.decode_csv(["1,2,3"], [[0], [0]], select_cols=[0, 2]),
    "decode_csv na": lambda tf, np: tf.io.decode_csv("NA,2", [[5], [0]], na_value="NA"),
    "decode_csv delimiter": lambda tf, np: tf.io.decode_csv("1|2", [[0], [0.0]], field_delim="|"),
    "decode_csv quotes": lambda tf, np: tf.io.decode_csv('"a""b",\'c', [[""], [""]]),
    "decode_csv no quotes": lambda tf, np: tf.io.decode_csv('"a",b', [[""], [""]], use_quote_delim=False),
    "decode_csv matrix": lambda tf, np: tf.io.decode_csv([["1,2"], ["3,4"]], [[0], [0]]),
    "decode_csv spaces": lambda tf, np: tf.io.decode_csv(" 1 , 2.5", [[0], [0.0]]),
    "decode_csv dtypes": lambda tf, np: tf.io.decode_csv(
        "1,2", [tf.constant([], tf.float64), tf.constant([], tf.int64)]
    ),
    # --- tensors ---
    "serialize_tensor": lambda tf, np: tf.io.serialize_tensor(tf.constant([[1, 2], [3, 4]])),
    "serialize_tensor text": lambda tf, np: tf.io.serialize_tensor("a"),
    "parse_tensor": lambda tf, np: tf.io.parse_tensor(tf.io.serialize_tensor(tf.constant([[1.0, 2.0]])), tf.float32),
    "parse_tensor texts": lambda tf, np: tf.io.parse_tensor(tf.io.serialize_tensor(["a", "b"]), tf.string),
    "parse_tensor bfloat16": lambda tf, np: tf.cast(
        tf.io.parse_tensor(tf.io.serialize_tensor(tf.constant([1.5, -2.0], tf.bfloat16)), tf.bfloat16), tf.float32
    ),
    "serialize_sparse": lambda tf, np: tf.io.serialize_sparse(tf.sparse.from_dense([[1, 0]])),
    "many sparse": lambda tf, np: tf.io.deserialize_many_sparse(
        tf.io.serialize_many_sparse(tf.sparse.from_dense([[1, 0], [0, 2]])), tf.int32
    ),
    "many sparse of shapes": lambda tf, np: tf.io.deserialize_many_sparse(
        [
            tf.io.serialize_sparse(tf.sparse.from_dense([[1, 0]])),
            tf.io.serialize_sparse(tf.sparse.from_dense([[0, 3], [1, 1]])),
        ],
        tf.int32,
    ),
    # --- Examples ---
    "parse_example": lambda tf, np: tf.io.parse_example(
        two(tf),
        {
            "a": tf.io.FixedLenFeature([2], tf.int64),
            "b": tf.io.VarLenFeature(tf.string),
            "c": tf.io.FixedLenFeature([], tf.float32),
            "d": tf.io.FixedLenFeature([], tf.string, default_value="none"),
        },
    ),
    "parse_example ragged": lambda tf, np: tf.io.parse_example(
        two(tf), {"b": tf.io.RaggedFeature(tf.string), "a": tf.io.FixedLenSequenceFeature([], tf.int64, True)}
    ),
    "parse_example ragged splits": lambda tf, np: (
        tf.io.parse_example(two(tf), {"b": tf.io.RaggedFeature(tf.string, row_splits_dtype=tf.int64)})["b"].row_splits
    ),
    "parse_single_example": lambda tf, np: tf.io.parse_single_example(
        two(tf)[1], {"a": tf.io.FixedLenFeature((2,), tf.int64), "b": tf.io.VarLenFeature(tf.string)}
    ),
    "parse_single_example tensor": lambda tf, np: tf.io.parse_single_example(
        tf.constant(two(tf)[0]), {"b": tf.io.FixedLenFeature([], tf.string, "")}
    ),
    "parse_single_sequence_example": lambda tf, np: tf.io.parse_single_sequence_example(
        sequence(tf),
        {"n": tf.io.FixedLenFeature([], tf.int64)},
        {"s": tf.io.FixedLenSequenceFeature([2], tf.int64), "r": tf.io.RaggedFeature(tf.int64)},
    ),
    "parse_sequence_example": lambda tf, np: tf.io.parse_sequence_example(
        [sequence(tf), sequence(tf)],
        {"n": tf.io.FixedLenFeature([], tf.int64)},
        {"s": tf.io.FixedLenSequenceFeature([2], tf.int64)},
    ),
    "records": lambda tf, np: in_folder(lambda folder: records(tf, folder)),
    "Example": lambda tf, np: tf.train.Example.FromString(example(tf, a=[1])).features.feature["a"].int64_list.value[0],
    # --- images ---
    "decode_png": lambda tf, np: tf.io.decode_png(image(tf, "rgb.png")),
    "decode_png grey": lambda tf, np: tf.io.decode_png(image(tf, "rgb.png"), channels=1),
    "decode_png 4": lambda tf, np: tf.io.decode_png(image(tf, "rgb.png"), channels=4),
    "decode_png rgba": lambda tf, np: tf.io.decode_png(image(tf, "rgba.png")),
    "decode_png rgba as rgb": lambda tf, np: tf.image.decode_png(image(tf, "rgba.png"), channels=3),
    "decode_png grey and opacity": lambda tf, np: tf.io.decode_png(image(tf, "la.png")),
    "decode_png grey as rgb": lambda tf, np: tf.io.decode_png(image(tf, "la.png"), channels=3),
    "decode_png palette": lambda tf, np: tf.io.decode_png(image(tf, "pt.png")),
    "decode_png 16": lambda tf, np: tf.io.decode_png(image(tf, "l16.png"), dtype=tf.uint16),
    "decode_png 16 as 8": lambda tf, np: tf.io.decode_png(image(tf, "l16.png")),
    "decode_png transparent": lambda tf, np: tf.io.decode_png(image(tf, "rgbt.png")),
    "decode_png of a jpeg": lambda tf, np: tf.io.decode_png(image(tf, "rgba.png"), dtype=tf.uint16),
    "decode_png 16 colours": lambda tf, np: tf.io.decode_png(
        tf.io.encode_png(tf.constant(np.arange(60).reshape(4, 5, 3) * 1000, tf.uint16)), dtype=tf.uint16
    ),
    "decode_jpeg": lambda tf, np: tf.io.decode_jpeg(image(tf, "q80p.jpg"), dct_method="INTEGER_ACCURATE"),
    "decode_jpeg grey": lambda tf, np: tf.image.decode_jpeg(
        image(tf, "q80p.jpg"), channels=1, dct_method="INTEGER_ACCURATE"
    ),
    "decode_jpeg of grey": lambda tf, np: tf.io.decode_jpeg(
        image(tf, "l.jpg"), channels=3, dct_method="INTEGER_ACCURATE"
    ),
    "decode_jpeg half": lambda tf, np: (
        tf.io.decode_jpeg(image(tf, "l.jpg"), ratio=2, dct_method="INTEGER_ACCURATE").shape
    ),
    "decode_jpeg of a png": lambda tf, np: tf.io.decode_jpeg(image(tf, "rgb.png")),
    "decode_and_crop_jpeg": lambda tf, np: tf.io.decode_and_crop_jpeg(
        image(tf, "l.jpg"), [1, 2, 9, 7], dct_method="INTEGER_ACCURATE"
    ),
    "extract_jpeg_shape": lambda tf, np: tf.io.extract_jpeg_shape(image(tf, "q80p.jpg")),
    "is_jpeg": lambda tf, np: [tf.io.is_jpeg(image(tf, "l.jpg")), tf.io.is_jpeg(image(tf, "rgb.png"))],
    "decode_bmp": lambda tf, np: tf.io.decode_bmp(image(tf, "rgb.bmp")),
    "decode_gif": lambda tf, np: tf.io.decode_gif(image(tf, "anim.gif")),
    "decode_image png": lambda tf, np: tf.io.decode_image(image(tf, "rgb.png"), channels=3),
    "decode_image float": lambda tf, np: tf.image.decode_image(image(tf, "rgba.png"), dtype=tf.float32),
    "decode_image 16": lambda tf, np: tf.io.decode_image(image(tf, "la.png"), dtype=tf.uint16),
    "decode_image gif": lambda tf, np: tf.io.decode_image(image(tf, "anim.gif")).shape,
    "decode_image frame": lambda tf, np: tf.io.decode_image(image(tf, "anim.gif"), expand_animations=False),
    "decode_image bmp": lambda tf, np: tf.io.decode_image(image(tf, "rgb.bmp"), channels=4),
    "encode_png": lambda tf, np: tf.io.decode_png(tf.io.encode_png(tf.io.decode_png(image(tf, "rgba.png")))),
    "encode_jpeg": lambda tf, np: tf.io.decode_jpeg(tf.io.encode_jpeg(tf.ones((8, 6, 3), tf.uint8) * 128)),
    "adjust_jpeg_quality": lambda tf, np: tf.image.adjust_jpeg_quality(
        tf.io.decode_png(image(tf, "la.png"), channels=1), 60, dct_method="INTEGER_ACCURATE"
    ),
    "adjust_jpeg_quality of floats": lambda tf, np: tf.image.adjust_jpeg_quality(
        tf.io.decode_image(image(tf, "la.png"), channels=1, dtype=tf.float32), 60, dct_method="INTEGER_ACCURATE"
    ),
    "random_jpeg_quality": lambda tf, np: tf.image.random_jpeg_quality(tf.ones((8, 6, 3), tf.uint8) * 128, 60, 90),
    "stateless_random_jpeg_quality": lambda tf, np: tf.image.stateless_random_jpeg_quality(
        tf.ones((8, 6, 3), tf.uint8) * 128, 60, 90, (1, 2)
    ),
    # --- sounds ---
    "encode_wav": lambda tf, np: wav(tf),
    "encode_wav halves": lambda tf, np: tf.audio.encode_wav([[k / 65536, -k / 65536] for k in (1, 3, 5)], 8000),
    "decode_wav": lambda tf, np: list(tf.audio.decode_wav(wav(tf))),
    "decode_wav channels": lambda tf, np: tf.audio.decode_wav(wav(tf), desired_channels=2, desired_samples=7).audio,
    "decode_wav cut": lambda tf, np: tf.audio.decode_wav(wav(tf), desired_channels=1, desired_samples=2)[0],
    "decode_wav stereo": lambda tf, np: (
        tf.audio.decode_wav(tf.audio.encode_wav([[0.1, 0.2], [0.3, -0.4], [2.0, -3.0]], 8000)).audio
    ),
}

ERRORS: dict[str, Any] = {
    "read_file none": lambda tf, np: tf.io.read_file("/no/such/file"),
    "read_file several": lambda tf, np: tf.io.read_file(["a"]),
    "decode_raw length": lambda tf, np: tf.io.decode_raw(b"\x01\x00\x02", tf.int16),
    "decode_raw lengths": lambda tf, np: tf.io.decode_raw(["a", "bc"], tf.uint8),
    "decode_raw fixed": lambda tf, np: tf.io.decode_raw(["a"], tf.int16, fixed_length=3),
    "decode_compressed": lambda tf, np: tf.io.decode_compressed(b"hello", "GZIP"),
    "decode_compressed kind": lambda tf, np: tf.io.decode_compressed(b"hello", "BAD"),
    "decode_base64 length": lambda tf, np: tf.io.decode_base64("*"),
    "decode_base64 alphabet": lambda tf, np: tf.io.decode_base64("aGVsbG8/Pg"),
    "decode_csv missing": lambda tf, np: tf.io.decode_csv(",1", [tf.constant([], tf.int32), [0]]),
    "decode_csv fields": lambda tf, np: tf.io.decode_csv("1,2", [[0]]),
    "decode_csv word": lambda tf, np: tf.io.decode_csv("x", [[0]]),
    "decode_csv dtype": lambda tf, np: tf.io.decode_csv("1,2", [tf.int32, tf.float32]),
    "decode_csv quotes": lambda tf, np: tf.io.decode_csv('a"b,c', [[""], [""]]),
    "parse_tensor dtype": lambda tf, np: tf.io.parse_tensor(tf.io.serialize_tensor([1.0]), tf.int32),
    "parse_tensor": lambda tf, np: tf.io.parse_tensor("xx", tf.int32),
    "parse_example missing": lambda tf, np: tf.io.parse_example(two(tf), {"q": tf.io.FixedLenFeature([], tf.int64)}),
    "parse_example dtype": lambda tf, np: tf.io.parse_example(two(tf), {"a": tf.io.FixedLenFeature([2], tf.float32)}),
    "parse_single_example batch": lambda tf, np: tf.io.parse_single_example(
        two(tf), {"a": tf.io.FixedLenFeature([2], tf.int64)}
    ),
    "decode_image": lambda tf, np: tf.io.decode_image(b"xxxx"),
    "decode_jpeg": lambda tf, np: tf.io.decode_jpeg(b"\xff\xd8\xffxx"),
    "decode_png cut": lambda tf, np: tf.io.decode_png(tf.strings.substr(image(tf, "rgb.png"), 0, 150)),
    "decode_png channels": lambda tf, np: tf.io.decode_png(image(tf, "rgb.png"), channels=2),
    "decode_png of a bmp": lambda tf, np: tf.io.decode_png(image(tf, "rgb.bmp")),
    "decode_jpeg ratio": lambda tf, np: tf.io.decode_jpeg(image(tf, "l.jpg"), ratio=3),
    "encode_jpeg axes": lambda tf, np: tf.io.encode_jpeg(tf.ones((2, 3), tf.uint8)),
    "encode_jpeg floats": lambda tf, np: tf.io.encode_jpeg(tf.ones((2, 3, 3))),
    "encode_jpeg quality": lambda tf, np: tf.io.encode_jpeg(tf.ones((2, 3, 3), tf.uint8), quality=101),
    "encode_png channels": lambda tf, np: tf.io.encode_png(tf.ones((2, 3, 5), tf.uint8)),
    "random_jpeg_quality": lambda tf, np: tf.image.random_jpeg_quality(tf.ones((8, 6, 3), tf.uint8), 90, 60),
    "decode_wav": lambda tf, np: tf.audio.decode_wav(b"xxx"),
    "encode_wav axes": lambda tf, np: tf.audio.encode_wav([1.0, 2.0], 8000),
    "encode_wav rate": lambda tf, np: tf.audio.encode_wav([[1.0, 2.0]], 0),
    "encode_wav channels": lambda tf, np: tf.audio.encode_wav(np.zeros((3, 0), "float32"), 8000),
}
