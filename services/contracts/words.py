"""What events are made of: the envelope's demands, codes and the kinds of value."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
FieldCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
MATERIAL = r"^[a-z][a-z0-9-]*(:[a-z][a-z0-9_-]*(\[[0-9]+\])?)?$"
"""An evidence type, or the key of a material of a filing: type and owner."""
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
TrustLevel = Literal["A", "B", "C", "D"]


class Fact(BaseModel):
    """A value inside an event.  Written strictly; read tolerantly (envelope.read): the publisher
    may be newer than the reader and say more."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Event(Fact):
    """A fact, named in the past tense.  `route` is the NATS subject that carries it."""

    type: ClassVar[str]
    stream: ClassVar[str]
    aggregate: ClassVar[str]
    route: ClassVar[str]
