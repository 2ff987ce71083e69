from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vitrina.enrichment.options import NothingAsked, Part, RunOptions

WISHES = st.builds(
    RunOptions,
    describe=st.booleans(),
    categorize=st.none() | st.booleans(),
    analyze_images=st.none() | st.booleans(),
    use_images=st.booleans(),
    short=st.booleans(),
)


def test_a_category_is_asked_for_only_when_the_product_has_none() -> None:
    assert RunOptions().settled_for(has_category=False, has_images=False).categorize is True
    assert RunOptions().settled_for(has_category=True, has_images=False).categorize is False
    assert RunOptions(categorize=True).settled_for(has_category=True, has_images=False).categorize is True


def test_images_are_analysed_only_when_there_are_some_and_they_may_be_used() -> None:
    assert RunOptions().settled_for(has_category=False, has_images=True).analyze_images is True
    assert RunOptions().settled_for(has_category=False, has_images=False).analyze_images is False
    off = RunOptions(use_images=False, analyze_images=True)
    assert off.settled_for(has_category=False, has_images=True).analyze_images is False


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (RunOptions(describe=True, categorize=True), "full"),
        (RunOptions(describe=True, categorize=False), "description_only"),
        (RunOptions(describe=False, categorize=True), "categorization_only"),
        (RunOptions(describe=False, categorize=False, analyze_images=True), "image_analysis"),
    ],
)
def test_the_type_of_a_run_follows_from_what_it_does(options: RunOptions, expected: str) -> None:
    assert options.run_type == expected


def test_a_run_with_nothing_switched_on_is_refused() -> None:
    with pytest.raises(NothingAsked, match="Nothing is switched on"):
        RunOptions(describe=False, categorize=False).settled_for(has_category=False, has_images=True)
    with pytest.raises(NothingAsked):
        RunOptions(describe=False).settled_for(has_category=True, has_images=True)


@given(WISHES, st.booleans(), st.booleans())
def test_settled_options_mean_the_same_whenever_they_are_settled_again(
    options: RunOptions, has_category: bool, has_images: bool
) -> None:
    """The trap: a failed full run, repeated when the product has a category by now, had nothing switched on."""
    try:
        settled = options.settled_for(has_category=has_category, has_images=has_images)
    except NothingAsked:
        return
    again = RunOptions.model_validate(settled.stored())
    for other in (True, False):
        assert again.settled_for(has_category=other, has_images=other or has_images) == settled


@given(WISHES)
def test_equal_wishes_have_equal_keys(options: RunOptions) -> None:
    assert options.key == RunOptions.model_validate(options.stored()).key
    assert options.key != options.model_copy(update={"short": not options.short}).key


def test_what_is_requested_is_what_is_judged() -> None:
    assert RunOptions(describe=False, categorize=True).requested == {Part.CATEGORY}
    assert RunOptions(describe=True, categorize=None).requested == {Part.TEXT}


def test_a_language_that_nobody_writes_is_refused() -> None:
    with pytest.raises(ValidationError):
        RunOptions(language="tlh")  # type: ignore[arg-type]
