"""Full-text search in plain Python, over a dictionary: no index, no terms, no vocabulary.

It is told the words of each record by place and says which records answer. Words here are made of a few letters of the
Latin alphabet and of Han characters, so that taking a text apart is a matter of spaces.
"""

from dataclasses import dataclass

HAN = "日本語東京"


@dataclass
class Rec:
    """A record's words, in what names it and elsewhere."""

    heading: list[str]
    rest: list[str]


def found(records: dict[str, Rec], text: str) -> set[str]:
    """The ids of the records that have every word."""
    return {id for id, rec in records.items() if all(has(rec, word) for word in text.split())}


def has(rec: Rec, word: str) -> bool:
    words = rec.heading + rec.rest
    if word[0] in HAN:
        if len(word) > 1:
            return any(word in other for other in words)
        return word in words or any(other.startswith(word) for other in rec.heading)
    begins = words if len(word) >= 3 else rec.heading
    return word in words or any(other.startswith(word) for other in begins) or any(meant(word, w) for w in words)


def meant(word: str, other: str) -> bool:
    if word.startswith(tuple(HAN)) or other.startswith(tuple(HAN)) or not (word + other).isalpha():
        return False
    most = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    if most == 2 and word[:3] != other[:3] and word[-3:] != other[-3:]:
        return False
    return distance(word, other) <= most


def distance(one: str, other: str) -> int:
    """Letters missing, added, wrong or changed about with a neighbour: by the book, in a table."""
    rows = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            if not i or not j:
                rows[i][j] = i + j
                continue
            wrong = int(one[i - 1] != other[j - 1])
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + wrong)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]
