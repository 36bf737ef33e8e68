"""What is done with records, by whichever library is handed in: TensorFlow, to record, or this one."""

import numpy as np

NAN = float("nan")

#: Features by name: kind, values.
EXAMPLES = {
    "empty": {},
    "ints": {"label": ("int64", [3, -1, 0, 2**40, -(2**63), 2**63 - 1, 127, 128, 300])},
    "floats": {"x": ("float", [0.1, 1.0, 1e10, 1e-7, float("inf"), NAN, -0.0, 123456.789, 16777216.0, 123456789.0])},
    "bytes": {"b": ("bytes", [b"a\"'\n\t\\\x00\x7f\xff", "é".encode(), b""])},
    "name": {'é"\n': ("int64", [1])},
    "empty lists": {"a": ("int64", []), "b": ("float", []), "c": ("bytes", [])},
    "nothing in it": {"a": None},
    "several": {"z": ("float", [1.5]), "a": ("int64", [1, 2]), "m": ("bytes", [b"x", b"yy"])},
    "long": {"pixels": ("int64", list(range(0, 70000, 101))), "f": ("float", [i / 8 for i in range(300)])},
}

RECORDS = [b"", b"abc", b"\x00" * 33, bytes(range(256)) * 5, b"end"]

TENSORS = {
    "int": 1, "ints": [1, 2], "float": 1.5, "float64": np.float64(2), "bool": [True, False], "string": "abc",
    "strings": [["a", "bb"], ["", "é"]], "half": np.float16(1.5), "uint8": np.uint8([1, 255]),
    "none": np.zeros((0, 2)), "complex": np.complex64([1j, 2]), "int16": np.int16(-3), "uint64": np.uint64(3),
    "int64": np.int64([[5, 2**40]]), "int8": np.int8([-1]), "uint16": np.uint16([65535]), "uint32": np.uint32([7]),
    "complex128": np.complex128(1 + 2j),
}  # fmt: skip


def feature(m, spec):
    if spec is None:
        return m.Feature()
    kind, values = spec
    if kind == "int64":
        return m.Feature(int64_list=m.Int64List(value=values))
    if kind == "float":
        return m.Feature(float_list=m.FloatList(value=values))
    return m.Feature(bytes_list=m.BytesList(value=values))


def example(m, features):
    """An Example; `m` has the classes of messages."""
    return m.Example(features=m.Features(feature={name: feature(m, spec) for name, spec in features.items()}))


def sequence(m, context, lists):
    made = {
        name: m.FeatureList(feature=[feature(m, (kind, values)) for values in steps])
        for name, (kind, steps) in lists.items()
    }
    context = m.Features(feature={name: feature(m, spec) for name, spec in context.items()})
    return m.SequenceExample(context=context, feature_lists=m.FeatureLists(feature_list=made))


class Inputs:
    """Serialized examples for the parsing cases."""

    def __init__(self, m):
        def made(**features):
            return example(m, features).SerializeToString()

        self.batch = [
            made(
                i=("int64", [3]), f=("float", [1, 2]), b=("bytes", [b"x"]), v=("int64", [1, 2, 3]), s=("bytes", [b"q"])
            ),
            made(
                i=("int64", [4]), f=("float", [3, 4]), b=("bytes", [b"yy"]), v=("int64", []), s=("bytes", [b"r", b""])
            ),
        ]
        self.ragged = made(
            vals=("int64", [3, 1, 4, 1, 5, 9]), lens=("int64", [2, 0, 3, 0, 1]), sp=("int64", [0, 2, 2, 5, 5, 6]),
            starts=("int64", [0, 2, 2, 5, 5]), limits=("int64", [2, 2, 5, 5, 6]), ids=("int64", [0, 0, 2, 2, 2, 4]),
            outer=("int64", [2, 3]),
        )  # fmt: skip
        self.sparse = made(x=("int64", [3, 0]), y=("int64", [1, 2]), val=("float", [0.5, 1.5]))
        lists = {"w": ("bytes", [[b"a", b"b"], [b"c"]]), "k": ("int64", [[1, 2], [3, 4]])}
        other = {"w": ("bytes", [[b"a"]]), "k": ("int64", [[1, 2]])}
        self.sequences = [
            sequence(m, {"n": ("int64", [2])}, lists).SerializeToString(),
            sequence(m, {"n": ("int64", [1])}, other).SerializeToString(),
        ]


def fixed(io, t):
    return {"i": io.FixedLenFeature([], t.int64), "f": io.FixedLenFeature([2], t.float32)}


def partitioned(io, t, *partitions):
    return {"p": io.RaggedFeature(t.int64, value_key="vals", partitions=list(partitions))}


