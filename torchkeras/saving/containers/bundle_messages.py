"""The messages in the index of a bundle."""

from __future__ import annotations

from torchkeras.records.fields import RepeatedSub, Single, Sub
from torchkeras.records.graph_def import VersionDef
from torchkeras.records.kinds import FIXED32, INT32, INT64
from torchkeras.records.message import Message
from torchkeras.records.tensor_proto import TensorShapeProto


class Extent(Message):
    """One dimension of a slice; without a length, all of it."""

    __slots__ = ()
    start = Single(1, INT64)
    length = Single(2, INT64, oneof="has_length")


class TensorSliceProto(Message):
    """A part of a tensor: an `extent` for each dimension."""

    __slots__ = ()
    Extent = Extent
    extent = RepeatedSub(1, Extent)


class BundleHeaderProto(Message):
    """What the empty key says: how many data files there are, and in which byte order."""

    __slots__ = ()
    num_shards = Single(1, INT32)
    endianness = Single(2, INT32, names={0: "LITTLE", 1: "BIG"})
    version = Sub(3, VersionDef)


class BundleEntryProto(Message):
    """Where the values of a key stand."""

    __slots__ = ()
    dtype = Single(1, INT32)
    shape = Sub(2, TensorShapeProto)
    shard_id = Single(3, INT32)
    offset = Single(4, INT64)
    size = Single(5, INT64)
    crc32c = Single(6, FIXED32)
    slices = RepeatedSub(7, TensorSliceProto)
