"""Invented people and companies with numbers that pass every check, new ones in every run."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

REGION = "430799"
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
GIVEN = "安柏晨丹恩帆冠涵佳凯岚铭宁沛乾然书桐婉晓妍泽芷舟之衡朗清禾松雨竹溪川云月星海兰芸"
PLACE = "沅芷"
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def id_number(region: str, born: date, sequence: int) -> str:
    """公民身份号码 (GB 11643): an odd sequence is a man's."""
    first17 = f"{region}{born:%Y%m%d}{sequence:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(first17, ID_WEIGHTS, strict=True))
    return first17 + "10X98765432"[total % 11]


def credit_code(first17: str) -> str:
    """统一社会信用代码 (GB 32100): seventeen characters and the one that proves them."""
    weights = [pow(3, place, 31) for place in range(17)]
    total = sum(
        CREDIT_LETTERS.index(letter) * weight
        for letter, weight in zip(first17, weights, strict=True)
    )
    return first17 + CREDIT_LETTERS[(31 - total % 31) % 31]


@dataclass(frozen=True)
class Person:
    """Somebody with an account; `account` is the opaque subject of the token."""

    name: str
    number: str
    phone: str
    account: str


@dataclass(frozen=True)
class Company:
    """An enterprise that exists before it files."""

    name: str
    code: str
    representative: str


class Town:
    """Hands out people, companies and addresses, none twice in one run."""

    def __init__(self, seed: int | None = None) -> None:
        self.random = random.Random(seed)
        self.tag = f"{self.random.randrange(16**6):06x}"
        self._numbers = self._counter()
        self._sequences: set[str] = set()

    def _counter(self) -> Iterator[int]:
        yield from range(1, 1_000_000)

    def person(self, *, woman: bool = True, age: int | None = None) -> Person:
        place = next(self._numbers)
        years = age if age is not None else self.random.randrange(24, 42)
        born = date.today() - timedelta(days=round(365.25 * years) + 40)
        return Person(
            self.name(), self._id(born, woman), self._phone(), f"demo-{self.tag}-{place:03d}"
        )

    def name(self) -> str:
        return self.random.choice(FAMILY) + "".join(self.random.sample(GIVEN, 2))

    def company(self, representative: str, trade: str = "餐饮") -> Company:
        first17 = "91" + REGION + "".join(self.random.choices("0123456789ABCDEFGH", k=9))
        return Company(self.company_name(trade), credit_code(first17), representative)

    def company_name(self, trade: str) -> str:
        """No two companies of a town have one name, so the run's tag is part of it."""
        brand = "".join(self.random.sample(GIVEN, 2))
        return f"{PLACE}区{brand}{self.tag}{next(self._numbers)}{trade}有限公司"

    def address(self) -> str:
        street = "".join(self.random.sample(GIVEN, 2))
        number = next(self._numbers)
        return f"{PLACE}区{street}路{self.random.randrange(1, 400)}号{self.tag}-{number}室"

    def birthday(self) -> str:
        """A day in the last two months, another one for each child of the run."""
        days = 2 + next(self._numbers) % 60
        return (date.today() - timedelta(days)).isoformat()

    def _id(self, born: date, woman: bool) -> str:
        while True:
            day = born - timedelta(days=self.random.randrange(300))
            number = id_number(REGION, day, 2 * self.random.randrange(500) + (not woman))
            if number not in self._sequences:
                self._sequences.add(number)
                return number

    def _phone(self) -> str:
        return f"1{self.random.choice('3589')}{self.random.randrange(10**9):09d}"
