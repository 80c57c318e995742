"""Ways to ask for a form: {i} are items or values, {l} items on lines, {k} keys, {w} words."""

from __future__ import annotations

from engine.evals.phrasing import Phrasing

_THINGS = "(the things|these things|the words|these words|the items|these items|these)"
_VERB = "(List|Please list|Write|Write down|Show|Give me|Put|Can you list|Could you write)"
BULLETS = Phrasing.of(
    f"""
    {_VERB} {_THINGS} (as a list|as bullets|as a bullet list|as bullet points|with dashes): {{i}}
    (List|Please list|Make a list of|Can you list|Make a bullet list of) {_THINGS}: {{i}}
    (Make|Please make|Write) a (list|bullet list|list with dashes) (of|from): {{i}}
    {{i}}. (List them|Make a list|Make a list of them|As a list|As bullets|List these|With dashes).
    """,
    always_trained="List: {i}",
)
NUMBERED = Phrasing.of(
    f"""
    {_VERB} {_THINGS} (as a numbered list|with numbers|numbered|in a numbered list): {{i}}
    (Number|Please number|Make a numbered list of|Can you number) {_THINGS}: {{i}}
    (Make|Please make|Write) a (numbered list|list with numbers) (of|from): {{i}}
    {{i}}. (Number them|Make a numbered list|As a numbered list|With numbers|Number these).
    """,
    always_trained="Number: {i}",
)
COMMAS = Phrasing.of(
    f"""
    {_VERB} {_THINGS} (on one line|with commas|separated by commas|in one line with commas):{{l}}
    (Join|Please join|Can you join|Connect) {_THINGS} (with commas|by commas|on one line):{{l}}
    (Make|Please make|Write) (a line with commas|one line|a comma list) (of|from):{{l}}
    {{i}}. (Join them|Separate them|Write them|Put them) (with commas|by commas|on one line).
    """,
    always_trained="With commas:{l}",
)
_NOW = "(Now|And now|Please|And|Then|Now write them|Now give me that|Again|Now the same|The same)"
BULLETS_AGAIN = Phrasing.of(f"{_NOW} (as a list|as bullets|as a bullet list|with dashes).")
NUMBERED_AGAIN = Phrasing.of(f"{_NOW} (as a numbered list|with numbers|numbered|in numbers).")
COMMAS_AGAIN = Phrasing.of(f"{_NOW} (on one line|with commas|in one line|separated by commas).")
JSON = Phrasing.of(
    """
    (Give|Write|Put|Show|Return|Please write) (as JSON|in JSON|JSON) with the keys {k}: {i}
    (Make|Write|Give me|Return|Please make) (JSON|a JSON object|an object) with (the keys|
      keys) {k} (from|of|for): {i}
    (Give|Write|Show|Return) {k} of: {i} as JSON( with the keys {k}|)
    {i}. (Write|Give|Put|Show|Make) (this|it|that) (as JSON|in JSON) with (the keys|keys) {k}.
    (JSON|As JSON|In JSON|JSON please), (keys|the keys|with the keys|with keys) {k}: {i}
    (Turn|Change|Convert|Bring) (this|it) into JSON with (the keys|keys) {k}: {i}
    """
)
PAIRS = Phrasing.of(
    """
    (Write|Give|Put|Show|Please write) {k} (on lines|on separate lines|line by line|one a line): {i}
    (Make|Write|Give me|Please write) (a line each|one line each|a line) for {k}: {i}
    {i}. (Write|Give|Put|Show) {k} (on lines|on separate lines|line by line|one a line).
    (Line by line|On lines|On separate lines|One a line), {k}: {i}
    """,
    always_trained="{k}, line by line: {i}",
)
CHOICE = Phrasing.of(
    """
    (Answer|Reply|Please answer|Say it|Tell me) (in|with) (one|a single|just one) word: {q} {s}
    {s} (Answer|Reply|Please answer|Tell me) (in|with) (one|a single|just one) word: {q}
    {s} {Q} (One word.|One word, please.|One word only.|Answer in one word.|Just one word.)
    {Q} {s} (One word.|One word, please.|One word only.|Answer in one word.|Just one word.)
    (In one word|With one word|One word|Only one word|In a single word): {q} {s}
    """
)
YES_NO = Phrasing.of(
    """
    (Answer|Reply|Please answer|Say|Tell me|Please say|Only say) (yes or no|with yes or no): {q} {s}
    {s} (Answer|Reply|Please answer|Say|Tell me) (yes or no|with yes or no): {q}
    {s} {Q} (Yes or no?|Answer yes or no.|Say yes or no.|Only yes or no.|Yes or no, please.)
    {Q} {s} (Yes or no?|Answer yes or no.|Say yes or no.|Only yes or no.|Yes or no, please.)
    (Yes or no|With yes or no|Just yes or no|Is it yes or no|Only yes or no): {q} {s}
    (Can you|Could you|Please) (say|tell me|answer), yes or no: {q} {s}
    {s} (Yes or no|With yes or no|Just yes or no|Is it yes or no|Only yes or no): {q}
    """
)
CAPITALS = Phrasing.of(
    """
    (Write|Spell|Put|Type|Print|Show|Give me|Please write|Can you write) {w} in (capitals|capital
      letters|upper case|big letters|all caps).
    (Make|Please make) {w} (all capitals|upper case).
    (Turn|Change) {w} into (capitals|upper case).
    (Capitals|In capitals|Upper case|In upper case|Big letters|All caps|In capital letters): {w}
    (What is|What's|How do I write|How do you write) {w} in (capitals|capital letters|upper case)?
    """
)
EXACTLY = Phrasing.of(
    """
    (Say|Write|Repeat|Please say|Please repeat|Can you say|Copy|Type|Print) (exactly|only|just): {w}
    (Say|Write|Repeat|Please say|Please repeat) (this|the words|these words|after me): {w}
    (Answer|Reply|Respond|Please answer|Please reply) (only with|with only|just with): {w}
    (Copy|Echo|Repeat|Please copy|Please echo) (this|these words|this text|the text): {w}
    """
)
QUOTED = Phrasing.of(
    """
    (Put|Write|Set|Place|Please put|Can you put) {w} (in|into|between) (quotes|quotation marks).
    (Quote|Please quote|Can you quote) (the words|this|these words|the text): {w}
    (In quotes|In quotation marks|With quotes|Quoted|Between quotes|With quotation marks): {w}
    (Add|Please add|Can you add) (quotes|quotation marks) (to|around): {w}
    """
)
