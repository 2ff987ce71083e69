"""What a person must answer, whatever a model could write: harm, fire and shock, counterfeits, threats, the law, data, children. Pure."""

from __future__ import annotations

from enum import StrEnum

from vitrina.inbox.hearing.listening import Heard, Hit


class Escalation(StrEnum):
    HEALTH = "health"
    HAZARD = "hazard"  # smoke, fire, shock: the product endangers people, whether or not it hurt one
    COUNTERFEIT = "counterfeit"
    THREAT = "threat"
    LEGAL = "legal"
    PERSONAL_DATA = "personal_data"
    CHILD_SAFETY = "child_safety"


_PLAIN = {
    Escalation.HEALTH: "health",
    Escalation.HAZARD: "hazard",
    Escalation.COUNTERFEIT: "counterfeit",
    Escalation.THREAT: "threat",
    Escalation.LEGAL: "legal",
    Escalation.PERSONAL_DATA: "personal_data",
}


def escalations_of(heard: Heard) -> tuple[tuple[Escalation, Hit], ...]:
    """Each at most once, with the word that led there. What is denied, feared or only asked about doesn't count."""
    found: list[tuple[Escalation, Hit]] = []
    for escalation, group in _PLAIN.items():
        if hits := heard.meant(group):
            found.append((escalation, hits[0]))
    # A child in one sentence and a danger in it or the next one.
    children = {hit.sentence for hit in heard.hits if hit.group == "child" and not hit.asked}
    for hit in heard.meant("danger"):
        if children & {hit.sentence - 1, hit.sentence, hit.sentence + 1}:
            found.append((Escalation.CHILD_SAFETY, hit))
            break
    return tuple(found)
