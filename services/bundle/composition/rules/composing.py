"""Composition: what a bundle becomes for one applicant's answers and one applicant's wallet.

The plan is a plain dict of JSON values and depends on nothing but the arguments: the same
published bundle, answers and evidence give the same digest, today and on every replica.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from services.bundle.composition.rules import evidence
from services.bundle.composition.rules.answering import AnswersWrong, enough
from services.bundle.composition.rules.aside import OpenFiling, set_aside
from services.bundle.composition.rules.asking import Gathering
from services.bundle.composition.rules.bundle_records import Held
from services.bundle.composition.rules.commitments import Key, choice_flaws
from services.bundle.composition.rules.form import gather_form
from services.bundle.composition.rules.graph import critical_path, in_order
from services.bundle.composition.rules.item_records import WORKING_HOURS
from services.bundle.composition.rules.publishing import Published
from services.bundle.composition.rules.selecting import Selected, Situation, select
from services.chassis.errors import Invalid

Plan = dict[str, Any]
Waits = Mapping[str, Sequence[Mapping[str, Any]]]


class NothingToDo(Invalid):
    """Under these answers there is nothing to apply for."""

    zh = "按这些回答，没有需要办理的事项。"


def compose(
    published: Published,
    answers: Mapping[str, Any],
    held: Iterable[Held] = (),
    open_filings: Iterable[OpenFiling] = (),
    commitments: Sequence[Key] = (),
) -> Plan:
    """The plan for these answers.  `held` is evidence that may be used for this applicant,
    `open_filings` what is filed already and not decided, `commitments` what they choose to sign.

    The wallet removes requirements, never members: what is held is not asked for, but what is
    applied for is decided anew.  Raises AnswersWrong or NothingToDo.
    """
    situation = _situation(published, answers, commitments)
    everybody, left_out = select(published, situation)
    if not everybody:
        raise NothingToDo(left_out=left_out)
    aside = set_aside(published, everybody, situation, tuple(held), tuple(open_filings))
    selected = aside.selected

    gathering, materials_alone = evidence.gather(
        published, selected, situation, aside.sources, frozenset(commitments)
    )
    _offer_instants(selected, gathering, commitments)
    form, fields_alone = gather_form(published, selected, situation)
    waits = _waits(published, selected, gathering)
    order, promise = _time(selected, waits)

    by_key = {member.key: member for member in selected}
    bundle = published.bundle
    plan: Plan = {
        "bundle": bundle.code,
        "version": bundle.version,
        "name": bundle.name,
        "region": bundle.region,
        "answers": dict(situation.answers),
        "holder_role": bundle.holder,
        "members": [_member(by_key[key], waits[key], situation) for key in order],
        "left_out": left_out,
        "already_open": aside.already_open,
        "held_back": aside.held_back,
        "form": form,
        "materials": list(gathering.materials.values()),
        "not_asked": list(gathering.not_asked.values()),
        "commitments": list(gathering.commitments.values()),
        "promise": promise,
        "published_promise": bundle.promised.record() if bundle.promised else None,
        "before": _before(selected, materials_alone, fields_alone),
        "after": {
            "visits": 1 if any(member.version.item.visits for member in selected) else 0,
            "materials": len(gathering.materials),
            "fields": len(form),
            "working_days": promise["working_days"],
        },
    }
    return plan | {"digest": digest(plan)}


def digest(plan: Mapping[str, Any]) -> str:
    """What the applicant agreed to, in one line; over everything but the digest itself."""
    body = {key: value for key, value in plan.items() if key != "digest"}
    return "sha256:" + hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _situation(
    published: Published, answers: Mapping[str, Any], commitments: Sequence[Key]
) -> Situation:
    good = enough(published, answers)
    if flaws := list(choice_flaws(commitments, published.commitments)):
        raise AnswersWrong(errors=flaws)
    return Situation(good, published.conditions, published.classes)


def _offer_instants(
    selected: Sequence[Selected], gathering: Gathering, commitments: Sequence[Key]
) -> None:
    for member in selected:
        if instant := member.version.item.instant:
            key = member.version.item.code, instant["commitment"]
            gathering.offer_instant(member, key in commitments)


def _time(selected: Sequence[Selected], waits: Waits) -> tuple[Sequence[str], dict[str, Any]]:
    """The members in an order in which each finds what it waits for, and the longest way."""
    order = in_order({key: [wait["member"] for wait in waits[key]] for key in waits})
    hours = {member.key: member.version.item.promised.hours for member in selected}
    longest, path = critical_path(
        hours, {key: [wait["member"] for wait in waits[key]] for key in order}
    )
    promise = {"working_hours": longest, "working_days": _days(longest), "path": list(path)}
    return order, promise


def _before(selected: Sequence[Selected], materials: int, fields: int) -> dict[str, Any]:
    """What it takes to apply for each by itself, one after another."""
    items = [member.version.item for member in selected]
    return {
        "members": len(items),
        "visits": sum(item.visits for item in items),
        "materials": materials,
        "fields": fields,
        "working_days": _days(sum(item.promised.hours for item in items)),
    }


def _days(hours: int) -> int:
    return -(-hours // WORKING_HOURS["working_day"])


def _waits(
    published: Published, selected: Sequence[Selected], gathering: Gathering
) -> dict[str, list[dict[str, Any]]]:
    """What each member waits for: evidence first, then the bundle's explicit edges."""
    keys: dict[str, list[str]] = {}
    for member in selected:
        keys.setdefault(member.definition.member, []).append(member.key)
    for edge in published.bundle.edges:
        for target in keys.get(edge.target, ()):
            for source in keys.get(edge.source, ()):
                gathering.wait(target, source, edge.state)
    return {m.key: list(gathering.waits.get(m.key, {}).values()) for m in selected}


def _member(
    member: Selected, waits: Sequence[Mapping[str, Any]], situation: Situation
) -> dict[str, Any]:
    item = member.version.item
    repeat = member.definition.repeat
    return {
        "member": member.key,
        "item": item.code,
        "item_version": member.version.version,
        "name": item.name,
        "name_en": item.name_en,
        "department": item.department,
        "holder": member.definition.holder,
        "entry": member.entry,
        "list": repeat.list if repeat else None,
        "promise": item.promised.record(),
        "clock": dict(item.clock),
        "power": dict(item.power),
        "instant": dict(item.instant) if item.instant else None,
        "accepts": item.accepts,
        "issues": item.issues,
        "situations": [
            {"code": one.code, "name": one.name}
            for one in item.situations
            if one.when is None or (one.when in situation.conditions and situation.holds(one.when))
        ],
        "on_refusal": member.definition.on_refusal,
        "waits_for": list(waits),
    }
