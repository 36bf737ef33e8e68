"""What keras.utils has of data sets: it stands here, above Keras, since it gives tf.data's."""

from torchkeras.tensorflow.data.image_directory import image_dataset_from_directory
from torchkeras.tensorflow.data.text_directory import text_dataset_from_directory
from torchkeras.tensorflow.data.timeseries import timeseries_dataset_from_array

__all__ = ["image_dataset_from_directory", "text_dataset_from_directory", "timeseries_dataset_from_array"]
