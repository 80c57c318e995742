"""Words and names to draw from: written lists and made-up words, each of one split only."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.evals.items import Split, belongs
from engine.evals.lists import words_of

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

NOUNS = words_of(
    """
    account address agenda airport album amount anchor angle answer apple archive area arrival
    article autumn bakery balance ball bank barn basin basket battery beach bell bench bicycle
    bird blanket board boat bolt book border bottle bowl branch bread bridge brush bucket budget
    building bulb bus button cabin cable cake camera canal candle car card cargo carpet case
    castle ceiling cellar chain chair chapter cheese church circle city clock cloud coach coast
    coffee collar column comment compass concert copper copy corner cotton counter country
    course cover crane credit crew cup curtain customer cycle data deck delivery desert design
    desk device diary dinner direction dish district doctor door dream drawer dress driver drum
    duty editor egg energy engine entry event exhibit export fabric factory family farm feather
    fence ferry festival field figure film filter finger fire fish flag floor flour flower
    folder forest fork frame friend fruit fuel gallery garage garden gate gear glass glove gold
    grain grape grass ground group guest guide guitar hall hammer handle harbour hat heater
    hedge helmet hill history hook horse hospital hotel house ice idea index ink insect island
    item jacket jar journal journey judge juice kettle key kitchen knife ladder lake lamp land
    lantern leaf leather lemon lesson letter level library light line lion list lock lorry lunch
    machine magnet mail manager map margin market mask master meadow meal measure meeting memory
    menu metal meter middle milk mill mirror model money month moon morning motor mountain
    museum music nail name needle nest net note notice number nurse oak ocean office oil onion
    orange orchard order oven owner packet page paint palace panel paper parcel park part path
    payment pen pencil people pepper phone photo piano picture pilot pipe plane planet plant
    plate platform pocket point police pond pool port post potato pump purse queue radio rail
    rain record region repair reply report rice ring river road rocket roof room rope route
    rubber rule sail salt sample sand scale school screen sea season seat section seed shadow
    sheet shelf ship shirt shoe shop signal silver sister sketch sky sleeve smoke snow soap sock
    sofa song soup source space spoon sport spring square stable stage stamp star station steam
    steel step stick stone store storm story stove street student sugar suit summer sun supply
    surface table tail tank tape task taxi tea team tent ticket tide tiger timber title tool
    tooth tour towel tower town toy track trade train tray tree trip truck tunnel turbine uncle
    unit valley valve van vase vessel view village violin visit voice wagon wall watch water
    wave weather wheel whistle window wine winter wire wolf wood wool word work workshop yard
    year zone
    """
)

ADJECTIVES = words_of(
    """
    active amber ancient annual basic black blue bold brief bright broad broken brown busy calm
    central cheap clean clear close cold common complete cool correct daily dark deep distant
    double dry dusty early east easy empty equal exact extra faint fair famous fast final fine
    first flat fresh full gentle giant glad golden good grand great green grey happy hard heavy
    hidden high hollow honest hot huge humid inner kind large last late lazy left light little
    local lonely long loose loud low lower lucky main major middle mild minor modern narrow near
    neat new next noisy north odd old open outer pale perfect plain polite private proud public
    pure purple quick quiet rapid rare ready red regular remote rich right ripe rough round
    royal safe second secret sharp short silent simple single slow small smooth soft solid south
    spare special steady steep still strong sunny sweet swift tall thick thin third tidy tiny
    total upper urgent usual vast warm weak west wet white whole wide wild wise wooden yellow
    young
    """
)

FIRST_NAMES = words_of(
    """
    Ada Adam Agnes Aisha Alan Alice Amir Amy Ana Anders Andrea Anna Anton Arthur Astrid Aya Ben
    Bela Bianca Boris Bruno Carla Carmen Cecil Chen Clara Colin Daniel Daria David Diana Dora
    Edgar Elena Eli Elsa Emil Emma Erik Esther Eva Fatima Felix Fiona Frank Freya Gemma Georg
    Grace Greta Hana Hassan Heidi Helen Henry Hugo Ida Ines Ingrid Ivan Iris Jack James Jana
    Jasper Joan Jonas Judith Julia Kai Karim Karin Kate Kenji Klara Laila Lars Laura Lea Lena
    Leo Lily Linus Louis Lucy Magda Marco Maria Mark Marta Max Maya Mia Milan Mina Mona Nadia
    Nina Noah Nora Olga Oliver Omar Oscar Otto Paula Peter Petra Priya Quinn Rachel Ravi Rita
    Robin Rosa Ruth Samir Sara Simon Sofia Stefan Tara Theo Tim Tina Tom Uma Vera Victor Wanda
    Yara Yusuf Zoe
    """
)

LAST_NAMES = words_of(
    """
    Abbott Adler Almeida Archer Baker Baldwin Barnes Becker Bell Berg Bishop Blake Bond Brandt
    Burke Carter Castro Chandra Clarke Cole Conti Cooper Costa Cross Dahl Dalton Davis Diaz
    Dixon Drake Dubois Eaton Ellis Engel Evans Faber Farah Fischer Fletcher Ford Foster Fox
    Franco Garcia Gibson Grant Green Hale Hansen Harper Hart Haas Hill Hoffman Holm Hughes
    Ivanov Jansen Jensen Kaplan Keller Kelly Khan Kim Klein Kovacs Kumar Lang Larsen Lee Lind
    Lopez Lowe Maier Marsh Martin Mason Mendes Meyer Miller Moore Morgan Moss Nagy Nash Nolan
    Novak Okafor Olsen Ortiz Page Park Patel Perry Petrov Pohl Quigley Rahman Reed Reyes Ricci
    Rivera Rossi Roth Ryan Santos Sato Schmidt Shaw Silva Singh Stone Suzuki Tanaka Taylor
    Torres Turner Vance Varga Vogel Wagner Walsh Ward Weber West White Wolf Wood Wright Yilmaz
    Young Zimmer
    """
)

_STARTS = words_of(
    """
    b c d f g h j k l m n p r s t v w z br cl dr fl gr kr pl pr st tr sh th
    """
)
_VOWELS = words_of(
    """
    a e i o u a e o ai ea ou ei
    """
)
_BEFORE_A_VOWEL = re.compile(r"\b([Aa]) (?=(?!uni|usu)[aeiou]|honest|hour)")
_ENDS = ["", "", "", "n", "r", "l", "s", "m", "t", "nd", "rk", "st", "x"]


@lru_cache(maxsize=64)
def pool(words: tuple[str, ...], split: Split) -> tuple[str, ...]:
    """Return the part of a list that belongs to the split."""
    return tuple(word for word in words if belongs(word, split))


def pick(rng: random.Random, words: tuple[str, ...], split: Split) -> str:
    """Draw one word of a list."""
    return rng.choice(pool(words, split))


def made_up(rng: random.Random, split: Split, syllables: Sequence[int] = (1, 2, 2, 3)) -> str:
    """Draw a word that is in no dictionary, in lower case."""
    while True:
        count = rng.choice(syllables)
        word = "".join(
            rng.choice(_STARTS) + rng.choice(_VOWELS) + rng.choice(_ENDS if last else _ENDS[:6])
            for last in [*[False] * (count - 1), True]
        )
        if len(word) > 2 and belongs(word, split):
            return word


def any_word(rng: random.Random, split: Split) -> str:
    """Draw a noun, an adjective or a made-up word, in lower case."""
    kind = rng.random()
    if kind < 0.45:
        return pick(rng, NOUNS, split)
    if kind < 0.65:
        return pick(rng, ADJECTIVES, split)
    return made_up(rng, split)


def with_an(text: str) -> str:
    """Return a sentence with "an" where its form has "a" before a vowel that is sounded."""
    return _BEFORE_A_VOWEL.sub(r"\1n ", text)


def first_name(rng: random.Random, split: Split) -> str:
    """Draw a first name."""
    if rng.random() < 0.7:
        return pick(rng, FIRST_NAMES, split)
    return made_up(rng, split).capitalize()


def last_name(rng: random.Random, split: Split) -> str:
    """Draw a family name."""
    if rng.random() < 0.7:
        return pick(rng, LAST_NAMES, split)
    return made_up(rng, split).capitalize()
