"""What a function does: its verb, and the ways to ask for it with an object.

In the forms `{a}` stands for the object with "a" or "an", `{o}` for the object with "the".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals.items import Split, belongs

if TYPE_CHECKING:
    import random

# No form is shared by two verbs. The first holds the verb itself; both splits may use it, while
# a checksum divides the others.
_TABLE = """
book | book {a} / reserve {a} / make a booking for {a} / hold {a} free
cancel | cancel {o} / call off {o} / withdraw {o}
find | find {a} / look for {a} / search for {a} / hunt for {a}
add | add {a} / put in {a} / enter {a}
delete | delete {o} / remove {o} / erase {o} / get rid of {o} / throw away {o}
send | send {a} / send off {a} / dispatch {a} / mail {a}
set | set {o} / fix {o} / put {o} in place
update | update {o} / bring {o} up to date / revise {o}
create | create {a} / make {a} / set up {a} / make a new {n}
order | order {a} / place an order for {a} / have {a} delivered
open | open {o} / open up {o}
close | close {o} / shut {o} / close down {o}
start | start {o} / begin {o} / get {o} going / launch {o}
stop | stop {o} / halt {o} / end {o} / bring {o} to a halt
check | check {o} / have a look at {o} / take a look at {o}
move | move {o} / shift {o} / bring {o} elsewhere
copy | copy {o} / make a copy of {o} / duplicate {o}
print | print {o} / print out {o} / put {o} on paper
rent | rent {a} / hire {a} / take {a} on hire
buy | buy {a} / purchase {a} / get {a} from the shop
sell | sell {o} / find a buyer for {o} / put {o} up for sale
share | share {o} / pass on {o} / let others see {o}
save | save {o} / store {o} / keep {o}
play | play {o} / put on {o}
repair | repair {o} / mend {o} / have {o} repaired
clean | clean {o} / wash {o} / have {o} cleaned
lock | lock {o} / lock up {o} / secure {o}
unlock | unlock {o} / undo the lock of {o}
measure | measure {o} / take the measure of {o}
plan | plan {a} / work out {a} / draw up a plan for {a}
schedule | schedule {a} / arrange {a} / put {a} in the calendar
track | track {o} / follow {o} / keep track of {o}
pay | pay {o} / pay for {o} / settle {o}
sign | sign {o} / put a signature on {o}
read | read {o} / read out {o} / read {o} aloud
write | write {a} / write down {a} / put {a} in writing
rename | rename {o} / give {o} another name / give {o} a new name
count | count {o} / do a count of {o} / tally {o}
paint | paint {o} / give {o} a coat of paint
report | report {a} / file a report about {a} / notify them of {a}
return | return {o} / give back {o} / take back {o}
assign | assign {o} / hand over {o} / allot {o}
approve | approve {o} / agree to {o} / accept {o}
archive | archive {o} / put {o} in the archive
compare | compare {o} / make a comparison of {o}
register | register {a} / sign up {a} / put {a} on the register
load | load {o} / load up {o}
test | test {o} / try out {o} / run a test of {o}
translate | translate {o} / make a translation of {o}
upload | upload {a} / put {a} online
"""
VERBS: dict[str, tuple[str, ...]] = {
    name.strip(): tuple(form.strip() for form in forms.split("/"))
    for name, forms in (line.split("|") for line in _TABLE.strip().splitlines())
}
# Verbs of functions that look a thing up and give its properties back.
LOOK_UP_VERBS = ("get", "look_up", "fetch", "show", "query", "tell", "ask", "inspect")
_SOUNDED = ("uni", "usu")
_SILENT = ("honest", "hour")
_PLAIN_SHARE = 0.5


def verb_form(rng: random.Random, split: Split, verb: str) -> str:
    """Draw a form of a verb, with the object left open."""
    forms = [form for form in VERBS[verb] if belongs(form, split)]
    return rng.choice(forms) if forms and rng.random() > _PLAIN_SHARE else VERBS[verb][0]


def with_object(form: str, noun: str) -> str:
    """Put a noun in a form's place for the object."""
    return form.format(a=with_article(noun), o=f"the {noun}", n=noun)


def with_article(noun: str) -> str:
    """Return a noun with "a" or "an" before it."""
    vowel = noun[0] in "aeiou" and not noun.startswith(_SOUNDED)
    return f"{'an' if vowel or noun.startswith(_SILENT) else 'a'} {noun}"
