"""What a store can look records up by.

A value type turns a value into keys; a store compares keys and knows nothing else of values. Numbers, moments and
flags are all whole numbers to a store: hundredths, milliseconds, and 0 or 1.
"""

from enum import Enum


class Kind(Enum):
    """How keys of a field compare: texts by code point, everything else as whole numbers within 63 bits."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    FLAG = "flag"


Key = str | int

#: A key longer than this is cut, and told apart from its like by a digest (see `value_types.base.text_key`).
LONGEST_TEXT = 400
