"""What a load has put where, counted and said in Chinese and English."""

from dataclasses import dataclass, field

# By stage: how many of it are said in Chinese, and one and several in English.
WORDS = {
    "departments": ("个部门", "department", "departments"),
    "crosswalks": ("张代码对照表", "crosswalk", "crosswalks"),
    "fields": ("个字段", "field", "fields"),
    "lists of fields": ("个列表字段", "list of fields", "lists of fields"),
    "evidence types": ("种材料", "evidence type", "evidence types"),
    "items": ("项事项", "item", "items"),
    "bundles": ("件“一件事”", "bundle", "bundles"),
    "publications": ("次发布", "publication", "publications"),
    "service points": ("个服务点", "service point", "service points"),
    "generated items": ("项生成的事项", "generated item", "generated items"),
    "rights offered": ("项拟下放的权力", "right offered", "rights offered"),
}


@dataclass
class Report:
    """Reads as one line per language."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, number: int) -> None:
        self.counts[name] = self.counts.get(name, 0) + number

    def __str__(self) -> str:
        zh = "、".join(f"{number} {WORDS[name][0]}" for name, number in self.counts.items())
        en = ", ".join(f"{number} {_word(name, number)}" for name, number in self.counts.items())
        return f"{zh}\n{en}"


def _word(name: str, number: int) -> str:
    _, one, several = WORDS[name]
    return one if number == 1 else several
