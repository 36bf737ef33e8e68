"""tf.saved_model: Keras models in the folders that `model.save` writes, modules in folders of an own format.

In both `saved_model.json` has the signatures. That of a module says what the object is made of, and `variables/` holds
its values, a `torch.save` file read with `weights_only=True`. What functions compute is not in the folder: it is found
again in the classes of the program that loads it.
"""

from torchkeras.tensorflow.saved_model.layout import contains_saved_model
from torchkeras.tensorflow.saved_model.loading import load
from torchkeras.tensorflow.saved_model.options import Asset, LoadOptions, SaveOptions
from torchkeras.tensorflow.saved_model.saving import save

ASSETS_DIRECTORY, VARIABLES_DIRECTORY, VARIABLES_FILENAME = "assets", "variables", "variables"
SAVED_MODEL_FILENAME_PB, SAVED_MODEL_FILENAME_PBTXT = "saved_model.pb", "saved_model.pbtxt"
SERVING, TRAINING, GPU, TPU = "serve", "train", "gpu", "tpu"
DEFAULT_SERVING_SIGNATURE_DEF_KEY = "serving_default"
PREDICT_INPUTS, PREDICT_OUTPUTS, PREDICT_METHOD_NAME = "inputs", "outputs", "tensorflow/serving/predict"
SAVED_MODEL_SCHEMA_VERSION = 1

__all__ = [
    "ASSETS_DIRECTORY", "Asset", "DEFAULT_SERVING_SIGNATURE_DEF_KEY", "GPU", "LoadOptions", "PREDICT_INPUTS",
    "PREDICT_METHOD_NAME", "PREDICT_OUTPUTS", "SAVED_MODEL_FILENAME_PB", "SAVED_MODEL_FILENAME_PBTXT",
    "SAVED_MODEL_SCHEMA_VERSION", "SERVING", "SaveOptions", "TPU", "TRAINING", "VARIABLES_DIRECTORY",
    "VARIABLES_FILENAME", "contains_saved_model", "load", "save",
]  # fmt: skip
