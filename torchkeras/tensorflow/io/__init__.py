"""tf.io: files, records, and what is in them."""

from torchkeras.records import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RaggedFeature,
    SparseFeature,
    TFRecordOptions,
    TFRecordWriter,
    VarLenFeature,
)
from torchkeras.tensorflow.io import gfile
from torchkeras.tensorflow.io.csv import decode_csv
from torchkeras.tensorflow.io.examples import (
    parse_example,
    parse_sequence_example,
    parse_single_example,
    parse_single_sequence_example,
)
from torchkeras.tensorflow.io.files import match_filenames_once, matching_files, read_file, write_file
from torchkeras.tensorflow.io.images import (
    decode_and_crop_jpeg,
    decode_bmp,
    decode_gif,
    decode_image,
    decode_jpeg,
    decode_png,
    encode_jpeg,
    encode_png,
    extract_jpeg_shape,
    is_jpeg,
)
from torchkeras.tensorflow.io.raw import decode_base64, decode_compressed, decode_raw, encode_base64
from torchkeras.tensorflow.io.tensors import (
    deserialize_many_sparse,
    parse_tensor,
    serialize_many_sparse,
    serialize_sparse,
    serialize_tensor,
)

__all__ = [
    "FixedLenFeature", "FixedLenSequenceFeature", "RaggedFeature", "SparseFeature", "TFRecordOptions",
    "TFRecordWriter", "VarLenFeature", "decode_and_crop_jpeg", "decode_base64", "decode_bmp", "decode_compressed",
    "decode_csv", "decode_gif", "decode_image", "decode_jpeg", "decode_png", "decode_raw", "deserialize_many_sparse",
    "encode_base64", "encode_jpeg", "encode_png", "extract_jpeg_shape", "gfile", "is_jpeg", "match_filenames_once",
    "matching_files", "parse_example", "parse_sequence_example", "parse_single_example",
    "parse_single_sequence_example", "parse_tensor", "read_file", "serialize_many_sparse", "serialize_sparse",
    "serialize_tensor", "write_file",
]  # fmt: skip
