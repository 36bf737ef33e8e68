"""Feeds: what a user hands to fit, evaluate or predict, as batches of tensors."""

from torchkeras.data.arrays import ArrayFeed
from torchkeras.data.feed import Batch, Feed, unpack_x_y_sample_weight
from torchkeras.data.make import make_feed
from torchkeras.data.sequence import PyDataset, Sequence

__all__ = ["ArrayFeed", "Batch", "Feed", "PyDataset", "Sequence", "make_feed", "unpack_x_y_sample_weight"]
