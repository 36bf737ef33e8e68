"""TensorFlow's checkpoints: the graph of objects in a tensor bundle."""
