"""Made data in the shape of the real sets: the same at every call, and learnable."""