#: Each takes the functions, the inputs and the types.
PARSING = {
    "batch": lambda io, d, t: io.parse_example(
        d.batch,
        fixed(io, t)
        | {
            "b": io.FixedLenFeature([], t.string),
            "v": io.VarLenFeature(t.int64),
            "s": io.VarLenFeature(t.string),
            "m": io.FixedLenFeature([2], t.int64, default_value=[9, 8]),
            "n": io.FixedLenFeature([], t.string, default_value="none"),
            "q": io.VarLenFeature(t.float32),
        },
    ),
    "single": lambda io, d, t: io.parse_single_example(
        d.batch[0], fixed(io, t) | {"b": io.FixedLenFeature([1], t.string), "v": io.VarLenFeature(t.int64)}
    ),
    "scalar in parse_example": lambda io, d, t: io.parse_example(d.batch[0], fixed(io, t)),
    "no batch": lambda io, d, t: io.parse_example(np.array([], object), {"i": io.FixedLenFeature([2], t.int64)}),
    "sequence in batch": lambda io, d, t: io.parse_example(
        d.batch,
        {
            "v": io.FixedLenSequenceFeature([], t.int64, allow_missing=True),
            "s": io.FixedLenSequenceFeature([], t.string, allow_missing=True, default_value="pad"),
            "f": io.FixedLenSequenceFeature([2], t.float32, allow_missing=True),
            "zz": io.FixedLenSequenceFeature([], t.int64, allow_missing=True),
        },
    ),
    "sequence in one": lambda io, d, t: io.parse_single_example(
        d.batch[0],
        {
            "v": io.FixedLenSequenceFeature([], t.int64, allow_missing=True),
            "zz": io.FixedLenSequenceFeature([], t.int64, allow_missing=True),
        },
    ),
    "ragged batch": lambda io, d, t: io.parse_example(
        d.batch, {"v": io.RaggedFeature(t.int64), "s": io.RaggedFeature(t.string)}
    ),
    "ragged one": lambda io, d, t: io.parse_single_example(d.batch[0], {"v": io.RaggedFeature(t.int64)}),
    "sparse": lambda io, d, t: io.parse_example(
        [d.sparse] * 2, {"s": io.SparseFeature(["x", "y"], "val", t.float32, [5, 4])}
    ),
    "sparse one": lambda io, d, t: io.parse_single_example(d.sparse, {"s": io.SparseFeature("x", "val", t.float32, 5)}),
    "lists": lambda io, d, t: io.parse_single_sequence_example(
        d.sequences[0],
        {"n": io.FixedLenFeature([], t.int64)},
        {"k": io.FixedLenSequenceFeature([2], t.int64), "w": io.VarLenFeature(t.string)},
    ),
    "ragged lists": lambda io, d, t: io.parse_single_sequence_example(
        d.sequences[0], None, {"w": io.RaggedFeature(t.string)}
    ),
    "lists that are missing": lambda io, d, t: io.parse_single_sequence_example(
        d.sequences[0], None, {"zz": io.FixedLenSequenceFeature([2], t.int64, allow_missing=True)}
    ),
    "batch of lists": lambda io, d, t: io.parse_sequence_example(
        d.sequences,
        {"n": io.FixedLenFeature([], t.int64)},
        {"k": io.FixedLenSequenceFeature([2], t.int64), "w": io.VarLenFeature(t.string)},
    ),
    "ragged batch of lists": lambda io, d, t: io.parse_sequence_example(
        d.sequences, None, {"w": io.RaggedFeature(t.string)}
    ),
    **{
        f"{kind}, {how}": (
            lambda io, d, t, kind=kind, key=key, how=how: (
                io.parse_example([d.ragged] * 2, partitioned(io, t, getattr(io.RaggedFeature, kind)(key)))
                if how == "batch"
                else io.parse_single_example(d.ragged, partitioned(io, t, getattr(io.RaggedFeature, kind)(key)))
            )
        )
        for kind, key in (
            ("RowLengths", "lens"),
            ("RowSplits", "sp"),
            ("RowStarts", "starts"),
            ("RowLimits", "limits"),
            ("ValueRowIds", "ids"),
            ("UniformRowLength", 2),
        )
        for how in ("batch", "one")
    },
    "two partitions": lambda io, d, t: io.parse_example(
        [d.ragged] * 2, partitioned(io, t, io.RaggedFeature.RowLengths("outer"), io.RaggedFeature.RowLengths("lens"))
    ),
}

