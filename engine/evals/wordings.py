"""How people ask for a key: by its name, by what it means, again, after another, or shortened."""

from __future__ import annotations

from engine.evals.lists import lines_of

# With the literal key at {k}. The wordings of one split never appear in the other.
ASKED_TRAIN = lines_of(
    """
    What is the {k}?
    What's the {k}?
    Which {k} is given?
    Which {k} does it say?
    What {k} is stated?
    Tell me the {k}.
    Please tell me the {k}.
    Give me the {k}.
    I need the {k}.
    I am looking for the {k}.
    {K}?
    {k}
    {k} please
    The {k}, please.
    Can you find the {k}?
    Could you tell me the {k}?
    Do you know the {k}?
    What does it say about the {k}?
    What is written as the {k}?
    According to the document, what is the {k}?
    What is the {k} in this document?
    Look up the {k}.
    Find the {k}.
    Show me the {k}.
    How is the {k} given?
    Name the {k}.
    Is there a {k}? What is it?
    Read me the {k}, please.
    what is the {k}
    Who or what is the {k}?
    What was the {k}?
    Which is the {k}?
    Can I have the {k}?
    Could you find the {k} in there?
    Do you see the {k}?
    I want to know the {k}.
    I want the {k}.
    Let me know the {k}.
    Search for the {k}.
    Get me the {k}.
    Check the {k} for me.
    What did they put down as the {k}?
    Where does it state the {k}?
    the {k}?
    tell me the {k}
    {K}, please?
    What value does the {k} have?
    Does it mention the {k}?
    Quote the {k}.
    I forgot the {k}. What is it?
    Just the {k}.
    Help me find the {k}.
    """
)

ASKED_HELD_OUT = lines_of(
    """
    Could you look up the {k} for me?
    May I have the {k}?
    I would like to know the {k}.
    What is the {k} here?
    Please find the {k}.
    Can you tell me what the {k} is?
    What is the {k}, please?
    Please give me the {k}.
    What would be the {k}?
    Would you give me the {k}?
    Does the document give the {k}?
    What {k} do you see?
    """
)

# After another question.
FOLLOWING_TRAIN = lines_of(
    """
    And the {k}?
    Then what is the {k}?
    Now the {k}.
    Also tell me the {k}.
    What about the {k}?
    and the {k}
    Next, the {k}.
    Good. And the {k}?
    Thanks, and the {k}?
    Now tell me the {k}.
    Now what is the {k}?
    And what was the {k}?
    And {k}?
    Fine. What is the {k}?
    Okay, the {k}?
    I also need the {k}.
    One more: the {k}.
    Also the {k}, please.
    Then the {k}?
    So what is the {k}?
    Next question: what is the {k}?
    And can you find the {k}?
    """
)
FOLLOWING_HELD_OUT = lines_of(
    """
    And what is the {k}?
    How about the {k}?
    Now I need the {k}.
    And also the {k}?
    Thank you. What is the {k}?
    Another thing: the {k}?
    """
)

# For something that was asked before.
AGAIN_TRAIN = lines_of(
    """
    What was the {k} again?
    Again, what is the {k}?
    Sorry, what was the {k}?
    The {k} again, please.
    Once more, the {k}?
    Tell me the {k} again.
    Repeat the {k}.
    I forgot: what is the {k}?
    And again the {k}?
    Back to the {k}: what is it?
    Say the {k} once more.
    And the {k} was?
    """
)
AGAIN_HELD_OUT = lines_of(
    """
    Can you repeat the {k}?
    What did you say the {k} was?
    The {k} once again?
    """
)

# Around a clause ("who drives"): {c} is the clause, {q} the question without its mark.
ABOUT_TRAIN = lines_of(
    """
    {Q}?
    {Q}?
    {Q}?
    {Q}?
    {q}
    {q}?
    Tell me {c}.
    Please tell me {c}.
    Do you know {c}?
    I want to know {c}.
    I need to know {c}.
    Can you tell me {c}?
    Can you see {c}?
    Does it say {c}?
    Is it written {c}?
    So {q}?
    Hi, {q}?
    Please: {q}?
    {Q}, please?
    Find out {c}.
    Look up {c}.
    Let me know {c}.
    Say {c}.
    Say, {q}?
    I wonder {c}.
    I forgot {c}.
    Do they say {c}?
    Does the document say {c}?
    According to this, {q}?
    Check {c}.
    I am not sure {c}.
    Nobody told me {c}.
    tell me {c}
    """
)
ABOUT_HELD_OUT = lines_of(
    """
    I would like to know {c}.
    Could you tell me {c}?
    Please find out {c}.
    I was asked {c}.
    Is it stated {c}?
    Well, {q}?
    My boss asks {c}.
    """
)
ABOUT_NEXT_TRAIN = lines_of(
    """
    And {q}?
    and {q}
    Also, {q}?
    Then {q}?
    And do you know {c}?
    Now tell me {c}.
    Also tell me {c}.
    Thanks. {Q}?
    Okay, and {q}?
    Next: {q}?
    """
)
ABOUT_NEXT_HELD_OUT = lines_of(
    """
    And could you tell me {c}?
    Good, and {q}?
    Another question: {q}?
    """
)

# How people shorten words of a key.
_SHORT = lines_of(
    """
    account: acct acc.
    address: addr addr. adr
    arrival: arr arr.
    birth date: dob
    capacity: cap cap.
    check-in: checkin
    contract: contr contr.
    customer: cust cust.
    delivery: del. deliv.
    departure: dep dep.
    distance: dist dist.
    driver: drv drvr
    e-mail: email
    height: ht
    invoice: inv inv.
    length: len
    level: lvl
    licence: lic
    manager: mgr mgr.
    meeting: mtg
    model: mod.
    number: no no. nr nr. num
    password: pw pwd passw.
    phone number: tel telephone
    phone: tel tel. ph
    quantity: qty qnty
    room: rm
    serial: ser ser.
    speed: spd
    supplier: suppl.
    total: tot
    version: ver vers.
    volume: vol vol.
    weight: wt
    """
)
SHORT: dict[str, tuple[str, ...]] = {
    word: tuple(shorts.split()) for word, shorts in (line.split(": ") for line in _SHORT)
}
