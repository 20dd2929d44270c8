"""Readable names for runs and models that come without one: `patient-otter-417`."""

import secrets

ADJECTIVES = """
able amber amused ancient apt artful brave bright brisk calm candid careful cheerful clever cosy curious
dapper daring deft diligent eager earnest fair fearless fleet fond frank gentle glad graceful grand hardy
honest humble jolly keen kind lively loyal lucid mellow merry mighty modest neat nimble noble patient placid
polite proud quick quiet rapid rare ready robust rosy sage serene sharp shy silent sincere sleek smooth snug
sober spry stately steady subtle sunny swift tactful tidy tranquil upbeat valiant vivid warm wise witty zesty
""".split()
ANIMALS = """
ant badger bat bear beaver bee bison boar buck bunting carp cat chough colt conch coot crab crane cricket crow
deer dove duck eagle eel elk falcon ferret finch fox frog gannet goat goose grouse gull hare hawk hen heron
horse ibex jackdaw jay kestrel kite lark linnet lizard lynx magpie marten mole moose moth mouse newt osprey
otter owl ox perch pike pine-marten plover pony puffin quail rabbit ram raven robin rook salmon seal shrew
skylark snail sparrow squid stoat stork swan swift tern thrush toad trout vole wagtail weasel whale wolf wren
""".split()


def new() -> str:
    return f"{secrets.choice(ADJECTIVES)}-{secrets.choice(ANIMALS)}-{secrets.randbelow(1000)}"
