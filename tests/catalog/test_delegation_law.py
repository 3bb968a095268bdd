"""What the law lets a department give away: each refusal by its name, with what would be right."""

import itertools

import pytest

from services.catalog.delegations import rules
from services.catalog.delegations.rules import ItemFacts, Mode, PointFacts, Right, Terms
from services.catalog.delegations.rules.law import (
    AuthorisationNeedsLaw,
    AuthorisationNeedsOrganisation,
    ClosesOnlyServices,
    CoercionStays,
    EntrustedFurther,
    HandDownNeedsLowerOrgan,
    LicenceNeedsOrgan,
    OutsideRegion,
)
from services.catalog.points.rules import PointKind

ACCEPT, CLOSE = Right.ACCEPT, Right.CLOSE
ENTRUST, AUTHORISE, HAND_DOWN = Mode
COUNTY = "430799"
LAW = "示例条例第五条"


def item(**more) -> ItemFacts:
    return ItemFacts("x", "market", region=COUNTY, **more)


def point(kind: str, organ: bool | None = None, region: str = COUNTY + "101") -> PointFacts:
    organ = kind == "township" if organ is None else organ
    return PointFacts("p", PointKind(kind), region, organ)


SMALL = ("village", "station", "kiosk")
LICENCE, SERVICE, SWIFT = item(kind="01"), item(kind="20"), item(kind="01", instant=True)


def against(what: ItemFacts, where: PointFacts, right: Right, mode: Mode, law: str = LAW) -> set:
    return {type(one) for one in rules.objections(what, where, right, Terms(mode, (), law))}


@pytest.mark.parametrize(
    ("what", "where", "right", "mode", "refused"),
    [
        # 行政许可: entrusted to organs only
        (LICENCE, point("township"), CLOSE, ENTRUST, set()),
        (LICENCE, point("township", organ=False), CLOSE, ENTRUST, {LicenceNeedsOrgan}),
        (LICENCE, point("park"), CLOSE, ENTRUST, {LicenceNeedsOrgan}),
        (LICENCE, point("park", organ=True), CLOSE, ENTRUST, set()),
        (LICENCE, point("hall"), CLOSE, ENTRUST, {LicenceNeedsOrgan}),
        (LICENCE, point("hall"), CLOSE, AUTHORISE, set()),
        (item(kind="07"), point("park"), CLOSE, ENTRUST, set()),
        # accepting is not deciding
        *[(LICENCE, point(kind), ACCEPT, ENTRUST, set()) for kind in ("park", *SMALL)],
        # a village, station or kiosk
        *[(LICENCE, point(kind), CLOSE, ENTRUST, {ClosesOnlyServices}) for kind in SMALL],
        *[(item(kind="05"), point(k), CLOSE, ENTRUST, {ClosesOnlyServices}) for k in SMALL],
        *[(SERVICE, point(kind), CLOSE, ENTRUST, set()) for kind in SMALL],
        *[(SWIFT, point(kind), CLOSE, ENTRUST, set()) for kind in SMALL],
        (SWIFT, point("park"), CLOSE, ENTRUST, set()),
        # 下放: to an organ below
        (SERVICE, point("township"), CLOSE, HAND_DOWN, set()),
        (LICENCE, point("township"), CLOSE, HAND_DOWN, set()),
        (SERVICE, point("village"), CLOSE, HAND_DOWN, {HandDownNeedsLowerOrgan}),
        (item(kind="20", level="township"), point("township"), CLOSE, HAND_DOWN,
         {HandDownNeedsLowerOrgan}),
        (SERVICE, point("park", organ=True), ACCEPT, HAND_DOWN, {HandDownNeedsLowerOrgan}),
        (item(kind="20", level="city"), point("park", organ=True), ACCEPT, HAND_DOWN, set()),
        (item(kind="20", level="graded"), point("township"), ACCEPT, HAND_DOWN, set()),
        # 授权: by a law, to an organisation
        (SERVICE, point("village"), CLOSE, AUTHORISE, set()),
        (SERVICE, point("station"), CLOSE, AUTHORISE, {AuthorisationNeedsOrganisation}),
        (SERVICE, point("kiosk"), ACCEPT, AUTHORISE, {AuthorisationNeedsOrganisation}),
        # what is not one's own, and what stays
        (item(power_source="entrusted"), point("township"), CLOSE, ENTRUST, {EntrustedFurther}),
        (item(power_source="entrusted_peer"), point("township"), CLOSE, HAND_DOWN,
         {EntrustedFurther}),
        (item(power_source="entrusted"), point("township"), ACCEPT, ENTRUST, set()),
        (item(power_source="handed_down"), point("township"), CLOSE, ENTRUST, set()),
        (item(kind="03"), point("township"), ACCEPT, ENTRUST, {CoercionStays}),
        # elsewhere
        (SERVICE, point("township", region="430600101"), ACCEPT, ENTRUST, {OutsideRegion}),
        # several at once
        (item(kind="03", power_source="entrusted"), point("kiosk", region="1"), CLOSE, HAND_DOWN,
         {CoercionStays, EntrustedFurther, ClosesOnlyServices, HandDownNeedsLowerOrgan,
          OutsideRegion}),
    ],
)  # fmt: skip
def test_the_law_by_cases(what, where, right, mode, refused):
    assert against(what, where, right, mode) == refused


@pytest.mark.parametrize("basis", ["", "   "])
def test_an_authorisation_cites_its_law(basis):
    assert against(SERVICE, point("village"), CLOSE, AUTHORISE, basis) == {AuthorisationNeedsLaw}
    assert against(SERVICE, point("village"), CLOSE, ENTRUST, basis) == set()


def test_nobody_small_closes_anything_but_services_and_what_a_rule_decides():
    """Every item, point and mode there can be."""
    kinds = ("01", "02", "03", "05", "06", "07", "08", "09", "10", "20")
    sources = ("own", "handed_down", "authorised", "entrusted", "entrusted_peer")
    for kind, instant, source, small, mode in itertools.product(
        kinds, (True, False), sources, SMALL, Mode
    ):
        what = item(kind=kind, instant=instant, power_source=source)
        if not against(what, point(small), CLOSE, mode):
            assert kind == "20" or instant
            assert source not in ("entrusted", "entrusted_peer")


def test_each_refusal_says_what_would_be_right_in_both_languages():
    what = item(kind="03", power_source="entrusted")
    found = rules.objections(what, point("kiosk", region="1"), CLOSE, Terms(HAND_DOWN))
    found += rules.objections(LICENCE, point("park"), CLOSE, Terms(ENTRUST))
    found += rules.objections(SERVICE, point("kiosk"), CLOSE, Terms(AUTHORISE))
    found += rules.objections(SERVICE, point("village"), CLOSE, Terms(AUTHORISE))

    assert len({type(one) for one in found}) == 8
    for one in found:
        assert one.detail_zh and one.detail_en and one.zh and type(one).__doc__
