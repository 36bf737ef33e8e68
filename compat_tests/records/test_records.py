"""Messages, files and tensors, byte for byte as TensorFlow writes them."""

import base64
import copy
import json
import pathlib
import pickle
import struct

import numpy as np
import pytest
import torch

from compat_tests.records import cases
from torchkeras import records
from torchkeras.core import op_errors
from torchkeras.records import wire
from torchkeras.records.crc32c import crc32c, masked_crc32c
from torchkeras.records.fields import Sub
from torchkeras.records.framing import frame
from torchkeras.records.message import Message

RECORDED = json.loads((pathlib.Path(__file__).parent / "data" / "records.json").read_text())


def raw(text):
    return base64.b64decode(text)


# --- messages ---


@pytest.mark.parametrize("name", cases.EXAMPLES)
def test_an_example_is_written_as_tensorflow_writes_it(name):
    made = cases.example(records, cases.EXAMPLES[name])
    recorded = RECORDED["messages"][name]
    assert made.SerializeToString(deterministic=True) == raw(recorded["bytes"])
    assert records.Example.FromString(raw(recorded["bytes"])).SerializeToString(True) == raw(recorded["bytes"])
    if "text" in recorded:
        assert repr(made) == recorded["text"]


@pytest.mark.parametrize("name", cases.MESSAGE_ERRORS)
def test_wrong_use_of_messages_raises_what_protobuf_raises(name):
    with pytest.raises(Exception) as caught:  # noqa: PT011
        cases.MESSAGE_ERRORS[name](records)
    assert caught.type.__name__ == RECORDED["message errors"][name]


def test_an_unknown_field_is_answered_with_the_likely_one():
    with pytest.raises(ValueError, match="Did you mean 'int64_list'"):
        records.Feature(int64list=records.Int64List())


def test_values_are_read_where_tutorials_read_them():
    made = records.Example.FromString(cases.example(records, cases.EXAMPLES["several"]).SerializeToString())
    feature = made.features.feature
    assert sorted(feature) == ["a", "m", "z"]
    assert "a" in feature
    assert feature["a"].int64_list.value == [1, 2]
    assert feature["a"].int64_list.value[-1:] == [2]
    assert feature["m"].bytes_list.value[1] == b"yy"
    assert feature["z"].WhichOneof("kind") == "float_list"
    assert [name for name, _ in sorted(feature.items())] == ["a", "m", "z"]


def test_setting_something_within_sets_what_is_around_it():
    example = records.Example()
    assert not example.HasField("features")
    assert example.features.feature.get("x") is None
    assert not example.HasField("features")
    example.features.feature["x"].int64_list.value.append(3)
    assert example.HasField("features")
    assert example.SerializeToString() == b"\n\x0c\n\n\n\x01x\x12\x05\x1a\x03\n\x01\x03"


def test_setting_one_of_a_oneof_unsets_the_other():
    feature = records.Feature(int64_list=records.Int64List(value=[1]))
    feature.float_list.value.extend([2.0])
    assert feature.WhichOneof("kind") == "float_list"
    assert not feature.HasField("int64_list")
    assert feature.int64_list.value == []


def test_numpy_and_torch_numbers_are_taken():
    assert records.Int64List(value=[np.int32(3), torch.tensor(4), True]).value == [3, 4, 1]
    assert records.Int64List(value=np.arange(3, dtype=np.uint8)).value == [0, 1, 2]
    assert records.FloatList(value=np.float64([0.1, 1e300])).value == [float(np.float32(0.1)), float("inf")]
    assert records.FloatList(value=torch.tensor([1.5, 2.0])).value == [1.5, 2.0]
    assert records.BytesList(value=[np.bytes_(b"x")]).value == [b"x"]


def test_copies_are_copies():
    made = cases.example(records, cases.EXAMPLES["several"])
    for copied in (copy.deepcopy(made), pickle.loads(pickle.dumps(made)), records.Example()):
        copied.CopyFrom(made)
        assert copied == made
        copied.features.feature["a"].int64_list.value[0] = 7
        assert copied != made
    assert made.features.feature["a"].int64_list.value == [1, 2]


def test_what_a_class_does_not_know_is_kept():
    serialized = b"\x12\x03abc" + b"\x18\x05"
    assert records.Example.FromString(serialized).SerializeToString() == serialized


