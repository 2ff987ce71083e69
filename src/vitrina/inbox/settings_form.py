"""What a person says of a seller's inbox. An empty field of many is «as the installation has it», which stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vitrina.accounts.forms import line, select
from vitrina.accounts.runtime_settings import NotAllowed, parsed, value
from vitrina.channels.marketplaces import WITH_BUYERS
from vitrina.inbox import changing_settings as rules
from vitrina.inbox.changing_settings import SettingsRefused, checked, told
from vitrina.inbox.models import InboxSettings, Manner
from vitrina.inbox.running_values import OWN

LANGUAGE_NAMES = {"ru": gettext_lazy("Russian"), "en": gettext_lazy("English")}
YES_NO = {"1": gettext_lazy("yes"), "0": gettext_lazy("no")}


def _lines(words: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=words,
        help_text=help_text,
        required=False,
        widget=forms.Textarea(attrs={"class": "input low", "rows": 3, "spellcheck": "false"}),
    )


def _number(words: Any, help_text: Any = "") -> forms.CharField:
    widget = line(inputmode="decimal", maxlength="12")
    return forms.CharField(label=words, help_text=help_text, required=False, widget=widget)


def _flag(words: Any, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=words, help_text=help_text, required=False)


class InboxSettingsForm(forms.Form):
    """`own_language`: of the seller's cards."""

    # How answers sound.
    manner = forms.ChoiceField(label=gettext_lazy("Manner"), required=False, widget=select())
    signature = forms.CharField(
        label=gettext_lazy("Signature"),
        help_text=gettext_lazy("It ends every answer."),
        required=False,
        widget=line(),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language where the buyer's can't be told"),
        help_text=gettext_lazy(
            "A buyer is answered in their own language; this one is for ratings without words."
        ),
        required=False,
        widget=select(),
    )
    brand_words = _lines(
        gettext_lazy("Brand words"),
        gettext_lazy("How the shop calls its things, one in a line; used where they fit."),
    )
    greets_by_name = _flag(
        gettext_lazy("Greet by name"), gettext_lazy("Where the marketplace shows the buyer's first name.")
    )
    # What they may say.
    rules = forms.CharField(
        label=gettext_lazy("Rules on returns and delivery"),
        help_text=gettext_lazy(
            "In your own words: terms, who pays the way back, how long it takes. Answers keep to them."
        ),
        required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 6, "data-most": rules.LONGEST["rules"]}),
    )
    may_promise_refunds = _flag(
        gettext_lazy("Answers may promise refunds and replacements"),
        gettext_lazy("As the rules above say. Off: such a promise is not sent, for the marketplace decides."),
    )
    own_names = _lines(
        gettext_lazy("Own names"),
        gettext_lazy(
            "Shops and brands of yours that an answer may name, one in a line. The seller's own name always may."
        ),
    )
    other_shops = _lines(
        gettext_lazy("Other shops that are never named"),
        gettext_lazy("One in a line. The big marketplaces are known already."),
    )
    most_characters = _number(
        gettext_lazy("Longest answer"), gettext_lazy("Characters. Empty: as long as the marketplace takes.")
    )
    # Drafts ahead.
    pregenerates = forms.ChoiceField(
        label=gettext_lazy("Drafts before anybody opens them"), required=False, widget=select()
    )
    batch_size = _number(gettext_lazy("Drafts in one round"))
    delay_seconds = _number(gettext_lazy("Pause between two drafts, s"))
    daily_limit = _number(gettext_lazy("Drafts by models a day"))
    urgent_at_once = _number(gettext_lazy("Urgent ones drafted inside the reading"))
    # What leaves without a person.
    auto_sends = _flag(gettext_lazy("Answer good reviews by a rule, without a person"))
    auto_platforms = forms.MultipleChoiceField(label=gettext_lazy("On which marketplaces"), required=False)
    auto_from_stars = forms.ChoiceField(label=gettext_lazy("Which reviews"), widget=select())
    auto_with_text = _flag(
        gettext_lazy("Also reviews with words"),
        gettext_lazy(
            "Only where they are nothing but thanks, a model wrote the draft, and the checks find nothing at all in it."
        ),
    )
    auto_wait_minutes = _number(gettext_lazy("How long a person may come first, min"))
    auto_daily_limit = _number(gettext_lazy("At most a day"))
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, own_language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("manner", dict(Manner.choices), lambda now: Manner(now).label)
        self._offer("pregenerates", YES_NO, lambda now: YES_NO["1" if now else "0"])
        cards = LANGUAGE_NAMES.get(own_language, LANGUAGE_NAMES["ru"])
        self._choices(
            "language", {"": _("that of the cards: %(language)s") % {"language": cards}, **LANGUAGE_NAMES}
        )
        self._choices("auto_platforms", {name: platform.words for name, platform in WITH_BUYERS.items()})
        self._choices("auto_from_stars", {"5": _("of 5 stars"), "4": _("of 4 and 5 stars")})
        for name in rules.NUMBERS:
            now = value(OWN[name])
            self.fields[name].widget.attrs["placeholder"] = f"{now:g}"
            self.fields[name].help_text = _("Empty: as the installation has it, %(now)s.") % {
                "now": f"{now:g}"
            }
        if signature := value(OWN["signature"]):
            self.fields["signature"].widget.attrs["placeholder"] = signature

    def _offer(self, name: str, choices: Mapping[str, Any], words: Callable[[Any], Any]) -> None:
        now = words(value(OWN[name]))
        self._choices(name, {"": _("as the installation has it: %(now)s") % {"now": now}, **choices})

    def _choices(self, name: str, choices: Mapping[str, Any]) -> None:
        self.fields[name].choices = list(choices.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        given: dict[str, Any] = {}
        for name in rules.FIELDS:
            if name in said:
                try:
                    given[name] = self._said(name, said[name])
                except NotAllowed as refusal:
                    self.add_error(name, str(refusal))
        try:
            said["given"] = checked(told(InboxSettings()) | given)
        except SettingsRefused as refused:
            for name in refused.errors.keys() - self.errors.keys():
                self.add_error(name, refused.errors[name])
        return said

    def _said(self, name: str, said: Any) -> Any:
        """As `changing_settings` takes it. Raises NotAllowed."""
        if name in rules.NUMBERS:
            return parsed(OWN[name], said) if said else None
        if name in rules.LISTS:
            return said.splitlines()
        if name == "most_characters":
            return _whole(said) if said else None
        if name == "auto_from_stars":
            return int(said)
        return {"": None, "1": True, "0": False}[said] if name == "pregenerates" else said

    @property
    def given(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data["given"]
        return given

    @property
    def platforms(self) -> list[dict[str, Any]]:
        ticked = set(self["auto_platforms"].value() or [])
        return [
            {"code": name, "words": platform.words, "is_ticked": name in ticked}
            for name, platform in WITH_BUYERS.items()
        ]


def initial_of(row: InboxSettings) -> dict[str, Any]:
    """What the form shows of a row."""
    shown = told(row) | {"version": row.version}
    for name in rules.LISTS:
        shown[name] = "\n".join(shown[name])
    for name in rules.NUMBERS:
        shown[name] = "" if shown[name] is None else f"{shown[name]:g}"
    shown["pregenerates"] = {None: "", True: "1", False: "0"}[row.pregenerates]
    shown["auto_from_stars"] = str(row.auto_from_stars)
    return shown


def overtaken(form: InboxSettingsForm, standing: InboxSettings) -> list[tuple[str, str]]:
    """Where a person's words and what somebody else kept meanwhile differ: (the field's words, what stands now)."""
    mine, theirs = form.given, told(standing)
    return [
        (str(form[name].label), _as_words(form, name, initial_of(standing)[name]))
        for name in rules.FIELDS
        if mine[name] != theirs[name]
    ]


def _as_words(form: InboxSettingsForm, name: str, shown: Any) -> str:
    if isinstance(shown, bool):
        return str(YES_NO["1" if shown else "0"])
    choices: dict[str, str] = {key: str(words) for key, words in getattr(form.fields[name], "choices", ())}
    if isinstance(shown, list):
        return ", ".join(choices[one] for one in shown if one in choices) or "—"
    text = choices.get(shown, "" if shown is None else str(shown))
    return " · ".join(text.splitlines()) or "—"


def _whole(text: str) -> int:
    """Raises NotAllowed."""
    text = "".join(text.split())
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotAllowed(_("A whole number is wanted."))
    return int(text)
