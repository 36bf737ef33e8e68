"""Texts as numbers of buckets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.core import hashing
from torchkeras.tensorflow.arguments import invalid, sizes
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.strings.arguments import numbers, texts


def _buckets(input: Any, num_buckets: int, kernel: str, bucket: Callable[[bytes], int]) -> Any:
    found = texts(input, kernel)
    if num_buckets < 1:
        invalid(f"Value for attr 'num_buckets' of {num_buckets} must be at least minimum 1", kernel)
    return numbers([bucket(text) for text in found.reshape(-1)], torch.int64, found.shape)


@operation("strings.to_hash_bucket_fast", "StringToHashBucketFast")
def to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Any:
    """The bucket of each text by FarmHash: always the same one, in TensorFlow too."""
    return _buckets(input, num_buckets, "StringToHashBucketFast", lambda text: hashing.bucket(text, num_buckets))


@operation("strings.to_hash_bucket", "StringToHashBucket")
def to_hash_bucket(input: Any, num_buckets: int, name: str | None = None) -> Any:
    """The bucket of each text by TensorFlow's older hash; `to_hash_bucket_fast` is quicker."""
    return _buckets(input, num_buckets, "StringToHashBucket", lambda text: hashing.hash64(text) % num_buckets)


@operation("strings.to_hash_bucket_strong", "StringToHashBucketStrong")
def to_hash_bucket_strong(input: Any, num_buckets: int, key: Any, name: str | None = None) -> Any:
    """The bucket of each text by SipHash under a key.

    Args:
        key: two integers.
    """
    pair = sizes(key)
    if len(pair) != 2:
        invalid("Key must have 2 elements", "StringToHashBucketStrong")
    return _buckets(
        input, num_buckets, "StringToHashBucketStrong",
        lambda text: hashing.strong_bucket(text, num_buckets, (pair[0], pair[1])),
    )  # fmt: skip
