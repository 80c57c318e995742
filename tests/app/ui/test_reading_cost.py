"""What a question costs, said before it is sent: what is kept, what must be read, how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.ui.composer import Composer
from app.wording import about, reading_cost
from engine import TokensCounted

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.background import Background
    from app.ui.theme import Theme


@pytest.fixture
def composer(qtbot: QtBot, theme: Theme, background: Background) -> Composer:
    composer = Composer(theme, background)
    qtbot.addWidget(composer)
    composer.resize(720, 200)
    composer.set_limit(200_000)
    with qtbot.waitExposed(composer):
        composer.show()
    return composer


def write(qtbot: QtBot, composer: Composer) -> None:
    with qtbot.waitSignal(composer.draft_changed):
        qtbot.keyClicks(composer.editor, "And then?")


def test_the_composer_says_what_is_kept_and_what_must_be_read(
    qtbot: QtBot, composer: Composer
) -> None:
    write(qtbot, composer)
    composer.set_count(TokensCounted("c", 12_780, 0, 12, 200_000, 12_400, 0.62))
    assert composer.cost.full == "12,400 kept, 380 to read, about 0.6 s"
    assert composer.cost.accessibleName() == composer.cost.full
    qtbot.keyClicks(composer.editor, " and more")
    assert composer.cost.full == ""


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        (TokensCounted("c", 30, 0, 30, 2_048), ""),
        (TokensCounted("c", 30, 0, 30, 2_048, 0, 0.1), ""),
        (TokensCounted("c", 30_000, 0, 30_000, 200_000, 0, 42.4), "30,000 to read, about 42 s"),
        (TokensCounted("c", 300, 0, 20, 2_048, 280), "280 kept, 20 to read"),
    ],
)
def test_nothing_is_said_where_nothing_is_kept_and_nobody_waits(
    qtbot: QtBot, composer: Composer, counted: TokensCounted, words: str
) -> None:
    write(qtbot, composer)
    composer.set_count(counted)
    assert composer.cost.full == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.004, "about 0.1 s"),
        (0.62, "about 0.6 s"),
        (9.94, "about 9.9 s"),
        (9.96, "about 10 s"),
        (89.4, "about 89 s"),
        (90, "about 2 min"),
        (600, "about 10 min"),
    ],
)
def test_a_time_that_is_foreseen(value: float, words: str) -> None:
    assert about(value) == words


def test_cost_without_a_time() -> None:
    assert reading_cost(0, 1_000, None) == "1,000 to read"
