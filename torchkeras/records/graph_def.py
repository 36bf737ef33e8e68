"""GraphDef: a graph of named operations, as TensorBoard draws it."""

from __future__ import annotations

from torchkeras.records.fields import Map, Repeated, RepeatedSub, Single, Sub
from torchkeras.records.kinds import BOOL, BYTES, FLOAT, INT32, INT64, STRING
from torchkeras.records.message import Message
from torchkeras.records.tensor_proto import TensorProto, TensorShapeProto


class ListValue(Message):
    """A list as the value of an attribute."""

    __slots__ = ()
    s = Repeated(2, BYTES)
    i = Repeated(3, INT64)
    f = Repeated(4, FLOAT)
    b = Repeated(5, BOOL)
    type = Repeated(6, INT32)
    shape = RepeatedSub(7, TensorShapeProto)
    tensor = RepeatedSub(8, TensorProto)


class AttrValue(Message):
    """The value of a node's attribute: one of these."""

    __slots__ = ()
    ListValue = ListValue
    list = Sub(1, ListValue, oneof="value")
    s = Single(2, BYTES, oneof="value")
    i = Single(3, INT64, oneof="value")
    f = Single(4, FLOAT, oneof="value")
    b = Single(5, BOOL, oneof="value")
    type = Single(6, INT32, oneof="value")
    shape = Sub(7, TensorShapeProto, oneof="value")
    tensor = Sub(8, TensorProto, oneof="value")
    placeholder = Single(9, STRING, oneof="value")


class NodeDef(Message):
    """An operation: its name, kind and the names of what feeds it."""

    __slots__ = ()
    name = Single(1, STRING)
    op = Single(2, STRING)
    input = Repeated(3, STRING)
    device = Single(4, STRING)
    attr = Map(5, STRING, AttrValue)


class VersionDef(Message):
    """For which versions a graph is."""

    __slots__ = ()
    producer = Single(1, INT32)
    min_consumer = Single(2, INT32)
    bad_consumers = Repeated(3, INT32)


class GraphDef(Message):
    """A graph: its `node`s."""

    __slots__ = ()
    node = RepeatedSub(1, NodeDef)
    version = Single(3, INT32)
    versions = Sub(4, VersionDef)
