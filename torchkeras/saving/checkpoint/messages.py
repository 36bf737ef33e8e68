"""The messages of a checkpoint: the graph of its objects."""

from __future__ import annotations

from torchkeras.records.fields import RepeatedSub, Single, Sub
from torchkeras.records.kinds import BOOL, INT32, STRING
from torchkeras.records.message import Message


class ObjectReference(Message):
    """An object within another, and by which name."""

    __slots__ = ()
    node_id = Single(1, INT32)
    local_name = Single(2, STRING)


class SerializedTensor(Message):
    """A value of an object: `name` tells what of it, `checkpoint_key` where it is."""

    __slots__ = ()
    name = Single(1, STRING)
    full_name = Single(2, STRING)
    checkpoint_key = Single(3, STRING)


class SlotVariableReference(Message):
    """What an optimizer keeps for a variable."""

    __slots__ = ()
    original_variable_node_id = Single(1, INT32)
    slot_name = Single(2, STRING)
    slot_variable_node_id = Single(3, INT32)


class RegisteredSaver(Message):
    """A saver of one's own that an object was written by."""

    __slots__ = ()
    name = Single(1, STRING)
    object_name = Single(2, STRING)


class BoolValue(Message):
    """A truth value that may be unknown."""

    __slots__ = ()
    value = Single(1, BOOL)


class TrackableObject(Message):
    """An object: what is within it, its values, and the slots of an optimizer."""

    __slots__ = ()
    ObjectReference, SerializedTensor = ObjectReference, SerializedTensor
    SlotVariableReference = SlotVariableReference
    children = RepeatedSub(1, ObjectReference)
    attributes = RepeatedSub(2, SerializedTensor)
    slot_variables = RepeatedSub(3, SlotVariableReference)
    registered_saver = Sub(4, RegisteredSaver)
    has_checkpoint_values = Sub(5, BoolValue)


class TrackableObjectGraph(Message):
    """All objects of a checkpoint; the first is the root."""

    __slots__ = ()
    TrackableObject = TrackableObject
    nodes = RepeatedSub(1, TrackableObject)
