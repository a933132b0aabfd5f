"""Paragraphs of invented words, always the same ones: a few words are common, most are rare, as in
any language. Whatever is looked for in a million posts is then as rare as it would be there."""

from random import Random

PARAGRAPHS, WORDS = 20_000, 12_000
STARTS = "b br c ch d f fl g gr h k l m n p pl r s st t tr v w".split()
MIDDLES = "a e i o u ai ea ou".split()
ENDS = "n l r s t m nd st ck".split()


def vocabulary(random: Random) -> list[str]:
    """So many words, each once, the short ones first as they are in speech."""
    found: dict[str, None] = {}
    while len(found) < WORDS:
        parts = 1 + (len(found) > 150) + (len(found) > 3000)
        word = "".join(random.choice(STARTS) + random.choice(MIDDLES) for _ in range(parts))
        found[word + random.choice(ENDS)] = None
    return list(found)


def paragraphs() -> list[str]:
    """The pool that posts are made of, three of them each: 17 words, so about 50 in a post."""
    random = Random(4)
    words = vocabulary(random)
    weights = [1 / (rank + 3) for rank in range(len(words))]  # Zipf's law
    return [
        " ".join(random.choices(words, weights, k=17)).capitalize() + "." for _ in range(PARAGRAPHS)
    ]


# What is searched for: a word that one of some 700 posts holds, and two that many do.
_WORDS = vocabulary(Random(4))
RARE, COMMON = _WORDS[4600], f"{_WORDS[40]} {_WORDS[60]}"
