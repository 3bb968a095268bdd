"""A docstring as the pages use it: its first sentence for a heading, the rest below."""

import re


def first_sentence(text: str) -> tuple[str, str]:
    """The first sentence on one line, and what follows it."""
    paragraph, blank, rest = text.strip().partition("\n\n")
    first, *others = re.split(r"(?<=\.)\s+(?=[A-Z`(])", paragraph.strip(), maxsplit=1)
    return " ".join(first.split()), f"{' '.join(others)}{blank}{rest}".strip()
