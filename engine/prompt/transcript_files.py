"""Transcripts on disk: the exact tokens of conversations, beside the prefixes computed from them.

A file holds the longest transcript of a conversation and, as lengths in it, those of its earlier
turns. One that a later file holds completely is removed. Of what several files hold, as branches of
a conversation do, the file written last counts.
"""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import astuple, dataclass
from operator import itemgetter
from threading import Lock
from typing import TYPE_CHECKING, Any

import torch

from engine.cache.sealed_file import Damaged, SealedReader, peek, seal
from engine.cache.shelf import SUFFIX
from engine.prompt.spans import ImageSpan
from engine.prompt.transcripts import Opening, Transcript
from engine.text.detokenizer import Spoken

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

    from engine.cache.maker import Maker
    from engine.cache.saver import Saver
    from engine.cache.shelf import Shelf

    Named = tuple[str, Transcript]

log = logging.getLogger(__name__)

# What waits to be written, at most, while the engine is never idle; the latest always may.
_MOST_WAITING_TOKENS = 2_000_000
_NOT_OURS = (ValueError, KeyError, TypeError, IndexError)


@dataclass(frozen=True, slots=True)
class _Pending:
    """A transcript to be written, with those of the conversation's earlier turns."""

    digest: str
    transcript: Transcript
    earlier: tuple[Named, ...]


class TranscriptFiles:
    """Transcripts of one model's conversations, by digest of the messages they answer.

    `keep` and `find` belong to the engine's thread; the saver's writes.
    """

    def __init__(
        self,
        shelf: Shelf,
        maker: Maker,
        saver: Saver,
        most_waiting_tokens: int = _MOST_WAITING_TOKENS,
    ) -> None:
        self._most_waiting_tokens = most_waiting_tokens
        self._shelf = shelf
        self._maker = maker
        self._saver = saver
        self._folder = shelf.root / maker.folder_name
        self._pending: list[_Pending] = []
        self._lock = Lock()
        self._holds = _digests_in(self._folder, maker)
        self._holder = {digest: path for path, held in self._holds.items() for digest in held}

    def keep(self, digest: str, transcript: Transcript, earlier: Sequence[Named]) -> None:
        """Write `transcript` when it is quiet; `earlier` are the beginnings of it."""
        with self._lock:
            first = not self._pending
            self._pending.append(_Pending(digest, transcript, tuple(earlier)))
            waiting = sum(len(pending.transcript.tokens) for pending in self._pending)
            while len(self._pending) > 1 and waiting > self._most_waiting_tokens:
                waiting -= len(self._pending.pop(0).transcript.tokens)
        if first:
            self._saver.submit(self._save())

    def find(self, digest: str) -> Transcript | None:
        """The transcript kept under `digest`. A file that cannot be used is forgotten."""
        with self._lock:
            path = self._holder.get(digest)
        if path is None:
            return None
        try:
            transcript = self._read(path, digest)
        except FileNotFoundError:
            self._forget(path)
            return None
        except (OSError, Damaged) as fault:
            log.warning("%s is ignored: %s", path.name, fault)
            self._forget(path)
            if isinstance(fault, Damaged):
                self._shelf.remove(path)
            return None
        self._shelf.touch(path, time.time_ns())
        return transcript

    def _read(self, path: Path, digest: str) -> Transcript:
        sealed = SealedReader().read(path)
        objection = self._maker.objection(sealed.about)
        if objection:
            raise OSError(objection)
        try:
            return _transcript(sealed.about, sealed.tensors, digest)
        except _NOT_OURS as fault:
            raise Damaged("it does not hold what it should") from fault

    def _forget(self, path: Path) -> None:
        with self._lock:
            for digest in self._holds.pop(path, frozenset()):
                if self._holder.get(digest) == path:
                    del self._holder[digest]

    def _save(self) -> Generator[None, None, None]:
        with self._lock:
            pending, self._pending = self._pending, []
        known: dict[str, Transcript] = {}
        for kept in pending:  # in order: of one conversation the transcript kept last counts
            known |= {**dict(kept.earlier), kept.digest: kept.transcript}
        while known:
            longest = max(known.values(), key=lambda transcript: len(transcript.tokens))
            within = {d: t for d, t in known.items() if _begins(longest, t)}
            if any(p.digest in within for p in pending):
                self._write(longest, within)
                yield
            known = {d: t for d, t in known.items() if d not in within}

    def _write(self, longest: Transcript, named: Mapping[str, Transcript]) -> None:
        name = hashlib.blake2b("".join(sorted(named)).encode(), digest_size=16).hexdigest()
        path = self._folder / f"conversation-{self._maker.version}-{name}{SUFFIX}"
        about = self._maker.about() | {
            "written_ns": time.time_ns(),
            "spans": [astuple(span) for span in longest.spans],
            "turns": {digest: _lengths(transcript) for digest, transcript in named.items()},
        }
        tensors = {
            "text": _as_bytes(longest.text),
            "tokens": torch.tensor(longest.tokens, dtype=torch.int64),
            "keys": torch.tensor(longest.keys, dtype=torch.int64),
        }
        if not self._shelf.write(path, seal(tensors, about), time.time_ns()):
            return
        with self._lock:
            held = frozenset(named)
            outgrown = [p for p, old in self._holds.items() if p != path and old <= held]
            self._holds[path] = held
            self._holder |= dict.fromkeys(held, path)
        for old in outgrown:
            self._forget(old)
            self._shelf.remove(old)


