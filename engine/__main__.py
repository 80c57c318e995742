"""`python -m engine`: everything the engine does, without a window."""

import sys

from engine.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
