"""From a product to a category: candidates, the vote, a model's answer and what it means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog import categories
from vitrina.catalog.facts import ProductFacts
from vitrina.catalog.models import Category
from vitrina.engine.ask import Answer, CallContext
from vitrina.engine.core.prompts import load
from vitrina.enrichment.generators.categorize import neighbours, wording
from vitrina.enrichment.generators.categorize import suggest as suggesting
from vitrina.enrichment.generators.categorize.candidates import candidates
from vitrina.enrichment.generators.categorize.generator import GENERATOR
from vitrina.enrichment.generators.categorize.offline import vote
from vitrina.enrichment.generators.categorize.resolving import Choice, normal, resolve
from vitrina.enrichment.generators.categorize.schema import (
    Alternative,
    Candidate,
    CategorizeInput,
    CategorizeOutput,
    NamedValue,
)
from vitrina.enrichment.generators.categorize.suggest import suggest
from vitrina.enrichment.generators.categorize.voting import confidences
from vitrina.lib.text import estimate_tokens

CONTEXT = CallContext(feature="test")


def facts(title: str, **more: object) -> ProductFacts:
    return ProductFacts(external_id="1", title=title, **more)  # type: ignore[arg-type]


@pytest.fixture
def tree(seller: Seller) -> dict[str, Category]:
    paths = [
        "Одежда > Платья",
        "Одежда > Юбки",
        "Одежда > Верхняя одежда > Пальто",
        "Дом > Кружки",
        "Продукты > Выпечка",
        "Электроника > Чехлы для телефонов",
    ]
    made = {path: factories.category(path, seller=seller) for path in paths}
    Category.objects.filter(path="Дом > Кружки").update(synonyms=["чашка", "бокал для чая"])
    categories.index(Category.objects.filter(seller=seller))
    return made


@pytest.mark.django_db
def test_the_offline_producer_picks_the_category_that_shares_most_words(
    seller: Seller, tree: dict[str, Category]
) -> None:
    found = suggest(facts("Платье вечернее синее"), seller_id=seller.pk, context=CONTEXT)
    assert found.category_id == tree["Одежда > Платья"].pk
    assert found.source == "offline"
    assert found.confidence is not None
    assert 0 < found.confidence < 1
    assert not found.no_fit
    assert not found.is_parent
    assert "Одежда > Платья" in found.reasoning
    assert all(other != found.category_id for other, _ in found.alternatives)


@pytest.mark.django_db
def test_a_synonym_is_enough(seller: Seller, tree: dict[str, Category]) -> None:
    found = suggest(facts("Чашка керамическая 300 мл"), seller_id=seller.pk, context=CONTEXT)
    assert found.category_id == tree["Дом > Кружки"].pk


@pytest.mark.django_db
def test_nothing_in_common_is_said_to_fit_nowhere(seller: Seller, tree: dict[str, Category]) -> None:
    found = suggest(facts("Xzzq 17"), seller_id=seller.pk, context=CONTEXT)
    assert (found.category_id, found.no_fit, found.confidence) == (None, True, None)


@pytest.mark.django_db
def test_a_confirmed_product_teaches_at_once_and_only_its_own_seller(
    seller: Seller, other_seller: Seller, tree: dict[str, Category]
) -> None:
    loafers = factories.category("Обувь > Туфли")
    categories.index(Category.objects.filter(seller=None))
    assert suggest(facts("Лоферы замшевые"), seller_id=seller.pk, context=CONTEXT).category_id != loafers.pk
    product = factories.product(seller=seller, title="Лоферы кожаные чёрные")
    neighbours.put(product, loafers.pk)
    found = suggest(facts("Лоферы замшевые"), seller_id=seller.pk, context=CONTEXT)
    assert found.category_id == loafers.pk
    best = found.candidates[0]
    assert (best.confirmed, best.examples) == (1, ("Лоферы кожаные чёрные",))
    assert candidates(facts("Лоферы замшевые"), seller_id=other_seller.pk) == []
    assert neighbours.take_out([product.pk]) == 1
    assert suggest(facts("Лоферы замшевые"), seller_id=seller.pk, context=CONTEXT).category_id != loafers.pk


@pytest.mark.django_db
def test_only_leaves_in_use_of_the_asked_tree_are_candidates(
    seller: Seller, tree: dict[str, Category]
) -> None:
    paths = [one.path for one in candidates(facts("Верхняя одежда пальто"), seller_id=seller.pk)]
    assert "Одежда > Верхняя одежда > Пальто" in paths
    assert "Одежда > Верхняя одежда" not in paths
    categories.edit(tree["Одежда > Верхняя одежда > Пальто"], is_active=False)
    assert "Пальто" not in [one.name for one in candidates(facts("Пальто"), seller_id=seller.pk)]


@pytest.mark.django_db
def test_candidates_are_as_the_tree_is_now(seller: Seller, tree: dict[str, Category]) -> None:
    def named() -> dict[str, tuple[str, ...]]:
        return {one.path: one.attributes for one in candidates(facts("Пальто и юбки"), seller_id=seller.pk)}

    assert named()["Одежда > Юбки"] == ()
    skirts = tree["Одежда > Юбки"]
    skirts.attribute_schema = [{"name": "Длина", "kind": "number", "unit": "см"}]
    categories.edit(skirts)
    assert named()["Одежда > Юбки"] == ("Длина",)
    categories.edit(skirts.parent or skirts, name="Гардероб")
    assert named()["Гардероб > Юбки"] == ("Длина",)
    categories.forget([skirts])
    assert "Гардероб > Юбки" not in named()
    assert candidates(facts("Платье"), seller_id=seller.pk, tree="ozon") == []


def answered(monkeypatch: pytest.MonkeyPatch, said: CategorizeOutput) -> None:
    def ask(*args: object, **kwargs: object) -> Answer[CategorizeOutput]:
        return Answer(value=said, source="test:model")

    monkeypatch.setattr(suggesting, "ask", ask)


@pytest.mark.django_db
def test_a_models_answer_is_resolved_and_its_unknown_confidence_stays_unknown(
    seller: Seller, tree: dict[str, Category], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = CategorizeOutput(
        category="Одежда → юбки",
        alternatives=[Alternative(category=str(tree["Одежда > Платья"].pk), confidence=0.2)],
        attributes=[NamedValue(name="Сезон", value="лето"), NamedValue(name="Пол", value="")],
        reasoning="Юбка.",
    )
    answered(monkeypatch, said)
    found = suggest(facts("Юбка летняя, как платье"), seller_id=seller.pk, context=CONTEXT)
    assert found.category_id == tree["Одежда > Юбки"].pk
    assert found.confidence is None
    assert found.alternatives == ((tree["Одежда > Платья"].pk, 0.2),)
    assert found.attributes == {"Сезон": "лето"}
    assert found.source == "test:model"


@pytest.mark.django_db
def test_a_model_may_say_that_nothing_fits_or_stop_at_a_parent(
    seller: Seller, tree: dict[str, Category], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(monkeypatch, CategorizeOutput(category="", confidence=0.9, proposed_name="Туники"))
    found = suggest(facts("Туника, юбка или платье"), seller_id=seller.pk, context=CONTEXT)
    assert (found.no_fit, found.proposed_name, found.confidence) == (True, "Туники", None)
    parent = Category.objects.get(path="Одежда")
    answered(monkeypatch, CategorizeOutput(category=str(parent.pk), confidence=0.8))
    found = suggest(facts("Туника, юбка или платье"), seller_id=seller.pk, context=CONTEXT)
    assert (found.category_id, found.is_parent, found.confidence) == (parent.pk, True, 0.8)


@pytest.mark.django_db
def test_a_category_outside_of_the_tree_is_never_returned(
    seller: Seller, tree: dict[str, Category], other_seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = factories.category("Чужое > Платья чужие", seller=other_seller)
    categories.index(Category.objects.filter(seller=other_seller))
    for said in (str(foreign.pk), "999999", "Женская обувь", "Сантехника"):
        answered(monkeypatch, CategorizeOutput(category=said, confidence=0.99))
        found = suggest(facts("Платье, юбка"), seller_id=seller.pk, context=CONTEXT)
        assert (found.category_id, found.no_fit, found.confidence) == (None, True, None)
        assert said in found.reasoning


CHOICES = [
    Choice(1, "Чай", "Продукты > Чай"),
    Choice(2, "Чайники", "Посуда > Чайники"),
    Choice(12, "Чай", "Подарки > Чай"),
]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1", 1),
        (" 12 ", 12),
        ("Продукты > Чай", 1),
        ("продукты / чай", 1),
        ("ЧАЙНИКИ.", 2),
        ("Чай", None),  # two categories have that name
        ("Чайник", None),  # a part of a name is no name
        ("Посуда", None),
        ("", None),
        ("3", None),
    ],
)
def test_what_an_answer_means(said: str, meant: int | None) -> None:
    assert resolve(said, CHOICES, lambda words: []) == meant


def test_the_nearest_category_counts_only_when_it_is_near_and_alone() -> None:
    assert resolve("чайник", CHOICES, lambda words: [(2, 1.9), (1, 0.7)]) == 2
    assert resolve("чайник", CHOICES, lambda words: [(2, 1.9), (1, 1.8)]) is None
    assert resolve("чайник", CHOICES, lambda words: [(2, 0.4)]) is None


@given(st.text(max_size=30))
def test_any_answer_is_resolved_without_failing(said: str) -> None:
    found = resolve(said, CHOICES, lambda words: [])
    assert found in (None, 1, 2, 12)
    assert normal(normal(said)) == normal(said)


@given(st.lists(st.floats(0, 5), max_size=20), st.integers(0, 1_000))
def test_confidence_is_a_share_and_the_first_is_the_surest(similarities: list[float], confirmed: int) -> None:
    ordered = sorted(similarities, reverse=True)
    found = confidences(ordered, confirmed)
    assert len(found) == len(ordered)
    assert all(0 <= one <= found[0] <= 1 for one in found)


def test_confidence_rises_with_the_lead_and_with_what_was_confirmed() -> None:
    assert confidences([1.5, 1.4], 0)[0] < confidences([1.5, 0.8], 0)[0] < confidences([1.5, 0.2], 0)[0]
    assert confidences([1.5, 0.8], 0)[0] < confidences([1.5, 0.8], 30)[0]
    # What only embeddings put first, against the words, is unsure.
    assert confidences([0.1, 1.5], 30)[0] < 0.2


def many() -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            id=1_000 + number,
            name=f"Категория {number}",
            path=f"Женская одежда и аксессуары > Верхняя одежда и костюмы > Категория номер {number}",
            similarity=2 - number / 20,
            confirmed=5,
            examples=("Пальто женское шерстяное демисезонное с поясом и капюшоном размер 44-52",) * 2,
            parent_id=7,
            parent_path="Женская одежда и аксессуары > Верхняя одежда и костюмы",
            attributes=("Сезон", "Состав"),
        )
        for number in range(20)
    )


def test_twenty_candidates_and_a_long_listing_stay_under_1500_tokens() -> None:
    found = many()
    long = facts("Пальто женское " * 12, description="Тёплое пальто из шерсти. " * 400, brand="Шляпа")
    given = CategorizeInput(
        facts=long,
        candidates=found,
        listing=wording.listing(long),
        choices=wording.choices(found, wording.shared_parents(found)),
        wanted=wording.wanted(found, "ru"),
    )
    rendered = load(GENERATOR.prompt, GENERATOR.input).render(given)
    assert estimate_tokens(rendered.system + rendered.user) < 1_500
    assert all(f"{one.id} | {one.path}" in rendered.user for one in found)
    assert "7 | Женская одежда и аксессуары > Верхняя одежда и костюмы (parent)" in rendered.user
    assert "Сезон, Состав" in rendered.user
    assert any("listing" in note for note in rendered.notes)  # what was left out is said


def test_the_vote_needs_no_candidates_to_answer() -> None:
    given = CategorizeInput(
        facts=facts("Пальто"), candidates=(), listing="", choices="", wanted="", language="en"
    )
    assert vote(given).category == ""
    assert vote(given).reasoning == "No category shares enough words with the listing."
