"""Addresses in answers: which may be opened, and what a person should know before they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

OPENED_SCHEMES = ("http", "https", "mailto")

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LOOKS_LIKE_HOST = re.compile(
    r"^\s*(?:https?://)?(?:[^/\s@]*@)?([\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:[/?#]\S*)?\s*$"
)
# "notes.md" names a file, not a site in Moldova.
_FILE_SUFFIX = re.compile(
    r"c|cc|cpp|cs|css|csv|go|h|html|ini|ipynb|java|js|json|log|md|php|pl|pdf|py|rb|rs|sh|sql|"
    r"svg|toml|ts|txt|xml|yaml|yml|zip"
)
_LONGEST_SHOWN = 2000
_HIDDEN = re.compile("[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link leads. `shown` is the whole address in letters that cannot deceive.

    `refusal` says why it is not opened, or nothing. `cautions` are sentences to be read before.
    """

    target: str
    shown: str
    refusal: str
    cautions: tuple[str, ...]

    @property
    def can_open(self) -> bool:
        """Whether a person may have it opened."""
        return not self.refusal


def look_at(target: str, text: str = "") -> Address:
    """What there is to say about a link to `target` that reads `text`."""
    shown = _HIDDEN.sub(lambda found: f"%{ord(found[0]):02X}", target)
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}… ({len(target):,} characters)"
    scheme = _scheme(target)
    if scheme not in OPENED_SCHEMES:
        return Address(target, shown, _refusal(target, scheme), ())
    if scheme == "mailto":
        return Address(target, shown, "", tuple(_mail_cautions(target, text)))
    host = host_of(target)
    if not host:
        return Address(target, shown, "It names no site.", ())
    return Address(target, shown, "", tuple(_cautions(target, host, text)))


def host_of(target: str) -> str:
    """The site of a web address as the network knows it: international names in punycode."""
    try:
        host = urlsplit(target).hostname or ""
        return _ascii(unquote(host)).lower()
    except ValueError:
        return ""


def _cautions(target: str, host: str, text: str) -> list[str]:
    cautions = []
    claimed = _claimed_host(text)
    if claimed and claimed.removeprefix("www.") != host.removeprefix("www."):
        cautions.append(f"The text names {claimed}, but the link leads to {host}.")
    if "xn--" in host:
        cautions.append(f"The site's name uses other letters and reads {_international(host)}.")
    if "@" in urlsplit(target).netloc:
        cautions.append(f"What stands before the @ is not the site. The site is {host}.")
    return cautions


def _mail_cautions(target: str, text: str) -> list[str]:
    receiver = unquote(target.partition(":")[2].partition("?")[0])
    claimed = text.strip()
    if "@" in claimed and " " not in claimed and claimed.casefold() != receiver.casefold():
        return [f"The text names {claimed}, but the mail goes to {receiver}."]
    return []


def _claimed_host(text: str) -> str:
    """The site that the text of a link seems to name, or nothing."""
    found = _LOOKS_LIKE_HOST.match(text)
    if found is None or _FILE_SUFFIX.fullmatch(found[1].rpartition(".")[2].lower()):
        return ""
    try:
        return _ascii(found[1]).lower()
    except ValueError:
        return found[1].lower()


def _scheme(target: str) -> str:
    found = _SCHEME.match(target.strip())
    return found[0][:-1].lower() if found else ""


def _refusal(target: str, scheme: str) -> str:
    if target.startswith("#"):
        return "It leads to a place in another document."
    if not scheme:
        return "It is no whole address."
    return f"Only web and mail addresses are opened, not “{scheme}”."


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    return host.encode("idna").decode()


def _international(host: str) -> str:
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host
