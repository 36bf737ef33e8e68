"""SavedModel folders of tf.keras: models are rebuilt from what they say of themselves, no graph in them is run.

- `folder.py`: the files of a folder, none of them outside of it.
- `messages.py`, `graph_file.py`: `saved_model.pb`, of which the graph of objects and single constants are read.
- `metadata.py`: the config of the model, in `keras_metadata.pb` or, before TensorFlow 2.5, in `saved_model.pb`.
- `vocabularies.py`: what lookup layers have learned, which lies in constants, tables or assets.
- `loading.py`; `describing.py`, `object_graph.py`, `saving.py` for the way back.
"""
