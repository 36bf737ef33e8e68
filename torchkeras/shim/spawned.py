"""What a spawned child process runs in place of the main script.

multiprocessing runs the main script again in the child, where `import tensorflow` would come before the hook. The main
module of a run names this one as its spec: importing it imports torchkeras, and the environment asks that for its hook.
"""

import os as _os
from pathlib import Path as _Path

from torchkeras.shim.hook import MAIN_VARIABLE as _MAIN_VARIABLE

if __name__ == "__mp_main__" and _os.environ.get(_MAIN_VARIABLE):
    __file__ = _os.environ[_MAIN_VARIABLE]
    exec(compile(_Path(__file__).read_bytes(), __file__, "exec"))