def test_unpacked_numbers_are_read():
    assert records.Int64List.FromString(b"\x08\x01\x08\x02").value == [1, 2]
    unpacked = b"".join(b"\x0d" + struct.pack("<f", value) for value in (1.5, -2.0))
    assert records.FloatList.FromString(unpacked).value == [1.5, -2.0]


@pytest.mark.parametrize(
    "serialized",
    [b"abc", b"\x0a\x05\x0a", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\x0a", b"\x00\x01", b"\x0b\x0c"],
)
def test_bytes_that_are_no_message(serialized):
    with pytest.raises(records.DecodeError, match="Error parsing message with type 'Example'"):
        records.Example.FromString(serialized)


def test_messages_within_each_other_without_end_are_refused():
    class Nested(Message):
        __slots__ = ()
        inner = Sub(1, None)

    Nested.inner.message = Nested
    serialized = b""
    for _ in range(150):
        serialized = wire.delimited(1, serialized)
    with pytest.raises(records.DecodeError, match="More than 100 messages"):
        Nested.FromString(serialized)
    assert Nested.FromString(wire.delimited(1, b"")).HasField("inner")


def test_every_cut_of_a_message_is_refused():
    whole = cases.example(records, cases.EXAMPLES["several"]).SerializeToString()
    for end in range(1, len(whole)):
        with pytest.raises(records.DecodeError):
            records.Example.FromString(whole[:end])


def test_varints_of_all_lengths():
    values = [0, 1, 127, 128, 16383, 16384, 2**31, 2**63 - 1, -1, -(2**63)]
    packed = b"".join(map(wire.encode_varint, values))
    assert wire.decode_packed_varints(memoryview(packed)).tolist() == values
    place = 0
    for value in values:
        found, place = wire.decode_varint(memoryview(packed), place)
        assert wire.signed(found) == value


# --- checksums and files ---


@pytest.mark.parametrize(
    ("data", "expected"),  # RFC 3720, B.4, and the usual check
    [
        (b"123456789", 0xE3069283), (b"\x00" * 32, 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E), (bytes(range(31, -1, -1)), 0x113FDB5C), (b"", 0),
    ],
)  # fmt: skip
def test_checksums_known_from_elsewhere(data, expected):
    assert crc32c(data) == expected


def bit_by_bit(data):
    state = 0xFFFFFFFF
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ (0x82F63B78 if state & 1 else 0)
    return state ^ 0xFFFFFFFF


@pytest.mark.parametrize("size", [1, 31, 32, 33, 35, 36, 511, 512, 513, 544, 545, 1024, 3000])
def test_checksums_of_all_sizes(size):
    data = np.random.default_rng(size).integers(0, 256, size, dtype=np.uint8).tobytes()
    assert crc32c(data) == bit_by_bit(data)
    assert crc32c(data[size // 3 :], crc32c(data[: size // 3])) == bit_by_bit(data)


@pytest.mark.parametrize("size", [22_740, 22_741, 181_920, 181_925, 600_000, 1_455_363])
def test_checksums_of_long_data(size):
    data = np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8).tobytes()
    in_small_pieces = 0
    for begin in range(0, len(data), 20):
        in_small_pieces = crc32c(data[begin : begin + 20], in_small_pieces)
    assert crc32c(data) == in_small_pieces


@pytest.mark.parametrize("kind", ["", "GZIP", "ZLIB"])
def test_files_are_read_and_written_as_tensorflow_does(kind, tmp_path):
    recorded = raw(RECORDED["records"]["files"][kind])
    (tmp_path / "theirs").write_bytes(recorded)
    assert list(records.read_records(tmp_path / "theirs", kind)) == cases.RECORDS
    with records.TFRecordWriter(tmp_path / "ours", kind) as writer:
        for record in cases.RECORDS:
            writer.write(record)
    assert list(records.read_records(tmp_path / "ours", kind)) == cases.RECORDS
    if not kind:
        assert (tmp_path / "ours").read_bytes() == recorded


@pytest.mark.parametrize("name", cases.DAMAGE)
def test_a_damaged_file_is_a_data_loss_error(name, tmp_path):
    (tmp_path / "file").write_bytes(cases.DAMAGE[name](raw(RECORDED["records"]["files"][""])))
    assert RECORDED["records"]["damaged"][name] == "DataLossError"
    with pytest.raises(op_errors.DataLossError, match="record at"):
        list(records.read_records(tmp_path / "file"))


def test_records_before_the_damage_are_read(tmp_path):
    (tmp_path / "file").write_bytes(frame(b"good") + frame(b"bad")[:-1])
    found = records.read_records(tmp_path / "file")
    assert next(found) == b"good"
    with pytest.raises(op_errors.DataLossError, match="truncated record at 20"):
        next(found)


def test_a_file_that_ends_within_a_head_is_an_error(tmp_path):
    (tmp_path / "file").write_bytes(frame(b"good") + frame(b"bad")[:5])
    with pytest.raises(op_errors.DataLossError, match="truncated record at 20"):
        list(records.read_records(tmp_path / "file"))


def test_a_length_is_not_trusted_with_memory(tmp_path):
    length = struct.pack("<Q", 1 << 60)
    (tmp_path / "file").write_bytes(length + struct.pack("<I", masked_crc32c(length)) + b"little")
    with pytest.raises(op_errors.DataLossError, match="truncated record at 0"):
        list(records.read_records(tmp_path / "file"))


def test_what_is_not_compressed_is_not_inflated(tmp_path):
    (tmp_path / "file").write_bytes(frame(b"x"))
    with pytest.raises(op_errors.DataLossError, match="inflate"):
        list(records.read_records(tmp_path / "file", "GZIP"))


def test_several_compressed_streams_are_one_file(tmp_path):
    (tmp_path / "file").write_bytes(raw(RECORDED["records"]["files"]["GZIP"]) * 3)
    assert list(records.read_records(tmp_path / "file", "GZIP")) == cases.RECORDS * 3


def test_a_missing_file():
    with pytest.raises(op_errors.NotFoundError, match="No such file"):
        next(records.read_records("/nonexistent/file"))


def test_options_of_a_writer(tmp_path):
    plain, small = tmp_path / "plain", tmp_path / "small"
    for path, level in ((plain, 0), (small, 9)):
        options = records.TFRecordOptions("GZIP", compression_level=level)
        with records.TFRecordWriter(path, options) as writer:
            writer.write(b"a" * 1000)
            writer.flush()
        assert list(records.read_records(path, "GZIP")) == [b"a" * 1000]
    assert plain.stat().st_size > 1000 > small.stat().st_size
    assert records.TFRecordOptions.get_compression_type_string(records.TFRecordCompressionType.ZLIB) == "ZLIB"


def test_only_bytes_are_written(tmp_path):
    with records.TFRecordWriter(tmp_path / "file") as writer, pytest.raises(TypeError, match="SerializeToString"):
        writer.write(records.Example())


# --- tensors ---


@pytest.mark.parametrize("name", cases.TENSORS)
def test_a_tensor_is_written_as_tensorflow_writes_it(name):
    value, recorded = cases.TENSORS[name], RECORDED["tensors"][name]
    serialized = records.serialize_tensor(value)
    assert serialized == raw(recorded["serialized"])
    assert records.tensor_proto(value, in_fields=True).SerializeToString() == raw(recorded["proto"])
    for written in (serialized, raw(recorded["proto"])):
        found = records.array_of(records.TensorProto.FromString(written))
        expected = np.asarray(value)
        if expected.dtype.kind == "U":
            expected = np.char.encode(expected, "utf-8").astype(object)
        np.testing.assert_array_equal(found, expected)


def test_bfloat16():
    recorded = raw(RECORDED["tensors"]["bfloat16"]["serialized"])
    assert records.serialize_tensor(torch.tensor([1.5, -2.0], dtype=torch.bfloat16)) == recorded
    np.testing.assert_array_equal(records.parse_tensor(recorded, "bfloat16"), np.float32([1.5, -2.0]))


def test_one_value_may_stand_for_all():
    proto = records.TensorProto(dtype=1, float_val=[2.0, 3.0])
    proto.tensor_shape.dim.add(size=4)
    np.testing.assert_array_equal(records.array_of(proto), np.float32([2, 3, 3, 3]))


def test_a_shape_is_not_trusted_with_memory():
    proto = records.TensorProto(dtype=1, float_val=[2.0])
    proto.tensor_shape.dim.add(size=1 << 50)
    with pytest.raises(op_errors.InvalidArgumentError, match="not repeated"):
        records.parse_tensor(proto.SerializeToString(), "float32")


def test_tensors_of_torch_are_taken():
    tensor = torch.arange(6, dtype=torch.float32).reshape(2, 3).T.requires_grad_()
    found = records.parse_tensor(records.serialize_tensor(tensor), "float32")
    np.testing.assert_array_equal(found, [[0, 3], [1, 4], [2, 5]])
