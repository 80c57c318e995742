"""`python -m engine`: everything the engine does, without a window."""

import sys
from multiprocessing import freeze_support

from engine.cli import main

if __name__ == "__main__":
    freeze_support()
    sys.exit(main(sys.argv[1:]))
