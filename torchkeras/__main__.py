"""`python -m torchkeras`."""

import sys

from torchkeras.shim.command_line import main

if __name__ == "__main__":
    sys.exit(main())
