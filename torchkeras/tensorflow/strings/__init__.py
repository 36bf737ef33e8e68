"""tf.strings: functions on texts."""

from torchkeras.tensorflow.strings.basic import length, lower, strip, substr, upper
from torchkeras.tensorflow.strings.formatting import format
from torchkeras.tensorflow.strings.hashing import to_hash_bucket, to_hash_bucket_fast, to_hash_bucket_strong
from torchkeras.tensorflow.strings.joining import join, reduce_join, unsorted_segment_join
from torchkeras.tensorflow.strings.numeric import as_string, to_number
from torchkeras.tensorflow.strings.regex import regex_full_match, regex_replace
from torchkeras.tensorflow.strings.splitting import bytes_split, ngrams, split
from torchkeras.tensorflow.strings.unicode import (
    unicode_decode,
    unicode_decode_with_offsets,
    unicode_encode,
    unicode_script,
    unicode_split,
    unicode_split_with_offsets,
    unicode_transcode,
)

__all__ = [
    "as_string", "bytes_split", "format", "join", "length", "lower", "ngrams", "reduce_join", "regex_full_match",
    "regex_replace", "split", "strip", "substr", "to_hash_bucket", "to_hash_bucket_fast", "to_hash_bucket_strong",
    "to_number", "unicode_decode", "unicode_decode_with_offsets", "unicode_encode", "unicode_script", "unicode_split",
    "unicode_split_with_offsets", "unicode_transcode", "unsorted_segment_join", "upper",
]  # fmt: skip
