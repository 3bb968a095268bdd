"""Words for the tests of bundle: file something, answer for a desk, see where it stands."""

import itertools
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.contracts import ApprovalAccepted, ApprovalDecided, Duration, ResultIssued
from tests import county, world
from tests.alone import Alone
from tests.platform import Person

DIGEST = "sha256:" + "0" * 64
accounts = itertools.count(1)
people = itertools.count(1)
enterprises = itertools.count(1)


class Office(Alone):
    """Bundle, with the shop, the founding and the restaurant published."""

    def somebody(self, **claims: Any) -> Person:
        """A citizen nobody has seen before."""
        return self.citizen(f"citizen-{next(accounts)}", **claims)

    def company(self, code: str) -> Person:
        """Somebody who logs in as the legal person of this credit code."""
        return self.somebody(enterprise=code)

    async def planned(self, who: Person, bundle: str, answers: Any, **holder: str) -> Any:
        body = {"answers": answers, "holder": holder}
        return await who.post(f"/bundles/{bundle}/compositions", json=body)

    async def prepared(
        self, who: Person, bundle: str = "shop", answers: Any = None, **more: Any
    ) -> dict[str, Any]:
        """A filing that is right in every way; `more` replaces form fields, or `holder`."""
        answers = ANSWERS[bundle] if answers is None else answers
        holder = more.pop("holder", {})
        plan = await self.planned(who, bundle, answers, **holder)
        filled = FORMS[bundle] | answers | more
        materials = {
            m["key"]: [] if m["kind"] == "commitment" else [await self.upload(who)]
            for m in plan["materials"]
        }
        return {
            "bundle": bundle,
            "plan": plan["digest"],
            "answers": answers,
            "holder": holder,
            "form": {f["field"]: filled[f["field"]] for f in plan["form"]},
            "materials": materials,
        }

    async def filed(self, who: Person, bundle: str = "shop", **more: Any) -> Any:
        return await who.post("/applications", json=await self.prepared(who, bundle, **more))

    async def five(self, who: Person, *departments: str, **policies: str) -> Any:
        """A filing of departments that answer side by side, under a bundle of its own."""
        code = f"five-{next(accounts)}"
        await self.publish(code, county.five(*departments, **policies))
        plan = await self.planned(who, code, {"area": 10.0})
        filing = {"bundle": code, "plan": plan["digest"], "answers": {"area": 10.0}}
        return await who.post("/applications", json=filing | {"form": {"area": 10.0}})

    async def progress(self, who: Person, application: Any) -> Any:
        return await who.get(f"/applications/{application['id']}/progress")

    async def states(self, who: Person, application: Any) -> dict[str, str]:
        return states(await self.progress(who, application))

    async def issue(
        self, application: Any, member: str, content: dict[str, Any], **more: Any
    ) -> ResultIssued:
        """Store what a department issues, and the event that says it was."""
        own = of(application, member)
        officer = self.officer(own["department"])
        path = f"/dossiers/{own['approval']}/result"
        kept = await officer.put(path, {"content": content})
        return issued(application, member, more.pop("evidence"), digest=kept["digest"], **more)


ANSWERS: dict[str, Any] = {
    "shop": world.ANSWERS,
    "founding": {},
    "restaurant": {"premises": "朝阳路 1 号", "area": 350.0, "worker_count": 2},
}
APPLICANT = {
    "applicant_name": "李清照",
    "applicant_id_number": county.id_number(0),
    "applicant_phone": "13800138000",
}
WORKERS = [
    {"person_name": "王一", "person_id_number": county.id_number(7001)},
    {"person_name": "赵二", "person_id_number": county.id_number(7002)},
]
FORMS: dict[str, dict[str, Any]] = {
    "shop": world.FORM,
    "founding": APPLICANT | {"enterprise_name": "清风餐饮有限公司"},
    "restaurant": {"enterprise_name": "清风餐饮有限公司", "workers": WORKERS},
}


def new_number() -> str:
    return county.id_number(next(people))


def new_code() -> str:
    return county.credit_code(next(enterprises))


def of(application: Any, member: str) -> Any:
    """One member's view in an application's."""
    return next(one for one in application["members"] if one["member"] == member)


def states(view: Any) -> dict[str, str]:
    return {one["member"]: one["state"] for one in view["members"]}


def accepted(application: Any, member: str) -> ApprovalAccepted:
    own = of(application, member)
    return ApprovalAccepted(
        approval=own["approval"],
        application=application["id"],
        member=member,
        department=own["department"],
        accepted_at=datetime.now(UTC),
    )


def decided(
    application: Any, member: str, verdict: str = "granted", reason: str | None = None
) -> ApprovalDecided:
    own, now = of(application, member), datetime.now(UTC)
    return ApprovalDecided(
        approval=own["approval"],
        application=application["id"],
        bundle=application["bundle"],
        member=member,
        item=own["item"],
        department=own["department"],
        verdict=verdict,
        reason_code=reason or ("not-enough" if verdict == "refused" else None),
        opened_at=now,
        accepted_at=now,
        decided_at=now,
        promise=Duration(value=1),
    )


def issued(application: Any, member: str, evidence: str, **more: Any) -> ResultIssued:
    own = of(application, member)
    told: dict[str, Any] = {
        "number": f"OV-{own['approval']}",
        "approval": UUID(own["approval"]),
        "application": application["id"],
        "member": member,
        "item": own["item"],
        "evidence": evidence,
        "department": own["department"],
        "issuer_number": f"N-{own['approval']}",
        "digest": DIGEST,
        "valid_from": date.today(),
        "issued_at": datetime.now(UTC),
    }
    return ResultIssued(**told | more)
