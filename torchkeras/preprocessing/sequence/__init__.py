"""keras.preprocessing.sequence: sequences of numbers padded, paired and cut into windows."""

from torchkeras.preprocessing.sequence.skipgrams import make_sampling_table, skipgrams
from torchkeras.preprocessing.sequence.timeseries_generator import TimeseriesGenerator
from torchkeras.utils.pad_sequences import pad_sequences

__all__ = ["TimeseriesGenerator", "make_sampling_table", "pad_sequences", "skipgrams"]
