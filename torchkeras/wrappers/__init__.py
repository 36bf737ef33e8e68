"""keras.wrappers: models as the estimators of scikit-learn."""

from torchkeras.wrappers import scikit_learn

__all__ = ["scikit_learn"]
