"""The generators of books, asked through the engine: by a simulated model over HTTP, and without any."""

from __future__ import annotations

import re
from typing import Any

import pytest

from vitrina.books.generators.portrait.generator import GENERATOR as PORTRAY
from vitrina.books.generators.portrait.schema import PortraitInput
from vitrina.books.generators.refinement.generator import GENERATOR as RANK
from vitrina.books.generators.refinement.schema import Candidate, RankInput
from vitrina.books.generators.translation.generator import GENERATOR as TRANSLATE
from vitrina.books.generators.translation.schema import PassageInput
from vitrina.engine.ask import CallContext, ask
from vitrina.engine.models import ModelCall

PASSAGE = "В тёмном замке стояла старая Марфа в чёрном платье. У Марфы было бледное лицо и седые волосы."
ASKED = [
    (TRANSLATE, PassageInput(text=PASSAGE, names=("Марфа",))),
    (PORTRAY, PortraitInput(name="Марфа", passages=(PASSAGE,))),
    (RANK, RankInput(candidates=(Candidate(number=1, priority=80, text=PASSAGE),))),
]


@pytest.mark.parametrize(("generator", "given"), ASKED, ids=[generator.name for generator, _ in ASKED])
@pytest.mark.django_db
def test_without_a_key_the_lists_answer_and_it_is_marked(generator: Any, given: Any) -> None:
    answer = ask(generator, given, context=CallContext())
    assert (answer.source, answer.cost) == ("offline", 0)
    assert ModelCall.objects.get().source == "offline"


ENGLISH = "In the dark castle stood old Martha in a black dress. Her face was pale, her hair was grey."


@pytest.mark.parametrize(
    ("generator", "given"),
    [
        (TRANSLATE, PassageInput(text=ENGLISH, language="en", names=("Martha",))),
        (PORTRAY, PortraitInput(name="Martha", language="en", passages=(ENGLISH,))),
    ],
    ids=["translate_passage", "portray"],
)
@pytest.mark.django_db(transaction=True)
def test_a_model_is_asked_with_the_passage_fenced(model_server: Any, generator: Any, given: Any) -> None:
    answer = ask(generator, given, context=CallContext())
    assert answer.source == "custom:gpt-4o-mini"
    (body,) = model_server.requests
    told = body["messages"][-1]["content"]
    assert re.search(rf"<data-(\w+) name=\"passage\">\n{re.escape(ENGLISH)}\n</data-\1>", told)
    assert ENGLISH not in body["messages"][0]["content"]


@pytest.mark.django_db(transaction=True)
def test_an_answer_in_russian_letters_is_asked_once_more_and_then_the_lists_stand(model_server: Any) -> None:
    model_server.fails(always="poisoned")  # of the right shape, with Russian letters in every text
    answer = ask(TRANSLATE, PassageInput(text=PASSAGE, names=("Марфа",)), context=CallContext())
    assert answer.source == "offline"
    assert answer.value.description.startswith("in dark castle, old Marfa standing in black dress")
    assert model_server.counts()["calls"] == 2
