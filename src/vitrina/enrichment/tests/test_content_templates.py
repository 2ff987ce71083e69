from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.enrichment.content_templates import import_templates, index, most_relevant, read_file
from vitrina.enrichment.models import ContentTemplate

pytestmark = pytest.mark.django_db

CUP = {"name": "Кружка", "text": "<p>Кружка из керамики держит тепло и не скользит в руке.</p>"}
DRESS = {"name": "Платье", "text": "<p>Платье прямого кроя из хлопка садится свободно.</p>"}


def names(seller: Seller, text: str, language: str = "ru") -> list[str]:
    found = most_relevant(text, seller_id=seller.pk, language=language)
    return [ContentTemplate.objects.get(pk=one["id"]).name for one in found]


def test_the_two_nearest_help(seller: Seller) -> None:
    import_templates([CUP, DRESS, {"name": "Дрель", "text": "<p>Дрель сверлит бетон и кирпич.</p>"}])
    assert names(seller, "Кружка керамическая белая")[0] == "Кружка"
    assert len(names(seller, "Платье хлопковое, кружка, дрель")) == 2


def test_only_own_and_shared_templates_of_the_language_help(seller: Seller, other_seller: Seller) -> None:
    import_templates([CUP], seller=other_seller)
    import_templates(
        [{"name": "Cup", "language": "en", "text": "<p>Кружка cup of ceramics, holds warm.</p>"}]
    )
    assert names(seller, "Кружка керамическая") == []
    assert names(seller, "Кружка cup", "en") == ["Cup"]
    assert names(other_seller, "Кружка керамическая") == ["Кружка"]


def test_a_template_out_of_use_does_not_help(seller: Seller) -> None:
    import_templates([CUP], seller=seller)
    template = ContentTemplate.objects.get()
    template.is_active = False
    template.save()
    index([template])
    assert names(seller, "Кружка керамическая") == []


def test_importing_again_updates_the_text_and_keeps_the_counters(seller: Seller) -> None:
    first = import_templates([CUP], seller=seller)
    ContentTemplate.objects.update(approved_count=3, usage_count=5)
    again = import_templates([CUP | {"text": "<p>Кружка из фарфора держит тепло.</p>"}], seller=seller)
    same = import_templates([CUP | {"text": "<p>Кружка из фарфора держит тепло.</p>"}], seller=seller)
    assert (first.created, again.updated, same.unchanged) == (1, 1, 1)
    template = ContentTemplate.objects.get()
    assert (template.approved_count, template.usage_count) == (3, 5)
    assert "фарфора" in template.text


def test_rows_that_are_no_templates_are_told_by_number(seller: Seller) -> None:
    factories.category("Посуда > Кружки", seller=seller)
    taken = import_templates(
        [
            CUP | {"category": "Посуда > Кружки"},
            {"name": "Без текста"},
            "строка",
            DRESS | {"category": "Нет такой"},
            DRESS | {"price": 5},
        ],
        seller=seller,
    )
    assert taken.created == 1
    assert [number for number, _ in taken.refused] == [2, 3, 4, 5]
    assert "Нет такой" in taken.refused[2][1]
    category = ContentTemplate.objects.get().category
    assert category is not None
    assert category.path == "Посуда > Кружки"


def test_the_text_is_made_safe(seller: Seller) -> None:
    import_templates([CUP | {"text": "<p onclick=x()>Кружка из керамики</p><script>alert(1)</script>"}])
    assert ContentTemplate.objects.get().text == "<p>Кружка из керамики</p>"


def test_the_command_reads_json_and_json_lines(seller: Seller, tmp_path: Path) -> None:
    import json

    array, lines = tmp_path / "t.json", tmp_path / "t.jsonl"
    array.write_text(json.dumps([CUP], ensure_ascii=False), encoding="utf-8")
    lines.write_text(json.dumps(DRESS, ensure_ascii=False) + "\n", encoding="utf-8")
    out = StringIO()
    call_command("import_templates", array, seller=seller.slug, stdout=out)
    call_command("import_templates", lines, stdout=out)
    assert set(ContentTemplate.objects.values_list("name", "seller__slug")) == {
        ("Кружка", "hat"),
        ("Платье", None),
    }


def test_the_command_says_what_is_wrong_and_imports_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("[{", encoding="utf-8")
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_templates", broken)
    with pytest.raises(CommandError, match="no seller"):
        call_command("import_templates", broken, seller="nobody")
    assert not ContentTemplate.objects.exists()


def test_the_sample_templates_can_be_read() -> None:
    rows = read_file(Path(__file__).parents[1] / "sample" / "templates.json")
    assert len(rows) >= 12
