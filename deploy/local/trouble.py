"""What stands in the way of starting, said to a person: what happened, and the way out."""


class Trouble(Exception):
    """Something on this machine must change first; the text says what, in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en
