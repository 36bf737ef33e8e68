"""Records: protocol buffers, TFRecord files, and Examples as arrays; all of our own, on NumPy."""

from torchkeras.records.example import (
    BytesList,
    Example,
    Feature,
    FeatureList,
    FeatureLists,
    Features,
    FloatList,
    Int64List,
    SequenceExample,
)
from torchkeras.records.feature_specs import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RaggedFeature,
    SparseFeature,
    VarLenFeature,
)
from torchkeras.records.framing import read_records
from torchkeras.records.graph_def import AttrValue, GraphDef, NodeDef
from torchkeras.records.parsing import RaggedValues, SparseValues, parse_example, parse_single_example
from torchkeras.records.sequence_parsing import parse_sequence_example, parse_single_sequence_example
from torchkeras.records.tensor_proto import (
    TensorProto,
    TensorShapeProto,
    array_of,
    parse_tensor,
    serialize_tensor,
    tensor_proto,
)
from torchkeras.records.wire import DecodeError
from torchkeras.records.writer import TFRecordCompressionType, TFRecordOptions, TFRecordWriter

__all__ = [
    "Example", "Features", "Feature", "BytesList", "FloatList", "Int64List",
    "SequenceExample", "FeatureLists", "FeatureList",
    "TFRecordWriter", "TFRecordOptions", "TFRecordCompressionType", "read_records",
    "FixedLenFeature", "VarLenFeature", "FixedLenSequenceFeature", "SparseFeature", "RaggedFeature",
    "parse_example", "parse_single_example", "parse_sequence_example", "parse_single_sequence_example",
    "SparseValues", "RaggedValues",
    "TensorProto", "TensorShapeProto", "tensor_proto", "array_of", "serialize_tensor", "parse_tensor",
    "GraphDef", "NodeDef", "AttrValue", "DecodeError",
]  # fmt: skip
