"""What to use in place of the parts of TensorFlow and Keras that are not here."""

from __future__ import annotations

# Longest prefix first wins; names are those of `tf.` and `keras.`, without the hook's detours.
INSTEAD = {
    "tf.estimator": "write the model with `tf.keras` and train it with `fit`; TensorFlow dropped estimators in 2.16",
    "tf.compat.v1.estimator": "write the model with `tf.keras` and train it with `fit`",
    "keras.estimator": "train the Keras model itself with `fit`",
    "tf.feature_column": "use preprocessing layers: `keras.layers.Normalization`, `StringLookup`, `CategoryEncoding`, "
    "`Discretization`",
    "tf.compat.v1.feature_column": "use preprocessing layers such as `keras.layers.CategoryEncoding`",
    "tf.compat.v1.layers": "use `keras.layers`",
    "tf.compat.v1.losses": "use `keras.losses`",
    "tf.compat.v1.metrics": "use `keras.metrics`",
    "tf.compat.v1.train": "use `keras.optimizers` and `tf.train.Checkpoint`",
    "tf.compat.v1.keras": "use `tf.keras`",
    "tf.compat.v1": "TensorFlow 1's graphs and sessions are not here; run the code eagerly, or in a `tf.function`",
    "tf.Session": "call the functions directly, results are there at once; sessions are TensorFlow 1",
    "tf.session": "call the functions directly, results are there at once; sessions are TensorFlow 1",
    "tf.placeholder": "pass values as arguments, or use `keras.Input`; placeholders are TensorFlow 1",
    "tf.get_variable": "use `tf.Variable`",
    "tf.global_variables_initializer": "nothing: variables have their values from the start",
    "tf.contrib": "dropped by TensorFlow 2.0",
    "tf.lite": "export with `torch.export` or ONNX: the model is a torch.nn.Module",
    "tf.tpu": "there are no TPUs here; use a GPU",
    "tf.distribute.cluster_resolver": "start the processes with `torchrun`",
    "tf.experimental.dtensor": "shard with torch.distributed.tensor: the model is a torch.nn.Module",
    "tf.raw_ops": "use the function of the `tf` namespace that does the same",
    "tf.xla": "use `jit_compile=True` in `compile`",
    "tf.mlir": "use `torch.export` or `torch.compile`",
    "tf.graph_util": "there are no graphs of TensorFlow here; save the model with `model.save`",
    "tf.queue": "use `tf.data`",
    "tf.python.client": "use `tf.config.list_physical_devices()`",
    "tf.python": "use the public name",
    "keras.src": "use the public name",
    "keras.backend.get_session": "nothing: results are there at once; sessions are TensorFlow 1",
    "keras.utils.audio_dataset_from_directory": "use torchaudio with `tf.data.Dataset.from_generator`",
}

# Packages built on TensorFlow. They cannot work on the stand-in, installed or not: they reach for its compiled parts.
BLOCKED = {
    "tensorflow_datasets": "load the data with `keras.datasets`, `keras.utils.get_file` or torchvision.datasets, "
    "and give it to `tf.data.Dataset.from_tensor_slices` or straight to `fit`",
    "tensorflow_hub": "use `keras.applications` or a model of torchvision, timm or Hugging Face: a torch.nn.Module "
    "can be a layer of a model",
    "tensorflow_addons": "most of it moved into Keras: look in `keras.layers`, `keras.optimizers`, `keras.losses` and "
    "`keras.metrics`",
    "tensorflow_text": "use `keras.layers.TextVectorization`, `tf.strings` or a tokenizer of Hugging Face",
    "tensorflow_probability": "use torch.distributions",
    "tensorflow_io": "read the files with `tf.io` or Python, and give them to `tf.data.Dataset.from_generator`",
    "tensorflow_federated": "there is no federated training here",
    "tensorflow_model_optimization": "use torch.ao: the model is a torch.nn.Module",
    "tensorflow_transform": "use preprocessing layers of `keras.layers`",
    "tensorflow_data_validation": "use pandas",
    "tensorflow_decision_forests": "use scikit-learn or ydf",
    "tensorflow_recommenders": "write the losses with `keras.losses` and the loop with `tf.GradientTape`",
    "tensorflow_ranking": "write the losses with `keras.losses`",
    "tensorflow_gnn": "use PyTorch Geometric",
    "tensorflow_quantum": "there is nothing like it here",
    "tensorflow_lattice": "there is nothing like it here",
    "tensorflow_estimator": "write the model with `tf.keras` and train it with `fit`",
    "tensorflow_docs": "remove the import: it only serves TensorFlow's own documents",
    "tensorflowjs": "export with `torch.export` or ONNX: the model is a torch.nn.Module",
    "tflite_runtime": "export with `torch.export` or ONNX",
}

# Packages in plain Python over Keras: their own files are tried where they are installed.
OPTIONAL = {
    "keras_tuner": "use Optuna: call `fit` in its objective; or install keras-tuner and try it",
    "kerastuner": "use Optuna: call `fit` in its objective",
    "keras_cv": "use torchvision, timm or `keras.applications`",
    "keras_nlp": "use Hugging Face's transformers: a torch.nn.Module can be a layer of a model",
    "keras_hub": "use Hugging Face's transformers: a torch.nn.Module can be a layer of a model",
    "keras_rs": "write the losses with `keras.losses`",
    "keras_contrib": "look in `keras.layers`; most of it moved there",
    "autokeras": "use Optuna with a model of your own",
    "scikeras": "use skorch, or `fit` and `predict` as they are",
    "tf_slim": "use `keras.layers`",
    "tensorlayer": "use `keras.layers`",
    "official": "TensorFlow's model garden needs TensorFlow; use torchvision, timm or Hugging Face",
    "tflearn": "use `keras.layers`; tflearn is built on TensorFlow 1",
}


def instead_of(name: str) -> str | None:
    """What to use for a name such as 'tf.estimator.Estimator', or None where nothing special is known."""
    parts = name.split(".")
    for length in range(len(parts), 1, -1):
        found = INSTEAD.get(".".join(parts[:length]))
        if found:
            return found
    return BLOCKED.get(parts[0]) or OPTIONAL.get(parts[0])
