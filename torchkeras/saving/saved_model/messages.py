"""The messages of a SavedModel that are read or written here; the others pass as bytes."""

from __future__ import annotations

from torchkeras.records.fields import Repeated, RepeatedSub, Single, Sub
from torchkeras.records.graph_def import VersionDef
from torchkeras.records.kinds import BOOL, INT32, INT64, STRING
from torchkeras.records.message import Message
from torchkeras.records.tensor_proto import TensorShapeProto
from torchkeras.saving.checkpoint.messages import ObjectReference, SlotVariableReference

# --- keras_metadata.pb ---


class KerasObject(Message):
    """An object of Keras: its number in the graph of objects, its kind and, in JSON, its description."""

    __slots__ = ()
    node_id = Single(2, INT32)
    node_path = Single(3, STRING)
    identifier = Single(4, STRING)
    metadata = Single(5, STRING)
    version = Sub(6, VersionDef)


class SavedMetadata(Message):
    """All objects of Keras."""

    __slots__ = ()
    nodes = RepeatedSub(1, KerasObject)


# --- saved_model.pb ---


class SavedUserObject(Message):
    """An object of some class, by the name that TensorFlow has registered for it."""

    __slots__ = ()
    identifier = Single(1, STRING)
    version = Sub(2, VersionDef)
    metadata = Single(3, STRING)


class SavedAsset(Message):
    """A file, by its place in the list of assets."""

    __slots__ = ()
    asset_file_def_index = Single(1, INT32)


class SavedFunction(Message):
    """A function with its traces, by name."""

    __slots__ = ()
    concrete_functions = Repeated(1, STRING)


class SavedVariable(Message):
    """A variable without its value."""

    __slots__ = ()
    dtype = Single(1, INT32)
    shape = Sub(2, TensorShapeProto)
    trainable = Single(3, BOOL)
    synchronization = Single(4, INT32)
    aggregation = Single(5, INT32)
    name = Single(6, STRING)


class SavedBareConcreteFunction(Message):
    """One trace of a function."""

    __slots__ = ()
    concrete_function_name = Single(1, STRING)


class SavedConstant(Message):
    """A constant, by the name of its node in the graph."""

    __slots__ = ()
    operation = Single(1, STRING)


class SavedObject(Message):
    """A node of the graph of objects."""

    __slots__ = ()
    children = RepeatedSub(1, ObjectReference)
    slot_variables = RepeatedSub(3, SlotVariableReference)
    user_object = Sub(4, SavedUserObject, oneof="kind")
    asset = Sub(5, SavedAsset, oneof="kind")
    function = Sub(6, SavedFunction, oneof="kind")
    variable = Sub(7, SavedVariable, oneof="kind")
    bare_concrete_function = Sub(8, SavedBareConcreteFunction, oneof="kind")
    constant = Sub(9, SavedConstant, oneof="kind")


class SavedConcreteFunction(Message):
    """What a trace takes from outside of it, by the numbers of the nodes."""

    __slots__ = ()
    bound_inputs = Repeated(2, INT32)


class SavedObjectGraph(Message):
    """The graph of objects, for writing."""

    __slots__ = ()
    nodes = RepeatedSub(1, SavedObject)


class SaverDef(Message):
    """How TensorFlow gets at the values."""

    __slots__ = ()
    filename_tensor_name = Single(1, STRING)
    save_tensor_name = Single(2, STRING)
    restore_op_name = Single(3, STRING)
    version = Single(7, INT32)


class MetaInfoDef(Message):
    """Who wrote it, and for what."""

    __slots__ = ()
    meta_graph_version = Single(1, STRING)
    tags = Repeated(4, STRING)
    tensorflow_version = Single(5, STRING)


class TensorInfo(Message):
    """The name of a tensor of the graph."""

    __slots__ = ()
    name = Single(1, STRING)


class AssetFileDef(Message):
    """A file in the folder `assets`."""

    __slots__ = ()
    tensor_info = Sub(1, TensorInfo)
    filename = Single(2, STRING)


class GraphBytes(Message):
    """A graph without any operation, or one that is not looked into."""

    __slots__ = ()
    versions = Sub(4, VersionDef)


class MetaGraphDef(Message):
    """A graph with all that belongs to it."""

    __slots__ = ()
    meta_info_def = Sub(1, MetaInfoDef)
    graph_def = Sub(2, GraphBytes)
    saver_def = Sub(3, SaverDef)
    asset_file_def = RepeatedSub(6, AssetFileDef)
    object_graph_def = Sub(7, SavedObjectGraph)


class SavedModel(Message):
    """The file itself."""

    __slots__ = ()
    saved_model_schema_version = Single(1, INT64)
    meta_graphs = RepeatedSub(2, MetaGraphDef)


class Fingerprint(Message):
    """Checksums of the parts, none of which is checked by anybody on loading."""

    __slots__ = ()
    saved_model_checksum = Single(1, INT64)
    version = Sub(6, VersionDef)


__all__ = [
    "AssetFileDef", "Fingerprint", "KerasObject", "MetaGraphDef", "MetaInfoDef", "SavedBareConcreteFunction",
    "SavedConcreteFunction", "SavedConstant", "SavedFunction", "SavedMetadata", "SavedModel", "SavedObject",
    "SavedObjectGraph", "SavedUserObject", "SavedVariable", "SaverDef",
]  # fmt: skip