def _digests_in(folder: Path, maker: Maker) -> dict[Path, frozenset[str]]:
    """What each file says that it holds, unchecked; the file written last comes last."""
    found: list[tuple[int, Path, frozenset[str]]] = []
    for path in folder.glob(f"conversation-{maker.version}-*{SUFFIX}"):
        try:
            about = peek(path).about
        except (OSError, Damaged) as fault:
            log.warning("%s is ignored: %s", path.name, fault)
            continue
        # The file system's time will not do: it is that of the last use.
        written, turns = about.get("written_ns"), about.get("turns")
        held = frozenset(turns if isinstance(turns, dict) else ())
        found.append((written if isinstance(written, int) else 0, path, held))
    return {path: held for _, path, held in sorted(found, key=itemgetter(0))}


def _begins(longer: Transcript, transcript: Transcript) -> bool:
    """Whether `longer` begins with `transcript`."""
    tokens = len(transcript.tokens)
    return (
        longer.text.startswith(transcript.text)
        and longer.keys[:tokens] == transcript.keys
        and longer.tokens[:tokens] == transcript.tokens
        and longer.spans[: len(transcript.spans)] == transcript.spans
    )


def _lengths(transcript: Transcript) -> dict[str, Any]:
    """What tells a transcript from a longer one that begins with it."""
    return {
        "characters": len(transcript.text),
        "tokens": len(transcript.tokens),
        "spans": len(transcript.spans),
        "marks": transcript.marks,
        "spoken": [transcript.spoken.ids, transcript.spoken.shown],
        "opening": [transcript.opening.text, transcript.opening.tokens],
    }


def _transcript(
    about: Mapping[str, Any], tensors: Mapping[str, torch.Tensor], digest: str
) -> Transcript:
    lengths = about["turns"][digest]
    tokens = lengths["tokens"]
    text = tensors["text"].numpy().tobytes().decode("utf-8", "surrogatepass")
    ids, shown = lengths["spoken"]
    return Transcript(
        text=text[: lengths["characters"]],
        tokens=tuple(tensors["tokens"][:tokens].tolist()),
        keys=tuple(tensors["keys"][:tokens].tolist()),
        spans=tuple(ImageSpan(*_tuples(span)) for span in about["spans"][: lengths["spans"]]),
        marks=tuple(lengths["marks"]),
        spoken=Spoken(tuple(ids), shown),
        opening=Opening(*lengths["opening"]),
    )


def _as_bytes(text: str) -> torch.Tensor:
    data = text.encode("utf-8", "surrogatepass")
    return torch.frombuffer(bytearray(data or b" "), dtype=torch.uint8)[: len(data)]


def _tuples(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Lists as the tuples that they were, inner ones too."""
    return tuple(_tuples(inner) for inner in value) if isinstance(value, list) else value
