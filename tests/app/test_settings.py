"""The window's settings are kept as they change, and never stop the window from opening."""

from __future__ import annotations

from app.settings import WindowSettings, load_window_settings, window_settings_path
from app.settings_store import SettingsStore


def test_without_a_file_the_defaults_are_in_force() -> None:
    assert SettingsStore().window == WindowSettings()


def test_a_change_is_there_the_next_time(tmp_path) -> None:
    store = SettingsStore()
    store.change(theme="dark", sidebar_collapsed=True)
    store.change_model(tmp_path)
    again = SettingsStore()
    assert again.window.theme == "dark"
    assert again.window.sidebar_collapsed
    assert again.engine.model_folder == tmp_path


def test_the_starter_model_is_kept_as_the_absence_of_a_folder(tmp_path) -> None:
    store = SettingsStore()
    store.change_model(tmp_path)
    store.change_model(None)
    assert SettingsStore().engine.model_folder is None


def test_a_damaged_file_is_set_aside(caplog) -> None:
    path = window_settings_path()
    path.write_text('{"theme": "sepia"}')
    store = SettingsStore()
    assert store.window == WindowSettings()
    assert not path.exists()
    assert "window.json cannot be used" in caplog.text


def test_what_cannot_be_kept_still_applies(caplog) -> None:
    store = SettingsStore()
    window_settings_path().mkdir()
    store.change(theme="dark")
    assert store.window.theme == "dark"
    assert "could not be saved" in caplog.text


def test_answers_are_made_as_the_engine_settings_say() -> None:
    sampling, limits = SettingsStore().answer_settings()
    assert sampling.temperature == 0.0
    assert limits.max_tokens == 1024


def test_a_file_written_here_can_be_read_here() -> None:
    store = SettingsStore()
    store.change(answered_once=True, geometry="01d9")
    loaded = load_window_settings(window_settings_path())
    assert loaded.problem is None
    assert loaded.settings == store.window
