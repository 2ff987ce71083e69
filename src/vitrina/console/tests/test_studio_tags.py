from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import override_settings
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override

from vitrina.console.templatetags.studio import chip, cost, moment, money, number, options


def test_options_tell_the_chosen_one_and_escape_what_others_wrote() -> None:
    said = options([("", gettext_lazy("Products")), (5, 'a "<b>"')], "5")

    with override("en"):
        assert options([("", gettext_lazy("Products"))], "5") == '<option value="">Products</option>'
    assert isinstance(said, SafeString)
    assert said.endswith('<option value="5" selected>a &quot;&lt;b&gt;&quot;</option>')


def test_rows_with_a_name_are_options_too() -> None:
    assert options([SimpleNamespace(pk=5, name="Лавка")], 5) == '<option value="5" selected>Лавка</option>'
    assert "selected" not in options([SimpleNamespace(pk=5, name="Лавка")], None)


def test_what_is_kept_is_kept_by_language() -> None:
    words = gettext_lazy("Products")
    for _round in range(2):
        with override("ru"):
            assert ">Товары<" in chip("done", words)
            assert money(Decimal("1234.5"), "RUB") == "1\xa0234,50\xa0₽"
            assert cost(Decimal("0.5")) == "$0,5000"
        with override("en"):
            assert ">Products<" in chip("done", words)
            assert money(Decimal("1234.5"), "RUB") == "1,234.50\xa0₽"
            assert cost(Decimal("0.5")) == "$0.5000"


def test_a_chip_escapes_its_words() -> None:
    assert chip("done", "<b>") == '<span class="chip ok">&lt;b&gt;</span>'


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (999, "999"), (1000, "1\xa0000"), (-1000, "-1\xa0000"), (None, "—")]
)
def test_numbers_are_grouped(value: int | None, said: str) -> None:
    with override("ru"):
        assert number(value) == said


def test_a_minute_is_said_by_how_far_it_is() -> None:
    now = timezone.localtime()
    with override("en"):
        assert f">{now:%H:%M}</time>" in moment(now)
        assert f'datetime="{now.isoformat(timespec="seconds")}"' in moment(now)
        assert f">{now:%H:%M}</time>" not in moment(now - timedelta(days=2))
        assert f"{now.year - 2}</time>" in moment(now.replace(year=now.year - 2, day=1))


def test_a_moment_follows_the_zone_and_the_language() -> None:
    at = datetime(2025, 3, 1, 21, 30, tzinfo=UTC)
    for _round in range(2):
        with override("ru"), override_settings(TIME_ZONE="Europe/Moscow"):
            assert "2 марта 2025" in moment(at)
        with override("en"), override_settings(TIME_ZONE="UTC"):
            assert "March 1, 2025" in moment(at)
