"""The messages of `tf.train.Example`: what TFRecord files of data sets hold."""

from __future__ import annotations

from torchkeras.records.fields import Map, Repeated, RepeatedSub, Sub
from torchkeras.records.kinds import BYTES, FLOAT, INT64, STRING
from torchkeras.records.message import Message


class BytesList(Message):
    """Byte strings, `value`."""

    __slots__ = ()
    value = Repeated(1, BYTES)


class FloatList(Message):
    """Numbers of 32 bits, `value`."""

    __slots__ = ()
    value = Repeated(1, FLOAT)


class Int64List(Message):
    """Integers, `value`."""

    __slots__ = ()
    value = Repeated(1, INT64)


class Feature(Message):
    """One of `bytes_list`, `float_list` and `int64_list`."""

    __slots__ = ()
    bytes_list = Sub(1, BytesList, oneof="kind")
    float_list = Sub(2, FloatList, oneof="kind")
    int64_list = Sub(3, Int64List, oneof="kind")


class Features(Message):
    """Features by name, `feature`."""

    __slots__ = ()
    feature = Map(1, STRING, Feature)


class Example(Message):
    """One example of a data set: its `features`.

    Example(features=Features(feature={"label": Feature(int64_list=Int64List(value=[3]))}))
    """

    __slots__ = ()
    features = Sub(1, Features)


class FeatureList(Message):
    """A Feature for each step of a sequence, `feature`."""

    __slots__ = ()
    feature = RepeatedSub(1, Feature)


class FeatureLists(Message):
    """Sequences of features by name, `feature_list`."""

    __slots__ = ()
    feature_list = Map(1, STRING, FeatureList)


class SequenceExample(Message):
    """An example with sequences: `context` for the whole, `feature_lists` step by step."""

    __slots__ = ()
    context = Sub(1, Features)
    feature_lists = Sub(2, FeatureLists)