ERRORS = {
    "required": lambda io, d, t: io.parse_example(d.batch, {"zz": io.FixedLenFeature([], t.int64)}),
    "required in one": lambda io, d, t: io.parse_single_example(d.batch[0], {"zz": io.FixedLenFeature([], t.int64)}),
    "another type": lambda io, d, t: io.parse_example(d.batch, {"i": io.FixedLenFeature([], t.float32)}),
    "another type, variable": lambda io, d, t: io.parse_single_example(d.batch[0], {"v": io.VarLenFeature(t.string)}),
    "too few": lambda io, d, t: io.parse_example(d.batch, {"f": io.FixedLenFeature([3], t.float32)}),
    "too many": lambda io, d, t: io.parse_single_example(d.batch[0], {"f": io.FixedLenFeature([], t.float32)}),
    "no multiple": lambda io, d, t: io.parse_example(
        d.batch, {"f": io.FixedLenSequenceFeature([3], t.float32, allow_missing=True)}
    ),
    "int32": lambda io, d, t: io.parse_single_example(d.batch[0], {"i": io.FixedLenFeature([], t.int32)}),
    "no features": lambda io, d, t: io.parse_single_example(d.batch[0], {}),
    "features None": lambda io, d, t: io.parse_example(d.batch, None),
    "garbage": lambda io, d, t: io.parse_single_example(b"garbage", {"i": io.FixedLenFeature([], t.int64)}),
    "garbage in a batch": lambda io, d, t: io.parse_example(
        [d.batch[0], b"garbage"], {"i": io.FixedLenFeature([], t.int64)}
    ),
    "unknown size": lambda io, d, t: io.parse_example(d.batch, {"f": io.FixedLenFeature([None], t.float32)}),
    "may not be missing": lambda io, d, t: io.parse_example(d.batch, {"v": io.FixedLenSequenceFeature([], t.int64)}),
    "default of another size": lambda io, d, t: io.parse_example(
        d.batch, {"zz": io.FixedLenFeature([2], t.float32, default_value=0.0)}
    ),
    "rank 2": lambda io, d, t: io.parse_example(np.array([d.batch], object), {"i": io.FixedLenFeature([], t.int64)}),
    "list required": lambda io, d, t: io.parse_single_sequence_example(
        d.sequences[0], None, {"zz": io.FixedLenSequenceFeature([2], t.int64)}
    ),
    "rows do not fit": lambda io, d, t: io.parse_single_example(
        d.ragged, partitioned(io, t, io.RaggedFeature.UniformRowLength(4))
    ),
    "tensor of another type": lambda io, d, t: io.parse_tensor(io.serialize_tensor([1.0, 2.0]), t.int32),
    "no tensor": lambda io, d, t: io.parse_tensor(b"abc", t.int32),
    "write after close": lambda io, d, t: _closed(io).write(b"x"),
    "no folder": lambda io, d, t: io.TFRecordWriter("/nonexistent/folder/file"),
    "unknown compression": lambda io, d, t: io.TFRecordOptions("LZ4"),
    "unknown compression of a writer": lambda io, d, t: io.TFRecordWriter("/dev/null", "LZ4"),
}


def _closed(io):
    writer = io.TFRecordWriter("/dev/null")
    writer.close()
    return writer


#: What is wrong with a file, as a function of the bytes of a good one.
DAMAGE = {
    "cut in the data": lambda file: file[:-6],
    "cut in the last checksum": lambda file: file[:-1],
    "data changed": lambda file: file[:29] + b"X" + file[30:],
    "length changed": lambda file: file[:16] + b"X" + file[17:],
    "no records": lambda file: b"this is not a file of records at all",
}

MESSAGE_ERRORS = {
    "a float among integers": lambda m: m.Int64List(value=[1.5]),
    "text among integers": lambda m: m.Int64List(value=["a"]),
    "too large": lambda m: m.Int64List(value=[2**63]),
    "one integer": lambda m: m.Int64List(value=3),
    "a matrix": lambda m: m.Int64List(value=np.ones((2, 2), int)),
    "text among numbers": lambda m: m.FloatList(value=["1"]),
    "a matrix of floats": lambda m: m.FloatList(value=np.ones((2, 2))),
    "text among bytes": lambda m: m.BytesList(value=["abc"]),
    "bytes for a list of bytes": lambda m: m.BytesList(value=b"abc"),
    "a number among bytes": lambda m: m.BytesList(value=[3]),
    "an unknown field": lambda m: m.Feature(int_list=m.Int64List()),
    "a list for a message": lambda m: m.Feature(int64_list=[1]),
    "another message": lambda m: m.Feature(int64_list=m.FloatList()),
    "by position": lambda m: m.Feature(m.Int64List()),
    "assignment to a message": lambda m: setattr(m.Example(), "features", m.Features()),
    "assignment to a list": lambda m: setattr(m.Int64List(), "value", [1]),
    "assignment to an unknown field": lambda m: setattr(m.Example(), "feature", 1),
    "assignment in a map": lambda m: m.Features().feature.__setitem__("x", m.Feature()),
    "presence of an unknown field": lambda m: m.Feature().HasField("nope"),
    "presence of a list": lambda m: m.Int64List().HasField("value"),
    "an unknown oneof": lambda m: m.Feature().WhichOneof("nope"),
    "text to parse": lambda m: m.Example.FromString("abc"),
    "hash": lambda m: hash(m.Feature()),
    "another class to merge": lambda m: m.Feature().MergeFrom(m.Example()),
}
