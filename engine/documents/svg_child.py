"""Draws one SVG, in a process of its own: text in by stdin, PNG out by stdout.

Run by path, isolated, by `engine.documents.svg`. Drawing holds the interpreter's lock for as long
as it takes, and a drawing made to harm may take all memory, run for ever or break the process: here
it breaks this one alone. The text has been stripped of everything that names a file before.
"""

import sys

import resvg_py

if sys.platform != "win32":
    import resource

MOST_BYTES = 2 * 1024**3
MOST_SECONDS = 10


def _bound() -> None:
    """Take no more memory and time than a drawing of ours ever needs, and write no file.

    On Windows time alone is bounded, by whoever waits.
    """
    if sys.platform == "win32":
        return
    for kind, most in (
        (resource.RLIMIT_AS, MOST_BYTES),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _main(with_fonts: bool) -> None:
    _bound()
    text = sys.stdin.buffer.read().decode("utf-8")
    drawn = resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=not with_fonts)
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    _main(with_fonts="fonts" in sys.argv[1:])
