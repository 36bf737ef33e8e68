"""Standing in for TensorFlow and Keras: the import hook, the runner of scripts and documents, the porting check."""

from torchkeras.shim.hook import install, installed, load_ipython_extension, uninstall, unload_ipython_extension

__all__ = ["install", "installed", "load_ipython_extension", "uninstall", "unload_ipython_extension"]
