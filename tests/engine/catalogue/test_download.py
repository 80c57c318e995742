"""Downloads from a real server in a real process: sound, broken in every way, taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hub_server import Fault, Hub

from engine.catalogue.download import Download, allow
from engine.catalogue.events import Broken, Fetched, Listed, Progress, Verifying, Waiting
from engine.catalogue.job import Job
from engine.catalogue.unfinished import PART, kept_bytes, read_manifest
from engine.model.folder import check_folder
from engine.network import Offline, go_offline, go_online

if TYPE_CHECKING:
    from pathlib import Path

    from engine.catalogue.events import Event

NAME = "makers/tiny"
WEIGHTS = "model.safetensors"


def job(hub: Hub, folder: Path, **more: object) -> Job:
    settings: dict[str, object] = {"patience_s": 20.0, "attempts": 2, "pause_s": 0.01, **more}
    return Job(NAME, None, folder, hub.endpoint, **settings)  # type: ignore[arg-type]


def run(hub: Hub, folder: Path, **more: object) -> list[Event]:
    download = Download(job(hub, folder, **more), "A test")
    download.start()
    return list(download.events())


def last(events: list[Event]) -> Event:
    """The terminal event, of which there is one."""
    ends = [event for event in events if isinstance(event, Fetched | Broken)]
    assert len(ends) == 1
    assert events[-1] is ends[0]
    return ends[0]


def test_a_model_is_fetched_checked_and_usable(hub: Hub, tmp_path: Path) -> None:
    events = run(hub, tmp_path)
    end = last(events)
    assert isinstance(end, Fetched)
    assert end.manifest.commit == hub.repositories[NAME].commit
    assert end.manifest.licence == "apache-2.0"
    listed = next(event for event in events if isinstance(event, Listed))
    assert listed.done_bytes == 0
    progress = [event for event in events if isinstance(event, Progress)]
    assert progress[-1].done_bytes == progress[-1].total_bytes == end.manifest.size
    assert progress[-1].host == "127.0.0.1"
    checked = [event.file for event in events if isinstance(event, Verifying)]
    assert sorted(checked) == sorted(file.name for file in end.manifest.files)
    assert check_folder(tmp_path).model_type == "qwen3_vl"
    # What could run hidden code is not even asked for.
    assert not hub.ranges("pytorch_model.bin")
    assert read_manifest(tmp_path) == end.manifest


def test_a_paused_download_is_taken_up_where_it_stopped(hub: Hub, tmp_path: Path) -> None:
    hub.faults[WEIGHTS] = Fault("stall", after=5_000)
    download = Download(job(hub, tmp_path), "A test")
    download.start()
    heard = []
    for event in download.events():
        heard.append(event)
        if isinstance(event, Progress) and event.file == WEIGHTS:
            download.pause()
    assert hub.stalled.is_set()
    assert not any(isinstance(event, Fetched | Broken) for event in heard)
    here = (tmp_path / (WEIGHTS + PART)).stat().st_size
    assert 0 < here <= 5_000
    kept = kept_bytes(tmp_path)
    hub.go_on.set()

    again = run(hub, tmp_path)
    assert isinstance(last(again), Fetched)
    listed = next(event for event in again if isinstance(event, Listed))
    assert listed.done_bytes == kept
    assert hub.ranges(WEIGHTS)[-1] == f"bytes={here}-"
    assert (tmp_path / WEIGHTS).read_bytes() == hub.repositories[NAME].files[WEIGHTS]


def test_a_connection_that_breaks_is_taken_up_by_itself(hub: Hub, tmp_path: Path) -> None:
    hub.faults[WEIGHTS] = Fault("truncate", after=3_000)
    events = run(hub, tmp_path)
    assert isinstance(last(events), Fetched)
    assert any(isinstance(event, Waiting) for event in events)
    assert hub.ranges(WEIGHTS) == [None, "bytes=3000-"]
    assert (tmp_path / WEIGHTS).read_bytes() == hub.repositories[NAME].files[WEIGHTS]


def test_a_server_that_stalls_is_asked_again(hub: Hub, tmp_path: Path) -> None:
    hub.faults[WEIGHTS] = Fault("stall", after=2_000)
    events = run(hub, tmp_path, patience_s=0.3)
    assert isinstance(last(events), Fetched)
    assert hub.ranges(WEIGHTS)[1] == "bytes=2000-"


def test_a_server_that_never_answers_is_given_up_with_what_is_kept(
    hub: Hub, tmp_path: Path
) -> None:
    hub.faults[WEIGHTS] = Fault("stall", times=9, after=0)
    end = last(run(hub, tmp_path, patience_s=0.2))
    assert isinstance(end, Broken)
    assert end.cause == "no connection"
    assert end.sentence.startswith("The download stopped: the server did not answer.")
    assert end.sentence.endswith("are kept.")


def test_a_server_that_sends_too_little_is_given_up(hub: Hub, tmp_path: Path) -> None:
    hub.faults[WEIGHTS] = Fault("short", times=9, after=0)
    end = last(run(hub, tmp_path))
    assert isinstance(end, Broken)
    assert end.cause == "truncated"


def test_a_file_that_is_damaged_is_told_and_fetched_anew(hub: Hub, tmp_path: Path) -> None:
    hub.faults[WEIGHTS] = Fault("corrupt")
    end = last(run(hub, tmp_path))
    assert isinstance(end, Broken)
    assert end.cause == "corrupt"
    assert end.sentence == ("One file does not match its checksum. Download that file again, 2 MB.")
    assert end.file == WEIGHTS
    assert not (tmp_path / WEIGHTS).exists()
    assert not (tmp_path / (WEIGHTS + PART)).exists()
    before = len(hub.requests)
    assert isinstance(last(run(hub, tmp_path)), Fetched)
    assert [path.rpartition("/")[2] for _, path, _ in hub.requests[before + 1 :]] == [WEIGHTS]


def test_a_small_file_that_is_damaged_is_found_too(hub: Hub, tmp_path: Path) -> None:
    hub.faults["LICENSE"] = Fault("corrupt")
    end = last(run(hub, tmp_path))
    assert isinstance(end, Broken)
    assert (end.cause, end.file) == ("corrupt", "LICENSE")


@pytest.mark.parametrize("file", ["", WEIGHTS])
def test_an_error_of_the_server_that_passes(hub: Hub, tmp_path: Path, file: str) -> None:
    hub.faults[file] = Fault("500")
    events = run(hub, tmp_path)
    assert isinstance(last(events), Fetched)
    assert [event.attempt for event in events if isinstance(event, Waiting)] == [1]


def test_an_error_of_the_server_that_does_not(hub: Hub, tmp_path: Path) -> None:
    hub.faults[WEIGHTS] = Fault("503", times=9)
    end = last(run(hub, tmp_path))
    assert isinstance(end, Broken)
    assert end.cause == "server"
    assert "the server answered with an error" in end.sentence


def test_a_model_that_is_not_there(hub: Hub, tmp_path: Path) -> None:
    hub.repositories.clear()
    end = last(run(hub, tmp_path))
    assert isinstance(end, Broken)
    assert end.cause == "not found"
    assert NAME in end.sentence


def test_a_version_that_is_not_there(hub: Hub, tmp_path: Path) -> None:
    download = Download(Job(NAME, "f" * 40, tmp_path, hub.endpoint, attempts=1), "A test")
    download.start()
    end = last(list(download.events()))
    assert isinstance(end, Broken)
    assert end.cause == "not found"


def test_a_licence_that_must_be_accepted_on_the_hub(hub: Hub, tmp_path: Path) -> None:
    hub.gated.add(NAME)
    end = last(run(hub, tmp_path))
    assert isinstance(end, Broken)
    assert end.cause == "gated"
    assert f"{hub.endpoint}/{NAME}" in end.sentence


def test_a_refusal_without_a_reason(hub: Hub, tmp_path: Path) -> None:
    hub.faults[WEIGHTS] = Fault("403")
    end = last(run(hub, tmp_path))
    assert isinstance(end, Broken)
    assert end.cause == "refused"


def test_a_repository_without_safetensors(hub: Hub, tmp_path: Path) -> None:
    del hub.repositories[NAME].files[WEIGHTS]
    end = last(run(hub, tmp_path))
    assert isinstance(end, Broken)
    assert end.cause == "not a model"


def test_a_folder_that_is_gone(hub: Hub, tmp_path: Path) -> None:
    end = last(run(hub, tmp_path / "gone"))
    assert isinstance(end, Broken)
    assert end.cause == "folder"


def test_nothing_listens(tmp_path: Path, hub: Hub) -> None:
    silent = Job(NAME, None, tmp_path, "http://127.0.0.1:9", attempts=2, pause_s=0.01)
    download = Download(silent, "A test")
    download.start()
    events = list(download.events())
    end = last(events)
    assert isinstance(end, Broken)
    assert end.cause == "no connection"
    assert not hub.requests


def test_the_offline_switch_is_asked_first(tmp_path: Path) -> None:
    download = Download(Job(NAME, None, tmp_path), "Download of a model")
    go_offline()
    try:
        with pytest.raises(Offline, match="huggingface"):
            download.start()
    finally:
        go_online()
    assert not download.running
    assert not list(tmp_path.iterdir())


def test_the_offline_switch_ends_what_is_under_way(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.faults[WEIGHTS] = Fault("stall", after=5_000)
    download = Download(job(hub, tmp_path), "A test")
    download.start()
    heard = []
    while not hub.stalled.is_set():
        heard += download.poll(0.1)
    monkeypatch.setattr("engine.catalogue.download._is_outside", lambda _: True)
    go_offline()
    try:
        end = last(list(download.events()))
    finally:
        go_online()
        hub.go_on.set()
    assert isinstance(end, Broken)
    assert end.cause == "offline"
    assert not download.running
    monkeypatch.undo()
    assert isinstance(last(run(hub, tmp_path)), Fetched)


def test_bytes_are_counted_for_the_account(hub: Hub, tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []
    counted: list[int] = []

    class Account:
        def count(self, sent: int = 0, received: int = 0) -> None:
            del sent
            counted.append(received)

    def ask(host: str, reason: str) -> Account:
        asked.append((host, reason))
        allow(host, reason)
        return Account()

    download = Download(job(hub, tmp_path), "Download of a model", ask)
    download.start()
    end = last(list(download.events()))
    assert isinstance(end, Fetched)
    assert asked == [("127.0.0.1", "Download of a model")]
    assert sum(counted) == end.manifest.size
