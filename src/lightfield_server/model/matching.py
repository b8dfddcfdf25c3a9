"""How a kind of value is looked for: the rows of conventions 8.2. Value types name one, operators serve some."""

from enum import Enum


class Matching(Enum):
    AMOUNT = "amount"  # equal, and all four comparisons
    PHRASE = "phrase"  # equal, starts with
    TOKENS = "tokens"  # contains, in any one element
    CHOICE = "choice"  # equal
    LINK = "link"  # equal and contains, of one record id
    NONE = "none"  # not filterable
