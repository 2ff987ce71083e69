"""Every provider, route and generator there is, present and future, keeps the rules."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest
from django.core.checks import Error
from hypothesis import given
from hypothesis import strategies as st

from vitrina.engine.checks import deadlines_nest, nesting_faults, prompts_fit
from vitrina.engine.core.capabilities import after_refusal, first_belief
from vitrina.engine.core.deadlines import Deadlines, faults_of_nesting
from vitrina.engine.core.faults import Fault, FaultKind
from vitrina.engine.core.keys import call_key, common_part
from vitrina.engine.core.prices import Price, PriceList
from vitrina.engine.core.providers import PROVIDERS, Endpoint, JsonMode
from vitrina.engine.core.reading import Usage
from vitrina.engine.core.requests import ChatRequest, user_turn
from vitrina.engine.core.routes import ROUTES, RouteFault, Step, changed
from vitrina.engine.core.schema import schema_of
from vitrina.engine.errors import ConfigurationFault
from vitrina.engine.generators import registered
from vitrina.engine.images import ImagePart
from vitrina.engine.settings_reader import Overrides, read
from vitrina.engine.tests.conftest import Card


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda row: row.name)
def test_each_provider_is_whole(provider):
    assert provider.base_url.startswith("https://" if provider.key_setting else "http://127.0.0.1")
    assert not provider.base_url.endswith("/")
    assert provider.key_setting == provider.key_setting.upper()
    body = ChatRequest("s", ({"role": "user", "content": "u"},), schema_of(Card), 0.5, 100).body(
        "m", first_belief(provider), provider, stream=True
    )
    assert b'"stream":true' in body


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda row: row.name)
def test_a_picture_goes_at_low_detail_where_the_provider_knows_the_word(provider):
    turn = user_turn("Look.", [ImagePart(b"jpeg")])
    request = ChatRequest("s", (turn,), schema_of(Card), 0.5, 100)
    body = orjson.loads(request.body("m", first_belief(provider), provider, stream=False))
    words, picture = body["messages"][1]["content"]
    assert words == {"type": "text", "text": "Look."}
    assert picture["image_url"].get("detail", "") == provider.image_detail
    assert "detail" not in turn["content"][1]["image_url"]


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda row: row.name)
def test_each_provider_steps_down_to_plain_words_and_then_stops(provider):
    capability, steps = first_belief(provider), 0
    while (
        weaker := after_refusal(capability, Fault(FaultKind.REQUEST, ""), structured=True, streaming=False)
    ) is not None:
        capability, steps = weaker, steps + 1
    assert capability.json_mode is JsonMode.PROMPT
    assert steps <= 2


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda row: row.name)
def test_no_key_is_ever_shown(provider):
    assert "s3cret" not in repr(Endpoint(provider, provider.base_url, "s3cret"))


def test_a_named_parameter_is_dropped_before_the_mode():
    belief = first_belief(PROVIDERS[0])
    without = after_refusal(
        belief, Fault(FaultKind.REQUEST, "", parameter="temperature"), structured=True, streaming=False
    )
    assert (without.temperature, without.json_mode) == (False, belief.json_mode)
    other = after_refusal(
        belief,
        Fault(FaultKind.REQUEST, "", parameter="max_completion_tokens"),
        structured=True,
        streaming=False,
    )
    assert other.output_limit_field == "max_tokens"


@pytest.mark.parametrize("route", ROUTES, ids=lambda row: row.name)
def test_each_route_ends_offline_and_asks_known_providers(route):
    assert route.steps[-1].is_offline
    assert all(step.is_offline or step.provider in {row.name for row in PROVIDERS} for step in route.steps)


@pytest.mark.parametrize("route", ROUTES, ids=lambda row: row.name)
def test_each_default_model_has_a_known_price(route):
    prices = PriceList({})
    for step in route.steps[:-1]:
        provider = next(row for row in PROVIDERS if row.name == step.provider)
        assert prices.of(step.provider, provider.price_id, step.model_name) is not None


def test_the_default_deadlines_nest():
    assert nesting_faults(read(Overrides())) == []
    assert deadlines_nest(None) == []


def test_deadlines_that_do_not_nest_are_named(settings):
    settings.AI_JOB_DEADLINE_SECONDS = 40.0
    errors = deadlines_nest(None)
    assert any("describe" in error.msg and isinstance(error, Error) for error in errors)
    assert len(faults_of_nesting(Deadlines(200, 100, 90), [])) == 2


def test_every_registered_generator_has_a_fitting_prompt_and_a_known_route():
    assert prompts_fit(None) == []
    for generator in registered():
        assert generator.route in {route.name for route in ROUTES}


def test_every_system_prompt_stays_short():
    for generator in registered():
        text = generator.prompt.read_text(encoding="utf-8").partition("# system")[2].partition("# user")[0]
        assert len(text.strip().splitlines()) < 25


# --- what operators set -----------------------------------------------------------------------------------


def test_a_provider_without_a_key_is_skipped(settings):
    settings.PROVIDER_KEYS = {"openai": "k"}
    config = read(Overrides())
    assert config.targets(config.routes["describe"]) == ()
    assert [target.name for target in config.targets(config.routes["categorize"])] == ["openai:gpt-4o-mini"]


def test_one_base_url_takes_every_text_route_but_not_what_needs_another_model(settings):
    settings.AI_BASE_URL, settings.AI_MODEL = "http://127.0.0.1:1/v1/", "m"
    config = read(Overrides())
    targets = {
        name: [target.name for target in config.targets(route)] for name, route in config.routes.items()
    }
    assert targets == {
        "describe": ["custom:m"],
        "categorize": ["custom:m"],
        "reply": ["custom:m"],
        "vision": [],
        "embed": [],
    }


@pytest.mark.parametrize(
    ("given", "asked"), [("custom:m", "m"), ("llama3:8b", "llama3:8b"), ("openai:gpt", "openai:gpt")]
)
def test_a_model_of_the_base_url_may_be_named_with_its_provider(settings, given, asked):
    settings.AI_BASE_URL, settings.AI_VISION_MODEL = "http://127.0.0.1:1/v1", given
    assert read(Overrides()).routes["vision"].steps[0].model == f"custom:{asked}"


def test_vision_and_embedding_models_are_asked_at_the_base_url_too(settings):
    settings.AI_BASE_URL, settings.AI_VISION_MODEL, settings.AI_EMBEDDING_MODEL = (
        "http://127.0.0.1:1/v1",
        "v",
        "e",
    )
    config = read(Overrides())
    assert [config.targets(config.routes[name])[0].name for name in ("vision", "embed")] == [
        "custom:v",
        "custom:e",
    ]


def test_an_operators_row_wins_over_the_settings(settings):
    settings.AI_ROUTES = {"describe": {"output_limit": 10}}
    config = read(
        Overrides(routes={"describe": {"steps": [["ollama:q", 5], ["offline"]], "cache_ttl_hours": 0}})
    )
    route = config.routes["describe"]
    assert (route.output_limit, route.steps[0], route.cache_ttl.total_seconds()) == (
        10,
        Step("ollama:q", 5.0),
        0,
    )


@pytest.mark.parametrize(
    "override",
    [
        {"steps": []},
        {"steps": ["offline", "a:b"]},
        {"steps": ["nocolon"]},
        {"steps": 7},
        {"colour": 1},
        {"output_limit": "x"},
    ],
)
def test_a_route_that_makes_no_sense_is_refused_by_name(override):
    with pytest.raises(RouteFault, match="describe"):
        changed(ROUTES[0], override)


@pytest.mark.parametrize(
    ("name", "value"),
    [("AI_ROUTES", {"describe": {"steps": []}}), ("AI_RATES", {"openai": {"rpm": 0}}), ("AI_PRICES", {"a:b": {}}),
     ("AI_PROVIDERS", {"x": {"base_url": "ftp://x"}}), ("AI_BASE_URL", "localhost")],
)  # fmt: skip
def test_a_wrong_setting_is_told_by_its_name(settings, name, value):
    setattr(settings, name, value)
    with pytest.raises(ConfigurationFault, match=name.replace("AI_", "") if name != "AI_BASE_URL" else name):
        read(Overrides())


# --- money and keys ---------------------------------------------------------------------------------------


def test_an_override_wins_and_an_unknown_price_is_unknown():
    prices = PriceList({"openai:gpt-4o-mini": Price(Decimal(1), Decimal(2))})
    assert prices.of("openai", "openai", "gpt-4o-mini").input == 1
    assert prices.of("custom", "", "anything") is None
    assert prices.of("openai", "openai", "no-such-model-at-all") is None


def test_cached_tokens_cost_what_they_cost():
    price = Price(Decimal(1), Decimal(2), Decimal("0.5"))
    assert price.cost(Usage(1_000_000, 500_000, 400_000)) == Decimal("1.8")


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**8))
def test_a_cost_is_never_negative(prompt, spoken, cached):
    assert Price(Decimal("0.15"), Decimal("0.6"), Decimal("0.075")).cost(Usage(prompt, spoken, cached)) >= 0


BASE = {
    "system": "s",
    "turns": ["u"],
    "images": [],
    "schema_digest": "d",
    "temperature": 0.5,
    "output_limit": 9,
    "prompt_version": "v",
}


@pytest.mark.parametrize("name", list(BASE))
def test_everything_that_shapes_an_answer_is_in_its_key(name):
    other = BASE | {
        name: 0.6
        if name == "temperature"
        else 10
        if name == "output_limit"
        else ["x"]
        if isinstance(BASE[name], list)
        else "x"
    }
    place = {"provider": "p", "base_url": "b", "model": "m"}
    assert call_key(common_part(**BASE), **place) != call_key(common_part(**other), **place)


@pytest.mark.parametrize("name", ["provider", "base_url", "model", "force"])
def test_who_answered_is_in_its_key(name):
    place = {"provider": "p", "base_url": "b", "model": "m", "force": ""}
    assert call_key(b"", **place) != call_key(b"", **place | {name: "x"})
