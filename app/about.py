"""What this program is called and which version of it runs."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

NAME = "Tanka"


def app_version() -> str:
    """The installed version; a checkout that was never installed has none."""
    try:
        return version("tanka")
    except PackageNotFoundError:
        return "from source"
