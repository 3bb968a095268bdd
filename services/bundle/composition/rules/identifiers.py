"""Numbers whose last character proves the others: people's, enterprises', and phone numbers."""

import re
from datetime import date

ID_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
PHONE = re.compile(r"1[0-9]{10}")

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def is_id_number(text: str) -> bool:
    """公民身份号码, GB 11643: region, an existing day of birth, sequence, ISO 7064 MOD 11-2."""
    if not ID_NUMBER.fullmatch(text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, ID_WEIGHTS, strict=False))
    return text[17] == ID_CHECKS[total % 11]


def is_credit_code(text: str) -> bool:
    """统一社会信用代码, GB 32100: eighteen characters without I, O, S, V, Z, MOD 31."""
    if not CREDIT_CODE.fullmatch(text):
        return False
    weighted = zip(text, CREDIT_WEIGHTS, strict=False)
    total = sum(CREDIT_ALPHABET.index(char) * weight for char, weight in weighted)
    return text[17] == CREDIT_ALPHABET[-total % 31]


def is_phone(text: str) -> bool:
    return PHONE.fullmatch(text) is not None
